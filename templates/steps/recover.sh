#!/bin/bash
# Makes one release the one that serves, and ends switches that were cut off. Installed as /usr/local/lib/ddos/recover.sh; stands alone.
#   recover.sh boot                          before the services start: undo (or finish) the switch that /var/lib/ddos/switching records
#   recover.sh live                          the same on a running host: after a failed, killed or timed-out release
#   recover.sh turn ID                       point everything at release ID, restart what does not serve it yet, prove it on every port
#   recover.sh gate ID PORT UNIT SECONDS     wait until PORT answers as release ID does when healthy
#   recover.sh settle                        the switch is proven: stop the candidate, close the journal
# Forward and back are the same operation (turn), so a rollback is as well tested as a switch.
# Waiting follows /proc/uptime, order follows a counter: the wall clock may be wrong.
set -Eeuo pipefail
umask 022

SCRATCH=""

say() { printf '%s\n' "$*"; }

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

discard_scratch() {
  if [ -n "$SCRATCH" ]; then
    rm -rf -- "$SCRATCH"
  fi
}

uptime_seconds() {
  local up
  read -r up _ </proc/uptime
  printf '%s' "${up%.*}"
}

# entry FILE KEY: the value of KEY in a key=value file; nothing when absent.
entry() { sed -n "/^$2=/{s/^[^=]*=//p;q}" "$1"; }

fact() { entry "/var/lib/ddos/releases/$1/facts" "$2"; }

# --- one file, one link -------------------------------------------------------------------------------------------------------------

# shellcheck source=templates/steps/replace.sh
. "${0%/*}/replace.sh"

# Both end the script when they fail: they are called where bash does not end by itself. CHANGED says whether anything was done.

# place SOURCE TARGET: a root-owned 0644 file, replaced by rename. A link in its place (a mask) goes away.
place() {
  CHANGED=0
  if same_file "$1" "$2"; then
    if [ "$(stat -c '%a %U %G' -- "$2")" != "644 root root" ]; then
      chown root:root -- "$2"
      chmod 0644 -- "$2"
      say "mode and owner of $2"
    fi
    return
  fi
  replace_file "$1" "$2" 0644 root root || die "could not write $2"
  CHANGED=1
  say "wrote $2"
}

# link NAME TARGET OWNER: replaced by rename, so that no reader ever finds it missing.
link() {
  CHANGED=0
  if same_link "$1" "$2" "$3" "$3"; then
    return
  fi
  replace_link "$1" "$2" "$3" "$3" || die "could not point $1 to $2"
  CHANGED=1
  say "link $1 -> $2"
}

# --- services -----------------------------------------------------------------------------------------------------------------------

property() { systemctl show --property="$2" --value -- "$1"; }

# systemd knows a failed unit's name only while it is loaded; forgetting what never failed is an error to it.
forget_failure() {
  if [ "$(property "$1" ActiveState)" = failed ]; then
    systemctl reset-failed -- "$1"
  fi
}

# A unit that somebody masked or disabled by hand must come back at the next boot.
allow_and_enable() {
  local state
  state=$(systemctl is-enabled -- "$1" 2>/dev/null) || state=${state:-unknown}
  case "$state" in
    enabled) return 0 ;;
    masked | masked-runtime) systemctl unmask --quiet -- "$1" && systemctl unmask --quiet --runtime -- "$1" ;;
  esac
  systemctl enable --quiet -- "$1" || die "could not enable $1, which is $state"
  say "enabled $1 (was $state)"
}

# Workers of nginx that are not on their way out, as one line of process ids.
nginx_workers() {
  local master
  master=$(property nginx.service MainPID)
  pgrep -P "$master" -f 'nginx: worker process$' | tr '\n' ' ' || printf ''
}

# A reload whose new configuration cannot be applied leaves the old workers at work and reports success: new workers are the proof.
reload_nginx() {
  local before now worker end
  nginx -t -q || return 1
  if ! systemctl is-active --quiet nginx.service; then
    forget_failure nginx.service
    systemctl start nginx.service || return 1
    say "started nginx"
    return
  fi
  before=" $(nginx_workers)"
  systemctl reload nginx.service
  end=$(($(uptime_seconds) + 10))
  while [ "$(uptime_seconds)" -lt "$end" ]; do
    now=$(nginx_workers)
    for worker in $now; do
      case "$before" in
        *" $worker "*) ;;
        *)
          say "nginx reloaded"
          return 0
          ;;
      esac
    done
    sleep 0.1
  done
  say "nginx did not take the new configuration: $(tail -n 3 /var/log/nginx/error.log)"
  return 1
}

# --- health -------------------------------------------------------------------------------------------------------------------------

# probe ID PORT: one request on a new connection. SEEN says what came back; ANSWERED is the status when release ID itself gave it.
probe() {
  local code release body
  SEEN="no answer on port $2"
  ANSWERED=none
  code=$(curl --silent --show-error --noproxy '*' --max-time 5 --max-filesize 65536 --dump-header "$SCRATCH/head" --output "$SCRATCH/body" \
    --write-out '%{http_code}' "http://127.0.0.1:$2$(fact "$1" healthPath)" 2>"$SCRATCH/curl") || {
    SEEN="no answer on port $2 ($(head -c 200 "$SCRATCH/curl"))"
    return 1
  }
  release=$(sed -n 's/^[Xx]-[Rr]elease: *\([^[:space:]]*\).*/\1/p' "$SCRATCH/head" | tail -n 1)
  body=$(head -c 4096 "$SCRATCH/body" | tr -d '\000')
  SEEN="HTTP $code from release «${release:-unnamed}» with body «${body:0:200}»"
  if [ "$release" = "$1" ]; then
    ANSWERED=$code
  fi
  [ "$code" = 200 ] && [ "$release" = "$1" ] && [ "$body" = "$(fact "$1" healthBody)" ]
}

# over UNIT RESTARTS: whether waiting is of no use, because the unit has ended or is started again and again. SEEN says so.
over() {
  local state status why=""
  state=$(property "$1" ActiveState)
  if [ "$state" = failed ] || [ "$state" = inactive ]; then
    status=$(property "$1" ExecMainStatus)
    if [ "$status" = 9 ]; then
      why=", killed, most likely for want of memory"
    fi
    SEEN="$1 ended ($(property "$1" Result), status $status$why) before it was healthy"
    return 0
  fi
  if [ "$(property "$1" NRestarts)" -gt $(($2 + 3)) ]; then
    SEEN="$1 ended and was started again more than three times; last: $SEEN"
    return 0
  fi
  return 1
}

# gate ID PORT UNIT SECONDS: five answers in a row, each on its own connection (several workers may answer). A release that answers may
# still be loading its models: then it has 15 seconds to get well, but a wrong body with status 200 is no matter of time.
gate() {
  local id=$1 port=$2 unit=$3 good=0 end now restarts patience
  end=$(($(uptime_seconds) + $4))
  restarts=$(property "$unit" NRestarts)
  while now=$(uptime_seconds) && [ "$now" -lt "$end" ]; do
    if probe "$id" "$port"; then
      good=$((good + 1))
      if [ "$good" -ge 5 ]; then
        return 0
      fi
      sleep 0.05
      continue
    fi
    good=0
    case "$ANSWERED" in
      none) patience=$4 ;;
      200) patience=3 ;;
      *) patience=15 ;;
    esac
    if [ $((now + patience)) -lt "$end" ]; then
      end=$((now + patience))
    fi
    if over "$unit" "$restarts"; then
      say "$SEEN"
      return 1
    fi
    sleep 0.25
  done
  say "$unit was not healthy in time: $SEEN; wanted HTTP 200 from release «$id» with body «$(fact "$id" healthBody)»"
  return 1
}

# --- one release for everything -----------------------------------------------------------------------------------------------------

# aim ID: links and system files say ID. Sets UNIT_CHANGED and SITE_CHANGED. Starts and stops nothing.
aim() {
  local id=$1 role state=/var/lib/ddos/releases/$1
  UNIT_CHANGED=0
  SITE_CHANGED=0
  if [ ! -d "/home/ddos/releases/$id/app" ] || [ ! -s "$state/facts" ]; then
    die "release $id is not on this host any more"
  fi
  role=$(fact "$id" role)
  link /home/ddos/current "releases/$id" ddos
  place "$state/unit" "/etc/systemd/system/ddos-$role.service"
  UNIT_CHANGED=$CHANGED
  place "$state/next-unit" "/etc/systemd/system/ddos-$role-next.service"
  UNIT_CHANGED=$((UNIT_CHANGED | CHANGED))
  place "$state/nginx" "/etc/nginx/sites-available/$role"
  SITE_CHANGED=$CHANGED
  link "/etc/nginx/sites-enabled/$role" "/etc/nginx/sites-available/$role" root
  SITE_CHANGED=$((SITE_CHANGED | CHANGED))
  if [ "$UNIT_CHANGED" = 1 ] || [ "$(property "ddos-$role.service" NeedDaemonReload)" = yes ]; then
    systemctl daemon-reload || die "systemctl daemon-reload failed"
  fi
  allow_and_enable "ddos-$role.service"
  allow_and_enable nginx.service
  sync -- /home/ddos /etc/systemd/system /etc/nginx/sites-available || die "could not write the links to the disk"
}

# The start that was proven: a later start may have read a unit that somebody edited.
note_serving() {
  printf 'current=%s\nprevious=%s\ninvocation=%s\n' "$1" "$2" "$(property "ddos-$(fact "$1" role).service" InvocationID)" >/var/lib/ddos/serving.new
  sync -- /var/lib/ddos/serving.new
  mv -fT -- /var/lib/ddos/serving.new /var/lib/ddos/serving
}

# turn ID: see above. The candidate on 8001, when there is one, answers while 8000 restarts.
turn() {
  local id=$1 role service port restarted=0
  aim "$id"
  role=$(fact "$id" role)
  port=$(fact "$id" port)
  service=ddos-$role.service
  if [ "$SITE_CHANGED" = 1 ] || ! systemctl is-active --quiet nginx.service; then
    reload_nginx || return 1
  fi
  if ! systemctl is-active --quiet "$service" || ! probe "$id" 8000; then
    forget_failure "$service"
    systemctl restart -- "$service" || return 1
    restarted=1
    say "restarted $service"
  fi
  if ! gate "$id" 8000 "$service" 60 || ! gate "$id" "$port" "$service" 20; then
    return 1
  fi
  # A repair or an undo: the record stands already, only the start is new.
  if [ "$restarted" = 1 ] && [ "$(entry /var/lib/ddos/serving current)" = "$id" ]; then
    note_serving "$id" "$(entry /var/lib/ddos/serving previous)"
  fi
}

# --- the journal of a switch --------------------------------------------------------------------------------------------------------

# The candidate is ours to stop only while nobody needs it: main serves, or there was nothing before.
dismiss_candidate() {
  local unit
  for unit in ddos-gateway-next.service ddos-backend-next.service; do
    if [ "$(property "$unit" ActiveState)" != inactive ]; then
      systemctl stop -- "$unit"
      forget_failure "$unit"
      say "stopped $unit"
    fi
  done
  rm -f -- /home/ddos/next /home/ddos/next.ddos-new
}

close_journal() {
  rm -f -- /var/lib/ddos/switching
  sync -- /var/lib/ddos
}

# settle: the new release has proven itself on every port.
settle() {
  local journal=/var/lib/ddos/switching
  local to from
  to=$(entry "$journal" to)
  from=$(entry "$journal" from)
  note_serving "$to" "$from"
  dismiss_candidate
  close_journal
}

drop_release() {
  if [ -n "$1" ] && [ "$1" != none ]; then
    rm -rf -- "/home/ddos/releases/$1" "/var/lib/ddos/releases/$1"
  fi
}

# A first release that failed leaves no trace but its stored parts: the next try begins anew.
withdraw() {
  local role
  role=$(fact "$1" role)
  systemctl disable --quiet --now -- "ddos-$role.service" || say "ddos-$role.service was not there yet"
  rm -f -- /home/ddos/current "/etc/nginx/sites-enabled/$role" "/etc/nginx/sites-available/$role"
  rm -f -- "/etc/systemd/system/ddos-$role.service" "/etc/systemd/system/ddos-$role-next.service"
  systemctl daemon-reload
  if systemctl is-active --quiet nginx.service; then
    reload_nginx || say "nginx keeps its last configuration"
  fi
}

live() {
  local journal=/var/lib/ddos/switching from to
  if [ ! -e "$journal" ]; then
    dismiss_candidate
    return
  fi
  from=$(entry "$journal" from)
  to=$(entry "$journal" to)
  if [ "$(entry "$journal" phase)" = proven ]; then
    settle
    say "finished the switch to $to"
  elif [ "$from" = none ]; then
    dismiss_candidate
    withdraw "$to"
    close_journal
    drop_release "$to"
    say "took back the first release $to"
  elif turn "$from"; then
    dismiss_candidate
    close_journal
    drop_release "$to"
    say "rolled back from $to to $from, which serves"
  else
    # The candidate, if it still runs, is the last one that answers: it stays.
    die "could not roll back to $from; the candidate on port 8001 was left running and the switch stays recorded in $journal"
  fi
}

# At boot nothing serves yet, so there is nobody to ask: the release before the switch is the one that was proven. A first release has
# passed its trial as a candidate and there is nothing to roll back to.
boot() {
  local journal=/var/lib/ddos/switching from to
  rm -f -- /home/ddos/next
  if [ ! -e "$journal" ]; then
    return
  fi
  from=$(entry "$journal" from)
  to=$(entry "$journal" to)
  if [ "$(entry "$journal" phase)" = proven ] || [ "$from" = none ]; then
    aim "$to"
    settle
    say "finished the switch to $to that the shutdown cut off"
  else
    aim "$from"
    close_journal
    drop_release "$to"
    say "undid the switch to $to that the shutdown cut off; $from serves"
  fi
}

# The release step holds the lock already when it calls this script.
take_lock() {
  if [ "${DDOS_LOCK-}" != held ]; then
    exec 9>>/run/lock/ddos-deploy.lock
    flock -w 170 9 || die "another deployment holds /run/lock/ddos-deploy.lock"
  fi
}

main() {
  trap discard_scratch EXIT
  SCRATCH=$(mktemp -d /run/ddos-recover.XXXXXX)
  case "${1-}" in
    boot) boot ;;
    live)
      take_lock
      live
      ;;
    turn) turn "$2" ;;
    gate) gate "$2" "$3" "$4" "$5" ;;
    settle) settle ;;
    *) die "usage: recover.sh boot | live | turn ID | gate ID PORT UNIT SECONDS | settle" ;;
  esac
}

main "$@"
