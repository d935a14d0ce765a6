# shellcheck shell=bash
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# shellcheck source=templates/steps/health.sh
. "${0%/*}/health.sh"
# What a release must pass before anything that serves is touched.

# last_words UNIT: the end of the journal of the unit's last start, without the values of .env. Not by time: clocks may be wrong.
last_words() {
  local invocation
  invocation=$(systemctl show --property=InvocationID --value -- "$1")
  if [ -z "$invocation" ]; then
    return 0
  fi
  printf '\nLast words of %s:\n' "$1"
  journalctl --sync
  journalctl --no-pager --quiet --output=cat --lines=10 "_SYSTEMD_INVOCATION_ID=$invocation" + "INVOCATION_ID=$invocation" |
    without_secrets | cut -c 1-300
}

# without_secrets: stdin without the values of .env. Before anything is cut: half a secret is no longer recognised. Of root's own copy: the other one
# is in the hands of those whose words these are.
without_secrets() {
  /usr/bin/python3 -I -S "$STAGE/redact.py" "/var/lib/ddos/env/$SETTINGS"
}

# systemd ignores what it does not understand; here that is an error. The interpreter is not where the unit says until `current` exists.
gate_units() {
  local found
  found=$(systemd-analyze verify --man=no "$STAGE/main.service" "$STAGE/next.service" 2>&1 |
    grep -E '(main|next)\.service' | grep -v 'is not executable' || printf '')
  if [ -n "$found" ]; then
    fail "systemd refuses the unit $SERVICE: $found"
  fi
}

# The new site in a private copy of the whole configuration, seen by nginx alone under the real path.
gate_site() {
  local out
  rm -rf -- "$STAGE/nginx"
  cp -a -- /etc/nginx "$STAGE/nginx"
  install -m 644 -o root -g root -- "$STAGE/site.conf" "$STAGE/nginx/sites-available/$ROLE"
  ln -sfn -- "/etc/nginx/sites-available/$ROLE" "$STAGE/nginx/sites-enabled/$ROLE"
  # shellcheck disable=SC2016 # the inner shell expands it
  if ! out=$(unshare --mount --propagation private -- /bin/sh -c 'mount --bind "$1" /etc/nginx && exec nginx -t' sh "$STAGE/nginx" 2>&1); then
    fail "$(site_reason "$out")"
  fi
}

# site_reason TEXT: what nginx said of the copy, and whose file it is about.
site_reason() {
  local error file
  error=$(sed -n '/\[emerg\]/{s/^nginx: //;p;q;}' <<<"$1")
  file=$(sed -nE 's,^.* in (/[^ ]*):[0-9]+$,\1,p' <<<"$error")
  if [ -n "$file" ] && [ "${file##*/sites-*/}" != "$ROLE" ]; then
    printf 'nginx refuses its configuration because of %s, which is not part of this deployment: %s. With that file nginx takes no new site, and does not start at the next boot: correct or remove it, then run again' "$file" "$error"
    return 0
  fi
  printf 'nginx refuses the new site: %s' "${error:-$(tail -n 1 <<<"$1")}"
  if grep -q 'duplicate default server' <<<"$error"; then
    printf ' (another site of this host is the default of port %s already: %s)' "$PORT" "$(grep -rlE "(^|[[:space:];{])listen[[:space:]].*default_server" /etc/nginx/sites-enabled /etc/nginx/conf.d |
      grep -v "/$ROLE\$" | tr '\n' ' ' || printf 'grep default_server /etc/nginx')"
  fi
}

# What the gate is asked about: each file with its digest, and what the manifest says of the set.
gate_request() {
  printf 'models /home/ddos/models\nvenv /home/ddos/venvs/%s\napp /home/ddos/app\n' "$VENV"
  awk '/^MemAvailable:/ { printf "memory %d\n", $2 * 1024 * 0.9 }' /proc/meminfo
  sed -n -E '/^(pin|import|format) /p' "/var/lib/ddos/models-sets/$MODELS"
  model_lines | sed 's/^/sha256 /'
}

# gate_key: all that the gate's verdict follows from, as one digest. An application's code is part of it where the models name modules of their own.
gate_key() {
  {
    sed -E '/^(models|venv|app|memory) /d' "$STAGE/gate/request"
    printf 'venv %s %s\n' "$VENV" "$(cat -- "/home/ddos/venvs/$VENV/.complete")"
    if grep -q '^import ' "$STAGE/gate/request"; then
      printf 'code %s\n' "$CODE"
    fi
    cat -- "$STAGE"/gate*.py
  } | sha256sum | cut -c 1-64
}

# note_gated KEY: the last eight that passed.
note_gated() {
  {
    printf '%s\n' "$1"
    if [ -e /var/lib/ddos/gated ]; then
      head -n 7 /var/lib/ddos/gated
    fi
  } >"$STAGE/gated"
  put "$STAGE/gated" /var/lib/ddos/gated 0600 root root
}

# Follows and then loads every model in a unit that has nothing to lose: a user of its own, no network, no secret, nothing to write to. The same files
# in the same environment get the same verdict, so what passed is not loaded again for a release that changes something else.
gate_models() {
  local out key property properties=()
  if [ "$MODELS" = none ]; then
    return 0
  fi
  rm -rf -- "$STAGE/gate"
  install -d -m 755 -- "$STAGE/gate"
  gate_request >"$STAGE/gate/request"
  key=$(gate_key)
  if [ -e /var/lib/ddos/gated ] && grep -qxF -- "$key" /var/lib/ddos/gated; then
    log "models: they passed this gate in this environment before"
    return 0
  fi
  install -m 644 -- "$STAGE"/gate*.py "$STAGE/gate/"
  chmod 644 -- "$STAGE/gate/request"
  for property in DynamicUser=yes PrivateNetwork=yes PrivateDevices=yes PrivateTmp=yes ProtectSystem=strict NoNewPrivileges=yes \
    CapabilityBoundingSet= ProtectProc=invisible ProtectKernelTunables=yes ProtectKernelModules=yes ProtectControlGroups=yes \
    RestrictNamespaces=yes RestrictSUIDSGID=yes RestrictAddressFamilies=AF_UNIX LockPersonality=yes SystemCallArchitectures=native \
    SystemCallFilter=@system-service LimitFSIZE=0 LimitCORE=0 TasksMax=64 OOMScoreAdjust=1000 RuntimeMaxSec=400 \
    TemporaryFileSystem=/home:ro InaccessiblePaths=/var/lib/ddos "BindReadOnlyPaths=$STAGE/gate:/home/gate" \
    "BindReadOnlyPaths=/home/ddos/venvs/$VENV" "BindReadOnlyPaths=$NEW/models:/home/ddos/models" \
    "BindReadOnlyPaths=$NEW/app:/home/ddos/app" InaccessiblePaths=/home/ddos/app/.env; do
    properties+=("--property=$property")
  done
  # Its errors come through a pipe as well: the unit may write to no file (LimitFSIZE), and a warning of a library must not be its end.
  if ! out=$(
    {
      systemd-run --quiet --wait --pipe --collect --unit="ddos-gate-$$" "${properties[@]}" \
        "/home/ddos/venvs/$VENV/bin/python" -I -B /home/gate/gate.py /home/gate/request 2>&1 >&3 | tail -n 20 >"$STAGE/gate-errors"
      exit "${PIPESTATUS[0]}"
    } 3>&1
  ); then
    cat "$STAGE/gate-errors"
    fail "the models were refused: $(head -c 3000 <<<"${out:-the gate ended without a verdict, as when memory runs out: $(tail -n 1 "$STAGE/gate-errors")}")"
  fi
  note_gated "$key"
  log "models: $out"
}

# The listening ports of the new site become spare ones of this host: ten in a row from 8100 on that nobody uses, the first for the service port.
on_spare_ports() {
  SPARE=$(ss -H -l -t -n | awk '{ sub(/^.*:/, "", $4); used[$4] }
    END { for (first = 8100; first < 8900; first += 10) { free = 1; for (i = 0; i < 10; i++) if ((first + i) in used) free = 0; if (free) { print first; exit } } }')
  if [ -z "$SPARE" ]; then
    fail "a new nginx site is tried on ten unused ports in a row, and this host has none between 8100 and 8899 (ss -ltn)"
  fi
  awk -v port="$PORT" -v spare_port="$SPARE" '
    /^[ \t]*listen[ \t]/ {
      if ($2 ~ /\[/) next
      address = $2
      sub(/;$/, "", address)
      sub(/^.*:/, "", address)
      if (address == port) spare = spare_port
      else { if (!(address in others)) others[address] = spare_port + 1 + count++; spare = others[address] }
      ending = ($2 ~ /;$/) ? ";" : ""
      $2 = "127.0.0.1:" spare ending
    }
    { print }
  ' "$STAGE/site.conf" >"$STAGE/spare.conf"
}

# A valid site may still lead nowhere. So an nginx of its own serves it for a moment, on the spare ports, in front of the candidate and of
# what serves now; an answer of one of the two releases is the proof. The running nginx has not heard of the new site yet.
try_site() {
  local end up answer=""
  if cmp -s -- "$STAGE/site.conf" "/etc/nginx/sites-available/$ROLE"; then
    return 0
  fi
  on_spare_ports
  find "$STAGE/nginx/sites-enabled" -mindepth 1 ! -name "$ROLE" -delete
  find "$STAGE/nginx/conf.d" -type f -exec grep -qE '(^|[[:space:];{])listen[[:space:]]' {} \; -delete
  install -m 644 -o root -g root -- "$STAGE/spare.conf" "$STAGE/nginx/sites-available/$ROLE"
  sed -i 's,^pid .*,pid /run/ddos-nginx-trial.pid;,' "$STAGE/nginx/nginx.conf"
  stop_site_trial
  systemd-run --quiet --collect --unit=ddos-nginx-trial --property=Type=exec --property=RuntimeMaxSec=60 \
    --property=BindReadOnlyPaths="$STAGE/nginx:/etc/nginx" /usr/sbin/nginx -g 'daemon off;'
  read -r up _ </proc/uptime
  end=$((${up%.*} + 5))
  while [ "${up%.*}" -lt "$end" ]; do
    answer=""
    if health_ask "$STAGE/header" "http://127.0.0.1:$SPARE" "$STAGE"; then
      answer=$(tr -d '\r' <"$STAGE/head")
    fi
    if grep -qixE "x-release: ($(site_releases))" <<<"$answer"; then
      stop_site_trial
      log "the new nginx site leads to the $LEADS_TO"
      return 0
    fi
    sleep 0.2
    read -r up _ </proc/uptime
  done
  fail "the new nginx site is valid, but does not lead to the $LEADS_TO within 5 s: $(head -n 1 <<<"${answer:-no answer}") for $(need healthPath); last error: $(tail -n 1 /var/log/ddos-service/error.log | cut -c 1-300)"
}

# site_releases: whose answers prove the new site, as a pattern.
LEADS_TO=application
site_releases() { printf '%s|%s' "$ID" "${CURRENT:-none}"; }

stop_site_trial() {
  if systemctl is-active --quiet ddos-nginx-trial.service; then
    systemctl stop ddos-nginx-trial.service
  fi
}
