# shellcheck shell=bash
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# The one way by which anything that serves is changed: parts -> release -> gates -> trial on 8001 -> asked copies of live requests (if wanted) -> switch
# -> proof on 8000 and on the service port -> watched for a while -> the rest is pruned. Until the switch nothing that serves is touched; after it, a failure is rolled back automatically.

# differing: what the wanted release and the serving one are not both made of. An environment that was damaged is built anew under another name.
differing() { sed -n '/^venv=/!p' "$STAGE/made-of" | { grep -vxFf "/var/lib/ddos/releases/$CURRENT/facts" || test $? = 1; } | cut -d = -f 1 | sort -u | paste -s -d ' '; }

# refuse_rolled_back: a person rolled back from what is wanted here. An update that changes nothing else must not undo that in silence.
refuse_rolled_back() {
  local mark=/var/lib/ddos/rolled-back
  if [ ! -s "$mark" ] || [ "$(noted "$mark" to)" != "$CURRENT" ] || [ -n "$(sed '/^venv=/d' "$STAGE/made-of" | { grep -vxFf "$mark" || test $? = 1; })" ]; then
    return 0
  fi
  fail "release $(noted "$mark" deployed), which is wanted here, was rolled back to $CURRENT at $(noted "$mark" at) by $(noted "$mark" by). It is not put back unasked; nothing was changed, and $CURRENT serves. To put it back: npm run releases -- resume --stack NAME. To go on from here: change the code, the models or the configuration, and what is new takes its place"
}

# agree_again: what serves is what is wanted, so that a rollback by hand is over.
agree_again() {
  if [ -e /var/lib/ddos/rolled-back ]; then
    rm -f -- /var/lib/ddos/rolled-back
    summary "release $CURRENT, which somebody rolled back to, is the one that is wanted now"
  fi
}

# begin_history: of a host that served before it had one, or whose history was lost.
begin_history() {
  if [ -n "$CURRENT" ] && [ ! -s "$HISTORY" ]; then
    told known "$CURRENT" "" "it served already when this history began" "/var/lib/ddos/releases/$CURRENT/facts" "$STAGE/none"
  fi
}

deploy() {
  local replaces
  keep_a_way_back
  take_number
  replaces=$(replaced)
  note_trial
  stage_release
  gate_units
  gate_site
  gate_models
  publish_stage
  try_release
  shadow_release
  switch
  local before=$CURRENT
  CURRENT=$ID
  repair_links
  prune
  summary "release $ID serves on port $PORT (code ${CODE:0:12}, models ${MODELS:0:12}); before: ${before:-none}${replaces:+. It replaces the rolled-back release $replaces}"
}

read_wanted
check_host
CURRENT=$(/usr/local/lib/ddos/recover.sh current)
rebuild_records
end_interrupted
CURRENT=$(/usr/local/lib/ddos/recover.sh current)
rebuild_records
record_serving
begin_history
check_parts
DIGEST=$(wanted_digest)
refuse_rolled_back
if [ "$(value repairOnly)" = yes ]; then
  VIA=repair
fi
if [ "$VIA" = repair ] && [ -n "$CURRENT" ] && [ -n "$(differing)" ]; then
  fail "release $CURRENT serves, and what was to be repaired is another one: $(differing) differ between this working copy with its configuration and what was deployed. Nothing was changed. Deploy (pulumi up), or repair from the commit and configuration that were deployed"
fi
if [ "${CURRENT#*-}" != "${DIGEST:0:12}" ] || needs_replacement; then
  deploy
else
  repair
  agree_again
  summary "release $CURRENT serves on port $PORT, $CHANGES corrected"
fi
keep_reserve
