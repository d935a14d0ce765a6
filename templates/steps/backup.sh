#!/bin/bash
# Copies models, metrics and logs to s3://<bucket>/backups/<role>/. Run by ddos-backup.timer; /etc/ddos/backup.conf names the bucket.
# Models go there once, by content; logs as one archive a time; the list of a backup is written last, so that a list is always whole.
# Never .env: secrets are kept by the one who deploys.
set -Eeuo pipefail
umask 077

# shellcheck source=templates/steps/backup-lib.sh
. "${0%/*}/backup-lib.sh"

# What the serving release has, by content; the marker says that S3 has it, so that a day without a change moves no model.
back_up_models() {
  local path sha name
  for path in /home/ddos/current/models/*; do
    if [ ! -f "$path" ]; then
      continue
    fi
    name=${path##*/}
    sha=$(sha_of "$path")
    if [ ! -e "/var/lib/ddos/backup/$BUCKET-$sha" ]; then
      s3_store "$path" "$BUCKET" "backups/$ROLE/models/$sha/$name"
      : >"/var/lib/ddos/backup/$BUCKET-$sha"
    fi
    printf 'model %s %s %s\n' "$sha" "$(stat -Lc %s "$path")" "$name" >>"$STAGE/list"
  done
}

back_up_logs() {
  local status=0 archive
  archive=logs-$(date -u +%Y-%m-%dT%H%M%SZ).tar.gz
  # 1: a file grew while it was read, which logs do.
  tar -czf "$STAGE/$archive" -C /home/ddos logs -C /var/log ddos || status=$?
  if [ "$status" -gt 1 ]; then
    fail "the logs could not be packed (tar: $status)"
  fi
  s3_store "$STAGE/$archive" "$BUCKET" "backups/$ROLE/logs/$archive"
  printf 'logs %s %s %s\n' "$(sha_of "$STAGE/$archive")" "$(stat -c %s "$STAGE/$archive")" "$archive" >>"$STAGE/list"
}

install -d -m 700 -o root -g root /var/lib/ddos/backup
printf 'backup %s %s\n' "$(date -u +%FT%TZ)" "$(readlink /home/ddos/current)" >"$STAGE/list"
back_up_models
back_up_logs
s3_store "$STAGE/list" "$BUCKET" "backups/$ROLE/list-$(date -u +%Y-%m-%d)"
s3_store "$STAGE/list" "$BUCKET" "backups/$ROLE/latest"
log "backup of $(sed -n '/^model /p' "$STAGE/list" | wc -l) models and the logs is whole"
