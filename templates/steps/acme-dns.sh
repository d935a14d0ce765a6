# shellcheck shell=bash
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# Proves the gateway's name by a record in Route 53 (DNS-01), as part of acme.sh, which says what NAME, ZONE, HOOK and HOOK_CONF are.

# What makes the record. certbot runs it at each renewal, too.
set_up_hook() {
  # shellcheck disable=SC2153 # acme.sh sets it
  printf 'zone=%s\nname=%s\n' "$ZONE" "$NAME" >"$STAGE/acme-dns.conf"
  put "$STAGE/dns_challenge.py" "$HOOK" 0700 root root
  put "$STAGE/acme-dns.conf" "$HOOK_CONF" 0644 root root
  # certbot asks the authority also where its hook has failed, which counts as a failed try; and a zone that is changed would show at the next
  # renewal alone.
  if ! timeout 300 "$HOOK" try 2>"$STAGE/hook"; then
    cat "$STAGE/hook"
    fail "$NAME cannot be proven by a record: $(tail -n 1 "$STAGE/hook"). The authority was not asked. $(meanwhile)"
  fi
  log "this host may make the record of $NAME in the zone $ZONE"
  # shellcheck disable=SC2034 # acme.sh reads it
  PROOF=(--manual --preferred-challenges dns --manual-auth-hook "$HOOK present" --manual-cleanup-hook "$HOOK remove")
}

advice_dns() {
  local reason
  if grep -q -- "manual-auth-hook' .*reported error code" "$STAGE/words"; then
    reason=$(sed -nE "/manual-auth-hook' .*ran with error output:/,/^[^ ]/s/^ +//p" "$STAGE/words" | tail -n 1)
    printf 'The record was not made: %s. Run again when it is right.' "${reason:-see /var/log/letsencrypt/letsencrypt.log}"
  else
    printf 'The record was made in the hosted zone %s, and the authority does not see it: do the name servers of the domain (dig +short NS) belong to that zone, which has to be a public one (aws route53 get-hosted-zone --id %s)?' "$ZONE" "$ZONE"
  fi
}
