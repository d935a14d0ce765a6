#!/bin/bash
# Installs the certificate of the gateway's name with its key, and has nginx take both without a connection that is cut. The key is secret:
# nothing of it may reach the log, stdout, or an argument of a program. stdin: name, certificate (digest of fullchain.pem), and the key as payload.
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# shellcheck source=templates/steps/tls-served.sh
. "${0%/*}/tls-served.sh"

NAME=$(need name)
CERTIFICATE=$(need certificate)
STORE=/etc/ddos/tls
OWN=own-${CERTIFICATE:0:16}
BEFORE=$(readlink "$STORE/current" 2>/dev/null || printf none)

read_pair() {
  local name=$NAME
  if [ "$(sha_of "$STAGE/fullchain.pem")" != "$CERTIFICATE" ]; then
    fail "the certificate is not the one that this deployment announced; run again"
  fi
  (umask 077 && base64 -d <"$STAGE/payload" >"$STAGE/privkey.pem") || fail "the key did not arrive whole (not base64); run again"
  if ! openssl pkey -in "$STAGE/privkey.pem" -pubout -out "$STAGE/public" 2>"$STAGE/openssl" ||
    ! openssl x509 -in "$STAGE/fullchain.pem" -noout -pubkey 2>"$STAGE/openssl" | cmp -s -- - "$STAGE/public"; then
    fail "openssl of this host takes the key for another one than that of the certificate of $name"
  fi
}

# A pair has a folder of its own, and the link changes by one rename: nginx never reads one half of each.
install_pair() {
  folder 0755 root root /etc/ddos
  folder 0700 root root "$STORE" "$STORE/$OWN"
  put "$STAGE/fullchain.pem" "$STORE/$OWN/fullchain.pem" 0644 root root
  put "$STAGE/privkey.pem" "$STORE/$OWN/privkey.pem" 0600 root root
  point "$STORE/current" "$OWN"
}

put_back() {
  if [ "$BEFORE" != none ] && [ -e "$STORE/$BEFORE/fullchain.pem" ]; then
    point "$STORE/current" "$BEFORE"
  fi
}

take_effect() {
  if ! is_used || [ "$(served)" = "$(fingerprint_of "$OWN")" ]; then
    return 0
  fi
  if ! nginx -t -q 2>"$STAGE/nginx"; then
    put_back
    fail "nginx refuses the certificate, and goes on with the one before: $(sed 1q "$STAGE/nginx")"
  fi
  systemctl reload nginx.service
  if until_served "$OWN"; then
    summary "tls: nginx presents the new certificate of $NAME"
    CHANGES=$((CHANGES + 1))
    return 0
  fi
  put_back
  systemctl reload nginx.service
  fail "nginx did not present the new certificate within 10 s, and the one before was put back: $(tail -n 1 /var/log/nginx/error.log)"
}

# Keys that nothing reads any more, also those of certificates that were renewed here. front.conf stays: a site of before may read it.
remove_others() {
  local path
  rm -f -- "$STORE/lineage"
  for path in "$STORE"/own-* "$STORE"/acme-* "$STORE"/none-*; do
    if [ -d "$path" ] && [ "$path" != "$STORE/$OWN" ]; then
      rm -rf -- "$path"
      log "removed $path"
    fi
  done
}

read_pair
install_pair
take_effect
remove_others
summary "tls: $NAME, $(openssl x509 -in "$STORE/$OWN/fullchain.pem" -noout -enddate), $CHANGES changed"
