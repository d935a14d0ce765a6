#!/bin/bash
# Compares this host with what the program wants and prints one JSON report on stdout: every row of the file table, units, ports,
# health, release, models, journal. Changes nothing. Fails when a check fails, naming each.
# stdin: as release, and egress, peer, watch (yes, or none), on the gateway backendUrl, timeoutSeconds, proofMethod, proofPath, proofBody, tlsName, acme, challenge (dns, or none), and file=<kind> <owner> <group> <mode> <sha256|-> <required|optional> <link target|-> <path> (many).
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# shellcheck source=templates/steps/health.sh
. "${0%/*}/health.sh"

ROLE=$(need role)
SERVICE=$(need service)
PORT=$(need port)
UPSTREAM=$(value backendUrl)
MODE=$(value mode)
: >"$STAGE/checks"
: >"$STAGE/notes"

# check NAME EXPECTED FOUND
check() {
  local LC_ALL=C ok=false expected found
  # By bash itself: a host has a hundred checks, and each process costs more than the check.
  expected=${2//[^[:print:]]/ }
  expected=${expected:0:500}
  found=${3//[^[:print:]]/ }
  found=${found:0:500}
  if [ "$2" = "$3" ]; then
    ok=true
  else
    log "$1: expected «$expected», found «$found»"
  fi
  printf '%s\037%s\037%s\037%s\n' "$1" "$ok" "$expected" "$found" >>"$STAGE/checks"
}

# note TEXT: for whoever reads the report; no difference.
note() {
  log "note: $1"
  printf '%s\n' "$1" | tr -c '[:print:]\n' ' ' >>"$STAGE/notes"
}

# --- files --------------------------------------------------------------------------------------------------------------------------

# kind_of PATH: in the words of the table, as KIND.
kind_of() {
  if [ -d "$1" ]; then
    KIND='directory'
  elif [ -f "$1" ]; then
    KIND='file'
  else
    KIND='something else'
  fi
}

# look_at_files: what is found of each row, in front of it: owner and group, mode, SHA-256, or none. Of all of them by a few processes, because a host has
# seventy; those that may be large are left to model_sha, and what is no file is not read: of a pipe it would never end.
look_at_files() {
  local path
  cut -d ' ' -f 8- "$STAGE/files" | { xargs -r -d '\n' stat -Lc '%U:%G %04a %n' -- || test $? = 123; } 2>"$STAGE/stat-errors" >"$STAGE/owners"
  awk '$5 != "-"' "$STAGE/files" | cut -d ' ' -f 8- | { grep -v '^/home/ddos/models/' || test $? = 1; } |
    while IFS= read -r path; do
      if [ -f "$path" ]; then
        printf '%s\n' "$path"
      fi
    done | { xargs -r -d '\n' sha256sum -z -- || test $? = 123; } 2>"$STAGE/sum-errors" | tr '\000' '\n' >"$STAGE/sums"
  awk 'FILENAME == ARGV[1] { at = index($0, "/"); owners[substr($0, at)] = substr($0, 1, at - 2); next }
    FILENAME == ARGV[2] { sums[substr($0, 67)] = substr($0, 1, 64); next }
    { path = $0; for (i = 0; i < 7; i++) sub(/^[^ ]+ /, "", path)
      print (path in owners ? owners[path] : "none none"), (path in sums ? sums[path] : "none"), $0 }' \
    "$STAGE/owners" "$STAGE/sums" "$STAGE/files"
}

# Folders and files are looked at through links: a path counts for what it leads to.
check_file() {
  local found=$1 sum=$2 kind=$3 owner=$4 group=$5 mode=$6 sha=$7 need=$8 target=$9 path=${10}
  if [ ! -e "$path" ] && [ ! -L "$path" ]; then
    if [ "$need" = required ]; then
      check "$path" "$kind $owner:$group $mode" missing
    fi
    return 0
  fi
  if [ "$kind" = link ]; then
    check "$path" "link to $target" "link to $(readlink -- "$path" || printf nothing)"
    return 0
  fi
  kind_of "$path"
  check "$path" "$kind $owner:$group $mode" "$KIND $found"
  if [ "$sha" != - ] && [ -f "$path" ]; then
    if [ "$sum" = none ]; then
      sum=$(model_sha "$path")
    fi
    check "$path sha256" "$sha" "$sum"
  fi
}

# The contract's names of the logs; root opens what they lead to.
check_logs() {
  local name
  for name in app.log access.log error.log; do
    check "/home/ddos/logs/$name leads to" "/var/log/ddos-service/$name" "$(readlink -- "/home/ddos/logs/$name" || printf nothing)"
  done
}

check_files() {
  local who found sum kind owner group mode sha need target path
  look_at_files >"$STAGE/seen-files"
  while read -r who found sum kind owner group mode sha need target path; do
    check_file "$who $found" "$sum" "$kind" "$owner" "$group" "$mode" "$sha" "$need" "$target" "$path"
  done <"$STAGE/seen-files"
}

# The rest of a release, file by file: nothing added, nothing altered, whatever the source of the code was.
check_release_tree() {
  local code
  code=/var/lib/ddos/code/$(need code)/tree
  check "app equals the staged code" "$(tree_print "$code")" "$(tree_print /home/ddos/current/app)"
  check "files of the app that are not ddos:ddos 644" none \
    "$(strays /home/ddos/current/app/ -type f ! -path /home/ddos/current/app/.env \( ! -user ddos -o ! -group ddos -o ! -perm 644 \))"
  check "folders of the app that are not ddos:ddos 755" none \
    "$(strays /home/ddos/current/app/ -type d \( ! -user ddos -o ! -group ddos -o ! -perm 755 \))"
  check "models that are not ddos:ddos 444" none \
    "$(strays /home/ddos/current/models/ -type f \( ! -user ddos -o ! -group ddos -o ! -perm 444 \))"
  read_settings
  check ".env is the one that was given" "$(need env)" "$(env_digest "$STAGE/env" 2>/dev/null || printf unreadable)"
}

# read_settings: the serving release's .env as $STAGE/env, by the rights of the user who may exchange it, and no more of it than there can be.
read_settings() {
  if ! (umask 077 && as_ddos timeout 10 head -c 1048576 -- /home/ddos/current/app/.env >"$STAGE/env"); then
    rm -f -- "$STAGE/env"
  fi
}

# The environment by content as well: a damaged file of a package does no harm until the next start.
check_environment() {
  local venv damage
  venv=$(readlink -f -- /home/ddos/current/venv || printf missing)
  if [ ! -d "$venv" ]; then
    check "Python environment" directory missing
    return 0
  fi
  damage=$(venv_damage "$venv")
  check "Python environment equals what was built, damaged" none "${damage:-none}"
  check "Python environment, not ddos's or writable by others" none "$(venv_strays "$venv")"
}

strays() {
  local found
  found=$(find "$@" | sed 5q | tr '\n' ' ')
  printf '%s' "${found:-none}"
}

# --- services -----------------------------------------------------------------------------------------------------------------------

# property UNIT NAME: systemd is asked once about a unit.
property() {
  local said=$STAGE/unit-$1
  if [ ! -e "$said" ]; then
    systemctl show -- "$1" >"$said"
  fi
  entry "$said" "$2"
}

# In systemd's own word, such as enabled, disabled, masked; nothing when there is no such unit.
enabled() {
  local word
  word=$(systemctl is-enabled "$1" 2>/dev/null) || word=${word:-missing}
  printf '%s' "$word"
}

# In proxy mode nothing of an application is on the gateway.
check_no_application() {
  local unit
  for unit in "$SERVICE.service" "$SERVICE-next.service"; do
    check "$unit, which the proxy mode has no use for" "not-found inactive" "$(property "$unit" LoadState) $(property "$unit" ActiveState)"
  done
  check "code, environments and settings of an application" none "$(there /home/ddos/app /home/ddos/venv /home/ddos/models /home/ddos/venvs/* \
    /var/lib/ddos/code/* /var/lib/ddos/env/*)"
}

# there PATH...: those that exist.
there() {
  local path found=""
  for path in "$@"; do
    if [ -e "$path" ] || [ -L "$path" ]; then
      found="$found $path"
    fi
  done
  printf '%s' "${found:-none}"
}

check_application() {
  check "$SERVICE.service user" ddos "$(property "$SERVICE.service" User)"
  check "candidate $SERVICE-next.service" inactive "$(property "$SERVICE-next.service" ActiveState)"
  check "journal of $SERVICE.service since its start, errors" 0 "$(journal_errors "$SERVICE.service")"
}

# services: the units that serve.
services() {
  if [ "$MODE" != proxy ]; then
    printf '%s.service ' "$SERVICE"
  fi
  printf 'nginx.service'
}

check_services() {
  local unit
  for unit in $(services); do
    check "$unit state" "active running" "$(property "$unit" ActiveState) $(property "$unit" SubState)"
    check "$unit at boot" enabled "$(enabled "$unit")"
    check "$unit definition loaded" no "$(property "$unit" NeedDaemonReload)"
  done
  if [ "$MODE" = proxy ]; then
    check_no_application
  else
    check_application
  fi
  check "ddos-recover.service at boot" enabled "$(enabled ddos-recover.service)"
  if [ -e /var/lib/ddos/switching ]; then
    check "a switch that was not finished" none "$(tr '\n' ' ' </var/lib/ddos/switching)"
  fi
  check "nginx accepts its configuration" yes "$(nginx_verdict)"
  if [ -e /etc/ddos/backup.conf ]; then
    check "backup timer" "active enabled" "$(property ddos-backup.timer ActiveState) $(enabled ddos-backup.timer)"
    check "last backup" success "$(property ddos-backup.service Result)"
  fi
  if [ "$(value watch)" = yes ]; then
    check "timer of metrics and logs (ddos-watch.timer)" "active enabled" "$(property ddos-watch.timer ActiveState) $(enabled ddos-watch.timer)"
    note_watch
  fi
  if [ "$ROLE" = gateway ] && [ "$(need egress)" = gateway ]; then
    check "NAT unit" active "$(property ddos-nat.service ActiveState)"
    check "NAT table" yes "$(nft list table ip ddos_nat >/dev/null 2>&1 && printf yes || printf 'not loaded')"
    check "IP forwarding" 1 "$(cat /proc/sys/net/ipv4/ip_forward)"
  fi
}

# No check: a host that serves is well, also when CloudWatch cannot be reached, and no release stops for it.
note_watch() {
  local at ago said
  at=$(stat -c %Y /var/lib/ddos-watch/sent 2>/dev/null || printf 0)
  ago=$((($(date +%s) - at) / 60))
  if [ "$ago" -lt 15 ]; then
    return 0
  fi
  # What the program said itself: systemd's own last line is that the unit failed, whatever the reason.
  said=$(journalctl --quiet --no-pager --output=cat -n 1 _SYSTEMD_UNIT=ddos-watch.service | cut -c 1-300)
  if [ "$at" -eq 0 ]; then
    note "metrics and logs have not been sent to CloudWatch yet: ${said:-nothing in journalctl -u ddos-watch}"
  else
    note "metrics and logs were last sent to CloudWatch whole $ago minutes ago: ${said:-nothing in journalctl -u ddos-watch}"
  fi
}

# --- hardening ----------------------------------------------------------------------------------------------------------------------

sshd_says() {
  if [ ! -e "$STAGE/sshd" ]; then
    sshd -T -C user=root,host=localhost,addr=127.0.0.1 >"$STAGE/sshd" 2>&1
  fi
  sed -n "s/^$1 //p" "$STAGE/sshd"
}

# By the unit, and by the routing table for the user.
metadata_denied() {
  local rule user
  user=$(id -u ddos)
  rule=$(ip rule show to 169.254.169.254 uidrange "$user-$user")
  case "$(property "$SERVICE.service" IPAddressDeny)" in
    *169.254.169.254*) printf 'by the unit, ' ;;
    *) printf 'not by the unit, ' ;;
  esac
  if [ -n "$rule" ]; then
    printf 'by a rule'
  else
    printf 'by no rule'
  fi
}

apt_says() {
  if [ ! -e "$STAGE/apt" ]; then
    apt-config dump APT::Periodic >"$STAGE/apt"
  fi
  # As apt itself: in capitals or not.
  sed -n "s/^$1 \"\(.*\)\";$/\1/Ip" "$STAGE/apt" | tail -n 1
}

check_hardening() {
  local name unit
  for name in passwordauthentication kbdinteractiveauthentication permitrootlogin; do
    check "sshd $name" no "$(sshd_says "$name")"
  done
  if [ "$MODE" != proxy ]; then
    check "instance metadata is denied to $SERVICE" "$(need metadata)" "$(metadata_denied)"
  fi
  for name in Update-Package-Lists Unattended-Upgrade; do
    check "security updates, APT::Periodic::$name" 1 "$(apt_says "APT::Periodic::$name")"
  done
  check "security updates, package unattended-upgrades" installed "$(dpkg-query -W -f '${db:Status-Status}' unattended-upgrades 2>/dev/null || printf missing)"
  if [ -e /usr/sbin/needrestart ]; then
    check "needrestart leaves the application to releases" yes "$(needrestart_leaves)"
  fi
  for unit in apt-daily.timer apt-daily-upgrade.timer; do
    check "$unit" "active enabled" "$(property "$unit" ActiveState) $(enabled "$unit")"
  done
}

# needrestart_leaves: by what its configuration, which is Perl, comes to with all of its files.
needrestart_leaves() {
  local said
  # shellcheck disable=SC2016 # Perl's own variables
  said=$(perl -e 'our %nrconf; my $LOGPREF = ""; my $text = do { local $/; <STDIN> }; eval $text; die $@ if $@;
    for my $re (sort keys %{$nrconf{override_rc}}) { if ($ARGV[0] =~ /$re/) { print $nrconf{override_rc}{$re} ? "no, by $re" : "yes"; exit } }
    print "no, /etc/needrestart/conf.d/ddos.conf does not say so"' "$SERVICE.service" 2>&1 </etc/needrestart/needrestart.conf) || said="cannot tell: $said"
  printf '%s' "$said"
}

nginx_verdict() {
  if nginx -t -q 2>"$STAGE/nginx"; then
    printf yes
  else
    sed 1q "$STAGE/nginx"
  fi
}

# By invocation, not by time: a clock that was set does not matter.
journal_errors() {
  local id
  id=$(property "$1" InvocationID)
  if [ -z "$id" ]; then
    printf 'never started'
    return 0
  fi
  if ! journalctl --quiet --no-pager --output=cat --priority=err "_SYSTEMD_INVOCATION_ID=$id" + "INVOCATION_ID=$id" >"$STAGE/journal" 2>"$STAGE/journal-says"; then
    printf 'cannot tell, the journal cannot be read: %s' "$(tail -n 1 "$STAGE/journal-says")"
  elif [ -s "$STAGE/journal" ]; then
    printf '%s, the last: %s' "$(wc -l <"$STAGE/journal")" "$(tail -n 1 "$STAGE/journal")"
  elif ! journal_takes; then
    printf 'cannot tell, the journal takes no entries: is its file system full or read-only, or Storage=none set? (df -h /var/log; journalctl --disk-usage; systemctl status systemd-journald)'
  else
    printf 0
  fi
}

# journal_takes: whether an entry that is made now is there afterwards. A journal that takes none has no errors either.
journal_takes() {
  local mark try
  mark="whether the journal takes entries: $(cat /proc/sys/kernel/random/uuid)"
  systemd-cat --identifier=ddos-verify --priority=info printf '%s\n' "$mark" || return 1
  for try in $(seq 30); do
    if [ -n "$(journalctl --quiet --no-pager --output=cat "MESSAGE=$mark")" ]; then
      return 0
    fi
    log "try $try: the entry is not in the journal yet" >&2
    sleep 0.1
  done
  return 1
}

# --- ports and answers --------------------------------------------------------------------------------------------------------------

listeners() {
  local found
  found=$(ss -H -l -t -n "sport = :$1" | awk '{ print $4 }' | LC_ALL=C sort -u | tr '\n' ' ')
  printf '%s' "${found% }"
}

check_ports() {
  check "port 8000 listens on" "$([ "$MODE" = proxy ] || printf 127.0.0.1:8000)" "$(listeners 8000)"
  check "port 8001 listens on" "" "$(listeners 8001)"
  case " $(listeners "$PORT") " in
    *" 0.0.0.0:$PORT "* | *" *:$PORT "*) check "port $PORT listens" yes yes ;;
    *) check "port $PORT listens" yes "only on «$(listeners "$PORT")»" ;;
  esac
}

# check_health NAME ORIGIN: asked again for a while, because the peer may be reloading.
check_health() {
  local try wanted found=""
  wanted=$(health_wanted "$STAGE/header")
  for try in 1 2 3 4 5; do
    if ! health_ask "$STAGE/header" "$2" "$STAGE"; then
      found="no answer ($(head -c 200 "$STAGE/curl"))"
    elif health_fits "$STAGE/header" "$STAGE"; then
      found=$wanted
      break
    else
      found=$(health_found "$STAGE" "$STAGE/header")
    fi
    log "try $try: $found from $2"
    sleep 1
  done
  check "$1" "$wanted" "$found"
}

served_release() { sed -n 's/^[Xx]-[Rr]elease: *\([^[:space:]]*\).*/\1/p' "$STAGE/head" | tail -n 1; }

check_answers() {
  local id
  if [ "$MODE" != proxy ]; then
    check_health "health on 8000" http://127.0.0.1:8000
    id=$(readlink /home/ddos/current || printf none)
    check "release served on 8000" "${id##*/}" "$(served_release)"
  fi
  check_health "health through nginx on $PORT" "http://127.0.0.1:$PORT"
  if [ "$ROLE" = gateway ]; then
    check_health "health of the backend at $UPSTREAM" "$UPSTREAM"
    check_proof
    if [ -n "$(value clients)" ]; then
      check "names of the API's keys" "$(value clients)" "$(sed -n '/given_key/,/^}/ s/^ *"[^"]*" \([a-z0-9-]*\);$/\1/p' /etc/ddos/api-keys.conf | LC_ALL=C sort | paste -s -d ' ')"
    fi
    if [ -n "$(value users)" ]; then
      check "users with a password" "$(value users)" "$(cut -d : -f 1 /etc/ddos/api-users | LC_ALL=C sort | paste -s -d ' ')"
    fi
    if [ "$(need tlsName)" != none ]; then
      check_certificate
      if [ "$(value acme)" = yes ]; then
        check_renewal
      fi
    fi
  fi
}

# The models of what serves, by the rows that were kept when it was released. What they answer may hold a setting, so it is shown without.
check_models() {
  local id file found
  if [ -z "$(value checks)" ]; then
    return 0
  fi
  id=$(readlink /home/ddos/current || printf none)
  file=/var/lib/ddos/releases/${id##*/}/checks.json
  if [ ! -f "$file" ] || [ "$(sha_of "$file")" != "$(value checks)" ]; then
    check "checks of the models" "those of this program" "missing or others: the release step has to run again"
    return 0
  fi
  found=$(/usr/bin/python3 -I -S "$STAGE/checks.py" ask "$file" http://127.0.0.1:8000 "$STAGE/env" "$STAGE/header" 120) || log "the models answer otherwise"
  check "answers of the models" "$(jq '.rows | length' "$file") of $(jq '.rows | length' "$file") rows" "$(/usr/bin/python3 -I -S "$STAGE/redact.py" "$STAGE/env" <<<"${found:-no answer}")"
}

# --- the release --------------------------------------------------------------------------------------------------------------------

# wanted_made: what a release is made of that this program describes. The environment's name follows from the code.
wanted_made() {
  local name
  for name in role port code env models unit nginx upstream; do
    if [ -n "$(value "$name")" ] && [ "$(value "$name")" != none ]; then
      printf '%s=%s\n' "$name" "$(value "$name")"
    fi
  done
}

# origin ID: how it came to serve, by the last line of the history about it.
origin() {
  local line=""
  if [ -f "$HISTORY" ]; then
    line=$(jq -R -r --arg id "$1" 'fromjson? | objects | select(.release == $id) | "\(.result) since \(.at) by \(.via // "?") of \(.by // "?")"' "$HISTORY" | tail -n 1)
  fi
  printf '%s' "${line:-its history is not known}"
}

# A release that nobody wants any more may serve, and each file for itself be as it was made: after a rollback by hand, or when a step failed
# behind its switch and its configuration was put back, with which nothing has to run for Pulumi. A rollback that stands is a difference for every
# working copy, also for the one that the earlier release was made from: what was deployed last does not serve.
check_release() {
  local id facts differ mark=/var/lib/ddos/rolled-back
  id=$(readlink /home/ddos/current || printf none)
  id=${id##*/}
  if [ "$(noted "$mark" to)" = "$id" ]; then
    check "release that serves" "the deployed one, $(noted "$mark" deployed)" \
      "rolled back to $id from $(noted "$mark" deployed) at $(noted "$mark" at) by $(noted "$mark" by)"
    return 0
  fi
  facts=/var/lib/ddos/releases/$id/facts
  if [ ! -s "$facts" ]; then
    return 0
  fi
  differ=$(wanted_made | { grep -vxFf "$facts" || test $? = 1; } | cut -d = -f 1 | paste -s -d ' ')
  if [ -n "$differ" ]; then
    check "release that serves" "the one of this program" "another one: $id ($differ differ; $(origin "$id"))"
  fi
}

# --- the report ---------------------------------------------------------------------------------------------------------------------

# Without the proof a gateway is never well, whatever the checks say.
report() {
  local id proof=null rolled=null
  id=$(readlink /home/ddos/current || printf none)
  if [ "$(noted /var/lib/ddos/rolled-back to)" = "${id##*/}" ]; then
    rolled=$(jq -cn --arg deployed "$(noted /var/lib/ddos/rolled-back deployed)" --arg at "$(noted /var/lib/ddos/rolled-back at)" \
      --arg by "$(noted /var/lib/ddos/rolled-back by)" '{ deployed: $deployed, at: $at, by: $by }')
  fi
  if [ -s "$STAGE/proof" ]; then
    proof=$(cat "$STAGE/proof")
  fi
  jq -c -R -n --argjson proof "$proof" --argjson rolled "$rolled" --rawfile notes "$STAGE/notes" --arg role "$ROLE" --arg host "$(uname -n)" --arg release "${id##*/}" --arg models "$(need models)" '
    [inputs | split("\u001f") | { check: .[0], ok: (.[1] == "true"), expected: .[2], found: .[3] }] as $checks
    | { role: $role, host: $host, release: $release, models: $models, rolledBack: $rolled,
        ok: (($checks | all(.ok)) and ($role == "backend" or $proof != null)), proof: $proof,
        notes: ($notes | split("\n") | map(select(. != ""))),
        passed: ($checks | map(select(.ok)) | length), failed: ($checks | map(select(.ok | not))),
        checks: ($checks | map(.check)) }' <"$STAGE/checks"
}

values file >"$STAGE/files"
check_files
check_logs
if [ "$MODE" != proxy ]; then
  check_release_tree
  check_environment
fi
check_release
check_services
check_hardening
check_ports
check_answers
check_models
report >"$STAGE/report"
if ! cat "$STAGE/report" >&3 2>/dev/null; then
  log "(the operator's link is gone)"
fi
if [ "$(jq .ok "$STAGE/report")" != true ]; then
  fail "$(jq -r '(.failed | length | tostring) + " checks failed: " + (.failed | map(.check + " (expected " + .expected + ", found " + .found + ")") | join("; "))' \
    "$STAGE/report" | cut -c 1-6000)"
fi
