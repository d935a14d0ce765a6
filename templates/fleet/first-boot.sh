#!/bin/bash
# The set-up of a host of a fleet, by itself: the release bundle from S3, the values that are secret from SSM, then the steps that a single host
# gets over SSH. At the end the group is told whether this host may serve. Run by ddos-first-boot.service as root, at every start of the host.
set -Eeuo pipefail
umask 077

STATE=/var/lib/ddos/fleet
# Memory only.
PRIVATE=/run/ddos-fleet
AWS=/usr/local/lib/ddos/fleet-aws.py

setting() { sed -n "s/^$1=//p" /etc/ddos/fleet.conf; }

# say TEXT: to the journal and to the log of the first boot. Nothing secret comes here: run.sh has taken it out of what steps print.
say() {
  printf '%s\n' "$*"
  printf '%s %s\n' "$(date -u +%FT%TZ)" "$*" >>/var/log/user-data.log
}

# This host and this release, so that a host made of a copy of this disk is set up again.
this_release() { printf '%s %s\n' "$(cat /var/lib/cloud/data/instance-id)" "$(setting sha256)"; }

# complete CONTINUE|ABANDON. A group that hears nothing replaces the host when the hook's time is over.
complete() {
  local said status=0
  if [ -n "$(setting hook)" ]; then
    said=$(timeout 900 python3 -I "$AWS" complete "$1" 2>&1) || status=$?
    say "$(tail -n 1 <<<"$said")"
  fi
  return "$status"
}

# Each by itself: one that is not there yet would keep the others from being stopped.
stop_serving() {
  local unit
  for unit in nginx.service ddos-{backend,gateway}.service ddos-{backend,gateway}-next.service; do
    if systemctl is-active --quiet "$unit" || systemctl is-enabled --quiet "$unit" 2>/dev/null; then
      systemctl disable --quiet --now "$unit" || say "$unit could not be stopped"
    fi
  done
}

# fail REASON: this host never serves, and the group replaces it. One that only goes down, in the middle of its set-up, goes on when it is up again.
fail() {
  trap - ERR
  if [ "$(systemctl is-system-running)" = stopping ]; then
    say "first boot: cut off by a restart; it goes on after it"
    exit 0
  fi
  say "first boot failed on $(uname -n): $1"
  printf 'ddos first boot failed on %s: %s\n' "$(uname -n)" "$1" >/dev/console || say "no console"
  if [ ! -e "$STATE/done" ]; then
    stop_serving
  fi
  rm -rf -- "$PRIVATE"
  complete ABANDON || say "the group was not told"
  exit 1
}
# A person, or the host that goes down: neither is a failure of the release.
trap 'trap - ERR; say "first boot: stopped by a signal"; exit 1' TERM INT HUP
trap 'fail "line $LINENO: ${BASH_COMMAND:0:200}"' ERR

# A unit of its own: this one cannot write where packages lie.
apt() {
  systemd-run --quiet --wait --pipe --collect --unit="ddos-apt-$$" --property=RuntimeMaxSec=900 --setenv=DEBIAN_FRONTEND=noninteractive \
    apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" >>/var/log/user-data.log 2>&1
}

# The only package that is needed before the steps; the prepare step brings the others.
need_boto3() {
  local try
  for try in 1 2 3 4 5; do
    if python3 -I -c 'import boto3' 2>/dev/null; then
      return 0
    fi
    say "python3-boto3 is missing: attempt $try of 5 to install it"
    apt update && apt install --no-install-recommends python3-boto3 && continue
    sleep $((try * 10))
  done
  python3 -I -c 'import boto3' 2>/dev/null || fail "python3-boto3 could not be installed (see /var/log/user-data.log): use an image that has it, or a network with a way to a mirror"
}

# fetch WHAT FILE SECONDS: its reason is the last line of standard error.
fetch() {
  if ! timeout -k 10 "$3" python3 -I "$AWS" "$1" "$2" 2>"$PRIVATE/said"; then
    fail "$(tail -n 1 "$PRIVATE/said" | grep . || printf 'the %s did not arrive within %s seconds' "$1" "$3")"
  fi
}

# The disk may have a bundle that a restart cut off.
set_up() {
  need_boto3
  fetch bundle "$STATE/bundle.tar" 900
  rm -rf -- "$STATE/bundle"
  install -d -m 700 "$STATE/bundle"
  tar -xf "$STATE/bundle.tar" -C "$STATE/bundle" --no-same-owner
  rm -f -- "$STATE/bundle.tar"
  fetch secrets "$PRIVATE/secrets" 600
  /bin/bash "$STATE/bundle/run.sh" "$STATE/bundle" "$PRIVATE" || fail "$(cat "$PRIVATE/reason")"
  rm -rf -- "$PRIVATE"
  this_release >"$STATE/done.new"
  sync -- "$STATE/done.new"
  mv -fT -- "$STATE/done.new" "$STATE/done"
}

install -d -m 700 -o root -g root /var/lib/ddos "$STATE" "$PRIVATE"
if [ "$(cat "$STATE/done" 2>/dev/null || printf none)" = "$(this_release)" ]; then
  # A later start, out of a warm pool or not: the services come by themselves, and the last step says whether they are well.
  /bin/bash "$STATE/bundle/run.sh" "$STATE/bundle" "$PRIVATE" again || fail "$(cat "$PRIVATE/reason")"
  rm -rf -- "$PRIVATE"
else
  rm -f -- "$STATE/done"
  say "first boot: release $(setting sha256)"
  set_up
  say "first boot: the steps are done, this host is healthy"
fi
trap - ERR
complete CONTINUE
