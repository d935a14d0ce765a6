#!/bin/bash
# run.sh BUNDLE PRIVATE [again]: the steps of a release bundle on this host, by the commands, scripts and inputs that a host gets over SSH, in the
# same order. PRIVATE is a folder in memory with the file «secrets»; on failure it has the file «reason», one line without a secret.
# again: only whether the host is well, with the inputs of before.
set -euo pipefail
umask 077

BUNDLE=$1
PRIVATE=$2
# Who asks, for the history of releases.
export SSH_CONNECTION="first-boot"

# secret NAME: its value.
secret() { sed -n "/^---$/q; s/^$1=//p" "$PRIVATE/secrets"; }

# The secrets as a .env file, for redact.py; without them, as at a later start, steps have none.
open_secrets() {
  if [ ! -e "$PRIVATE/secrets" ]; then
    : >"$PRIVATE/env"
    return 0
  fi
  if [ "$(tail -n 1 "$PRIVATE/secrets")" != "===" ]; then
    stop "the parameter with the secrets is not what this release wrote: its last line is missing"
  fi
  sed '1,/^---$/d; /^===$/d' "$PRIVATE/secrets" >"$PRIVATE/payload"
  secret access | fold -w 76 >"$PRIVATE/access"
  { base64 -d "$PRIVATE/payload" && printf "INDEX='%s'\n" "$(secret index)" && access_values; } >"$PRIVATE/env" || stop "the parameter with the secrets holds no base64"
}

# Keys of the API and passwords of its users, as .env would have them.
access_values() {
  base64 -d "$PRIVATE/access" | sed -n 's/^ *"\([^"]\+\)" .*/KEY=\1/p'
  secret user | sed 's/^[^:]*:/PASSWORD=/'
}

redact() { python3 -I "$BUNDLE/redact.py" "$PRIVATE/env"; }

stop() {
  printf '%s\n' "$1" | tr '\n' ' ' | redact >"$PRIVATE/reason"
  exit 1
}

# filled FILE: the input with the secrets in their places. Its payload may be megabytes without any.
filled() {
  local header
  header=$(sed -n '/^---$/q;p' "$1")
  header=${header//@@ddos-secret:env@@/"$(secret env)"}
  header=${header//@@ddos-secret:index@@/"$(secret index)"}
  header=${header//@@ddos-secret:users@@/"$(sed -n '/^---$/q; /^user=/p' "$PRIVATE/secrets")"}
  printf '%s\n---\n' "$header"
  sed -e '1,/^---$/d' -e '/^@@ddos-secret:payload@@$/{' -e "r $PRIVATE/payload" -e 'd' -e '}' \
    -e '/^@@ddos-secret:access@@$/{' -e "r $PRIVATE/access" -e 'd' -e '}' "$1"
}

# step NAME: what it prints is shown when it ends, redacted.
step() {
  local status=0
  /bin/bash "$BUNDLE/$1/create" <"$PRIVATE/$1.input" >"$PRIVATE/$1.said" 2>&1 || status=$?
  redact <"$PRIVATE/$1.said" | cut -c 1-400
  if [ "$status" != 0 ]; then
    tail -n 1 "$PRIVATE/$1.said" >"$PRIVATE/$1.failed"
  fi
  return "$status"
}

# The steps of one line beside each other. All of them end, also when one has failed.
wave() {
  local name pids=() pid failed=no
  for name in "$@"; do
    filled "$BUNDLE/$name/input" >"$PRIVATE/$name.input"
    step "$name" &
    pids+=("$!")
  done
  for pid in "${pids[@]}"; do
    wait "$pid" || failed=yes
  done
  if [ "$failed" = yes ]; then
    stop "$(cat "$PRIVATE"/*.failed | grep . || printf 'a step (%s) ended without a reason' "$*")"
  fi
}

# At a later start: the services need some time, all of it within the hook's.
still_well() {
  local try
  for try in $(seq 30); do
    cp -- "$BUNDLE/verify/filled" "$PRIVATE/verify.input"
    if step verify; then
      return 0
    fi
    printf 'not well yet, try %s\n' "$try"
    sleep 10
  done
  stop "$(cat "$PRIVATE/verify.failed")"
}

rm -f -- "$PRIVATE"/*.failed "$PRIVATE/reason"
open_secrets
if [ "${3-}" = again ]; then
  still_well
  exit 0
fi
cp -- "$BUNDLE/scripts/input" "$PRIVATE/scripts.input"
step scripts || stop "$(cat "$PRIVATE/scripts.failed")"
while read -r -a names <&3; do
  wave "${names[@]}"
done 3<"$BUNDLE/order"
# No secret is in it, apart from what stands in file names as well.
cp -- "$PRIVATE/verify.input" "$BUNDLE/verify/filled"
