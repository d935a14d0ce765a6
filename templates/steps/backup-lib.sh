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
sha_of() { sha256sum -- "$1" | cut -c 1-64; }

# model_sha FILE: the same of a file that may be large. OpenSSL, which Python calls, uses the processor's SHA instructions: 200 MB take 0.2 s of its time
# in place of 0.5 s. Python takes 20 ms to start, so small files are left to sha256sum.
model_sha() {
  if [ "$(stat -Lc %s -- "$1")" -lt 16777216 ]; then
    sha_of "$1"
  else
    /usr/bin/python3 -I -S -c '
import hashlib, sys
found = hashlib.sha256()
with open(sys.argv[1], "rb") as file:
    while part := file.read(1 << 20):
        found.update(part)
print(found.hexdigest())' "$1"
  fi
}

# shellcheck source=templates/steps/s3.sh
. "${0%/*}/s3.sh"
