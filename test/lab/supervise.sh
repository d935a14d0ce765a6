#!/bin/bash
# Runs one machine until it is powered off: mounts its disk, boots it, boots it again when it reboots.
# Started in a mount namespace of its own (unshare --mount), so its mounts vanish with it.
# environment: IMAGE (lower layer), DISK (directory kept for this machine), SEED (files of the first boot), NETNS (path), NAME, WHEELS,
#   DISK_GIB (empty: no limit), GROUPS_FILES (cgroup.procs files, one a line)
set -euo pipefail
while read -r file; do echo $$ >"$file"; done <<<"$GROUPS_FILES"

layers=$DISK/layers
mkdir -p "$layers" "$DISK/root"
if [ -n "$DISK_GIB" ]; then
  if [ ! -e "$DISK/volume" ]; then
    truncate -s "${DISK_GIB}G" "$DISK/volume.new"
    mkfs.ext4 -q -m 0 "$DISK/volume.new"
    mv "$DISK/volume.new" "$DISK/volume"
  fi
  mount -o loop "$DISK/volume" "$layers"
fi
mkdir -p "$layers/upper" "$layers/work"
mount -t overlay overlay -o "lowerdir=$IMAGE,upperdir=$layers/upper,workdir=$layers/work" "$DISK/root"
if [ ! -e "$layers/seeded" ]; then
  cp -a "$SEED/." "$DISK/root/"
  touch "$layers/seeded"
fi

# As on a machine of its own, and unlike in a container, its network settings and its packet filter are its own.
export SYSTEMD_NSPAWN_API_VFS_WRITABLE=network
# systemd 256 and later boot under version 1 of control groups only when they are told to on their command line; earlier ones do not read it.
status=133
while [ "$status" = 133 ]; do # systemd-nspawn's status for "the machine reboots"
  status=0
  systemd-nspawn --quiet --boot --directory="$DISK/root" --machine="$NAME" --network-namespace-path="$NETNS" --register=no --keep-unit \
    --capability=CAP_NET_ADMIN --console=pipe --link-journal=no --resolv-conf=off --timezone=off --bind-ro="$WHEELS:/opt/wheelhouse" \
    -- SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1 </dev/null || status=$?
done
exit "$status"
