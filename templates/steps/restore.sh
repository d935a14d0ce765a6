#!/bin/bash
# Brings back what backup.sh stored: models into the read-only store, data, and logs beside the present ones. restore.sh [YYYY-MM-DD]
# Everything is checked against the list's SHA-256 before it is put in place. The rest of a host comes from `pulumi up`.
set -Eeuo pipefail
umask 022

# shellcheck source=templates/steps/backup-lib.sh
. "${0%/*}/backup-lib.sh"

# shellcheck source=templates/steps/space.sh
. "${0%/*}/space.sh"
# shellcheck source=templates/steps/lock.sh
. "${0%/*}/lock.sh"
# shellcheck source=templates/steps/model-store.sh
. "${0%/*}/model-store.sh"
# shellcheck source=templates/steps/restore-unpack.sh
. "${0%/*}/restore-unpack.sh"

# shellcheck disable=SC2034 # counted by the store
CHANGES=0
summary() { log "$*"; }
# As lib.sh has it: a release that prunes looks at the time of access.
keep() { touch -a -- "$1"; }

# The lock of the models step: both fill the store, and continue the same files there. Beside a release it would be pruned.
take_lock() {
  local held
  if ! lock_step models -s 180; then
    held=$(lock_holders)
    fail "a deployment is at work on this host and did not end within three minutes: ${held:-fuser -v /run/ddos-steps/lock-* says which process}. Wait for it, then run again"
  fi
  note_holder models
  trap 'rm -rf -- "$STAGE" "/run/ddos-steps/holder-models-$$"' EXIT
}

# restore_model SHA SIZE NAME KEY
restore_model() {
  local sha=$1 size=$2 name=$3 key=$4
  if stored "$sha" "$size"; then
    log "model $name is there"
    return 0
  fi
  room_for $((size - $(have_bytes "$sha")))
  bring "s3://$BUCKET/$key" "$sha" "$size"
  if [ "$S3_ABSENT" = yes ]; then
    fail "the model $name is not in the bucket any more (s3://$BUCKET/$key): look for an earlier version of that object, or publish it again"
  fi
  log "model $name restored"
}

# unpack ARCHIVE SHA FOLDER INTO TAR-OPTION...: into INTO below FOLDER, which is made, as the service's user, to whom FOLDER alone can be written. Files
# of the application decide nothing: a link that stands there already, or comes with the archive, leads neither root nor this user anywhere else.
unpack() {
  local archive=$1 sha=$2 folder=$3 into=$4
  shift 4
  systemd-run --quiet --collect --pipe --wait --property=User=ddos --property=Group=ddos --property=UMask=0022 \
    --property=ProtectSystem=strict --property=ProtectHome=tmpfs --property="BindPaths=$folder" --property="WorkingDirectory=$folder" \
    --property="InaccessiblePaths=-/var/lib/ddos -/run/ddos-steps -/etc/ddos" --property=PrivateTmp=yes --property=PrivateDevices=yes \
    --property=PrivateNetwork=yes --property=PrivateIPC=yes --property=ProtectProc=invisible --property=NoNewPrivileges=yes \
    --property=CapabilityBoundingSet= --property=RestrictSUIDSGID=yes --property=RestrictNamespaces=yes \
    -- /bin/bash -c "$UNPACK" restore "$into" "$sha" "$@" <"$archive" || fail "${archive##*/} could not be unpacked into $folder/$into: the reason is above"
}

# What is there now is not touched. A restore into the empty folder that was cut off goes on there.
restore_data() {
  local sha=$1 size=$2 name=$3 into=. target=/home/ddos/data
  s3_fetch "s3://$BUCKET/${PREFIX}backups/$ROLE/data/$name" "$STAGE/$name" "$sha" "$size"
  if [ "$S3_ABSENT" = yes ]; then
    fail "the backup has no $name"
  fi
  if [ ! -d "/home/ddos/data/.restored-$sha" ] && [ -n "$(find /home/ddos/data -mindepth 1 -maxdepth 1 ! -name .restoring -print -quit)" ]; then
    into=restored
    target=$target/restored
  fi
  unpack "$STAGE/$name" "$sha" /home/ddos/data "$into" --strip-components=1
  log "data restored to $target"
}

restore_logs() {
  local sha=$1 size=$2 name=$3
  s3_fetch "s3://$BUCKET/${PREFIX}backups/$ROLE/logs/$name" "$STAGE/$name" "$sha" "$size"
  if [ "$S3_ABSENT" = yes ]; then
    fail "the backup has no $name"
  fi
  unpack "$STAGE/$name" "$sha" /home/ddos/logs restored logs
  log "logs restored to /home/ddos/logs/restored"
}

# Only where the host has none: its own goes on.
restore_history() {
  local sha=$1 size=$2 name=$3
  if [ -s /var/lib/ddos/history ]; then
    log "the history of releases is there"
    return 0
  fi
  s3_fetch "s3://$BUCKET/${PREFIX}backups/$ROLE/releases/$name" "$STAGE/$name" "$sha" "$size"
  if [ "$S3_ABSENT" = yes ]; then
    fail "the backup has no $name"
  fi
  # A part of it would pass for the host's own.
  install -m 600 -o root -g root -- "$STAGE/$name" /var/lib/ddos/.history-restored
  sync -- /var/lib/ddos/.history-restored
  mv -fT -- /var/lib/ddos/.history-restored /var/lib/ddos/history
  log "history of releases restored"
}

take_lock
list=latest
if [ -n "${1-}" ]; then
  list=list-$1
fi
s3_fetch "s3://$BUCKET/${PREFIX}backups/$ROLE/$list" "$STAGE/list"
if [ "$S3_ABSENT" = yes ]; then
  fail "there is no backup list s3://$BUCKET/${PREFIX}backups/$ROLE/$list"
fi
while read -r kind sha size name <&7; do
  case "$kind" in
    backup) log "restoring the backup of $sha ($size)" ;;
    model) restore_model "$sha" "$size" "$name" "${PREFIX}backups/$ROLE/models/$sha/$name" ;;
    published) restore_model "$sha" "$size" "$name" "${PREFIX}models/$sha/$name" ;;
    data) restore_data "$sha" "$size" "$name" ;;
    logs) restore_logs "$sha" "$size" "$name" ;;
    releases) restore_history "$sha" "$size" "$name" ;;
    *) fail "the list has a line of an unknown kind: $kind" ;;
  esac
done 7<"$STAGE/list"
sync -f -- /var/lib/ddos/models /home/ddos
log "restored; run pulumi up to make a release of it"
