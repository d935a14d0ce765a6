#!/bin/bash
# Files and links change by rename: no reader ever finds one missing or in part. A replacement that fails ends with 1, and the old one stands.

# same_file SOURCE TARGET: TARGET has the bytes of SOURCE and is no link (a mask).
same_file() { [ -f "$2" ] && [ ! -L "$2" ] && cmp -s -- "$1" "$2"; }

# make_way PATH: a folder where a file or a link belongs is moved aside, because somebody's data may be in it; what a killed run left under
# the new name is in the way as well.
make_way() {
  local aside
  if [ -d "$1" ] && [ ! -L "$1" ]; then
    install -d -m 700 -o root -g root /var/lib/ddos/moved-aside
    aside=$(mktemp -d -u "/var/lib/ddos/moved-aside/${1##*/}.XXXXXX")
    mv -T -- "$1" "$aside" || return 1
    printf 'a folder was in the place of %s, it is now %s\n' "$1" "$aside"
  fi
  if [ -d "$2" ] && [ ! -L "$2" ]; then
    rm -rf -- "$2"
  fi
}

# replace_file SOURCE TARGET MODE OWNER GROUP: the bytes are on the disk before they have the name.
replace_file() {
  local new="${2%/*}/.${2##*/}.ddos-new"
  make_way "$2" "$new" && install -m "$3" -o "$4" -g "$5" -- "$1" "$new" && sync -- "$new" && mv -fT -- "$new" "$2"
}

# same_link LINK TARGET OWNER GROUP
same_link() { [ -L "$1" ] && [ "$(readlink -- "$1")" = "$2" ] && [ "$(stat -c '%U %G' -- "$1")" = "$3 $4" ]; }

# replace_link LINK TARGET OWNER GROUP
replace_link() {
  make_way "$1" "$1.ddos-new" && ln -sfnT -- "$2" "$1.ddos-new" && chown -h "$3:$4" -- "$1.ddos-new" && mv -fT -- "$1.ddos-new" "$1"
}
