# shellcheck shell=bash
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# NAT for the backends, and for those that are about to leave. An update names the hosts that stay here before those that leave have been taken out of
# the load balancer: until then they get requests, and an application may have to call others for one. So a host that is named no more goes on passing
# for an hour, which is longer than an update takes; the packet filter forgets it by itself. Nobody else in the subnet passes by its address then: the
# security groups let the backends alone reach this host.

LEAVING_TIME=1h
# Read with the rules, in one transaction; gone after a reboot.
LEAVING_FILE=/run/ddos-nat/leaving.nft

# nat_names: the addresses that the loaded rules name, one a line; nothing without rules.
nat_names() {
  nft list chain ip ddos_nat forward 2>/dev/null | sed -n '/ip saddr @/d; s/^.*ip saddr \([^a-z]*\) tcp .*$/\1/p' | tr -d '{} ' | tr ',' '\n' | LC_ALL=C sort -u
}

# nat_leaves: those that are leaving already, each with what is left of its time.
nat_leaves() {
  nft list set ip ddos_nat leaving 2>/dev/null | tr ',' '\n' | sed -n -E 's/^[^0-9]*(([0-9]+\.){3}[0-9]+) timeout [^ ]+ expires ([^ ]+).*$/\1 \3/p'
}

# leaving NAMED: elements of nft for all that pass now and are not among $BACKENDS.
leaving() {
  local address left
  {
    nat_leaves || log "no host is leaving: NAT has no list of such" >&2
    printf '%s\n' "$1" | sed -n "s/^..*\$/& $LEAVING_TIME/p"
  } | while read -r address left; do
    case ", $BACKENDS, " in
      *", $address, "*) continue ;;
    esac
    printf '%s timeout %s, ' "$address" "$left"
  done
}

# note_leaving NAMED: what the rules are loaded with.
note_leaving() {
  local elements
  elements=$(leaving "$1")
  install -d -m 755 -o root -g root "${LEAVING_FILE%/*}"
  if [ -z "$elements" ]; then
    rm -f -- "$LEAVING_FILE"
    return 0
  fi
  printf 'add element ip ddos_nat leaving { %s }\n' "${elements%, }" >"$LEAVING_FILE.new"
  mv -fT -- "$LEAVING_FILE.new" "$LEAVING_FILE"
  log "NAT goes on for a while for ${elements%, }"
}

set_up_nat() {
  local reload named=""
  if [ "$BACKENDS" = "$BACKEND" ]; then
    printf '# The only address that may pass.\ndefine backend = %s\n' "$BACKEND" >"$STAGE/backend.nft"
  else
    printf '# The only addresses that may pass.\ndefine backend = { %s }\n' "$BACKENDS" >"$STAGE/backend.nft"
  fi
  put_for nat "$STAGE/backend.nft" /etc/ddos/backend.nft 0644 root root
  put_for nat "$STAGE/nat.nft" /etc/ddos/nat.nft 0644 root root
  put_for nat "$STAGE/nat.sysctl.conf" /etc/sysctl.d/60-ddos-nat.conf 0644 root root
  put_for nat "$STAGE/ddos-nat.service" /etc/systemd/system/ddos-nat.service 0644 root root
  reload=$PUT
  if [ "$reload" = changed ]; then
    systemctl daemon-reload
  fi
  ensure_enabled ddos-nat.service
  if ! named=$(nat_names); then
    reload=changed
  fi
  if [ "$reload" = changed ] || ! systemctl is-active --quiet ddos-nat.service || [ "$(cat /proc/sys/net/ipv4/ip_forward)" != 1 ]; then
    note_leaving "$named"
    systemctl restart ddos-nat.service || fail "NAT could not be set up: $(journalctl -u ddos-nat.service -n 8 -o cat --no-pager | sed '/ddos-nat\.service/d' | tail -n 3 | tr '\n' ' ')"
    has_read nat
    CHANGES=$((CHANGES + 1))
    summary "NAT for $BACKENDS is active"
  fi
}
