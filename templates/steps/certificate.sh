#!/bin/bash
# Has nginx present the certificate that certbot has just got, without a connection that is cut. Installed as /usr/local/lib/ddos/certificate.sh;
# certbot runs it after each renewal (by a link in its folder of hooks), the acme step after the first one. Stands alone.
# RENEWED_LINEAGE, RENEWED_DOMAINS: as certbot sets them.
set -Eeuo pipefail
umask 077

STORE=/etc/ddos/tls
LINEAGE=${RENEWED_LINEAGE:?certbot runs this}
NAME=${RENEWED_DOMAINS:?certbot runs this}
NAME=${NAME%% *}

die() {
  printf 'certificate of %s: %s\n' "$NAME" "$*" >&2
  exit 1
}

# shellcheck source=templates/steps/replace.sh
. "${0%/*}/replace.sh"
# shellcheck source=templates/steps/tls-served.sh
. "${0%/*}/tls-served.sh"

# Certificates of other names, and of an authority that is not used any more, are certbot's alone.
if [ "$(cat "$STORE/lineage" 2>/dev/null || printf none)" != "${LINEAGE##*/}" ]; then
  exit 0
fi
SCRATCH=$(mktemp -d /run/ddos-certificate.XXXXXX)
trap 'rm -rf -- "$SCRATCH"' EXIT
NEW=acme-$(sha256sum -- "$LINEAGE/fullchain.pem" | cut -c 1-16)
BEFORE=$(readlink "$STORE/current" 2>/dev/null || printf none)

openssl pkey -in "$LINEAGE/privkey.pem" -pubout -out "$SCRATCH/public" || die "its key cannot be read"
openssl x509 -in "$LINEAGE/fullchain.pem" -noout -pubkey | cmp -s -- - "$SCRATCH/public" || die "key and certificate do not belong together"
openssl x509 -in "$LINEAGE/fullchain.pem" -noout -checkhost "$NAME" | grep -q 'does match certificate' || die "it has another name"

# A pair has a folder of its own, and the link changes by one rename: nginx never reads one half of each.
install -d -m 700 -o root -g root -- "$STORE/$NEW"
replace_file "$LINEAGE/fullchain.pem" "$STORE/$NEW/fullchain.pem" 0644 root root
replace_file "$LINEAGE/privkey.pem" "$STORE/$NEW/privkey.pem" 0600 root root
cp -- "$STORE/front.conf" "$SCRATCH/front-before"
# shellcheck disable=SC2016 # nginx's variables
printf 'map $scheme $ddos_port80 {\n    default redirect;\n}\n' >"$SCRATCH/front"

put_back() {
  replace_link "$STORE/current" "$BEFORE" root root
  replace_file "$SCRATCH/front-before" "$STORE/front.conf" 0644 root root
}

same_link "$STORE/current" "$NEW" root root || replace_link "$STORE/current" "$NEW" root root
same_file "$SCRATCH/front" "$STORE/front.conf" || replace_file "$SCRATCH/front" "$STORE/front.conf" 0644 root root
if is_used; then
  if ! nginx -t -q 2>"$SCRATCH/nginx"; then
    put_back
    die "nginx refuses it, and goes on with the one before: $(sed 1q "$SCRATCH/nginx")"
  fi
  systemctl reload nginx.service
  if ! until_served "$NEW"; then
    put_back
    systemctl reload nginx.service
    die "nginx did not present it within 10 s, and the one before was put back: $(tail -n 1 /var/log/nginx/error.log)"
  fi
fi
# Keys that nothing reads any more.
for path in "$STORE"/acme-* "$STORE"/none-* "$STORE"/own-*; do
  if [ -d "$path" ] && [ "$path" != "$STORE/$NEW" ]; then
    rm -rf -- "$path"
  fi
done
sync -f -- "$STORE"
printf 'nginx presents the certificate of %s, %s\n' "$NAME" "$(openssl x509 -in "$STORE/$NEW/fullchain.pem" -noout -enddate)"
