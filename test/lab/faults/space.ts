/**
 * Takes the whole disk of a machine but `free` KiB, and what deployments keep back for themselves; /var/ballast has it. The disk is a small one of its
 * own (see main.ts): refuses to fill anything large.
 */
export const takeSpace = (free = 64): string => `
rm -rf /var/lib/ddos/reserve
left=$(df -Pk / | awk 'NR == 2 { print $4 }')
[ "$left" -lt 6000000 ] || exit 1
fallocate -l $((left - ${free}))K /var/ballast`;

/** Takes every inode that the machine's own small disk has; /var/inodes has them. */
export const TAKE_INODES = `python3 - <<'P'
import os
os.makedirs("/var/inodes")
try:
    for i in range(3_000_000):
        if i % 5000 == 0:
            os.mkdir(f"/var/inodes/{i // 5000}")
        os.mknod(f"/var/inodes/{i // 5000}/{i}")
except OSError as error:
    print(error.strerror)
P`;
