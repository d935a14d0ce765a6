# shellcheck shell=bash
# The locks of what is done to a host: by steps, by recover.sh, by restore.sh. They lie where root alone can open them, because whoever can open a
# file, if only to read it, can hold its lock.

# Where earlier versions of this program had it, for everybody to open.
EARLIER_LOCK=/run/lock/ddos-deploy.lock

# earlier_step: the processes of a step of an earlier version that is at work. Such a step is root's and has that lock open as 9. Anybody can open
# or hold it, so that a lock which nobody of root has open means nothing.
earlier_step() {
  local path status pids=""
  if [ ! -e "$EARLIER_LOCK" ]; then
    return 0
  fi
  while read -r path; do
    status=/proc/$(cut -d / -f 3 <<<"$path")/status
    if [ "$(awk '/^Uid:/ { print $3 }' "$status" 2>/dev/null || printf gone)" = 0 ]; then
      pids="$pids$(cut -d / -f 3 <<<"$path") "
    fi
  done < <(find /proc/[0-9]*/fd/9 -maxdepth 0 -lname "$EARLIER_LOCK" 2>/dev/null)
  printf '%s' "${pids% }"
}

# lock_host -x|-s SECONDS: the lock of everything on this host, alone or shared. Fails when it is not free in time. The processes that the caller
# starts have it as well.
lock_host() {
  local up end
  install -d -m 700 -o root -g root /run/ddos-steps
  exec 9>>/run/ddos-steps/lock-deploy
  read -r up _ </proc/uptime
  end=$((${up%.*} + $2))
  flock "$1" -w "$2" 9 || return 1
  while [ -n "$(earlier_step)" ]; do
    read -r up _ </proc/uptime
    if [ "${up%.*}" -ge "$end" ]; then
      return 1
    fi
    sleep 0.5
  done
}

# lock_step NAME -x|-s SECONDS: no step runs beside itself; then the lock of the host.
lock_step() {
  install -d -m 700 -o root -g root /run/ddos-steps
  exec 8>>"/run/ddos-steps/lock-$1"
  flock -x -w "$3" 8 && lock_host "$2" "$3"
}

# lock_holders: who is at work, for people; nothing when it is nobody that is known.
lock_holders() {
  local holder text="" earlier
  for holder in /run/ddos-steps/holder-*; do
    if [ -e "$holder" ] && [ -d "/proc/${holder##*-}" ]; then
      text="$text$(cat "$holder"); "
    fi
  done
  earlier=$(earlier_step)
  if [ -n "$earlier" ]; then
    text="${text}a step of an earlier version, pid $earlier; "
  fi
  printf '%s' "${text%; }"
}

# note_holder NAME
note_holder() { printf '%s, pid %s, since %s' "$1" "$$" "$(date -u +%FT%TZ)" >"/run/ddos-steps/holder-$1-$$"; }
