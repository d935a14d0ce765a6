# Waits for an SSH server and prints its ed25519 host key, once, as "ssh-ed25519 AAAA...".
# Runs in the operator's sh for the gateway and in the gateway's sh for the backend. stdin: the address. Nothing is written anywhere.
set -eu
IFS= read -r address
case "$address" in
  "" | *[!0-9A-Za-z.:-]*)
    echo "host-key: \"$address\" is not an address" >&2
    exit 1
    ;;
esac
command -v ssh-keyscan >/dev/null || {
  echo "host-key: ssh-keyscan is not installed here; install the OpenSSH client" >&2
  exit 1
}
attempt=0
while [ "$attempt" -lt 60 ]; do
  key=$(ssh-keyscan -T 5 -t ed25519 "$address" 2>/dev/null | sed -n 's/^[^ #]* \(ssh-ed25519 [A-Za-z0-9+\/=]*\)$/\1/p' | head -n 1)
  if [ -n "$key" ]; then
    printf '%s\n' "$key"
    exit 0
  fi
  sleep 3
  attempt=$((attempt + 1))
done
echo "host-key: no SSH server answered on $address:22 in 60 attempts." >&2
echo "For the gateway: is your address among ml-gateway:gateway.sshFrom? For the backend: does its group admit 22 from gateway-sg, and did the instance boot (EC2 console, system log)?" >&2
exit 1
