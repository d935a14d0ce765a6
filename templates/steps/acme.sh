#!/bin/bash
# Gets the certificate of the gateway's name by ACME (certbot), and has nginx present it. The name is proven by HTTP-01 through the site that the
# release step brought, or by DNS-01 through a record in Route 53. A failure leaves what is served as it is; running again goes on.
# stdin: name, email, directory, webroot, zone (where it is DNS-01), eabKeyId (or none); the key of external account binding as payload, which is
# secret.
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"

NAME=$(need name)
DIRECTORY=$(need directory)
EMAIL=$(need email)
WEBROOT=$(need webroot)
ZONE=$(value zone)
# Of the other way, acme-dns.sh.
HOOK=/usr/local/lib/ddos/dns_challenge.py
HOOK_CONF=/etc/ddos/acme-dns.conf
PROOF=(--webroot --webroot-path "$WEBROOT" --preferred-challenges http)
STORE=/etc/ddos/tls
CERTBOT=/etc/letsencrypt
CERTBOT_LOG=/var/log/letsencrypt/letsencrypt.log
# Its lines before the last try: the package keeps one file for all runs.
LOGGED=0
# A name at an authority has a certificate of its own: that of staging is no beginning of the real one. And each proof has one: certbot keeps the
# way by which it renews with the certificate, and does not change it before one is due.
LINEAGE=ddos-$(printf '%s %s%s' "$NAME" "$DIRECTORY" "${ZONE:+ dns}" | sha256sum | cut -c 1-12)

# drop NAME: all that certbot has of a certificate.
drop() { rm -rf -- "${CERTBOT:?}/renewal/$1.conf" "${CERTBOT:?}/live/$1" "${CERTBOT:?}/archive/$1"; }

# A run that was killed may have left a certificate without its files, which certbot refuses to go on with.
drop_damaged() {
  if ! is_whole; then
    drop "$LINEAGE"
    log "nothing whole is there of $LINEAGE"
  fi
}

is_whole() {
  [ -s "$CERTBOT/renewal/$LINEAGE.conf" ] &&
    openssl pkey -in "$CERTBOT/live/$LINEAGE/privkey.pem" -pubout -out "$STAGE/public" 2>/dev/null &&
    openssl x509 -in "$CERTBOT/live/$LINEAGE/fullchain.pem" -noout -pubkey 2>/dev/null | cmp -s -- - "$STAGE/public"
}

# In a file, because an argument is seen by every user of the host.
write_settings() {
  : >"$STAGE/certbot.ini"
  if [ "$(value eabKeyId)" != none ]; then
    (umask 077 && {
      printf 'eab-kid = %s\neab-hmac-key = ' "$(need eabKeyId)"
      base64 -d <"$STAGE/payload"
      printf '\n'
    } >"$STAGE/certbot.ini") || fail "the key of external account binding did not arrive whole (not base64); run again"
  fi
}

forget_hook() {
  if [ -e "$HOOK" ] || [ -e "$HOOK_CONF" ]; then
    rm -f -- "$HOOK" "$HOOK_CONF"
    CHANGES=$((CHANGES + 1))
  fi
}

# One try: authorities count those that fail (Let's Encrypt: 5 an hour for a name).
ask_authority() {
  LOGGED=$(wc -l <"$CERTBOT_LOG" 2>/dev/null || printf 0)
  timeout -k 10 300 certbot certonly --non-interactive --config "$STAGE/certbot.ini" --agree-tos --no-eff-email --email "$EMAIL" \
    --server "$DIRECTORY" "${PROOF[@]}" --key-type ecdsa --keep-until-expiring --cert-name "$LINEAGE" --domain "$NAME" >"$STAGE/certbot" 2>&1
}

issue() {
  local try
  for try in $(seq 12); do
    if ask_authority; then
      cat "$STAGE/certbot"
      return 0
    fi
    cat "$STAGE/certbot"
    if ! grep -q 'Another instance of Certbot' "$STAGE/certbot"; then
      break
    fi
    log "try $try: a renewal is at work"
    sleep 10
  done
  words
  fail "$DIRECTORY issued no certificate for $NAME: $(said). $(advice) $(meanwhile)"
}

# words: what was printed, and what the authority answered, which some versions of certbot do not print.
words() {
  cp -- "$STAGE/certbot" "$STAGE/words"
  if [ -e "$CERTBOT_LOG" ]; then
    tail -n "+$((LOGGED + 1))" "$CERTBOT_LOG" | sed -nE '/nonce/I!s/^ *"(type|detail)": *"(.*)",?$/answer \1 \2/p' >>"$STAGE/words"
  fi
}

# said: the authority's own words, or the last of certbot's.
said() {
  local text
  text=$(sed -n 's/^ *Detail: *//p' "$STAGE/words" | head -n 1)
  if [ -z "$text" ]; then
    text=$(sed -n 's/^answer detail //p' "$STAGE/words" | tail -n 1)
  fi
  if [ -z "$text" ]; then
    text=$(grep -vE '^(Saving debug log|Ask for help|Plugins selected|Requesting a certificate|Account registered|An unexpected error|$|answer )' "$STAGE/words" | tail -n 1)
  fi
  printf '%s' "${text:-certbot ended without a word}" | tr -s '[:space:]' ' ' | sed 's/[. ]*$//' | cut -c 1-300
}

advice() {
  local address
  address=$(public_address)
  if [ -n "$ZONE" ] && grep -qiE 'TXT|DNS challenge' "$STAGE/words"; then
    advice_dns
  elif grep -qiE 'NXDOMAIN|No valid IP addresses|looking up A|could not resolve' "$STAGE/words"; then
    printf 'Let an A record of %s lead to %s (or set ml-gateway:dns.zone), wait until it is seen (dig +short %s), and run again.' "$NAME" "$address" "$NAME"
  elif grep -qiE 'too ?many|rate ?limit' "$STAGE/words"; then
    printf 'That limit passes with time, which the message names; try with the staging directory until the rest is right.'
  elif grep -qE 'CAA|:caa' "$STAGE/words"; then
    printf 'A CAA record of the domain names other authorities: add this one, or remove the record.'
  elif grep -qiE 'not yet valid|has expired|certificate verify failed' "$STAGE/words"; then
    printf "This host does not trust the authority's own certificate, and its clock says %s: is that right? See timedatectl." "$(date -u +%FT%TZ)"
  elif grep -qE '^(ValueError: Requesting|requests\.exceptions|The requests library)' "$STAGE/words"; then
    printf 'Does this host reach the authority on port 443 (curl -sS %s)?' "$DIRECTORY"
  elif grep -qiE 'external account|externalAccountRequired' "$STAGE/words"; then
    printf 'This authority wants the account that you have with it: set ml-gateway:tls.acme.eabKeyId and tls.eabHmacKey as it gave them.'
  elif grep -qiE 'invalidContact|unsupportedContact|invalid email|contact email' "$STAGE/words"; then
    printf 'Give an address of your own in ml-gateway:tls.acme.email.'
  elif grep -qiE 'forbidden|rejectedIdentifier|refuses to issue' "$STAGE/words"; then
    printf 'It issues none for such a name: use another one, or a certificate of your own.'
  elif grep -qiE 'Type: *(connection|unauthorized|dns)|timeout|refused|Invalid response' "$STAGE/words"; then
    printf 'It has to reach this host by http://%s/, port 80, from everywhere: does the name lead to %s, and to nothing else (also by AAAA), and is port 80 open?' "$NAME" "$address"
  else
    printf 'The whole of it is in /var/log/letsencrypt/letsencrypt.log.'
  fi
}

# Of instance metadata; root may ask.
public_address() {
  local token found="" metadata=http://169.254.169.254
  token=$(curl --silent --fail --noproxy '*' --max-time 2 --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$metadata/latest/api/token") || token=""
  if [ -n "$token" ]; then
    found=$(curl --silent --fail --noproxy '*' --max-time 2 --header "X-aws-ec2-metadata-token: $token" "$metadata/latest/meta-data/public-ipv4") || found=""
  fi
  printf '%s' "${found:-the address of this gateway (pulumi stack output gatewayAddress)}"
}

meanwhile() {
  case "$(readlink "$STORE/current")" in
    none-*)
      if grep -qs plain "$STORE/front.conf"; then
        printf 'Port 80 goes on as before, without TLS'
      else
        printf 'Until then port 80 answers 503'
      fi
      ;;
    *) printf 'The gateway goes on with the certificate that it has, %s' "$(openssl x509 -in "$STORE/current/fullchain.pem" -noout -enddate | sed 's/=/ /')" ;;
  esac
}

# The authority knows the address that an account was made with.
change_address() {
  local note=/var/lib/ddos/acme-email
  if [ -s "$note" ] && [ "$(cat "$note")" != "$DIRECTORY $EMAIL" ] && grep -qF "$DIRECTORY " "$note"; then
    if ! timeout 120 certbot update_account --non-interactive --config "$STAGE/certbot.ini" --server "$DIRECTORY" --no-eff-email --email "$EMAIL" >"$STAGE/certbot" 2>&1; then
      cat "$STAGE/certbot"
      words
      fail "$DIRECTORY did not take $EMAIL as the address of the account: $(said). The certificate is not touched. Give another one in ml-gateway:tls.acme.email"
    fi
    summary "the account has the address $EMAIL now"
  fi
  printf '%s %s\n' "$DIRECTORY" "$EMAIL" >"$STAGE/email"
  put "$STAGE/email" "$note" 0600 root root
}

# Certificates of names and authorities of before would be asked for again and again, for nobody.
forget_others() {
  local path name
  for path in "$CERTBOT"/renewal/ddos-*.conf; do
    name=${path##*/}
    name=${name%.conf}
    if [ -e "$path" ] && [ "$name" != "$LINEAGE" ]; then
      drop "$name"
      log "removed $name"
    fi
  done
}

drop_damaged
write_settings
if [ -n "$ZONE" ]; then
  set_up_hook
fi
issue
change_address
is_whole || fail "certbot reported no error, but $CERTBOT/live/$LINEAGE holds no certificate with its key: see /var/log/letsencrypt/letsencrypt.log"
printf '%s\n' "$LINEAGE" >"$STAGE/lineage"
put "$STAGE/lineage" "$STORE/lineage" 0600 root root
RENEWED_LINEAGE=$CERTBOT/live/$LINEAGE RENEWED_DOMAINS=$NAME /usr/local/lib/ddos/certificate.sh >"$STAGE/installed" 2>&1 ||
  fail "$(tail -n 1 "$STAGE/installed"). $(meanwhile)"
forget_others
if [ -z "$ZONE" ]; then
  forget_hook
fi
# A failure of the night before is over.
systemctl reset-failed certbot.service 2>/dev/null || log "certbot.service had not failed"
summary "acme: $(tail -n 1 "$STAGE/installed")"
