#!/bin/bash
# Brings the models of a release into the read-only store /var/lib/ddos/models, by content: only missing bytes move.
# stdin: bucket, region, set, pin, import (many), format=<format> <file name> (many), model=<sha256> <size> <required|optional|absent> <s3 key> <file name> (many).
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# shellcheck source=templates/steps/s3.sh
. "${0%/*}/s3.sh"
# shellcheck source=templates/steps/model-store.sh
. "${0%/*}/model-store.sh"

BUCKET=$(need bucket)
REGION=$(need region)
SET=$(need set)
MOVED=0

plan() {
  local sha size need key name before missing=0
  : >"$STAGE/wanted"
  : >"$STAGE/transfers"
  while read -r sha size need key name; do
    if [ "$need" = absent ]; then
      log "$name is optional and was not published"
    elif stored "$sha" "$size"; then
      log "$name is there"
    else
      before=$(have_bytes "$sha")
      printf '%s %s %s %s %s %s\n' "$sha" "$size" "$before" "$need" "$key" "$name" >>"$STAGE/wanted"
      printf '%s %s %s %s\n' "$sha" "$size" "$key" "/var/lib/ddos/models/.part-$sha" >>"$STAGE/transfers"
      missing=$((missing + size - before))
    fi
  done <"$STAGE/models"
  room_for "$missing"
}

# take SHA SIZE BEFORE NEED KEY NAME: one that was asked for. Optional ones may be missing in S3; what is there has to be right.
take() {
  local sha=$1 size=$2 before=$3 need=$4 key=$5 name=$6
  if [ -f "/var/lib/ddos/models/.part-$sha" ]; then
    shelve "$sha"
    MOVED=$((MOVED + size - before))
    summary "model $name: $((size - before)) bytes moved"
  elif [ -f "/var/lib/ddos/models/$sha" ]; then
    log "$name has the same bytes as another model"
  elif [ "$need" = required ]; then
    fail "the required model $name is not in the bucket (s3://$BUCKET/$key): publish it (npm run models -- publish)"
  else
    summary "optional model $name is not in the bucket; going on without it"
    printf '%s\n' "$sha" >>"$STAGE/absent"
  fi
}

# The list that the release step works from: what is here, and the runtime it needs.
write_set() {
  local sha size need key name
  : >"$STAGE/set"
  while read -r sha size need key name; do
    if [ "$need" = absent ] || grep -qxF "$sha" "$STAGE/absent"; then
      printf 'absent %s\n' "$name" >>"$STAGE/set"
    else
      printf '%s %s %s %s\n' "$sha" "$size" "$need" "$name" >>"$STAGE/set"
    fi
  done <"$STAGE/models"
  for key in pin import format; do
    values "$key" | sed "s/^/$key /"
  done >>"$STAGE/set"
  put "$STAGE/set" "/var/lib/ddos/models-sets/$SET" 0644 root root
  keep "/var/lib/ddos/models-sets/$SET"
}

need_user ddos
values model >"$STAGE/models"
: >"$STAGE/absent"
plan
if [ -s "$STAGE/transfers" ]; then
  s3_fetch_all "$BUCKET" "$STAGE/transfers"
fi
while read -r sha size before need key name; do
  take "$sha" "$size" "$before" "$need" "$key" "$name"
done <"$STAGE/wanted"
write_set
remember_input
summary "models: ${SET:0:12}, $(wc -l <"$STAGE/models") listed, $MOVED bytes moved, $CHANGES changed"
