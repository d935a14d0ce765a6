#!/bin/bash
# metadata.sh deny|allow: whether the service's user reaches the instance metadata, which hands out the credentials of the host's role. Run as root
# by ddos-metadata@deny.service or @allow at each start of the service, which wants it. The service's unit denies the addresses itself
# (IPAddressDeny) where the kernel filters by control group; a rule of the routing table holds everywhere, and for all that the user runs.
set -euo pipefail

USER_ID=$(id -u ddos)

# rule add|del ADDRESS FAMILY
rule() { ip "$3" rule "$1" pref 51 to "$2" uidrange "$USER_ID-$USER_ID" prohibit; }

present() { [ -n "$(ip "$2" rule show to "$1" uidrange "$USER_ID-$USER_ID")" ]; }

set_rule() {
  if [ "$1" = allow ]; then
    while present "$2" "$3"; do
      rule del "$2" "$3"
    done
  elif ! present "$2" "$3"; then
    rule add "$2" "$3"
  fi
}

case "${1-}" in
  deny | allow) ;;
  *)
    printf 'metadata.sh: found «%s»; expected deny or allow\n' "${1-}" >&2
    exit 1
    ;;
esac
set_rule "$1" 169.254.169.254 -4
if [ -e /proc/net/if_inet6 ]; then
  set_rule "$1" fd00:ec2::254 -6
fi
