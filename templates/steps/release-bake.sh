# shellcheck shell=bash disable=SC2154 # the other parts of the step set ID, CURRENT and STAGE
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# A release that is proven by its health may still fail at what clients ask of it. So it is watched for a while after the switch, in nginx's log,
# while the record of the switch is open: whatever ends the step meanwhile leads back to the release before.

ACCESS_LOG=/var/log/ddos-service/access.log

# answers_of ID: the release whose answers count. Those of a site come from the backend, under its own name.
answers_of() {
  if grep -qxF mode=proxy "/var/lib/ddos/releases/$1/facts"; then
    printf any
  else
    printf '%s' "$1"
  fi
}

# note_traffic: what there was before the switch. Without a release to go back to, nothing is watched.
note_traffic() {
  if [ -z "$CURRENT" ] || [ -z "$(value bakeSeconds)" ]; then
    return 0
  fi
  if ! /usr/bin/python3 -I -S "$STAGE/bake.py" before "$ACCESS_LOG" "$(answers_of "$CURRENT")" >"$STAGE/before" 2>"$STAGE/bake-errors"; then
    rm -f -- "$STAGE/before"
    summary "the release will not be watched after the switch: $(tail -n 1 "$STAGE/bake-errors" | cut -c 1-300)"
  fi
}

watch_release() {
  local said status=0
  if [ ! -s "$STAGE/before" ]; then
    return 0
  fi
  said=$(/usr/bin/python3 -I -S "$STAGE/bake.py" watch "$ACCESS_LOG" "$(answers_of "$ID")" "$STAGE/before" \
    "$(need bakeSeconds)" "$(need bakeErrorShare)" "$(need bakeLatency)" 2>"$STAGE/bake-errors") || status=$?
  case "$status" in
    0) summary "release $ID: $said" ;;
    1) fail "release $ID served and was worse than $CURRENT: $(hide_secrets <<<"$said" | cut -c 1-1200)$(last_words "$SERVICE")" ;;
    *) fail "release $ID could not be watched after the switch: $(tail -n 1 "$STAGE/bake-errors" | cut -c 1-300). To release without: pulumi config set --path release.bakeSeconds 0" ;;
  esac
}

# hide_secrets: clients may send anything in a path; of a site nothing is known that is secret.
hide_secrets() {
  if [ -e "$STAGE/redact.py" ]; then
    without_secrets
  else
    cat
  fi
}
