#!/bin/bash
# Brings back what backup.sh stored: models into the read-only store, logs beside the present ones. restore.sh [YYYY-MM-DD]
# Everything is checked against the list's SHA-256 before it is put in place. The rest of a host comes from `pulumi up`.
set -Eeuo pipefail
umask 022

# shellcheck source=templates/steps/backup-lib.sh
. "${0%/*}/backup-lib.sh"

restore_model() {
  local sha=$1 size=$2 name=$3 store=/var/lib/ddos/models/$1
  if [ -f "$store" ] && [ "$(sha_of "$store")" = "$sha" ]; then
    log "model $name is there"
    return 0
  fi
  s3_fetch "s3://$BUCKET/backups/$ROLE/models/$sha/$name" "/var/lib/ddos/models/.part-$sha" "$sha" "$size"
  if [ "$S3_ABSENT" = yes ]; then
    fail "the backup has no $name"
  fi
  chown ddos:ddos "/var/lib/ddos/models/.part-$sha"
  chmod 444 "/var/lib/ddos/models/.part-$sha"
  mv -fT -- "/var/lib/ddos/models/.part-$sha" "$store"
  log "model $name restored"
}

restore_logs() {
  local sha=$1 size=$2 name=$3
  s3_fetch "s3://$BUCKET/backups/$ROLE/logs/$name" "$STAGE/$name" "$sha" "$size"
  if [ "$S3_ABSENT" = yes ]; then
    fail "the backup has no $name"
  fi
  install -d -m 755 -o ddos -g ddos /home/ddos/logs/restored
  tar -xzf "$STAGE/$name" --no-same-owner --no-same-permissions -C /home/ddos/logs/restored logs
  chown -R ddos:ddos /home/ddos/logs/restored
  log "logs restored to /home/ddos/logs/restored"
}

list=latest
if [ -n "${1-}" ]; then
  list=list-$1
fi
s3_fetch "s3://$BUCKET/backups/$ROLE/$list" "$STAGE/list"
if [ "$S3_ABSENT" = yes ]; then
  fail "there is no backup list s3://$BUCKET/backups/$ROLE/$list"
fi
while read -r kind sha size name <&7; do
  case "$kind" in
    backup) log "restoring the backup of $sha ($size)" ;;
    model) restore_model "$sha" "$size" "$name" ;;
    logs) restore_logs "$sha" "$size" "$name" ;;
    *) fail "the list has a line of an unknown kind: $kind" ;;
  esac
done 7<"$STAGE/list"
log "restored; run pulumi up to make a release of it"
