#!/bin/bash
# First boot of the backend. It prepares and waits for nothing: packages, code and models come by the set-up steps, over SSH, and
# are the same on the first day and on any later one. No secret may ever stand here: every process of the host can read it.
set -euo pipefail
umask 022
exec >>/var/log/user-data.log 2>&1
echo "$(date -u +%FT%TZ) first boot of the backend"

# The service's user and its home, owned by it from the beginning.
if ! getent passwd ddos >/dev/null; then
  useradd --system --user-group --home-dir /home/ddos --no-create-home --shell /usr/sbin/nologin ddos
fi
install -d -m 755 -o ddos -g ddos /home/ddos /home/ddos/logs /home/ddos/data

echo "$(date -u +%FT%TZ) $(. /etc/os-release && echo "$PRETTY_NAME"), kernel $(uname -r), $(nproc) processors"
free -m
df -h /
echo "$(date -u +%FT%TZ) ready for the set-up steps"
