#!/bin/bash
# Brings the scripts of a host's steps to the host and keeps them there, named by their digests: what a step runs is what its Command
# names, or nothing. Sent to a bash that reads its standard input: these functions, one `script` for each step, `only`. All of it stands
# in one group there, so that bash runs nothing before it has read everything: a cut link leaves the host as it was.
set -euo pipefail
umask 077

STORE=/var/lib/ddos/steps
CHANGES=0

fail() {
  printf 'ddos scripts failed on %s: %s\n' "$(uname -n)" "$1" >&2
  exit 1
}

# The folder itself is what two deployments wait for: there is no other file to make, or to lose.
open_store() {
  install -d -m 700 -o root -g root /var/lib/ddos
  install -d -m 700 -o root -g root "$STORE"
  exec 8<"$STORE"
  flock -w 120 8 || fail "another deployment brings its scripts to this host and did not end within two minutes; run again"
}

sum() { sha256sum <"$1" | cut -c 1-64; }

# script NAME SHA256: its text comes by stdin. Not rewritten when it is there; never there in part: data first, then the name.
script() {
  local path="$STORE/$1" new="$STORE/.new-$1"
  if [ -f "$path" ] && [ ! -L "$path" ] && [ "$(stat -c '%a %U %G' -- "$path")" = "600 root root" ] && [ "$(sum "$path")" = "$2" ]; then
    return 0
  fi
  rm -rf -- "$new"
  cat >"$new"
  if [ "$(sum "$new")" != "$2" ]; then
    fail "$1 did not arrive as it was sent (its sha256 differs from $2); run again"
  fi
  sync -- "$new"
  if [ -d "$path" ] && [ ! -L "$path" ]; then
    rm -rf -- "$path"
  fi
  mv -fT -- "$new" "$path"
  CHANGES=$((CHANGES + 1))
}

# only NAME...: nothing else stays, neither earlier scripts nor what a killed run left.
only() {
  local name tests=()
  for name in "$@"; do
    tests+=(-not -name "$name")
  done
  find "$STORE" -mindepth 1 -maxdepth 1 "${tests[@]}" -exec rm -rf -- {} +
}

# The names have to reach the disk as well before a step may count on them.
close_store() {
  sync -- "$STORE" /var/lib/ddos
  printf 'scripts: %s changed\n' "$CHANGES"
}
