# shellcheck shell=bash disable=SC2153 # whoever has this sets STORE and NAME
# What a client of port 443 gets; not what lies on the disk, because whatever was cut off may have replaced the files and no more.

# served: fingerprint of the certificate that nginx presents.
served() {
  timeout 5 openssl s_client -connect 127.0.0.1:443 -servername "$NAME" </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256 2>/dev/null || printf none
}

# fingerprint_of FOLDER: of a pair in the store.
fingerprint_of() { openssl x509 -in "$STORE/$1/fullchain.pem" -noout -fingerprint -sha256 2>/dev/null || printf missing; }

# Before the first release with a name nothing reads the files.
is_used() { systemctl is-active --quiet nginx.service && grep -qsF "$STORE/current/" /etc/nginx/sites-enabled/gateway; }

# until_served FOLDER: at most 10 s. nginx goes on with the workers of before until each of their requests is answered.
until_served() {
  local tries=50
  while [ "$tries" -gt 0 ]; do
    if [ "$(served)" = "$(fingerprint_of "$1")" ]; then
      return 0
    fi
    tries=$((tries - 1))
    sleep 0.2
  done
  return 1
}
