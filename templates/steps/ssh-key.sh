# Changes which keys may log in as this user, while the SSH key is rotated. Runs in a sh of that user, not as root.
# stdin: authorizedKey=<type> <base64>, perhaps revokedKey=<type> <base64>, and === as the last line, which proves that nothing was cut off.
# Other people's keys and comments stay. The file is replaced by rename, so that a full disk or a cut link cannot leave half of it, and
# never without the authorized key.
set -eu
umask 077

fail() {
  echo "ssh-key on $(uname -n): $*" >&2
  exit 1
}

input=$(cat)
case "$input" in
  *"
===") ;;
  *) fail "the input ended early: the link was cut before all of it had arrived; run again" ;;
esac
authorized=$(printf '%s\n' "$input" | sed -n 's/^authorizedKey=//p')
revoked=$(printf '%s\n' "$input" | sed -n 's/^revokedKey=//p')
for key in "$authorized" ${revoked:+"$revoked"}; do
  case "$key" in
    *" "*" "* | *[!A-Za-z0-9+/=@.\ -]*) fail "\"$key\" is not a public key" ;;
    ?*" "?*) ;;
    *) fail "\"$key\" is not a public key" ;;
  esac
done
[ "$authorized" != "$revoked" ] || fail "the same key is to be authorized and revoked"

# has KEY: is it on one of the lines that are read? Options before it and the comment after it do not count.
has() { awk -v key="${1#* }" '!/^[ \t]*#/ { for (i = 1; i <= NF; i++) if ($i == key) found = 1 } END { exit !found }'; }
# without KEY: all lines but those that authorize it.
without() { awk -v key="${1#* }" '{ hit = 0; if ($0 !~ /^[ \t]*#/) for (i = 1; i <= NF; i++) if ($i == key) hit = 1 } !hit'; }

login_user() {
  mkdir -p -- "$HOME/.ssh"
  file=$(readlink -f -- "$HOME/.ssh/authorized_keys")
  before=
  if [ -e "$file" ]; then
    before=$(cat -- "$file")
  fi
  after=$before
  if [ -n "$revoked" ]; then
    after=$(printf '%s\n' "$before" | without "$revoked")
  fi
  if ! printf '%s\n' "$after" | has "$authorized"; then
    after="${after:+$after
}$authorized ml-gateway"
  fi
  if [ "$after" = "$before" ]; then
    echo "ssh-key: $file is as wanted"
  else
    new="$file.ddos-new"
    if ! printf '%s\n' "$after" >"$new" || ! sync -- "$new" || [ "$(cat -- "$new")" != "$after" ]; then
      rm -f -- "$new"
      fail "$file could not be written and stays as it was; is the disk full (df -h ~)?"
    fi
    mv -f -- "$new" "$file"
    echo "ssh-key: $file changed: ${revoked:+the previous key is removed, }the current key may log in"
  fi
  [ "$(stat -c %a -- "$file")" = 600 ] || chmod 600 -- "$file"
}

# cloud-init names the key of the first boot there too, with a command that only says who may log in.
root() {
  file=/root/.ssh/authorized_keys
  sudo -n true || fail "this user may not use sudo without a password"
  sudo -n test -e "$file" || return 0
  before=$(sudo -n cat -- "$file")
  after=$(printf '%s\n' "$before" | without "$revoked")
  if [ "$after" != "$before" ]; then
    new="$file.ddos-new"
    if ! printf '%s\n' "$after" | sudo -n tee -- "$new" >/dev/null || ! sudo -n sync -- "$new" || [ "$(sudo -n cat -- "$new")" != "$after" ]; then
      sudo -n rm -f -- "$new"
      fail "$file could not be written and stays as it was; is the disk full (df -h /root)?"
    fi
    sudo -n chmod 600 -- "$new"
    sudo -n mv -f -- "$new" "$file"
    echo "ssh-key: the previous key is removed from $file"
  fi
}

login_user
if [ -n "$revoked" ]; then
  root
fi
