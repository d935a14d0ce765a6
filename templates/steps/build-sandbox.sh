# shellcheck shell=bash
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# Where packages are installed and built: as a user of its own, in a unit that sees neither the serving release nor .env, models, logs or
# the instance's credentials, and that can write one folder. A package's setup.py is code from somewhere else, like any other program.

# The folder that is written; within the sandbox it is /home/ddos, so that all paths in it are those of the service.
BUILD=""
BUILDS=/var/lib/ddos/build
BUILD_LOG=/var/log/ddos/pip.log
# What the programs there get to know, such as the package index: from a file that systemd reads, because command lines can be seen by all.
BUILD_ENV=$STAGE/build.env
# The passwords in it, as redact.py reads them; empty where there are none.
BUILD_SECRETS=$STAGE/build-secrets

# new_build NAME: a folder that is empty, and the build user's, in one that root alone can enter.
new_build() {
  BUILD=$BUILDS/$1
  drop_builds
  install -d -m 700 -o root -g root "$BUILDS"
  install -d -m 755 -o ddos-build -g ddos-build "$BUILD" "$BUILD/tmp"
}

# A build outlives the step that started it only when that was killed at once.
sweep_builds() {
  local unit
  while read -r unit _; do
    log "stopping $unit, which a killed step left"
    systemctl stop -- "$unit"
  done < <(systemctl list-units --all --plain --no-legend 'ddos-build-*.service')
}

# drop_builds: also what a killed step left.
drop_builds() {
  sweep_builds
  rm -rf -- "$BUILDS"
}

cleanup() {
  if [ -n "$BUILD" ]; then
    drop_builds
  fi
}

# The instance's credentials stand at this address. The unit denies it as well where the kernel has unified control groups; a rule of the
# routing table holds everywhere, and for all that the user runs.
forbid_metadata() {
  local user
  user=$(id -u ddos-build)
  if [ -z "$(ip rule show to 169.254.169.254 uidrange "$user-$user")" ]; then
    ip rule add pref 50 to 169.254.169.254 uidrange "$user-$user" prohibit || fail "builds could not be kept from the instance metadata (ip rule add failed); is iproute2 whole?"
  fi
}

own_unit() { sed -n 's,^.*/\([^/]*\.service\)$,\1,p' /proc/self/cgroup | head -n 1; }

# sandbox SECONDS NETWORK COMMAND...: NETWORK is network or alone. All output goes to $BUILD_LOG. Its status is the command's. By env, because
# systemd-run looks for a program on the host, not in the sandbox; an empty BindsTo is none. systemd-run's own status does not tell a program
# that was killed or ran out of time from one that failed: the unit's result is kept beside.
sandbox() {
  local status=0
  if [ ! -s "$BUILD_SECRETS" ]; then
    run_sandbox "$BUILD_LOG" "$@"
    return
  fi
  # What is built may print its environment. Nothing of it reaches the disk before it was looked through.
  run_sandbox "$STAGE/build-says" "$@" || status=$?
  /usr/bin/python3 -I -S "$STAGE/redact.py" "$BUILD_SECRETS" <"$STAGE/build-says" >"$BUILD_LOG"
  return "$status"
}

# run_sandbox LOG SECONDS NETWORK COMMAND...
run_sandbox() {
  local log=$1 seconds=$2 alone=no unit
  shift
  if [ "$2" = alone ]; then
    alone=yes
  else
    forbid_metadata
  fi
  shift 2
  unit=$(own_unit)
  rm -f -- "$STAGE/build-result"
  systemd-run --quiet --wait --pipe --collect --unit="ddos-build-$$" --property="BindsTo=$unit" --property="After=$unit" \
    --property=User=ddos-build --property=Group=ddos-build --property=UMask=0022 \
    --property="EnvironmentFile=-/etc/environment" --property="EnvironmentFile=-$BUILD_ENV" \
    --property="PrivateNetwork=$alone" --property="IPAddressDeny=169.254.169.254 fd00:ec2::254" \
    --property="RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX" \
    --property=ProtectHome=tmpfs --property="BindPaths=$BUILD:/home/ddos" --property=ProtectSystem=strict \
    --property=TemporaryFileSystem=/var/lib/ddos:ro \
    --property="BindReadOnlyPaths=/var/lib/ddos/code/$ID -/var/lib/ddos/wheelhouse/$WHEELHOUSE -$UV_FOLDER" \
    --property="InaccessiblePaths=-/var/log -/etc/ddos -/run/ddos-steps -/run/dbus -/var/lib/cloud" \
    --property="WorkingDirectory=/var/lib/ddos/code/$ID/tree" \
    --property=PrivateTmp=yes --property=PrivateDevices=yes --property=PrivateIPC=yes --property=ProtectProc=invisible \
    --property=KeyringMode=private --property=NoNewPrivileges=yes --property=CapabilityBoundingSet= --property=RestrictSUIDSGID=yes \
    --property=RestrictNamespaces=yes --property=RestrictRealtime=yes --property=LockPersonality=yes --property=ProtectClock=yes \
    --property=ProtectControlGroups=yes --property=ProtectHostname=yes --property=ProtectKernelLogs=yes \
    --property=ProtectKernelModules=yes --property=ProtectKernelTunables=yes --property=SystemCallArchitectures=native \
    --property=SystemCallFilter=@system-service --property=SystemCallErrorNumber=EPERM \
    --property="RuntimeMaxSec=$seconds" --property=TimeoutStopSec=10 --property=TasksMax=512 --property=LimitCORE=0 \
    --property="ExecStopPost=+/bin/sh -c 'echo \$SERVICE_RESULT >$STAGE/build-result'" \
    --property=OOMScoreAdjust=800 --property=Nice=5 --setenv=HOME=/home/ddos/tmp --setenv=TMPDIR=/home/ddos/tmp \
    -- /usr/bin/env "$@" >"$log" 2>&1
}

# why_ended: in words, when it was not the program itself that ended.
why_ended() {
  local result=none
  if [ -s "$STAGE/build-result" ]; then
    result=$(cat "$STAGE/build-result")
  fi
  if grep -qi 'no space left on device' "$BUILD_LOG"; then
    printf 'the disk is full; '
  elif grep -qi 'out of memory\|MemoryError' "$BUILD_LOG"; then
    printf 'it was killed, most likely for want of memory; '
  else
    case "$result" in
      signal | core-dump | oom-kill) printf 'it was killed, most likely for want of memory; ' ;;
      timeout) printf 'it did not end within its time limit; ' ;;
    esac
  fi
}
