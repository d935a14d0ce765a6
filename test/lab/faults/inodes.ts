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
