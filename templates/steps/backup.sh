#!/bin/bash
# Copies models, metrics and logs to s3://<bucket>/backups/<role>/. Run by ddos-backup.timer; /etc/ddos/backup.conf names the bucket.
# Models go there once, by content; logs as one archive a time; the list of a backup is written last, so that a list is always whole.
# Never .env: secrets are kept by the one who deploys.
set -Eeuo pipefail
umask 077

# shellcheck source=templates/steps/backup-lib.sh
. "${0%/*}/backup-lib.sh"

# upload FILE KEY: S3 itself compares the MD5 and refuses other bytes; our SHA-256 travels as metadata.
upload() {
  local md5 try
  md5=$(openssl dgst -md5 -binary "$1" | base64)
  for try in 1 2 3; do
    if s3_api 900 put-object --bucket "$BUCKET" --key "$2" --body "$1" --content-md5 "$md5" --metadata "sha256=$(sha_of "$1")" \
      >"$STAGE/answer" 2>"$STAGE/s3"; then
      log "s3://$BUCKET/$2: $(stat -c %s "$1") bytes"
      return 0
    fi
    sleep $((try * 5))
  done
  fail "s3://$BUCKET/$2: $(s3_reason)"
}

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
      upload "$path" "backups/$ROLE/models/$sha/$name"
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
  upload "$STAGE/$archive" "backups/$ROLE/logs/$archive"
  printf 'logs %s %s %s\n' "$(sha_of "$STAGE/$archive")" "$(stat -c %s "$STAGE/$archive")" "$archive" >>"$STAGE/list"
}

install -d -m 700 -o root -g root /var/lib/ddos/backup
printf 'backup %s %s\n' "$(date -u +%FT%TZ)" "$(readlink /home/ddos/current)" >"$STAGE/list"
back_up_models
back_up_logs
upload "$STAGE/list" "backups/$ROLE/list-$(date -u +%Y-%m-%d)"
upload "$STAGE/list" "backups/$ROLE/latest"
log "backup of $(sed -n '/^model /p' "$STAGE/list" | wc -l) models and the logs is whole"
