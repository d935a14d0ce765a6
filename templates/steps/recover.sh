#!/bin/bash
# Makes one release the one that serves, and ends switches that were cut off. Installed as /usr/local/lib/ddos/recover.sh; stands alone.
#   recover.sh boot                          before the services start: undo (or finish) the switch that /var/lib/ddos/switching records, or put
#                                            back what is gone of the release that serves
#   recover.sh live                          the same on a running host: after a failed, killed or timed-out release
#   recover.sh turn ID                       point everything at release ID, restart what does not serve it yet, prove it on every port
#   recover.sh gate ID PORT UNIT             wait until PORT answers as release ID does when healthy, as long as health.startSeconds says
#   recover.sh settle                        the switch is proven: stop the candidate, close the journal
#   recover.sh current | stand-in            the release that serves or should | the one whose candidate alone answers
#   recover.sh state                         a sentence about who answers now
#   recover.sh adopt ID                      ID serves, and the record of that is lost: write it again
#   recover.sh mirror FILE | unmirror        the site that serves with a share of its requests copied (release-shadow.sh) | without
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

# shellcheck source=templates/steps/entries.sh
. "${0%/*}/entries.sh"

fact() { entry "/var/lib/ddos/releases/$1/facts" "$2"; }

# is_proxy ID: this release of the gateway is a site that leads to the backend, without an application.
is_proxy() { [ "$(fact "$1" mode)" = proxy ]; }

# --- one file, one link -------------------------------------------------------------------------------------------------------------

# shellcheck source=templates/steps/replace.sh
. "${0%/*}/replace.sh"

displaced() { die "$1"; }

# shellcheck source=templates/steps/home.sh
. "${0%/*}/home.sh"

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

# shellcheck source=templates/steps/history.sh
. "${0%/*}/history.sh"

# shellcheck source=templates/steps/lock.sh
. "${0%/*}/lock.sh"

# shellcheck source=templates/steps/release-names.sh
. "${0%/*}/release-names.sh"

# shellcheck source=templates/steps/recover-state.sh
. "${0%/*}/recover-state.sh"

# shellcheck source=templates/steps/recover-units.sh
. "${0%/*}/recover-units.sh"

# shellcheck source=templates/steps/recover-missing.sh
. "${0%/*}/recover-missing.sh"

# --- services -----------------------------------------------------------------------------------------------------------------------

property() { systemctl show --property="$2" --value -- "$1"; }

# properties UNIT NAME...: their values in VALUES, in this order. One question; the order of the answers is systemd's own.
properties() {
  local unit=$1 name said
  shift
  said=$'\n'$(systemctl show "${@/#/--property=}" -- "$unit")$'\n'
  VALUES=()
  for name in "$@"; do
    name=${said#*$'\n'"$name="}
    VALUES+=("${name%%$'\n'*}")
  done
}

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

# nginx_workers MASTER: those that are not on their way out, as process ids.
nginx_workers() { pgrep -P "$1" -f 'nginx: worker process$' || printf ''; }

# A reload whose new configuration cannot be applied leaves the old workers at work and reports success: new workers are the proof.
reload_nginx() {
  local before master worker end
  nginx -t -q || return 1
  if ! systemctl is-active --quiet nginx.service; then
    forget_failure nginx.service
    systemctl start nginx.service || return 1
    say "started nginx"
    return
  fi
  # A reload leaves the master as it is.
  master=$(property nginx.service MainPID)
  before=" $(nginx_workers "$master" | tr '\n' ' ')"
  if ! systemctl reload nginx.service; then
    say "nginx could not be reloaded: $(journalctl --quiet --no-pager --output=cat --unit=nginx.service --priority=err --lines=3 | paste -s -d ' '). What it serves goes on as before. Where a file system was mounted over a folder that it began with (/tmp, /var/tmp), take that away, or restart it (systemctl restart nginx)"
    return 1
  fi
  end=$(($(uptime_seconds) + 10))
  while [ "$(uptime_seconds)" -lt "$end" ]; do
    for worker in $(nginx_workers "$master"); do
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

# shellcheck source=templates/steps/health.sh
. "${0%/*}/health.sh"

wanted_of() { printf '/var/lib/ddos/releases/%s/facts' "$1"; }

# probe ID PORT: one request on a new connection. SEEN says what came back.
probe() {
  local release wanted
  wanted=$(wanted_of "$1")
  health_ask "$wanted" "http://127.0.0.1:$2" "$SCRATCH" || {
    SEEN="no answer ($(head -c 200 "$SCRATCH/curl"))"
    return 1
  }
  # shellcheck disable=SC2016 # the last line, to sed
  release=$(sed -n '/^[Xx]-[Rr]elease:/{s/^[^:]*: *\([^[:space:]]*\).*/\1/;h};${x;p}' "$SCRATCH/head")
  # Through a proxy the backend answers, under its own release.
  if { [ "$release" = "$1" ] || { [ -n "$release" ] && is_proxy "$1"; }; } && health_fits "$wanted" "$SCRATCH"; then
    SEEN="HTTP $HEALTH_CODE as wanted, from release $release"
    return 0
  fi
  SEEN="$(health_found "$SCRATCH" "$wanted"), from release ${release:-unnamed}"
  is_proxy "$1" && ! is_switch_to "$1" && ! backend_is_well "$1"
}

# heard PORT: whether anything listens there. While an application starts, nobody need ask it, and on a small host what asks would take its processor.
# Without an answer of ss it is asked all the same.
heard() {
  local found
  found=$(ss -H -l -t -n "sport = :$1") || return 0
  [ -n "$found" ]
}

is_switch_to() { [ -e /var/lib/ddos/switching ] && [ "$(entry /var/lib/ddos/switching to)" = "$1" ]; }

# backend_is_well ID: asked directly. A backend that is ill is no fault of the site, so it must not keep a site from being repaired or
# brought back; a new site has to prove itself on one that is well.
backend_is_well() {
  health_ask "$(wanted_of "$1")" "http://$(fact "$1" upstream)" "$SCRATCH" && health_fits "$(wanted_of "$1")" "$SCRATCH"
}

# over UNIT RESTARTS: whether waiting is of no use, because the unit has ended or is started again and again. SEEN says so.
over() {
  local state status restarts why=""
  properties "$1" ActiveState ExecMainStatus NRestarts
  state=${VALUES[0]} status=${VALUES[1]} restarts=${VALUES[2]}
  if [ "$state" = failed ] || [ "$state" = inactive ]; then
    if [ "$status" = 9 ]; then
      why=", killed, most likely for want of memory"
    fi
    SEEN="$1 ended ($(property "$1" Result), status $status$why) before it was healthy"
    return 0
  fi
  if [ "$restarts" -gt $(($2 + 3)) ]; then
    SEEN="$1 ended and was started again more than three times; last: $SEEN"
    return 0
  fi
  return 1
}

# gate ID PORT UNIT [SECONDS]: five answers in a row, each on its own connection (several workers may answer). One limit for all that a
# start may take, health.startSeconds: an application that loads its models may refuse connections, answer 503, or say so in its body.
# Only a process that has ended is not waited for.
gate() {
  local id=$1 port=$2 unit=$3 good=0 silent=0 limit end restarts up
  limit=$(health_value "$(wanted_of "$id")" startSeconds 60)
  if [ -n "${4-}" ]; then
    limit=$4
  fi
  end=$(($(uptime_seconds) + limit))
  restarts=$(property "$unit" NRestarts)
  while read -r up _ </proc/uptime && [ "${up%.*}" -lt "$end" ]; do
    if ! heard "$port"; then
      good=0
      silent=$((silent + 1))
      SEEN="no answer (nothing listens on port $port)"
      if [ $((silent % 3)) = 0 ] && over "$unit" "$restarts"; then
        say "$SEEN"
        return 1
      fi
      sleep 0.15
      continue
    fi
    if probe "$id" "$port"; then
      good=$((good + 1))
      if [ "$good" -ge 5 ]; then
        return 0
      fi
      sleep 0.05
      continue
    fi
    good=0
    if over "$unit" "$restarts"; then
      say "$SEEN"
      return 1
    fi
    sleep 0.25
  done
  if [ -n "${4-}" ]; then
    say "port $port gave no healthy answer within $limit s, though the service does on its own port: is nginx well, and is the port another site's as well (nginx -T)? Last answer: $SEEN. Wanted for $(health_value "$(wanted_of "$id")" healthPath /health): $(health_wanted "$(wanted_of "$id")"), from release $id"
    return 1
  fi
  say "$unit was not healthy on port $port within $limit s (health.startSeconds). Last answer: $SEEN. Wanted for $(health_value "$(wanted_of "$id")" healthPath /health): $(health_wanted "$(wanted_of "$id")"), from release $id. Raise health.startSeconds for a slower start, correct health.path, health.status, health.body or health.host for another answer"
  return 1
}

# --- one release for everything -----------------------------------------------------------------------------------------------------

# aim ID: links and system files say ID. Sets UNIT_CHANGED and SITE_CHANGED. Starts and stops nothing.
aim() {
  local id=$1 role state=/var/lib/ddos/releases/$1
  UNIT_CHANGED=0
  SITE_CHANGED=0
  rm -f -- "$CANDIDATE_FIRST"
  if ! whole "$id"; then
    die "release $id is not on this host any more"
  fi
  role=$(fact "$id" role)
  link /home/ddos/current "releases/$id" ddos
  if ! is_proxy "$id"; then
    place_units "$id" "$role"
  fi
  place "$state/nginx" "/etc/nginx/sites-available/$role"
  SITE_CHANGED=$CHANGED
  link "/etc/nginx/sites-enabled/$role" "/etc/nginx/sites-available/$role" root
  SITE_CHANGED=$((SITE_CHANGED | CHANGED))
  if [ "$UNIT_CHANGED" = 1 ] || [ "$(property "ddos-$role.service" NeedDaemonReload)" = yes ]; then
    systemctl daemon-reload || die "systemctl daemon-reload failed"
  fi
  if ! is_proxy "$id"; then
    allow_and_enable "ddos-$role.service"
  fi
  allow_and_enable nginx.service
  sync -- /home/ddos /etc/systemd/system /etc/nginx/sites-available || die "could not write the links to the disk"
}

# The start that was proven: a later start may have read a unit that somebody edited.
note_serving() {
  printf 'current=%s\nprevious=%s\ninvocation=%s\n' "$1" "$2" "$(property "ddos-$(fact "$1" role).service" InvocationID)" >/var/lib/ddos/serving.new
  sync -- /var/lib/ddos/serving.new
  mv -fT -- /var/lib/ddos/serving.new /var/lib/ddos/serving
}

# A uvicorn with several workers that stops goes on taking connections until the last request at work is answered, and answers none of them.
# So nginx asks the candidate first while such a service restarts, as long as CANDIDATE_FIRST is there (the site says so). One worker closes its
# port at once, and nginx turns to the candidate.
CANDIDATE_FIRST=/run/ddos-candidate-first
ask_candidate_first() {
  local id=$1 service=$2
  if ! systemctl is-active --quiet "$service" || ! pgrep -P "$(property "$service" MainPID)" >/dev/null || ! health_ask "$(wanted_of "$id")" http://127.0.0.1:8001 "$SCRATCH"; then
    return 0
  fi
  : >"$CANDIDATE_FIRST" || return 1
  if ! grep -qF -- "$CANDIDATE_FIRST" "/var/lib/ddos/releases/$id/nginx"; then
    turn_site_round "$id" || return 1
  fi
}

# turn_site_round ID: the site of a release that was made before sites knew of CANDIDATE_FIRST.
turn_site_round() {
  sed -e '/server 127\.0\.0\.1:800[01] max_fails=0/ { s/:8000 /:800x /; s/:8001 /:8000 /; s/:800x /:8001 / }' \
    "/var/lib/ddos/releases/$1/nginx" >"$SCRATCH/site"
  place "$SCRATCH/site" "/etc/nginx/sites-available/$(fact "$1" role)"
  reload_nginx
}

ask_service_first() {
  rm -f -- "$CANDIDATE_FIRST"
  place "/var/lib/ddos/releases/$1/nginx" "/etc/nginx/sites-available/$(fact "$1" role)"
  if [ "$CHANGED" = 1 ]; then
    reload_nginx
  fi
}

# The workers of the configuration before end their requests first, which may be with an application that is about to be stopped. WebSockets
# may go on for ever, so it is bounded.
let_workers_end() {
  local end
  end=$(($(uptime_seconds) + 45))
  while pgrep -P "$(property nginx.service MainPID)" -f 'nginx: worker process is shutting down' >/dev/null; do
    if [ "$(uptime_seconds)" -ge "$end" ]; then
      say "some connections of the configuration before are still open"
      return 0
    fi
    sleep 0.2
  done
}

# mirror FILE: what clients get is the same as before; it is asked for, and without it the site is put back.
mirror() {
  local role id
  role=$(site_of)
  id=$(current_release)
  place "$1" "/etc/nginx/sites-available/$role"
  if ! reload_nginx || ! gate "$id" "$(fact "$id" port)" nginx.service 10; then
    unmirror
    return 1
  fi
}

# take_mirror_away: of the site on the disk. Every line of it bears a mark. Returns 1 where there is none.
take_mirror_away() {
  local site
  site=/etc/nginx/sites-available/$(site_of)
  if [ ! -f "$site" ] || ! grep -q ' # shadow$' "$site"; then
    return 1
  fi
  sed '/ # shadow$/d' "$site" >"$SCRATCH/site"
  place "$SCRATCH/site" "$site"
}

# unmirror: no request is copied any more, and whoever compared them ends. Nothing happens where none was.
unmirror() {
  if take_mirror_away && systemctl is-active --quiet nginx.service; then
    reload_nginx || say "nginx still copies requests, which nobody takes: its next reload ends that"
  fi
  if systemctl is-active --quiet ddos-shadow.service; then
    systemctl stop ddos-shadow.service
    say "stopped ddos-shadow.service"
  fi
  rm -rf -- /run/ddos-shadow
}

# retire ROLE: in proxy mode no application runs on this host or starts on it.
retire() {
  local unit removed=0
  for unit in "ddos-$1.service" "ddos-$1-next.service"; do
    if [ "$(property "$unit" LoadState)" = not-found ] && [ ! -e "/etc/systemd/system/$unit" ]; then
      continue
    fi
    systemctl stop -- "$unit" || die "$unit does not stop"
    forget_failure "$unit"
    systemctl disable --quiet -- "$unit" || say "$unit was not enabled"
    rm -f -- "/etc/systemd/system/$unit"
    removed=1
    say "removed $unit"
  done
  if [ "$removed" = 1 ]; then
    systemctl daemon-reload || die "systemctl daemon-reload failed"
  fi
}

# turn_to_site ID: turn for a release of the proxy mode. An application that served before stays until the switch is recorded as proven
# (settle): going back needs its units.
turn_to_site() {
  if [ "$SITE_CHANGED" = 1 ] || ! systemctl is-active --quiet nginx.service; then
    reload_nginx || return 1
  fi
  gate "$1" "$(fact "$1" port)" nginx.service 20 || return 1
  if ! is_switch_to "$1"; then
    let_workers_end
    retire "$(fact "$1" role)"
  fi
}

# turn ID: see above. The candidate on 8001, when there is one, answers while 8000 restarts.
turn() {
  local id=$1 role service port restarted=0
  aim "$id"
  if is_proxy "$id"; then
    turn_to_site "$id"
    return
  fi
  role=$(fact "$id" role)
  port=$(fact "$id" port)
  service=ddos-$role.service
  if [ "$SITE_CHANGED" = 1 ] || ! systemctl is-active --quiet nginx.service; then
    reload_nginx || return 1
  fi
  if ! systemctl is-active --quiet "$service" || ! probe "$id" 8000; then
    forget_failure "$service"
    ask_candidate_first "$id" "$service" || return 1
    # Ends when the last request that was at work has been answered.
    systemctl restart -- "$service" || return 1
    restarted=1
    say "restarted $service"
  fi
  gate "$id" 8000 "$service" || return 1
  ask_service_first "$id" || return 1
  gate "$id" "$port" "$service" 20 || return 1
  # A repair or an undo: the record stands already, only the start is new.
  if [ "$restarted" = 1 ] && [ "$(recorded current)" = "$id" ]; then
    note_serving "$id" "$(recorded previous)"
  fi
}

# --- the journal of a switch --------------------------------------------------------------------------------------------------------

dismiss_candidate() {
  local unit
  rm -f -- "$CANDIDATE_FIRST"
  for unit in ddos-gateway-next.service ddos-backend-next.service; do
    if [ "$(property "$unit" ActiveState)" != inactive ]; then
      systemctl stop -- "$unit"
      forget_failure "$unit"
      say "stopped $unit"
    fi
  done
  rm -rf -- /home/ddos/next /home/ddos/next.ddos-new
}

# The candidate is ours to stop only while nobody needs it: where the service does not answer, it is the last that does.
spare_candidate() {
  local id
  id=$(stand_in)
  if [ -n "$id" ]; then
    say "the candidate of release $id stays: it alone answers"
  else
    dismiss_candidate
  fi
}

close_journal() {
  rm -f -- /var/lib/ddos/switching
  sync -- /var/lib/ddos
}

# note_rolled_back TO FROM: a person made an earlier release serve than the one that was deployed, which an update must not undo in silence. Any
# other release that comes to serve ends that.
note_rolled_back() {
  local mark=/var/lib/ddos/rolled-back journal=/var/lib/ddos/switching deployed=$2 made
  if [ -s "$mark" ]; then
    deployed=$(entry "$mark" deployed)
  fi
  if [ "$(entry "$journal" via)" != rollback ] || [ "$deployed" = "$1" ]; then
    rm -f -- "$mark"
    return 0
  fi
  made=/var/lib/ddos/releases/$deployed/facts
  if [ ! -s "$made" ]; then
    made=$mark
  fi
  {
    printf 'deployed=%s\nto=%s\nat=%s\nby=%s\n' "$deployed" "$1" "$(date -u +%FT%TZ)" "$(entry "$journal" by)"
    sed -E '/^(deployed|to|at|by)=/d' "$made"
  } >"$SCRATCH/rolled-back"
  replace_file "$SCRATCH/rolled-back" "$mark" 0600 root root || die "could not write $mark"
}

# settle: the new release has proven itself on every port.
settle() {
  local journal=/var/lib/ddos/switching
  local to from
  to=$(entry "$journal" to)
  from=$(entry "$journal" from)
  note_serving "$to" "$from"
  if [ -d "/var/lib/ddos/releases/$to" ]; then
    : >"/var/lib/ddos/releases/$to/served" || say "could not note that $to has served"
  fi
  note_rolled_back "$to" "$from"
  told serves "$to" "$from" "" "$(wanted_of "$to")" "$journal"
  if is_proxy "$to"; then
    let_workers_end
    retire "$(fact "$to" role)"
  fi
  dismiss_candidate
  close_journal
  trim
}

drop_release() {
  if is_release "$1"; then
    remove_release "$1"
  fi
}

# drop_failed ID: a release that failed before it ever served. One that has served, and failed when it was to serve again, stays.
drop_failed() {
  if [ ! -e "/var/lib/ddos/releases/$1/served" ]; then
    drop_release "$1"
  fi
}

# tell_failed RESULT: of the switch that is open. The step knows the reason; where it was killed, nobody does.
tell_failed() {
  if ! is_release "$TO"; then
    return 0
  fi
  told "$1" "$TO" "$FROM" "${DDOS_WHY:-the step, or the host, was stopped in the middle of the switch}" "$(wanted_of "$TO")" /var/lib/ddos/switching
}

# tell_trial: of a step that was killed while it tried a release.
tell_trial() {
  local trial=/var/lib/ddos/trying
  if [ -s "$trial" ]; then
    told refused "$(entry "$trial" release)" "$(entry "$trial" before)" "the step, or the host, was stopped while the release was tried" "$trial" "$trial"
  fi
  rm -f -- "$trial"
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

# serves ID: whether it does, on its own port and through nginx.
serves() { probe "$1" 8000 && probe "$1" "$(fact "$1" port)"; }

# read_journal: FROM, TO, PHASE and STANDIN. One that is damaged says nothing: then the release goes on that was proven last.
read_journal() {
  local journal=/var/lib/ddos/switching other
  FROM=$(entry "$journal" from)
  TO=$(entry "$journal" to)
  PHASE=$(entry "$journal" phase)
  STANDIN=$(entry "$journal" standin)
  if ! is_release "$TO" || { [ "$FROM" != none ] && ! is_release "$FROM"; }; then
    say "the record of a switch, $journal, was damaged; going by what else is known"
    PHASE=damaged TO=none STANDIN=""
    FROM=$(current_release)
    FROM=${FROM:-none}
  fi
  other=$(answering 8000)
  # A journal of somebody who took this host for an empty one.
  if [ "$FROM" = none ] && [ "$other" != "$TO" ] && whole "$other"; then
    FROM=$other
  fi
  FROM=$(sed -nE '/^([0-9]+-[0-9a-f]{12}|none)$/p' <<<"$FROM")
}

live() {
  local outcome
  unmirror
  tell_trial
  if [ ! -e /var/lib/ddos/switching ]; then
    spare_candidate
    trim
    return
  fi
  read_journal
  if [ "$PHASE" = proven ] || { [ "$FROM" = none ] && whole "$TO" && serves "$TO"; }; then
    settle
    outcome="finished the switch to $TO"
  elif [ "$FROM" = none ] && [ "$PHASE" = damaged ]; then
    spare_candidate
    close_journal
    outcome="no release is known to have served"
  elif [ "$FROM" = none ]; then
    dismiss_candidate
    tell_failed undone
    if whole "$TO"; then
      withdraw "$TO"
    fi
    close_journal
    drop_release "$TO"
    outcome="took back the first release $TO"
  elif whole "$FROM" && (turn "$FROM"); then
    dismiss_candidate
    tell_failed undone
    close_journal
    if [ "$TO" != "$FROM" ]; then
      drop_failed "$TO"
    fi
    outcome="rolled back from $TO to $FROM, which serves"
  else
    wedge "$FROM" "$TO"
  fi
  trim
  say "$outcome"
}

# wedge FROM TO: neither serves as it should. The candidate stays if it answers. The next release (which is then tried as the service itself, because
# nothing is lost by it), a start of this host and any later call of live lead out of this state, each by trying again.
wedge() {
  local id why="" unit
  unit=ddos-$(site_of)-next.service
  # At a boot it may still be loading.
  if is_release "$STANDIN" && systemctl is-active --quiet "$unit"; then
    gate "$STANDIN" 8001 "$unit" || say "the candidate of $STANDIN does not answer any more"
  fi
  id=$(stand_in)
  tell_failed stuck
  printf 'from=%s\nto=%s\nphase=wedged\nstandin=%s\n' "$1" "$2" "$id" >"$SCRATCH/switching"
  replace_file "$SCRATCH/switching" /var/lib/ddos/switching 0644 root root || die "could not write /var/lib/ddos/switching"
  sync -- /var/lib/ddos
  if [ "$2" != "$id" ]; then
    drop_failed "$2"
  fi
  trim
  if ! whole "$1"; then
    why=", whose files are not on this host any more,"
  fi
  die "release $1$why could not be brought back. $(state)"
}

# aim_at_boot ID: a unit that an interrupted switch to an application left may be waiting for its start: it is taken back.
aim_at_boot() {
  aim "$1"
  if is_proxy "$1"; then
    retire "$(fact "$1" role)"
  fi
}

# At boot nothing serves yet, so there is nobody to ask: the release before the switch is the one that was proven. A first release has
# passed its trial as a candidate and there is nothing to roll back to.
boot() {
  rm -rf -- /home/ddos/next
  if take_mirror_away; then
    say "no request is copied any more"
  fi
  tell_trial
  if [ -e /var/lib/ddos/switching ]; then
    boot_switch
  else
    put_back
  fi
  # A step that ended between its release and the switch has recorded no switch: its release would be the fourth.
  trim
}

boot_switch() {
  read_journal
  if { [ "$PHASE" = proven ] || [ "$FROM" = none ] || ! whole "$FROM"; } && whole "$TO"; then
    aim_at_boot "$TO"
    settle
    say "finished the switch to $TO that the shutdown cut off"
  elif ! whole "$FROM"; then
    close_journal
    say "neither $TO nor $FROM is on this host: the next deployment makes a release"
  elif [ "$PHASE" = wedged ]; then
    boot_wedged
  else
    aim_at_boot "$FROM"
    tell_failed undone
    close_journal
    if [ "$TO" != "$FROM" ]; then
      drop_failed "$TO"
    fi
    say "undid the switch to $TO that the shutdown cut off; $FROM is started"
  fi
}

# Which of the two will answer is not known yet: both start, and ddos-undo.service (live) settles it beside the boot.
boot_wedged() {
  local role
  role=$(fact "$FROM" role)
  aim_at_boot "$FROM"
  if whole "$STANDIN"; then
    start_stand_in "$STANDIN" "$role"
  fi
  systemctl start --no-block ddos-undo.service
  say "neither $FROM nor $TO served before the shutdown: $FROM is tried again"
}

# adopt ID: without knowledge of the start that was proven.
adopt() {
  if is_release "$1"; then
    note_serving "$1" "$(recorded previous)"
    say "the record of the serving release was lost: it is $1"
  fi
}

# The release step holds the lock already when it calls this script.
take_lock() {
  if [ "${DDOS_LOCK-}" != held ]; then
    lock_host -x 170 || die "another deployment is at work on this host: $(lock_holders)"
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
    gate) gate "$2" "$3" "$4" ;;
    settle) settle ;;
    current) current_release ;;
    stand-in) stand_in ;;
    state) state ;;
    adopt) adopt "$2" ;;
    mirror) mirror "$2" ;;
    unmirror) unmirror ;;
    *) die "usage: recover.sh boot | live | turn ID | gate ID PORT UNIT | settle | current | stand-in | state | adopt ID | mirror FILE | unmirror" ;;
  esac
}

main "$@"
