# shellcheck shell=bash disable=SC2034,SC2153,SC2154 # the other parts of the step set ROLE, CURRENT and STAGE
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# What is known of the release that serves. It can be lost or damaged in part: then it is made again from what is there, because a host that
# serves is never taken for an empty one, and what serves has to be there to go back to.

# fact_of NAME: of the record of the serving release.
fact_of() { entry "/var/lib/ddos/releases/$CURRENT/facts" "$1"; }

# first_of FILE...: the first of them that is a file with something in it.
first_of() {
  local path
  for path in "$@"; do
    if [ -f "$path" ] && [ -s "$path" ]; then
      printf '%s' "$path"
      return 0
    fi
  done
}

# sound_facts: whether the record names everything that going back needs.
sound_facts() {
  local facts=/var/lib/ddos/releases/$CURRENT/facts
  [ -f "$facts" ] && grep -qxE "role=$ROLE" "$facts" && grep -qxE 'port=[0-9]+' "$facts"
}

# rebuilt_facts: from the release's own folder, and what is wanted now of its health.
rebuilt_facts() {
  local name value home=/home/ddos/releases/$CURRENT
  if [ ! -d "$home/app" ] && [ -f "$home/config/nginx.conf" ]; then
    printf 'mode=proxy\nupstream=%s\n' "$(sed -nE 's/^[[:space:]]*server[[:space:]]+([^ ;]+:[0-9]+)[ ;].*/\1/p' "$home/config/nginx.conf" | head -n 1)"
  fi
  for name in code env venv models unit nginx; do
    value=$(jq -r --arg name "$name" '.[$name] // empty' "/home/ddos/releases/$CURRENT/release.json" 2>/dev/null || printf '')
    if [[ $value =~ ^[A-Za-z0-9][A-Za-z0-9._-]*$ ]]; then
      printf '%s=%s\n' "$name" "$value"
    fi
  done
  printf 'role=%s\nport=%s\ndigest=%s\n' "$ROLE" "$PORT" "${CURRENT#*-}"
  # It may have been healthy by another answer than the one that is wanted from now on; the one that it gives counts.
  if health_ask "$STAGE/header" http://127.0.0.1:8000 "$STAGE" && ! health_fits "$STAGE/header" "$STAGE"; then
    printf 'healthStatus=%s\nhealthMatch=any\n' "$HEALTH_CODE"
    grep -E '^(healthPath|healthHeader|startSeconds)=' "$STAGE/header"
  else
    grep -E '^(health[A-Z][a-z]+|startSeconds)=' "$STAGE/header"
  fi
}

rebuild_records() {
  local state=/var/lib/ddos/releases/$CURRENT rebuilt="" name path
  if [ -z "$CURRENT" ]; then
    return 0
  fi
  folder 0755 root root "$state"
  if ! sound_facts; then
    rebuilt_facts >"$STAGE/old-facts"
    put "$STAGE/old-facts" "$state/facts" 0644 root root
    rebuilt=yes
  fi
  for name in unit:main.service next-unit:next.service nginx:site.conf; do
    if [ -n "$(first_of "$state/${name%%:*}")" ] || [ ! -e "$STAGE/${name#*:}" ]; then
      continue
    fi
    case "$name" in
      unit:*) path=$(first_of "/etc/systemd/system/$SERVICE" "$STAGE/main.service") ;;
      next-unit:*) path=$(first_of "/etc/systemd/system/$CANDIDATE" "$STAGE/next.service") ;;
      nginx:*) path=$(first_of "/etc/nginx/sites-available/$ROLE" "$STAGE/site.conf") ;;
    esac
    put "$path" "$state/${name%%:*}" 0644 root root
    rebuilt=yes
  done
  if [ -n "$rebuilt" ]; then
    summary "the records of release $CURRENT were lost in part; made again from what is there"
  fi
}

# record_serving: which release serves, where nothing says so any more.
record_serving() {
  local said
  if [ -n "$CURRENT" ] && ! grep -qxF "current=$CURRENT" /var/lib/ddos/serving 2>/dev/null && [ ! -e /var/lib/ddos/switching ]; then
    said=$(/usr/local/lib/ddos/recover.sh adopt "$CURRENT")
    summary "$said"
    CHANGES=$((CHANGES + 1))
  fi
}

# keep_a_way_back: what serves may have been deleted while it runs. Its parts are stored, so its folder can be made again, before anything is tried
# that could end with going back to it. Where they are gone too, the candidate stays if the switch fails.
keep_a_way_back() {
  if [ -z "$CURRENT" ] || [ -d "/home/ddos/releases/$CURRENT/app" ] || [ -d "/home/ddos/releases/$CURRENT/config" ]; then
    return 0
  fi
  # In a process of its own, because bash ends at an error only where nobody looks at the status.
  restage_current &
  if wait "$!"; then
    summary "the folder of release $CURRENT was made again, to go back to"
  else
    rm -f -- "$STAGE/reason" "$STAGE/lines"
    rm -rf -- /var/lib/ddos/staging
    summary "release $CURRENT was deleted, and its parts with it: there will be no going back to it"
  fi
}

restage_current() {
  if [ "$(fact_of mode)" = proxy ]; then
    restage_site
    return
  fi
  CODE=$(fact_of code) VENV=$(fact_of venv) SETTINGS=$(fact_of env) MODELS=$(fact_of models) ID=$CURRENT
  if [ ! -d "/var/lib/ddos/code/${CODE:-none}/tree" ] || [ ! -e "/home/ddos/venvs/${VENV:-none}/.complete" ] ||
    [ ! -s "/var/lib/ddos/env/${SETTINGS:-none}" ] || { [ "${MODELS:-none}" != none ] && [ ! -e "/var/lib/ddos/models-sets/$MODELS" ]; }; then
    exit 1
  fi
  stage_tree
  install -m 644 -o ddos -g ddos -- "/var/lib/ddos/releases/$ID/nginx" "$NEW/config/nginx.conf"
  release_conf "$ID" >"$STAGE/release.conf"
  install -m 644 -o ddos -g ddos -- "$STAGE/release.conf" "$NEW/release.conf"
  discard /home/ddos/releases "$ID"
  take_staged "$ID"
  sync -f /home/ddos/releases
}

restage_site() {
  new_staging
  install -d -m 755 -o ddos -g ddos "$NEW/config"
  install -m 644 -o ddos -g ddos -- "/var/lib/ddos/releases/$CURRENT/nginx" "$NEW/config/nginx.conf"
  discard /home/ddos/releases "$CURRENT"
  take_staged "$CURRENT"
}
