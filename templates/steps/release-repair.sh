# shellcheck shell=bash disable=SC2034 # the other parts of the step read these variables
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# The wanted release is the current one already: find what drifted and repair exactly that.

# Modes and owners need no restart: what is wrong is corrected in place. Hard links give the store the same mode.
repair_modes() {
  local path release=/home/ddos/releases/$CURRENT
  own_again /home/ddos/releases "$CURRENT"
  while read -r path; do
    right_mode "$path" 600
  done < <(find "$release/app/.env" -maxdepth 0 -type f ! -perm 600 2>/dev/null)
  while read -r path; do
    right_mode "$path" 755
  done < <(find "$release" -type d ! -perm 755)
  while read -r path; do
    right_mode "$path" 644
  done < <(find "$release" -type f ! -path '*/models/*' ! -path '*/app/.env' ! -perm 644)
  while read -r path; do
    right_mode "$path" 444
  done < <(find "$release" -type f -path '*/models/*' ! -perm 444)
}

repair_links() {
  point /home/ddos/current "releases/$CURRENT" ddos ddos
  point /home/ddos/app current/app ddos ddos
  point /home/ddos/venv current/venv ddos ddos
  point /home/ddos/models current/models ddos ddos
  point /home/ddos/config current/config ddos ddos
}

# The records that a rollback depends on.
repair_records() {
  put "$STAGE/main.service" "/var/lib/ddos/releases/$CURRENT/unit" 0644 root root
  put "$STAGE/next.service" "/var/lib/ddos/releases/$CURRENT/next-unit" 0644 root root
  put "$STAGE/site.conf" "/var/lib/ddos/releases/$CURRENT/nginx" 0644 root root
  repair_checks
}

# altered_models: names of files that are not, byte for byte and inode for inode, what the set says.
altered_models() {
  local sha name here
  model_lines | sed 's/^[0-9a-f]* //' | sort >"$STAGE/models-wanted"
  find "/home/ddos/releases/$CURRENT/models" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | comm -3 - "$STAGE/models-wanted" | tr -d '\t'
  while read -r sha name; do
    here=/home/ddos/releases/$CURRENT/models/$name
    if [ -e "$here" ] && [ "$(model_sha "$here")" != "$sha" ]; then
      printf '%s\n' "$name"
    fi
  done < <(model_lines)
}

# altered_content: one line a thing whose bytes are not the release's. These may be in the running process already, so a fresh release
# takes their place by the usual path; nothing is patched under a running service.
altered_content() {
  local release=/home/ddos/releases/$CURRENT
  if ! diff -rq --no-dereference -x .env -x __pycache__ -- "/var/lib/ddos/code/$CODE/tree" "$release/app"; then :; fi
  if [ -L "$release/app/.env" ] || ! cmp -s -- "/var/lib/ddos/env/$SETTINGS" "$release/app/.env"; then
    printf '.env differs\n'
  fi
  if [ "$(readlink -- "$release/venv")" != "../../venvs/$VENV" ]; then
    printf 'the link to the Python environment differs\n'
  fi
  if ! cmp -s -- "$STAGE/site.conf" "$release/config/nginx.conf"; then
    printf 'config/nginx.conf differs\n'
  fi
  if [ "$(cat "$release/release.conf" 2>&1)" != "$(release_conf "$CURRENT")" ]; then
    printf 'release.conf differs\n'
  fi
  altered_models | sed 's/^/model differs: /'
}

# A unit edited by hand matters to the process only if it was started since.
started_with_other_unit() {
  local running proven
  running=$(systemctl show --property=InvocationID --value -- "$SERVICE")
  proven=$(sed -n 's/^invocation=//p' /var/lib/ddos/serving 2>/dev/null || printf unknown)
  ! cmp -s -- "$STAGE/main.service" "/etc/systemd/system/$SERVICE" && [ -n "$running" ] && [ "$running" != "$proven" ]
}

# needs_replacement: what drifted may be at work already, so a fresh release of the same parts has to take over.
needs_replacement() {
  local altered
  if [ ! -d "/home/ddos/releases/$CURRENT/$MAIN_FOLDER" ] || [ ! -s "/var/lib/ddos/releases/$CURRENT/facts" ]; then
    summary "release $CURRENT was deleted by hand: making it anew"
    return 0
  fi
  altered=$(altered_content)
  if [ -n "$altered" ]; then
    summary "release $CURRENT was altered by hand ($(head -n 3 <<<"$altered" | tr '\n' ';')): making it anew"
    return 0
  fi
  if started_with_other_unit; then
    summary "$SERVICE was edited by hand and started since: making the release anew"
    return 0
  fi
  return 1
}

repair() {
  local outcome
  ID=$CURRENT
  repair_links
  repair_modes
  repair_records
  if ! outcome=$(/usr/local/lib/ddos/recover.sh turn "$CURRENT" 2>&1); then
    log "$outcome"
    fail "release $CURRENT does not come up: $(tail -n 1 <<<"$outcome")$(last_words "$SERVICE")"
  fi
  if [ -n "$outcome" ]; then
    CHANGES=$((CHANGES + $(wc -l <<<"$outcome")))
    summary "repaired: $(tr '\n' ';' <<<"$outcome")"
  fi
}
