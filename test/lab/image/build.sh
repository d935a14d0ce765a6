#!/bin/bash
# Builds the root file system that every test machine stands on.
# usage: build.sh TARGET SUITE MIRROR COMPONENTS PACKAGES...
#   TARGET      directory that must not exist yet; complete when this script ends with 0
#   SUITE       release of the distribution, e.g. its code name
#   MIRROR      package archive, taken by the caller from this machine's own apt configuration
#   COMPONENTS  comma-separated
# Needs root, debootstrap and a way to the mirror. stdout and stderr are the log.
set -euo pipefail
target=$1 suite=$2 mirror=$3 components=$4
shift 4

debootstrap --variant=minbase --components="$components" "$suite" "$target" "$mirror"

# Nothing may start while packages install: there is no init in a chroot.
printf '#!/bin/sh\nexit 101\n' >"$target/usr/sbin/policy-rc.d"
chmod 755 "$target/usr/sbin/policy-rc.d"
# How this machine reaches its mirror (proxy, date checks) holds for the chroot as well.
apt-config dump | grep -E '^Acquire::(http|https|Check)' >"$target/etc/apt/apt.conf.d/99build"
cp --dereference /etc/resolv.conf /etc/hosts "$target/etc/"

# $@ is left to the inner shell on purpose.
# shellcheck disable=SC2016
chroot "$target" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
  /bin/bash -c 'apt-get update -q && apt-get install -q -y -o Dpkg::Options::=--force-unsafe-io --no-install-recommends "$@" && apt-get clean' build "$@"

# As on a fresh cloud image nothing of ours runs yet; what would look for a network it does not have stays off.
for unit in nginx.service nftables.service apt-daily.timer apt-daily-upgrade.timer systemd-networkd.service systemd-networkd-wait-online.service \
  systemd-resolved.service systemd-timesyncd.service certbot.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer; do
  if chroot "$target" systemctl is-enabled --quiet "$unit"; then chroot "$target" systemctl disable "$unit"; fi
done

# Every machine makes its own identity at its first boot.
rm -f "$target"/etc/ssh/ssh_host_* "$target/etc/machine-id" "$target/var/lib/dbus/machine-id" "$target/etc/hostname"
: >"$target/etc/machine-id"

# The machines have no egress: installing what is there succeeds, anything else fails at once.
rm -f "$target/etc/apt/apt.conf.d/99build" "$target/usr/sbin/policy-rc.d" "$target"/etc/apt/sources.list.d/*
: >"$target/etc/apt/sources.list"
rm -rf "$target"/var/lib/apt/lists/* "$target"/var/cache/apt/*.bin "$target"/var/log/*.log "$target"/var/log/apt
rm -f "$target/etc/resolv.conf"
printf '127.0.0.1 localhost\n::1 localhost ip6-localhost\n' >"$target/etc/hosts"

# cloud-init takes its seed from the disk and leaves the network, which the namespace brings, alone.
cat >"$target/etc/cloud/cloud.cfg.d/99-test-hosts.cfg" <<'CFG'
datasource_list: [NoCloud, None]
network: {config: disabled}
preserve_hostname: false
locale: false
system_info:
  default_user:
    name: ubuntu
    lock_passwd: true
    gecos: Ubuntu
    groups: [adm, sudo]
    sudo: ["ALL=(ALL) NOPASSWD:ALL"]
    shell: /bin/bash
CFG
