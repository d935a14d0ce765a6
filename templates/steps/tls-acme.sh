#!/bin/bash
# What the site needs before the first release with a name whose certificate comes by ACME: nginx does not start without a certificate, and the
# authority asks nginx. The acme step, after the release, gets the real one. stdin: name.
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"

NAME=$(need name)
STORE=/etc/ddos/tls
STANDIN=none-$(printf '%s' "$NAME" | sha256sum | cut -c 1-16)

# Whatever is there and clients of the name can use stays: one's own, or one that was renewed here.
is_usable() {
  local own
  own=$STORE/current/fullchain.pem
  [ -e "$own" ] && [ -e "$STORE/current/privkey.pem" ] && [ "$(readlink "$STORE/current")" != "$STANDIN" ] &&
    openssl x509 -in "$own" -noout -checkend 0 >/dev/null 2>&1 &&
    openssl x509 -in "$own" -noout -checkhost "$NAME" 2>/dev/null | grep -q 'does match certificate' &&
    openssl pkey -in "$STORE/current/privkey.pem" -pubout -out "$STAGE/public" 2>/dev/null &&
    openssl x509 -in "$own" -noout -pubkey 2>/dev/null | cmp -s -- - "$STAGE/public"
}

# Nobody is to trust it: it signs itself, and its key never leaves this host.
stand_in() {
  if [ -s "$STORE/$STANDIN/privkey.pem" ] && [ -s "$STORE/$STANDIN/fullchain.pem" ]; then
    return 0
  fi
  folder 0700 root root "$STORE/$STANDIN"
  (umask 077 && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=no certificate yet" \
    -addext "subjectAltName=DNS:$NAME" -keyout "$STAGE/privkey.pem" -out "$STAGE/fullchain.pem" 2>"$STAGE/openssl") ||
    fail "openssl could not make a stand-in for the certificate: $(tail -n 1 "$STAGE/openssl")"
  put "$STAGE/privkey.pem" "$STORE/$STANDIN/privkey.pem" 0600 root root
  put "$STAGE/fullchain.pem" "$STORE/$STANDIN/fullchain.pem" 0644 root root
}

# was_plain: clients are served without TLS at the moment. A name that they were sent to by TLS is not taken back for plain text.
was_plain() {
  systemctl is-active --quiet nginx.service && [ -e /etc/nginx/sites-enabled/gateway ] && ! grep -qF 'listen 443' /etc/nginx/sites-enabled/gateway
}

# front STATE: see gateway.nginx.mustache.
front() {
  # shellcheck disable=SC2016 # nginx's variables
  printf 'map $scheme $ddos_port80 {\n    default %s;\n}\n' "$1" >"$STAGE/front.conf"
  put "$STAGE/front.conf" "$STORE/front.conf" 0644 root root
}

folder 0755 root root /etc/ddos
folder 0700 root root "$STORE"
if is_usable; then
  front redirect
  summary "tls: $NAME, $(openssl x509 -in "$STORE/current/fullchain.pem" -noout -enddate), $CHANGES changed"
else
  stand_in
  point "$STORE/current" "$STANDIN"
  # A run that was cut off has decided already.
  if was_plain; then
    front plain
  elif ! grep -qs plain "$STORE/front.conf"; then
    front wait
  fi
  summary "tls: $NAME has no certificate yet, $CHANGES changed"
fi
