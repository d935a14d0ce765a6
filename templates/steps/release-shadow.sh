# shellcheck shell=bash disable=SC2153,SC2154 # the other parts of the step set ID, CURRENT, TRIED, SERVICE and STAGE
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# What the candidate answers to live requests, before it may serve (release.shadow). nginx copies a share of them to a process of its own, which asks
# both releases and compares. What clients get comes from the release that serves, as before; no copy is waited for, and none is kept.

SHADOW_RUN=/run/ddos-shadow

shadow_release() {
  local line
  if [ -z "$CURRENT" ] || [ "$TRIED" != candidate ] || [ -z "$(value shadowSeconds)" ]; then
    return 0
  fi
  start_comparer
  copy_requests
  line=$(wait_for_comparer)
  # It stops the comparer as well.
  /usr/local/lib/ddos/recover.sh unmirror
  wait "$SHADOW_PID"
  case "$line" in
    "agree "* | "nothing "*) summary "release $ID on copies of live requests: ${line#* }" ;;
    "refuse "*) fail "release $ID was not switched to: ${line#* }$(last_words "$CANDIDATE")" ;;
    *) fail "the answers of $CURRENT and $ID to copies of live requests could not be compared: $(comparer_error). To release without: pulumi config set --path release.shadow.seconds 0" ;;
  esac
}

# nginx_group: of its workers, who are the only ones that may reach the comparer.
nginx_group() {
  local worker
  worker=$(pgrep -o -P "$(systemctl show --property=MainPID --value nginx.service)" -f 'nginx: worker process')
  stat -c %G "/proc/$worker"
}

# A user of its own, no file to write to (a body cannot get onto the disk), no network but this host's own. Its socket belongs to nginx's group.
start_comparer() {
  local property properties=() group
  group=$(nginx_group)
  rm -rf -- "$STAGE/shadow" "$SHADOW_RUN"
  install -d -m 2770 -o root -g "$group" -- "$SHADOW_RUN"
  install -d -m 755 -- "$STAGE/shadow"
  install -m 644 -- "$STAGE"/shadow*.py "$STAGE/checks.py" "$STAGE/shadow/"
  grep -E '^shadow[A-Z]' "$STAGE/header" >"$STAGE/shadow/settings"
  chmod 644 -- "$STAGE/shadow/settings"
  for property in DynamicUser=yes "SupplementaryGroups=$group" "ReadWritePaths=$SHADOW_RUN" PrivateDevices=yes PrivateTmp=yes ProtectSystem=strict NoNewPrivileges=yes CapabilityBoundingSet= \
    AmbientCapabilities= ProtectProc=invisible ProcSubset=pid ProtectClock=yes ProtectControlGroups=yes ProtectHostname=yes ProtectKernelLogs=yes \
    ProtectKernelModules=yes ProtectKernelTunables=yes RestrictNamespaces=yes RestrictRealtime=yes RestrictSUIDSGID=yes RemoveIPC=yes \
    RestrictAddressFamilies=AF_INET "RestrictAddressFamilies=AF_UNIX" IPAddressDeny=any IPAddressAllow=localhost LockPersonality=yes \
    MemoryDenyWriteExecute=yes KeyringMode=private SystemCallArchitectures=native SystemCallFilter=@system-service \
    SystemCallFilter=~@privileged SystemCallErrorNumber=EPERM LimitFSIZE=0 LimitCORE=0 MemoryMax=192M MemorySwapMax=0 TasksMax=32 CPUWeight=20 \
    Nice=5 OOMScoreAdjust=1000 UMask=0007 "RuntimeMaxSec=$(($(need shadowSeconds) + 120))" TemporaryFileSystem=/home:ro \
    InaccessiblePaths=/var/lib/ddos "BindReadOnlyPaths=$STAGE/shadow:/home/shadow"; do
    properties+=("--property=$property")
  done
  : >"$STAGE/shadow-said"
  # Both streams through pipes: the unit may write to no file. It is stopped when it is through, so its status says nothing.
  {
    systemd-run --quiet --wait --pipe --collect --unit=ddos-shadow "${properties[@]}" \
      /usr/bin/python3 -I -S -B /home/shadow/shadow.py compare "$CURRENT" "$ID" /home/shadow/settings "$SHADOW_RUN/socket" 2>&1 >&5 |
      tail -n 5 >"$STAGE/shadow-errors" || log "the comparer ended with status $?"
  } 5> >(cat >"$STAGE/shadow-said") &
  SHADOW_PID=$!
  wait_for_socket
}

# wait_for_socket: nothing is copied to nobody. One that ended before is reported by its missing line.
wait_for_socket() {
  local tries=0
  while [ ! -S "$SHADOW_RUN/socket" ] && [ "$tries" -lt 100 ] && kill -0 "$SHADOW_PID" 2>/dev/null; do
    tries=$((tries + 1))
    sleep 0.1
  done
}

# copy_requests: from here on. A site that nginx refuses, or that does not answer with the copying in it, is put back at once.
copy_requests() {
  local outcome
  if ! /usr/bin/python3 -I -S "$STAGE/shadow.py" site "/etc/nginx/sites-available/$ROLE" "$STAGE/shadow.conf" >"$STAGE/mirrored.conf" 2>"$STAGE/shadow-site-errors"; then
    fail "requests cannot be copied to a candidate: $(tail -n 1 "$STAGE/shadow-site-errors" | cut -c 1-300)"
  fi
  if ! outcome=$(/usr/local/lib/ddos/recover.sh mirror "$STAGE/mirrored.conf" 2>&1); then
    log "$outcome"
    fail "requests cannot be copied to a candidate: $(tail -n 1 <<<"$outcome")"
  fi
}

# wait_for_comparer: its line; nothing when it ended without one, or hangs.
wait_for_comparer() {
  local up end
  read -r up _ </proc/uptime
  end=$((${up%.*} + $(need shadowSeconds) + 20))
  while ! grep -qE '^(agree|refuse|nothing) ' "$STAGE/shadow-said" && kill -0 "$SHADOW_PID" 2>/dev/null && [ "${up%.*}" -lt "$end" ]; do
    sleep 0.2
    read -r up _ </proc/uptime
  done
  grep -E '^(agree|refuse|nothing) ' "$STAGE/shadow-said" | head -n 1 || printf ''
}

# comparer_error: why it ended without a line. Its texts hold no body: they are the kind of an error and a line of the program.
comparer_error() {
  local said
  said=$(tail -n 1 "$STAGE/shadow-errors" | cut -c 1-300)
  printf '%s' "${said:-what compares them (ddos-shadow.service) was ended from outside, or did not end: by a person, or for want of memory or time}"
}
