#!/bin/bash
# shellcheck disable=SC2034 # S3_ABSENT is read by the steps
# Downloads from S3 with the aws CLI and its standard configuration, continued where they were cut off, verified by our own sha256 alone.

# The end of AWS's host names in this region. infra/partitions.ts has the same table, and a test compares them.
dns_suffix() {
  case $REGION in
    cn-*) printf amazonaws.com.cn ;;
    eusc-*) printf amazonaws.eu ;;
    us-iso-*) printf c2s.ic.gov ;;
    us-isob-*) printf sc2s.sgov.gov ;;
    eu-isoe-*) printf cloud.adc-e.uk ;;
    us-isof-*) printf csp.hci.ic.gov ;;
    *) printf amazonaws.com ;;
  esac
}

# The endpoint, as the CLI's later versions read it themselves; Ubuntu 22.04's does not.
s3_endpoint() {
  printf '%s' "${AWS_ENDPOINT_URL_S3:-${AWS_ENDPOINT_URL:-https://s3.$REGION.$(dns_suffix)}}"
}

s3_api() {
  AWS_CA_BUNDLE=${AWS_CA_BUNDLE:-/etc/ssl/certs/ca-certificates.crt} AWS_METADATA_SERVICE_NUM_ATTEMPTS=5 AWS_MAX_ATTEMPTS=3 \
    timeout -k 5 "$1" aws --region "$REGION" --endpoint-url "$(s3_endpoint)" --cli-connect-timeout 10 --cli-read-timeout 30 --output json \
    s3api "${@:2}" </dev/null
}

# s3_reason: one line from the CLI's message in $STAGE/s3.
s3_reason() { sed '/^$/d' "$STAGE/s3" | tail -n 1 | cut -c 1-300; }

# s3_size BUCKET KEY: bytes of the object. Fails with what S3 said; «absent» when it is not there.
s3_size() {
  if s3_api 60 head-object --bucket "$1" --key "$2" >"$STAGE/head" 2>"$STAGE/s3"; then
    jq -r .ContentLength "$STAGE/head"
  elif grep -qE '\(404\)|NoSuchKey' "$STAGE/s3"; then
    printf absent
  else
    # Without s3:ListBucket, S3 answers 403 for what is not there as well.
    if grep -q '(403)' "$STAGE/s3"; then
      fail "S3 at $(s3_endpoint) did not show s3://$1/$2: $(s3_reason). Either it does not exist, or this host's role may not read it"
    fi
    fail "S3 at $(s3_endpoint) did not show s3://$1/$2: $(s3_reason)"
  fi
}

# s3_fetch URI FILE SHA256 [SIZE]: FILE is whole when this returns. A rest of an earlier try is continued; a wrong file is removed.
# When the object is not there at all, S3_ABSENT says yes and FILE does not exist.
s3_fetch() {
  local uri=${1#s3://} file=$2 sha=$3 size=${4-} bucket key have try=0 before
  bucket=${uri%%/*}
  key=${uri#*/}
  if [ -z "$size" ]; then
    size=$(s3_size "$bucket" "$key")
    if [ "$size" = absent ]; then
      S3_ABSENT=yes
      return 0
    fi
  fi
  S3_ABSENT=no
  (umask 077 && : >>"$file")
  while :; do
    have=$(stat -c %s "$file")
    if [ "$have" -ge "$size" ]; then
      break
    fi
    before=$have
    rm -f -- "$file.chunk"
    # What arrived before an error is kept: the next try asks for the rest only.
    if s3_api 900 get-object --bucket "$bucket" --key "$key" --range "bytes=$have-" "$file.chunk" >"$STAGE/head" 2>"$STAGE/s3"; then
      log "s3://$bucket/$key from byte $have"
    else
      log "s3://$bucket/$key from byte $have failed: $(s3_reason)"
    fi
    if [ -s "$file.chunk" ]; then
      cat "$file.chunk" >>"$file"
    fi
    rm -f -- "$file.chunk"
    if grep -qE 'NoSuchKey|\(404\)' "$STAGE/s3"; then
      S3_ABSENT=yes
      rm -f -- "$file"
      return 0
    fi
    # A try that moved bytes does not count: only standstill ends the download.
    if [ "$(stat -c %s "$file")" = "$before" ]; then
      try=$((try + 1))
      if [ "$try" -ge 4 ]; then
        fail "s3://$bucket/$key could not be downloaded ($before of $size bytes are here): $(s3_reason)"
      fi
      sleep $((try * 3))
    fi
  done
  if [ "$(stat -c %s "$file")" != "$size" ] || [ "$(sha_of "$file")" != "$sha" ]; then
    have="$(stat -c %s "$file") bytes, sha256 $(sha_of "$file")"
    rm -f -- "$file"
    fail "s3://$bucket/$key is not what was published: $have; expected $size bytes, sha256 $sha. Publish it again, or correct the sha256"
  fi
}
