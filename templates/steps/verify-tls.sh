# shellcheck shell=bash
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# What clients of port 443 get, asked of nginx itself: a file on the disk that it has not read again counts for nothing.

# How long a certificate has to be valid still. A renewal has failed for a while then.
CERTIFICATE_DAYS=3

# certificate_date: when it ends, for people.
certificate_date() { openssl x509 -in "$STAGE/presented" -noout -enddate 2>/dev/null | cut -d = -f 2; }

check_certificate() {
  local name found
  name=$(need tlsName)
  timeout 5 openssl s_client -connect 127.0.0.1:443 -servername "$name" </dev/null 2>/dev/null >"$STAGE/session" || log "openssl s_client ended with $?"
  openssl x509 -in "$STAGE/session" -out "$STAGE/presented" 2>/dev/null || : >"$STAGE/presented"
  check "certificate that port 443 presents" "$(openssl x509 -in /etc/ddos/tls/current/fullchain.pem -noout -fingerprint -sha256 2>/dev/null || printf missing)" \
    "$(openssl x509 -in "$STAGE/presented" -noout -fingerprint -sha256 2>/dev/null || printf none)"
  found=$(openssl x509 -in "$STAGE/presented" -noout -checkhost "$name" 2>/dev/null || printf 'no certificate')
  check "certificate is for $name" yes "$(grep -q 'does match certificate' <<<"$found" && printf yes || printf 'no, it has other names')"
  if openssl x509 -in "$STAGE/presented" -noout -checkend $((CERTIFICATE_DAYS * 86400)) >"$STAGE/checkend" 2>&1; then
    check "certificate is valid for $CERTIFICATE_DAYS days at least" yes yes
  else
    check "certificate is valid for $CERTIFICATE_DAYS days at least" yes "no, it ends on $(certificate_date)"
  fi
  check "protocol of port 443" yes "$(grep -qE '^ *(New, |Protocol *: )TLSv1\.[23]' "$STAGE/session" && printf yes || printf 'neither TLS 1.2 nor 1.3')"
  # Of this host itself health is answered on port 80; all else is sent on.
  found=$(curl --silent --noproxy '*' --max-time 5 --output /dev/null --write-out '%{http_code} %{redirect_url}' "http://127.0.0.1:$PORT/ddos-redirect" || printf ' no answer')
  check "port $PORT sends clients to" "308 https://$name/ddos-redirect" "$found"
}
