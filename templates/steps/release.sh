# shellcheck shell=bash
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# The one way by which anything that serves is changed: parts -> release -> gates -> trial on 8001 -> switch -> proof on 8000 and on the
# service port -> the rest is pruned. Until the switch nothing that serves is touched; after it, a failure is rolled back automatically.

PHASE=idle

# Runs at every end, before the error is printed. What it says belongs to the reason.
cleanup() {
  local result=""
  case "$PHASE" in
    trial) result=$(abandon_trial 2>&1) ;;
    switching)
      if result=$(DDOS_LOCK=held /usr/local/lib/ddos/recover.sh live 2>&1); then
        result=$(printf '%s\nUndone: %s' "$result" "$(tail -n 1 <<<"$result")")
      else
        result="Going back failed, too: $(tr '\n' ';' <<<"$result")"
      fi
      ;;
  esac
  if [ -n "$result" ]; then
    log "$result"
    if [ -e "$STAGE/reason" ]; then
      printf '\n%s' "$(tail -n 1 <<<"$result")" >>"$STAGE/reason"
    fi
  fi
}

abandon_trial() {
  stop_site_trial
  DDOS_LOCK=held /usr/local/lib/ddos/recover.sh live >&2
  rm -rf -- /home/ddos/releases/.partial /var/lib/ddos/releases/.partial "/home/ddos/releases/${ID:?}" "/var/lib/ddos/releases/${ID:?}"
  if [ -n "$CURRENT" ] && [ -e "/var/lib/ddos/releases/$CURRENT/next-unit" ]; then
    put "/var/lib/ddos/releases/$CURRENT/next-unit" "/etc/systemd/system/$CANDIDATE" 0644 root root >&2
  else
    rm -f -- "/etc/systemd/system/$CANDIDATE"
  fi
  if [ -n "$CURRENT" ]; then
    printf 'Release %s still serves, nothing was changed' "$CURRENT"
  else
    printf 'There was no release before, nothing serves yet'
  fi
  systemctl daemon-reload
}

# note_switch PHASE: on the disk before the next thing happens.
note_switch() {
  printf 'from=%s\nto=%s\nphase=%s\n' "${CURRENT:-none}" "$ID" "$1" >"$STAGE/switching"
  put "$STAGE/switching" /var/lib/ddos/switching 0644 root root
  sync /var/lib/ddos
}

# current_release: what serves by our own record, or, should that be gone, by the link. Either may have been deleted by hand; taking a host
# that serves for an empty one would mean to clear it after a failure.
current_release() {
  local found=""
  if [ -s /var/lib/ddos/serving ]; then
    found=$(sed -n 's/^current=//p' /var/lib/ddos/serving)
  elif [ -L /home/ddos/current ]; then
    found=$(readlink /home/ddos/current)
    found=${found##*/}
  fi
  if [ -n "$found" ] && [ -s "/var/lib/ddos/releases/$found/facts" ]; then
    printf '%s' "$found"
  fi
}

# A step that was killed may have left a switch, a candidate or a half-made release.
end_interrupted() {
  local outcome
  if ! outcome=$(DDOS_LOCK=held /usr/local/lib/ddos/recover.sh live 2>&1); then
    summary "an interrupted switch could not be undone ($outcome); going on with the new release"
  elif [ -n "$outcome" ]; then
    summary "ended what an interrupted release had left: $(tail -n 1 <<<"$outcome")"
  fi
}

switch() {
  local outcome
  note_switch switching
  PHASE=switching
  if ! outcome=$(/usr/local/lib/ddos/recover.sh turn "$ID" 2>&1); then
    log "$outcome"
    fail "the new release $ID passed its trial but does not serve: $(tail -n 1 <<<"$outcome")$(last_words "$SERVICE")"
  fi
  log "$outcome"
  note_switch proven
  /usr/local/lib/ddos/recover.sh settle
  PHASE=idle
}

deploy() {
  take_number
  PHASE=trial
  stage_release
  gate_units
  gate_site
  gate_models
  publish_stage
  try_candidate
  try_site
  switch
  local before=$CURRENT
  CURRENT=$ID
  repair_links
  prune "$before"
  summary "release $ID serves on port $PORT (code ${CODE:0:12}, models ${MODELS:0:12}); before: ${before:-none}"
}

read_wanted
end_interrupted
check_parts
DIGEST=$(wanted_digest)
CURRENT=$(current_release)
if [ "${CURRENT#*-}" != "${DIGEST:0:12}" ] || needs_replacement; then
  deploy
else
  repair
  summary "release $CURRENT serves on port $PORT, $CHANGES corrected"
fi
