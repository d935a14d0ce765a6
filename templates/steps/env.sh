#!/bin/bash
# Keeps one content of .env under its digest, for root only; the release step puts it beside the application. The whole input is secret:
# nothing of it may reach the log, stdout, or an argument of a program. stdin: digest, and .env as payload.
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"

DIGEST=$(need digest)
case "$DIGEST" in
  *[!0-9a-f]*) fail "the digest of .env has to be hex digits" ;;
esac

umask 077
folder 0700 root root /var/lib/ddos/env
base64 -d <"$STAGE/payload" >"$STAGE/env" || fail "the text of .env did not arrive whole (not base64); run again"

found=$(env_digest "$STAGE/env")
if [ "$found" != "$DIGEST" ]; then
  fail "the text of .env that arrived is not the one that was sent (digests differ); run again"
fi
put "$STAGE/env" "/var/lib/ddos/env/$DIGEST" 0600 root root
keep "/var/lib/ddos/env/$DIGEST"
rm -f -- /var/lib/ddos/env/.*.ddos-new
summary "env: ${DIGEST:0:12}, $(sed '/^$/d' "$STAGE/env" | wc -l) variables, $CHANGES changed"
