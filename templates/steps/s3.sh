#!/bin/bash
# shellcheck disable=SC2034 # S3_ABSENT is read by the steps
# Downloads from S3, continued where they were cut off and verified by our own sha256 alone; uploads. The work is done by s3.py.

# python source=templates/steps/s3.py
cp -- "${0%/*}/s3.py" "$STAGE/s3.py"

# s3 ACTION OPTION...: what it did goes to the log; on failure $STAGE/s3 ends with the reason, in words.
s3() { python3 -I "$STAGE/s3.py" "$1" --region "$REGION" "${@:2}" </dev/null 2>"$STAGE/s3"; }

# s3_reason: one line.
s3_reason() { sed '/^$/d' "$STAGE/s3" | tail -n 1 | cut -c 1-600; }

# s3_fetch URI FILE [SHA256 [SIZE]]: FILE is whole when this returns. A rest of an earlier try is continued; a wrong file is removed.
# When the object is not there at all, S3_ABSENT says yes and FILE does not exist.
s3_fetch() {
  local uri=${1#s3://} file=$2 status=0
  S3_ABSENT=no
  (umask 077 && : >>"$file")
  s3 get --bucket "${uri%%/*}" --key "${uri#*/}" --file "$file" ${3:+--sha256 "$3"} ${4:+--size "$4"} || status=$?
  if [ "$status" = 44 ]; then
    S3_ABSENT=yes
    rm -f -- "$file"
  elif [ "$status" != 0 ]; then
    cat "$STAGE/s3"
    fail "$(s3_reason)"
  fi
}

# s3_fetch_all BUCKET LIST: the same for each line "SHA256 SIZE KEY FILE" of a list, in one process and some at a time: one costs a second to start.
# A FILE whose object is not there at all does not exist afterwards.
s3_fetch_all() {
  if ! (umask 077 && s3 list --bucket "$1" --file "$2"); then
    cat "$STAGE/s3"
    fail "$(s3_reason)"
  fi
}

# s3_store FILE BUCKET KEY
s3_store() {
  if ! s3 put --bucket "$2" --key "$3" --file "$1"; then
    cat "$STAGE/s3"
    fail "$(s3_reason)"
  fi
}

# s3_has BUCKET KEY SIZE: is there an object of this size?
s3_has() {
  local status=0
  s3 has --bucket "$1" --key "$2" --size "$3" || status=$?
  if [ "$status" != 0 ] && [ "$status" != 44 ]; then
    cat "$STAGE/s3"
    fail "$(s3_reason)"
  fi
  return "$status"
}
