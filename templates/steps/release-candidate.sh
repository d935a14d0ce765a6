# shellcheck shell=bash
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# The new release on trial: a fresh process of its own, on port 8001, in the sandbox that it will serve in. Whatever an earlier release left there, also
# after a rollback that failed, is ended first; a process that had been there would answer for the new one, or keep the port.

# process_unit PID: nothing for a process that is gone or belongs to no unit.
process_unit() {
  local groups
  groups=$(cat "/proc/$1/cgroup" 2>/dev/null) || groups=""
  sed -n -E 's#^.*/([^/]*\.(service|scope))(/.*)?$#\1#p' <<<"$groups" | head -n 1
}

# listeners_on PORT: "<pid> <program>" of each process that listens there.
listeners_on() { ss -H -l -t -n -p "sport = :$1" | grep -oE '\("[^"]*",pid=[0-9]+' | sed -E 's/^\("([^"]*)",pid=([0-9]+)$/\2 \1/' | sort -u || printf ''; }

# free_port PORT: ends what is left of the service's own there; another program is not ours to end, so it is named.
free_port() {
  local pid program unit tries=0
  while [ "$tries" -lt 10 ]; do
    tries=$((tries + 1))
    if [ -z "$(listeners_on "$1")" ]; then
      return 0
    fi
    while read -r pid program; do
      unit=$(process_unit "$pid")
      if [ "$unit" = "$SERVICE" ]; then
        fail "the application that serves ($SERVICE, pid $pid) listens on port $1 of this host itself, where a new release has to be tried, so none can be. Ports 8000 and 8001 are not the application's; if it is not meant to listen there, restart it (systemctl restart $SERVICE) and look into it"
      fi
      if [ "$(awk '/^Uid:/ { print $3 }' "/proc/$pid/status")" != "$(id -u ddos)" ]; then
        fail "port $1 of this host, where a new release has to be tried, is in use by $program (pid $pid${unit:+, $unit}), which is not part of this deployment (address already in use). Stop it, or let it listen elsewhere"
      fi
      log "ending $program (pid $pid), left on port $1"
      kill -KILL "$pid"
    done < <(listeners_on "$1")
    sleep 0.3
  done
  fail "port $1 of this host, where a new release has to be tried, does not get free: $(listeners_on "$1" | tr '\n' ' ')"
}

fresh_candidate() {
  if [ "$(systemctl show --property=ActiveState --value -- "$CANDIDATE")" != inactive ]; then
    log "ending the candidate that an earlier release left"
    systemctl stop -- "$CANDIDATE"
  fi
  if [ "$(systemctl show --property=ActiveState --value -- "$CANDIDATE")" = failed ]; then
    systemctl reset-failed -- "$CANDIDATE"
  fi
  free_port 8001
}

# Proves import, models, settings and health.
try_candidate() {
  local outcome said
  fresh_candidate
  put "$STAGE/next.service" "/etc/systemd/system/$CANDIDATE" 0644 root root
  # Written by a run that was killed before systemd read it.
  if [ "$PUT" = changed ] || [ "$(systemctl show --property=NeedDaemonReload --value -- "$CANDIDATE")" = yes ]; then
    systemctl daemon-reload
  fi
  point /home/ddos/next "releases/$ID" ddos ddos
  if ! systemctl start -- "$CANDIDATE"; then
    fail "the new release $ID could not be started on trial$(last_words "$CANDIDATE")"
  fi
  if ! outcome=$(/usr/local/lib/ddos/recover.sh gate "$ID" 8001 "$CANDIDATE" 2>&1); then
    said=$(last_words "$CANDIDATE") || log "the journal of $CANDIDATE could not be read"
    fail "the new release $ID failed its trial: $(without_secrets <<<"$outcome")$(sandbox_hint "$said")$said"
  fi
  log "release $ID passed its trial on port 8001"
}
