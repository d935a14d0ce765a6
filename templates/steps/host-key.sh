# Waits for an SSH server and prints its ed25519 host key, once, as "ssh-ed25519 AAAA...". Nothing is written anywhere.
# Runs in the operator's sh for the gateway, and in a sh on the gateway for the backend. stdin: the address; for the gateway also the blocks
# that may connect to it, one a line. Behind a tunnel, in the operator's sh for both: address, port and the seconds that it is tried.
set -eu
limit=80
IFS=' ' read -r address port given
: "${port:=22}"
limit=${given:-$limit}
case "$address" in
  "" | -* | *[!0-9A-Za-z.:-]*)
    echo "host-key: \"$address\" is not an address" >&2
    exit 1
    ;;
esac
case "$port$limit" in
  *[!0-9]*)
    echo "host-key: \"$port\" and \"$limit\" are no port and no number of seconds" >&2
    exit 1
    ;;
esac
blocks=$(cat)
command -v ssh-keyscan >/dev/null || {
  echo "host-key: ssh-keyscan is not installed here; install the OpenSSH client" >&2
  exit 1
}

# Seconds by a clock that nobody sets, where there is one.
now() {
  if [ -r /proc/uptime ]; then
    cut -d . -f 1 /proc/uptime
  else
    date +%s
  fi
}

# ssh-keyscan does not say why it has no key; ssh does.
attempt() {
  ssh -F /dev/null -p "$port" -o BatchMode=yes -o StrictHostKeyChecking=yes -o ConnectTimeout=5 -o PreferredAuthentications=none \
    "nobody@$address" true 2>&1 </dev/null | tail -n 1
}

began=$(now)
while :; do
  key=$(ssh-keyscan -T 5 -p "$port" -t ed25519 "$address" 2>/dev/null | sed -n 's/^[^ #]* \(ssh-ed25519 [A-Za-z0-9+\/=]*\)$/\1/p' | head -n 1)
  if [ -n "$key" ]; then
    printf '%s\n' "$key"
    exit 0
  fi
  if [ $(($(now) - began)) -ge "$limit" ]; then
    break
  fi
  # Whoever gave the tunnel up has closed its port, and said why.
  if [ "$port" -ne 22 ]; then
    case "$(attempt)" in *"Connection refused"*) break ;; esac
  fi
  sleep 0.3 2>/dev/null || sleep 1
done
if [ "$port" -ne 22 ]; then
  echo "host-key: no SSH server answered through the tunnel at $address:$port within $(($(now) - began)) s; what the program said of the tunnel is the reason" >&2
  exit 1
fi

# The number that an IPv4 address is.
number() {
  printf '%s\n' "$1" | {
    IFS=. read -r a b c d
    echo $(((a << 24) + (b << 16) + (c << 8) + d))
  }
}

# admits BLOCK ADDRESS
admits() {
  host_bits=$((32 - ${1#*/}))
  [ $(($(number "${1%/*}") >> host_bits)) -eq $(($(number "$2") >> host_bits)) ]
}

# The address this machine is seen with, if it can be asked. The blocks are IPv4, so any other answer says nothing about them.
own_address() {
  if command -v curl >/dev/null && found=$(curl -4 -fsS --max-time 3 https://checkip.amazonaws.com 2>/dev/null); then
    case "$found" in
      "" | *[!0-9.]* | *.*.*.*.* | .* | *. | *..*) ;;
      *.*.*.*) printf '%s' "$found" ;;
    esac
  fi
}

last=$(attempt)
booted="has the instance booted (EC2 console, Get system log)?"
case "$last" in
  *"Connection refused"*)
    echo "host-key: $address refuses connections to port 22, so the address is reached, but no SSH server listens there after $(($(now) - began)) s: $booted" >&2
    exit 1
    ;;
esac
said="host-key: no SSH server answered at $address:22 within $(($(now) - began)) s."
if [ -z "$blocks" ]; then
  echo "$said Does its security group admit 22 from gateway-sg, and $booted" >&2
  exit 1
fi
list=$(printf '%s' "$blocks" | tr '\n' ' ')
own=$(own_address)
if [ -z "$own" ]; then
  echo "$said ml-gateway:gateway.sshFrom admits ${list% } only: is your address among them, and $booted" >&2
  exit 1
fi
for block in $blocks; do
  if admits "$block" "$own"; then
    echo "$said ml-gateway:gateway.sshFrom admits your address, $own, so: $booted" >&2
    exit 1
  fi
done
next=$(printf '%s\n' "$blocks" | wc -l | tr -d ' ')
echo "$said Your address is $own, and ml-gateway:gateway.sshFrom admits ${list% } only: add it (pulumi config set --path 'gateway.sshFrom[$next]' $own/32) and run again." >&2
exit 1
