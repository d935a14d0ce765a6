#!/bin/bash
# Copies models, metrics, the application's data, logs and the history of releases to s3://<bucket>/<prefix>backups/<role>/. Run by ddos-backup.timer; /etc/ddos/backup.conf names bucket and prefix.
# Models that the bucket has already are listed, others go there once, by content; data as an archive when it changed, logs as one a time; the list of a backup is written last, so that a list is always whole.
# Never .env: secrets are kept by the one who deploys.
set -Eeuo pipefail
umask 077

# shellcheck source=templates/steps/backup-lib.sh
. "${0%/*}/backup-lib.sh"

# shellcheck source=templates/steps/home.sh
. "${0%/*}/home.sh"
displaced() { fail "$1"; }

# An archive is packed here and sent in one piece, of which S3 takes 5 GiB.
DATA_MIB=4096

# models_of RELEASE: what it has, by root's own records; what lies below /home/ddos is the application's to exchange.
models_of() {
  local facts=/var/lib/ddos/releases/$1/facts set
  if [ ! -s "$facts" ]; then
    fail "what is known of release $1, which serves, was lost: a repair makes it again (npm run repair -- --stack NAME), then there is a backup"
  fi
  set=$(sed -n 's/^models=//p' "$facts")
  if [ "${set:-none}" != none ]; then
    grep -E '^[0-9a-f]{64} ' "/var/lib/ddos/models-sets/$set" || test $? = 1
  fi
}

# serving: the release that serves; nothing where none does.
serving() {
  local id
  id=$(sed -n 's/^current=//p' /var/lib/ddos/serving 2>/dev/null) || id=""
  if [ -z "$id" ]; then
    id=$(readlink /home/ddos/current) || id=""
  fi
  grep -xE '[0-9]+-[0-9a-f]{12}' <<<"${id##*/}" || test $? = 1
}

# What the serving release has, by content; the marker says that S3 has it, so that a day without a change moves no model. What was published lies
# in this bucket, with its versions: a copy beside it would protect from nothing more.
back_up_models() {
  local id path sha size name
  id=$(serving)
  if [ -z "$id" ]; then
    return 0
  fi
  models_of "$id" >"$STAGE/models"
  while read -r sha size _ name <&7; do
    path=/var/lib/ddos/models/$sha
    if s3_has "$BUCKET" "${PREFIX}models/$sha/$name" "$size"; then
      printf 'published %s %s %s\n' "$sha" "$size" "$name" >>"$STAGE/list"
      continue
    fi
    if [ ! -e "/var/lib/ddos/backup/${PLACE//\//+}-$sha" ]; then
      if [ ! -f "$path" ] || [ "$(model_sha "$path")" != "$sha" ]; then
        fail "the model $name is not in the store as it was published, and not in the bucket: npm run repair -- --stack NAME --part models"
      fi
      s3_store "$path" "$BUCKET" "${PREFIX}backups/$ROLE/models/$sha/$name"
      : >"/var/lib/ddos/backup/${PLACE//\//+}-$sha"
    fi
    printf 'model %s %s %s\n' "$sha" "$size" "$name" >>"$STAGE/list"
  done 7<"$STAGE/models"
}

# Paths, sizes and times of all that is in the data folder: whether it changed, without reading it.
data_print() { within /home/ddos/data find . -printf '%P %y %s %T@ %l\n' | LC_ALL=C sort | sha256sum | cut -c 1-64; }

# Files are packed as they are at the moment; a database that is written meanwhile wants a dump of its own there.
back_up_data() {
  local print line mark=/var/lib/ddos/backup/data size free status=0 archive
  print=$(data_print)
  if [ -e "$mark" ] && [ "$(sed -n 1p "$mark")" = "$PLACE $print" ]; then
    sed -n 2p "$mark" >>"$STAGE/list"
    return 0
  fi
  size=$(within /home/ddos/data du -sm . | cut -f 1)
  if [ "$size" -gt "$DATA_MIB" ]; then
    fail "/home/ddos/data has $size MiB, and a backup takes $DATA_MIB MiB at most: models and logs are not backed up either until it is smaller; keep what is larger in a database or a bucket of its own"
  fi
  free=$(df -Pm -- "$STAGE" | awk 'NR == 2 { print $4 }')
  if [ "$free" -lt $((size + 64)) ]; then
    fail "not enough disk space to pack /home/ddos/data: $((size + 64)) MiB needed in ${STAGE%/*}, $free MiB free"
  fi
  archive=data-$(date -u +%Y-%m-%dT%H%M%SZ).tar.gz
  within /home/ddos/data tar --sparse -czf "$STAGE/$archive" --transform='flags=rh;s,^\.,data,' . || status=$?
  if [ "$status" -gt 1 ]; then
    fail "/home/ddos/data could not be packed (tar: $status)"
  fi
  s3_store "$STAGE/$archive" "$BUCKET" "${PREFIX}backups/$ROLE/data/$archive"
  line="data $(sha_of "$STAGE/$archive") $(stat -c %s "$STAGE/$archive") $archive"
  rm -f -- "$STAGE/$archive"
  printf '%s\n' "$line" >>"$STAGE/list"
  printf '%s\n%s\n' "$PLACE $print" "$line" >"$mark.new"
  mv -fT -- "$mark.new" "$mark"
}

back_up_logs() {
  local status=0 archive
  archive=logs-$(date -u +%Y-%m-%dT%H%M%SZ).tar.gz
  # A log with a hole, which an application can make of its own, is read without it. 1: a file grew while it was read, which logs do.
  tar --sparse -czf "$STAGE/$archive" --transform='flags=rh;s,^ddos-service,logs,' -C /var/log ddos-service ddos || status=$?
  if [ "$status" -gt 1 ]; then
    fail "the logs could not be packed (tar: $status)"
  fi
  s3_store "$STAGE/$archive" "$BUCKET" "${PREFIX}backups/$ROLE/logs/$archive"
  printf 'logs %s %s %s\n' "$(sha_of "$STAGE/$archive")" "$(stat -c %s "$STAGE/$archive")" "$archive" >>"$STAGE/list"
}

# The history of releases, under a new name each time that it changed: a host that lost its own writes over none.
back_up_history() {
  local file=/var/lib/ddos/history sha mark=/var/lib/ddos/backup/history name line
  if [ ! -s "$file" ]; then
    return 0
  fi
  cp -- "$file" "$STAGE/history"
  sha=$(sha_of "$STAGE/history")
  if [ -e "$mark" ] && [ "$(sed -n 1p "$mark")" = "$PLACE $sha" ]; then
    sed -n 2p "$mark" >>"$STAGE/list"
    return 0
  fi
  name=releases-$(date -u +%Y-%m-%dT%H%M%SZ).jsonl
  s3_store "$STAGE/history" "$BUCKET" "${PREFIX}backups/$ROLE/releases/$name"
  line="releases $sha $(stat -c %s "$STAGE/history") $name"
  printf '%s\n' "$line" >>"$STAGE/list"
  printf '%s\n%s\n' "$PLACE $sha" "$line" >"$mark.new"
  mv -fT -- "$mark.new" "$mark"
}

install -d -m 700 -o root -g root /var/lib/ddos/backup
printf 'backup %s %s\n' "$(date -u +%FT%TZ)" "$(readlink /home/ddos/current)" >"$STAGE/list"
back_up_models
back_up_data
back_up_logs
back_up_history
s3_store "$STAGE/list" "$BUCKET" "${PREFIX}backups/$ROLE/list-$(date -u +%Y-%m-%d)"
s3_store "$STAGE/list" "$BUCKET" "${PREFIX}backups/$ROLE/latest"
log "backup of $(sed -n '/^model /p;/^published /p' "$STAGE/list" | wc -l) models, the data and the logs is whole"
