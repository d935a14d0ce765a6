#!/bin/bash
# Writes the keys of the API for nginx, and has it take them without a connection that is cut. The input is secret: nothing of it may reach the
# log, stdout, or an argument of a program. stdin: keys (how many), user (user:password, many), and the text of the file as payload.
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"

FILE=/etc/ddos/api-keys.conf
USERS=/etc/ddos/api-users

# Before the first release with keys nothing reads the file.
is_used() { systemctl is-active --quiet nginx.service && grep -qsF "include $FILE;" /etc/nginx/sites-enabled/gateway; }

# workers: those of nginx that are not on their way out.
workers() { pgrep -P "$(systemctl show --property=MainPID --value nginx.service)" -f 'nginx: worker process$' | tr '\n' ' ' || printf ''; }

put_back() {
  if [ -e "$STAGE/before" ]; then
    put "$STAGE/before" "$FILE" 0600 root root
  else
    rm -f -- "$FILE"
  fi
}

# nginx goes on with the workers of before until each of their requests is answered.
take_effect() {
  local before try pid
  if ! nginx -t -q 2>"$STAGE/nginx"; then
    put_back
    fail "nginx refuses the keys, and goes on with those of before: $(sed -n 1p "$STAGE/nginx" | sed 's/"[^"]*"/"..."/g')"
  fi
  before=" $(workers)"
  systemctl reload nginx.service
  for try in $(seq 50); do
    for pid in $(workers); do
      if [[ $before != *" $pid "* ]]; then
        log "nginx has the keys (try $try)"
        return 0
      fi
    done
    sleep 0.2
  done
  put_back
  systemctl reload nginx.service
  fail "nginx did not take the keys within 10 s, and those of before were put back: see /var/log/nginx/error.log"
}

# hash_of USER PASSWORD: with the salt of before where it is the same password, so that nothing is written without a change. Passwords are drawn, and
# nginx computes this at each request: a thousand rounds. The password goes by a pipe, since an argument is seen by every user of the host.
hash_of() {
  local before salt
  before=$(awk -F : -v user="$1" '$1 == user { print $2; exit }' "$USERS" 2>/dev/null) || before=""
  salt=$(cut -d '$' -f 4 <<<"$before")
  if [ -n "$salt" ] && [ "$(hash_with "$salt" "$2")" = "$before" ]; then
    printf '%s' "$before"
  else
    hash_with "$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')" "$2"
  fi
}
hash_with() { printf '%s' "$2" | openssl passwd -6 -salt "rounds=1000\$$1" -stdin; }

# nginx reads the file at each request: nothing has to be loaded again.
write_users() {
  local line
  values user | while IFS= read -r line; do
    printf '%s:%s\n' "${line%%:*}" "$(hash_of "${line%%:*}" "${line#*:}")"
  done >"$STAGE/users"
  if [ -s "$STAGE/users" ]; then
    put "$STAGE/users" "$USERS" 0640 root www-data
  fi
}

umask 077
folder 0755 root root /etc/ddos
write_users
base64 -d <"$STAGE/payload" >"$STAGE/keys" || fail "the keys did not arrive whole (not base64); run again"
if [ -e "$FILE" ]; then
  cp -- "$FILE" "$STAGE/before"
fi
put "$STAGE/keys" "$FILE" 0600 root root
# Also where the file was right: a step that was cut off may have written it and no more.
if is_used; then
  take_effect
fi
summary "access: $(need keys) keys, $(values user | wc -l) users, $CHANGES changed"
