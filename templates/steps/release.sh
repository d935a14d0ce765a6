# shellcheck shell=bash
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# The one way by which anything that serves is changed: parts -> release -> gates -> trial on 8001 -> switch -> proof on 8000 and on the
# service port -> watched for a while -> the rest is pruned. Until the switch nothing that serves is touched; after it, a failure is rolled back automatically.

PHASE=idle
# What the new release is tried as, before anything depends on it: candidate or service.
TRIED=candidate

# Runs at every end, before the error is printed. What it says belongs to the reason.
cleanup() {
  local result=""
  case "$PHASE" in
    trial) result=$(abandon_trial 2>&1) ;;
    switching)
      if result=$(DDOS_LOCK=held /usr/local/lib/ddos/recover.sh live 2>&1); then
        result=$(printf '%s\nUndone: %s' "$result" "$(tail -n 1 <<<"$result")")
      else
        log "$result"
        result="Going back failed, too: $(tail -n 1 <<<"$result")"
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

# What serves was not touched, and is asked whether it does.
abandon_trial() {
  stop_site_trial
  DDOS_LOCK=held /usr/local/lib/ddos/recover.sh live >&2
  rm -rf -- /home/ddos/releases/.partial /var/lib/ddos/releases/.partial "/home/ddos/releases/${ID:?}" "/var/lib/ddos/releases/${ID:?}"
  if [ -n "$CURRENT" ] && [ -e "/var/lib/ddos/releases/$CURRENT/next-unit" ]; then
    put "/var/lib/ddos/releases/$CURRENT/next-unit" "/etc/systemd/system/$CANDIDATE" 0644 root root >&2
  else
    rm -f -- "/etc/systemd/system/$CANDIDATE"
  fi
  systemctl daemon-reload
  if [ -n "$CURRENT" ]; then
    printf 'Nothing was switched. %s' "$(/usr/local/lib/ddos/recover.sh state)"
  else
    printf 'There was no release before, nothing serves yet'
  fi
}

# note_switch PHASE: on the disk before the next thing happens.
note_switch() {
  printf 'from=%s\nto=%s\nphase=%s\n' "${CURRENT:-none}" "$ID" "$1" >"$STAGE/switching"
  put "$STAGE/switching" /var/lib/ddos/switching 0644 root root
  sync /var/lib/ddos
}

# A step that was killed may have left a switch, a candidate or a half-made release.
end_interrupted() {
  local outcome
  if ! outcome=$(DDOS_LOCK=held /usr/local/lib/ddos/recover.sh live 2>&1); then
    log "$outcome"
    summary "an interrupted switch could not be undone: $(tail -n 1 <<<"$outcome"). Going on with the new release"
  elif [ -n "$outcome" ]; then
    summary "ended what an interrupted release had left: $(tail -n 1 <<<"$outcome")"
  fi
}

switch() {
  local outcome
  note_traffic
  note_switch switching
  PHASE=switching
  if ! outcome=$(/usr/local/lib/ddos/recover.sh turn "$ID" 2>&1); then
    log "$outcome"
    fail "the new release $ID passed its trial but does not serve: $(tail -n 1 <<<"$outcome")$(last_words "$SERVICE")"
  fi
  log "$outcome"
  if [ "$TRIED" = service ]; then
    ask_checks 8000
  fi
  watch_release
  note_switch proven
  /usr/local/lib/ddos/recover.sh settle
  PHASE=idle
}

# Where only an earlier candidate still answers, it goes on answering on its port, and the new release is tried as the service itself, which has
# nothing to lose. (It has to be proven there anyway.)
try_release() {
  local standin
  standin=$(/usr/local/lib/ddos/recover.sh stand-in)
  if [ -n "$standin" ]; then
    summary "only the candidate of release $standin answers: $ID is tried as the service itself"
    TRIED=service
    return 0
  fi
  TRIED=candidate
  try_candidate
  ask_checks 8001
  try_site
}

# differing: what the wanted release and the serving one are not both made of. An environment that was damaged is built anew under another name.
differing() { sed -n '/^venv=/!p' "$STAGE/made-of" | { grep -vxFf "/var/lib/ddos/releases/$CURRENT/facts" || test $? = 1; } | cut -d = -f 1 | sort -u | paste -s -d ' '; }

deploy() {
  keep_a_way_back
  take_number
  PHASE=trial
  stage_release
  gate_units
  gate_site
  gate_models
  publish_stage
  try_release
  switch
  local before=$CURRENT
  CURRENT=$ID
  repair_links
  prune
  summary "release $ID serves on port $PORT (code ${CODE:0:12}, models ${MODELS:0:12}); before: ${before:-none}"
}

read_wanted
check_host
CURRENT=$(/usr/local/lib/ddos/recover.sh current)
rebuild_records
end_interrupted
CURRENT=$(/usr/local/lib/ddos/recover.sh current)
rebuild_records
record_serving
check_parts
DIGEST=$(wanted_digest)
if [ "$(value repairOnly)" = yes ] && [ -n "$CURRENT" ] && [ -n "$(differing)" ]; then
  fail "release $CURRENT serves, and what was to be repaired is another one: $(differing) differ between this working copy with its configuration and what was deployed. Nothing was changed. Deploy (pulumi up), or repair from the commit and configuration that were deployed"
fi
if [ "${CURRENT#*-}" != "${DIGEST:0:12}" ] || needs_replacement; then
  deploy
else
  repair
  summary "release $CURRENT serves on port $PORT, $CHANGES corrected"
fi
keep_reserve
