# shellcheck shell=bash disable=SC2034,SC2153,SC2154 # the other parts of the step set and read these variables
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# The way from a release that is ready to one that serves, for a new release and for an earlier one: trial, switch, proof, and back by itself when
# one of them fails. Until the switch nothing that serves is touched.

PHASE=idle
# How it came, for the history.
VIA=update
# What the new release is tried as, before anything depends on it: candidate or service.
TRIED=candidate
# Whether it is made in this run: one that fails is removed then.
FRESH=yes

# Runs at every end, before the error is printed. What it says belongs to the reason.
cleanup() {
  local result=""
  case "$PHASE" in
    trial) result=$(abandon_trial 2>&1) ;;
    switching)
      if result=$(DDOS_LOCK=held DDOS_WHY=$(reason_so_far) /usr/local/lib/ddos/recover.sh live 2>&1); then
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

# reason_so_far: in one line. Reasons hold no secret: they are what the operator sees.
reason_so_far() {
  if [ -e "$STAGE/reason" ]; then
    head -n 1 "$STAGE/reason"
  else
    printf 'no reason was noted'
  fi
}

# who: the login, the address that it came from (for the backend the gateway's), and what the operator's own command said of him.
who() {
  local by=${DDOS_BY:-unknown}
  if [ -n "$(value by)" ]; then
    by="$(value by), $by"
  fi
  printf '%s' "$by" | tr -cd 'A-Za-z0-9@._:, -' | cut -c 1-120
}

# note_trial: of this nothing else is known should the step be killed now.
note_trial() {
  PHASE=trial
  {
    printf 'release=%s\nbefore=%s\nvia=%s\nby=%s\n' "$ID" "${CURRENT:-none}" "$VIA" "$(who)"
    cat "$STAGE/made-of"
  } >"$STAGE/trying"
  put "$STAGE/trying" /var/lib/ddos/trying 0600 root root
}

# What serves was not touched, and is asked whether it does.
abandon_trial() {
  stop_site_trial
  told refused "$ID" "${CURRENT:-none}" "$(reason_so_far)" "$STAGE/trying" "$STAGE/trying" >&2
  rm -f -- /var/lib/ddos/trying
  DDOS_LOCK=held /usr/local/lib/ddos/recover.sh live >&2
  rm -rf -- /var/lib/ddos/staging /var/lib/ddos/releases/.partial
  if [ "$FRESH" = yes ]; then
    remove_release "$ID" >&2
  fi
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

# replaced: the deployed release that a person had rolled back from, where a new one takes its place.
replaced() {
  if [ "$VIA" != rollback ]; then
    noted /var/lib/ddos/rolled-back deployed
  fi
}

# note_switch PHASE: on the disk before the next thing happens.
note_switch() {
  printf 'from=%s\nto=%s\nphase=%s\nvia=%s\nby=%s\nreplaces=%s\n' "${CURRENT:-none}" "$ID" "$1" "$VIA" "$(who)" "$(replaced)" >"$STAGE/switching"
  put "$STAGE/switching" /var/lib/ddos/switching 0644 root root
  rm -f -- /var/lib/ddos/trying
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
