#!/bin/bash
# shellcheck disable=SC2034 # ROLE, BUCKET, PREFIX and PLACE are read by the scripts
# What backup.sh and restore.sh share: where the backups are, a place to work in, and how they speak.
set -Eeuo pipefail

ROLE=$(sed -n 's/^role=//p' /etc/ddos/backup.conf)
BUCKET=$(sed -n 's/^bucket=//p' /etc/ddos/backup.conf)
# What all keys begin with, in a bucket that others use as well.
PREFIX=$(sed -n 's/^prefix=//p' /etc/ddos/backup.conf)
# Bucket and prefix, by which the host remembers what is there already.
PLACE=$BUCKET${PREFIX:+/$PREFIX}
REGION=$(sed -n 's/^region=//p' /etc/ddos/backup.conf)
STAGE=$(mktemp -d)
trap 'rm -rf -- "$STAGE"' EXIT

log() { printf '%s\n' "$*"; }
fail() {
  printf '%s failed: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# shellcheck source=templates/steps/digests.sh
. "${0%/*}/digests.sh"
# shellcheck source=templates/steps/s3.sh
. "${0%/*}/s3.sh"
