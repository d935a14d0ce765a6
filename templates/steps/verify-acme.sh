# shellcheck shell=bash
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# Whether the certificate renews itself: the timer, what its last run said, and that what it got is what clients get.

# life_left FILE: percent of the certificate's life that is left.
life_left() {
  local begin end
  begin=$(date -d "$(openssl x509 -in "$1" -noout -startdate | cut -d = -f 2)" +%s) || return 1
  end=$(date -d "$(openssl x509 -in "$1" -noout -enddate | cut -d = -f 2)" +%s) || return 1
  printf '%s' $((100 * (end - $(date +%s)) / (end - begin)))
}

# certbot renews at a third of the life, or 30 days before the end. A quarter means that this has failed for days.
LIFE_PERCENT=25

check_renewal() {
  local lineage left proof=webroot
  check "certbot.timer" "active enabled" "$(property certbot.timer ActiveState) $(enabled certbot.timer)"
  check "last renewal (certbot.service)" success "$(property certbot.service Result)"
  lineage=$(cat /etc/ddos/tls/lineage 2>/dev/null || printf none)
  check "certificate of certbot is the one that is presented" \
    "$(openssl x509 -in "/etc/letsencrypt/live/$lineage/fullchain.pem" -noout -fingerprint -sha256 2>/dev/null || printf "no certificate of certbot")" \
    "$(openssl x509 -in "$STAGE/presented" -noout -fingerprint -sha256 2>/dev/null || printf none)"
  check "certbot renews it" yes "$([ -s "/etc/letsencrypt/renewal/$lineage.conf" ] && printf yes || printf 'no, its settings are gone')"
  if [ "$(value challenge)" = dns ]; then
    proof=manual
  fi
  check "way by which certbot proves the name" "$proof" "$(sed -n 's/^authenticator = //p' "/etc/letsencrypt/renewal/$lineage.conf" 2>/dev/null)"
  left=$(life_left "$STAGE/presented" 2>/dev/null || printf 0)
  if [ "$left" -ge "$LIFE_PERCENT" ]; then
    check "certificate has $LIFE_PERCENT % of its life left at least" yes yes
  else
    check "certificate has $LIFE_PERCENT % of its life left at least" yes "no, $left %, it ends on $(certificate_date): see journalctl -u certbot"
  fi
}
