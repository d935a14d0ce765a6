#!/bin/bash
# Brings the models of a release into the read-only store /var/lib/ddos/models, by content: only missing bytes move.
# stdin: bucket, region, set, pin, import (many), format=<format> <file name> (many), model=<sha256> <size> <required|optional|absent> <s3 key> <file name> (many).
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# shellcheck source=templates/steps/s3.sh
. "${0%/*}/s3.sh"

BUCKET=$(need bucket)
REGION=$(need region)
SET=$(need set)
MOVED=0

# stored SHA SIZE: is it here, whole and as it should be? One that was altered by hand is thrown away, never repaired in place: releases
# share its inode.
stored() {
  local path=/var/lib/ddos/models/$1
  if [ ! -f "$path" ] || [ -L "$path" ]; then
    return 1
  fi
  if [ "$(stat -c %s "$path")" != "$2" ] || [ "$(sha_of "$path")" != "$1" ]; then
    summary "the stored model ${1:0:12} was altered on this host; fetching it again"
    rm -f -- "$path"
    return 1
  fi
  keep "$path"
  if [ "$(stat -c '%a %U %G' "$path")" != "444 ddos ddos" ]; then
    chown ddos:ddos "$path"
    chmod 444 "$path"
    CHANGES=$((CHANGES + 1))
    log "corrected $path"
  fi
}

have_bytes() {
  if [ -f "/var/lib/ddos/models/.part-$1" ]; then
    stat -c %s "/var/lib/ddos/models/.part-$1"
  else
    printf 0
  fi
}

# What is missing, looked at before the first byte moves.
plan() {
  local sha size need key name missing=0
  : >"$STAGE/wanted"
  while read -r sha size need key name; do
    if [ "$need" = absent ]; then
      log "$name is optional and was not published"
    elif stored "$sha" "$size"; then
      log "$name is there"
    else
      printf '%s %s %s %s %s\n' "$sha" "$size" "$need" "$key" "$name" >>"$STAGE/wanted"
      missing=$((missing + size - $(have_bytes "$sha")))
    fi
  done <"$STAGE/models"
  if [ "$missing" -gt 0 ]; then
    free_space /var/lib/ddos/models $((missing / 1048576 + 200)) "the models"
  fi
}

# Optional ones may be missing in S3; what is there has to be right.
fetch() {
  local sha=$1 size=$2 need=$3 key=$4 name=$5 part=/var/lib/ddos/models/.part-$1 before
  before=$(have_bytes "$sha")
  s3_fetch "s3://$BUCKET/$key" "$part" "$sha" "$size"
  if [ "$S3_ABSENT" = yes ]; then
    if [ "$need" = required ]; then
      fail "the required model $name is not in the bucket (s3://$BUCKET/$key): publish it (npm run models -- publish)"
    fi
    summary "optional model $name is not in the bucket; going on without it"
    printf '%s\n' "$sha" >>"$STAGE/absent"
    return 0
  fi
  chown ddos:ddos "$part"
  chmod 444 "$part"
  sync -- "$part"
  mv -fT -- "$part" "/var/lib/ddos/models/$sha"
  MOVED=$((MOVED + size - before))
  CHANGES=$((CHANGES + 1))
  summary "model $name: $((size - before)) bytes moved"
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

values model >"$STAGE/models"
: >"$STAGE/absent"
plan
while read -r sha size need key name; do
  fetch "$sha" "$size" "$need" "$key" "$name"
done <"$STAGE/wanted"
write_set
summary "models: ${SET:0:12}, $(wc -l <"$STAGE/models") listed, $MOVED bytes moved, $CHANGES changed"
