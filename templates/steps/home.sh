# shellcheck shell=bash
# What root does below /home/ddos. All of it belongs to the application's user, who can put a link, or another folder, in the place of any part of a
# path while root follows it. So nothing is written, removed or given away there by its path. It is made where root alone can write and gets its
# name in one move, done from within a folder that is known by what it is; what needs no more rights than that user has is done with its rights.

# within FOLDER COMMAND...: from within /home/ddos or a folder in it. A link that root made in its place is followed, as to a larger volume. Who uses it
# brings displaced TEXT, which ends the script.
within() {
  (
    cd -P "$1" || exit 1
    if ! is_really "$1"; then
      displaced "$1 is not the folder that belongs there: the path leads to $(readlink /proc/self/cwd). Nothing was changed there. Remove what is in its place, then run again"
    fi
    shift
    "$@"
  )
}

# is_really FOLDER: the kernel's own name of the folder that this process is in, which no later link changes, is this one.
is_really() {
  local here link
  here=$(readlink /proc/self/cwd)
  if [ "$here" = "$(readlink -f -- "${1%/*}")/${1##*/}" ]; then
    return 0
  fi
  link=$(find "$1" -maxdepth 0 -type l -uid "$EUID" -printf '%l')
  case "$link" in
    "" | /*) ;;
    *) link=${1%/*}/$link ;;
  esac
  [ -n "$link" ] && [ "$here" = "$(readlink -f -- "$link")" ]
}

# discard FOLDER NAME: from within FOLDER, where there is one.
discard() {
  if [ -d "$1" ]; then
    within "$1" rm -rf -- "./$2"
  fi
}

# remove_release ID: its folder, and what is known of it.
remove_release() {
  discard /home/ddos/releases "${1:?}"
  rm -rf -- "/var/lib/ddos/releases/$1"
}

as_ddos() { setpriv --reuid=ddos --regid=ddos --clear-groups --no-new-privs -- "$@"; }

mount_of() { findmnt --noheadings --output ID --target "$1" | tail -n 1; }

# hand_over SOURCE FOLDER NAME: SOURCE, which is complete and lies where root alone can write, becomes NAME in FOLDER. On another file system it is
# written there by the user that it belongs to, and has its name when it is whole.
hand_over() {
  if [ "$(mount_of "$1")" != "$(mount_of "$2")" ]; then
    discard "$2" ".$3.ddos-new"
    (cd -P "$1" && as_ddos cp -a -- . "$2/.$3.ddos-new")
    within "$2" mv -T -- "./.$3.ddos-new" "./$3"
    rm -rf -- "$1"
    return
  fi
  within "$2" mv -T -- "$1" "./$3"
}

# correct_owners FOLDER NAME FIND-TEST...: what is found from NAME on, within FOLDER, is ddos's. Nothing is followed, the last part of a path neither, and
# the kernel lets no user give a second name to a file of others (fs.protected_hardlinks). Prints what was not.
correct_owners() {
  local folder=$1 name=$2
  shift 2
  within "$folder" find "./$name" "$@" \( ! -user ddos -o ! -group ddos \) -printf '%p was %u:%g\n' -execdir chown -h ddos:ddos {} +
}

# own_again FOLDER NAME FIND-TEST...: the same, logged and counted.
own_again() {
  local corrected
  corrected=$(correct_owners "$@")
  if [ -n "$corrected" ]; then
    log "owners corrected: $(head -n 20 <<<"$corrected")"
    CHANGES=$((CHANGES + $(wc -l <<<"$corrected")))
  fi
}

# right_mode PATH MODE: by the user whose file it is, so that a link in its place leads to nothing that this user may not change.
right_mode() {
  log "mode of $1 was not $2"
  if as_ddos chmod "$2" -- "$1"; then
    CHANGES=$((CHANGES + 1))
  fi
}
