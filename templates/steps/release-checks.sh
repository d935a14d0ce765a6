# shellcheck shell=bash disable=SC2153,SC2154 # the other parts of the step set ID, CURRENT and STAGE
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# The answers that the models have to give. A model that loads may still predict otherwise than the one that was tested: another version, another
# scaler. So the candidate is asked in the sandbox that it will serve in, before the switch.

# read_checks: leaves checks.json in the stage, where there are any.
read_checks() {
  local wanted
  wanted=$(value checks)
  if [ -z "$wanted" ]; then
    return 0
  fi
  base64 -d "$STAGE/payload" >"$STAGE/checks.json"
  if [ "$(sha_of "$STAGE/checks.json")" != "$wanted" ]; then
    fail "the checks of the models are not those that this deployment announced; run again"
  fi
}

# ask_checks PORT: of the release ID, which listens there.
ask_checks() {
  local found status=0
  if [ ! -e "$STAGE/checks.json" ]; then
    return 0
  fi
  found=$(/usr/bin/python3 -I -S "$STAGE/checks.py" ask "$STAGE/checks.json" "http://127.0.0.1:$1" "/var/lib/ddos/env/$SETTINGS" "$STAGE/header" 120 2>"$STAGE/checks-errors") || status=$?
  if [ "$status" = 0 ]; then
    summary "the models of release $ID give the answers that were recorded: $found"
    return 0
  fi
  without_secrets <"$STAGE/checks-errors"
  if [ "$status" != 1 ]; then
    fail "the checks of the models could not be asked: $(tail -n 1 "$STAGE/checks-errors" | without_secrets | cut -c 1-300)"
  fi
  fail "the models of release $ID do not answer as they have to: $(without_secrets <<<"$found" | cut -c 1-1500). Models, scaler, versions and code have to be those that the answers were recorded from; if the new answers are the right ones, record them (npm run models -- record-checks) and deploy again"
}

# repair_checks: the record of what the serving release was asked.
repair_checks() {
  if [ -e "$STAGE/checks.json" ]; then
    put "$STAGE/checks.json" "/var/lib/ddos/releases/$CURRENT/checks.json" 0600 root root
  fi
}
