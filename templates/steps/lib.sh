#!/bin/bash
# What every set-up step shares. The composed script is: this file, `begin <step> <lock>`, the step's files in $STAGE, the step.
# Steps run as root in a transient unit of their own, so they outlive the SSH link; stdout and stderr may be gone at any time.
set -Eeuo pipefail
umask 022
# Some of what programs say is read below, and all of it is for one reader: not in the language of the host.
export LC_ALL=C.UTF-8

STEP=none
LOCK=none
STAGE=/nonexistent
# The file that says to the Command: this run ended well. None where a person runs a step.
DDOS_DONE=${DDOS_DONE:-}
# What is written there, because only that Command knows it.
DDOS_MARK=${DDOS_MARK:-}
ENDED=no
CHANGES=0
PUT=same

# begin STEP exclusive|shared|none: log file, traps, stdin, lock. Shared steps of one host may run beside each other, but never beside an
# exclusive one; no step runs beside itself. One that only reads has no lock, and waits for nobody.
begin() {
  STEP=$1
  LOCK=$2
  trap '' PIPE
  exec 3>&1 4>&2
  install -d -m 750 -o root -g root /var/log/ddos
  install -d -m 700 -o root -g root /run/ddos-steps
  (umask 027 && : >>"/var/log/ddos/$STEP.log")
  exec >>"/var/log/ddos/$STEP.log" 2>&1
  printf '\n=== %s %s, pid %s, by %s\n' "$(date -u +%FT%TZ)" "$STEP" "$$" "${DDOS_BY:-unknown}"
  trap 'finish $?' EXIT
  trap 'failed_at "$?" "$LINENO" "$BASH_COMMAND"' ERR
  trap 'fail "stopped by a signal: the time limit of the step, a shutdown, or a person"' TERM INT HUP
  sweep_stages
  if [ -n "$DDOS_DONE" ]; then
    rm -f -- "$DDOS_DONE"
  fi
  STAGE=/run/ddos-steps/stage-$STEP-$$
  install -d -m 700 -o root -g root "$STAGE"
  read_input
  if [ "$LOCK" = none ]; then
    return 0
  fi
  take_lock "$LOCK"
  if [ "$STEP" != verify ]; then
    take_reserve /var/lib/ddos 64 2000
  fi
}

# A full disk must not hide the reason of a failure behind the failure to write it down.
log() {
  if ! TZ=UTC0 printf '%(%T)T %s\n' -1 "$*" 2>/dev/null; then
    return 0
  fi
}

# plain: stdin without control characters, those of C1 among them: what an application or its clients wrote must not steer the operator's terminal.
plain() { LC_ALL=C sed -e 's/\xc2[\x80-\x9f]//g' -e 's/[\x00-\x08\x0b-\x1f\x7f]//g'; }

# summary TEXT: the few lines the operator sees. A cut link must not fail the step.
summary() {
  log "$*"
  if ! printf '%s\n' "$*" | plain 2>/dev/null >&3; then
    log "(the operator's link is gone; going on)"
  fi
}

# fail TEXT: end the step with this reason. Works in subshells too: the reason travels by file.
fail() {
  note_reason "$*"
  log "error: $*"
  exit 1
}

# The first reason counts; what the log said before it is shown with it.
note_reason() {
  if [ -d "$STAGE" ] && [ ! -e "$STAGE/reason" ]; then
    printf '%s' "$1" >"$STAGE/reason"
    wc -l <"/var/log/ddos/$STEP.log" >"$STAGE/lines"
  fi
}

# add_to_reason TEXT: behind its first line, which is the sentence.
add_to_reason() {
  local rest
  if [ -n "$1" ]; then
    rest=$(tail -n +2 "$STAGE/reason")
    printf '%s%s' "$(head -n 1 "$STAGE/reason")" "$1" >"$STAGE/reason.new"
    if [ -n "$rest" ]; then
      printf '\n%s' "$rest" >>"$STAGE/reason.new"
    fi
    mv -fT -- "$STAGE/reason.new" "$STAGE/reason"
  fi
}

# The command's text is unexpanded here, so it holds no value of a variable.
failed_at() { note_reason "line $2, exit code $1: ${3:0:300}"; }

# ended: the last line of every composed script. What ends a step before it, with whatever status, has cut it off.
ended() { ENDED=yes; }

# to_disk: what a step reports as done has to survive a power cut, its data before its names.
to_disk() {
  local path paths=()
  for path in /home/ddos /var/lib/ddos /etc /usr/local; do
    if [ -d "$path" ]; then
      paths+=("$path")
    fi
  done
  sync -f -- "${paths[@]}"
}

finish() {
  local status=$1
  trap - EXIT ERR
  set +e
  if [ "$status" -eq 0 ] && [ "$ENDED" != yes ]; then
    note_reason "it ended before its last line, with status 0; run again"
    status=1
  elif [ "$status" -eq 0 ] && [ "$LOCK" != none ] && ! to_disk; then
    note_reason "what it did could not be written to the disk: see dmesg on the host"
    status=1
  fi
  if [ "$status" -ne 0 ] && [ -e "$STAGE/reason" ]; then
    add_to_reason "$(exhausted)"
  fi
  if declare -F cleanup >/dev/null; then
    cleanup
  fi
  if [ "$status" -ne 0 ]; then
    log "failed, exit code $status"
    explain 2>/dev/null | plain 2>/dev/null >&4
  else
    log "done, $CHANGES changed"
  fi
  rm -f -- "/run/ddos-steps/holder-$STEP-$$"
  rm -rf -- "$STAGE"
  # The last thing of all: whatever ends a step before this, a status of 0 included, it has not ended well.
  if [ "$status" -eq 0 ] && [ -n "$DDOS_DONE" ] && ! printf '%s\n' "$DDOS_MARK" >"$DDOS_DONE"; then
    status=1
  fi
  exit "$status"
}

# What the operator sees of a failure, in 25 lines at most, with the reason as the last of them. A reason of several lines begins with the
# reason itself; the rest, such as lines of a journal, comes before it.
explain() {
  local reason="no reason was noted" lines=1000000000 more=0
  if [ -e "$STAGE/reason" ]; then
    reason=$(cat "$STAGE/reason")
    lines=$(cat "$STAGE/lines")
  fi
  printf '%s\n' "$reason" | tail -n +2 | tail -n 12 | cut -c 1-400 >"$STAGE/more"
  more=$(wc -l <"$STAGE/more")
  printf 'The whole log is /var/log/ddos/%s.log there. Its last lines:\n' "$STEP"
  head -n "$lines" "/var/log/ddos/$STEP.log" | tail -n "$((22 - more))" | sed -n '/^=== /h;/^=== /!H;$ {x;p}' | cut -c 1-400
  cat "$STAGE/more"
  printf 'ddos %s failed on %s: %s\n' "$STEP" "$(uname -n)" "${reason%%$'\n'*}"
}

# Stages of steps that were killed.
sweep_stages() {
  local stage
  for stage in /run/ddos-steps/stage-* /run/ddos-steps/holder-* /run/ddos-steps/done-*; do
    if [ -e "$stage" ] && [ ! -d "/proc/${stage##*-}" ]; then
      rm -rf -- "$stage"
    fi
  done
}

# Reads stdin: the format is described at inputText in infra/release/steps.ts, which writes it.
# Kept in /run only (memory), readable by root only: it may be secret.
read_input() {
  (umask 077 && cat >"$STAGE/input")
  exec </dev/null
  if [ "$(tail -n 1 "$STAGE/input")" != "===" ]; then
    fail "the step's input ended early: the link to the operator was cut before all of it had arrived; run again"
  fi
  (umask 077 && sed -n '/^---$/q;p' "$STAGE/input" >"$STAGE/header" && sed '1,/^---$/d;/^===$/d' "$STAGE/input" >"$STAGE/payload")
  rm -f -- "$STAGE/input"
}

# need_user NAME: the prepare step made it. Of one that is gone, install and chown say only that it is invalid.
need_user() {
  if ! getent passwd "$1" >/dev/null; then
    fail "the user $1 is not on this host any more: the prepare step makes it again (npm run repair -- --stack NAME)"
  fi
}

# remember_input: for the release step, which runs this one again should its results be lost. Not for a step with secrets of the application. That a
# repair reads everything is no part of it.
remember_input() {
  folder 0700 root root /var/lib/ddos/inputs
  (umask 077 && { sed '/^read=all$/d' "$STAGE/header" && printf -- '---\n' && cat "$STAGE/payload" && printf '===\n'; } >"$STAGE/again")
  put "$STAGE/again" "/var/lib/ddos/inputs/$STEP" 0600 root root
}

# shellcheck source=templates/steps/entries.sh
. "${0%/*}/entries.sh"

# value KEY: the first value of KEY; nothing when absent.
value() { entry "$STAGE/header" "$1"; }

# values KEY: all values of KEY, one a line.
values() { sed -n "s/^$1=//p" "$STAGE/header"; }

# need KEY: like value, but it must be there.
need() {
  local found
  found=$(value "$1")
  if [ -z "$found" ]; then
    fail "the step's input has no value for «$1»"
  fi
  printf '%s' "$found"
}

# shellcheck source=templates/steps/lock.sh
. "${0%/*}/lock.sh"

# take_lock exclusive|shared: waits at most three minutes, then says who holds it. A step that another step runs is under the lock of that one.
take_lock() {
  local how=-x held
  if [ "${DDOS_LOCK-}" = held ]; then
    return 0
  fi
  if [ "$1" = shared ]; then
    how=-s
  fi
  if ! lock_step "$STEP" "$how" 180; then
    held=$(lock_holders)
    fail "another deployment is at work on this host and did not end within three minutes: ${held:-a process of root that is no step (look for it with fuser -v /run/ddos-steps/lock-*)}. Wait for it, then run again"
  fi
  note_holder "$STEP"
}

# shellcheck source=templates/steps/replace.sh
. "${0%/*}/replace.sh"
displaced() { fail "$1"; }

# shellcheck source=templates/steps/home.sh
. "${0%/*}/home.sh"

# put SOURCE TARGET MODE OWNER GROUP: TARGET becomes SOURCE by rename, only when bytes, mode or owner differ. Sets PUT to changed or same.
put() {
  local source=$1 target=$2 mode=$3 owner=$4 group=$5
  PUT=same
  if same_file "$source" "$target" && [ "$(stat -c '%04a %U %G' -- "$target")" = "$mode $owner $group" ]; then
    return 0
  fi
  replace_file "$source" "$target" "$mode" "$owner" "$group" || fail "could not write $target"
  PUT=changed
  CHANGES=$((CHANGES + 1))
  log "$PUT: $target ($mode $owner:$group)"
}

# put_for READER SOURCE TARGET MODE OWNER GROUP: put, of a file that READER has to read again before it means anything. PUT says changed until
# `has_read READER`, also in the run after one that was killed in between and left the file as it should be. Whoever starts reads everything: the
# mark lies in /run.
put_for() {
  local mark=/run/ddos-steps/unread-$1 before=read
  shift
  if [ -e "$mark" ]; then
    before=unread
  fi
  : >"$mark"
  put "$@"
  if [ "$before" = unread ]; then
    PUT=changed
  elif [ "$PUT" = same ]; then
    rm -f -- "$mark"
  fi
}

# has_read READER
has_read() { rm -f -- "/run/ddos-steps/unread-$1"; }

# keep PATH: this deployment counts on a part that was here already. Access time only; a release that prunes looks at it.
keep() { touch -a -- "$1"; }

# folder MODE OWNER GROUP PATH...: made or corrected only when needed. A link that root made there is followed, as to a larger volume; anybody else's
# would lead root to give away a folder of its choice.
folder() {
  local mode=$1 owner=$2 group=$3 path
  shift 3
  for path in "$@"; do
    if [ -L "$path" ] && [ "$(stat -c %u -- "$path")" != 0 ]; then
      log "$path was a link to $(readlink -- "$path")"
      rm -f -- "$path"
    fi
    if [ -d "$path" ] && [ ! -L "$path" ] && [ "$(stat -c '%04a %U %G' -- "$path")" = "$mode $owner $group" ]; then
      continue
    fi
    make_folder "$path" "$mode" "$owner" "$group"
    CHANGES=$((CHANGES + 1))
    log "folder $path ($mode $owner:$group)"
  done
}

# make_folder PATH MODE OWNER GROUP
make_folder() {
  case "$1" in
    /home/ddos/*)
      if [ ! -d "$1" ]; then
        mkdir -- "$1"
      fi
      within "$1" chown "$3:$4" .
      within "$1" chmod "$2" .
      ;;
    *) install -d -m "$2" -o "$3" -g "$4" -- "$1" ;;
  esac
}

# point LINK TARGET [OWNER GROUP]: the symbolic link LINK says TARGET, replaced by rename.
point() {
  local link=$1 target=$2 owner=${3-root} group=${4-root}
  if same_link "$link" "$target" "$owner" "$group"; then
    return 0
  fi
  replace_link "$link" "$target" "$owner" "$group" || fail "could not point $link to $target"
  CHANGES=$((CHANGES + 1))
  log "link $link -> $target"
}

# shellcheck source=templates/steps/digests.sh
. "${0%/*}/digests.sh"

# venv_list DIR: one line for each file and link of an environment, with its content: `path file sha256` or `path link target`. Python reads the
# 350 MB in a third of the time that sha256sum takes; a name that sha256sum escapes has the line that it gives.
venv_list() {
  /usr/bin/python3 -I -S -c '
import hashlib, os, sys

def digest(path):
    found = hashlib.sha256()
    with open(path, "rb") as file:
        while part := file.read(1 << 20):
            found.update(part)
    return found.hexdigest().encode()

def lines(top):
    folders = [b""]
    while folders:
        folder = folders.pop()
        for one in os.scandir(os.path.join(top, folder)):
            path = os.path.join(folder, one.name)
            if one.is_symlink():
                yield path + b" link " + os.readlink(one.path)
            elif one.is_dir():
                folders.append(path)
            elif one.is_file() and path not in (b".manifest", b".complete"):
                plain = b"\\" not in path and b"\n" not in path
                yield path + b" file " + digest(one.path) if plain else b"\\" + digest(one.path) + b"  ./" + path.replace(b"\\", b"\\\\").replace(b"\n", b"\\n")

sys.stdout.buffer.write(b"".join(line + b"\n" for line in sorted(lines(os.fsencode(sys.argv[1])))))' "$1"
}

# file_state PATH [TEST...]: what the file system says of a file, or of each below a folder: number, kind, mode, owner, size, times, where a link leads.
# Whoever writes to a file changes its ctime, which only a clock sets. Whoever writes to it as memory (mmap) does so at the first time after its pages
# were written to the disk.
file_state() { find "$@" -printf '%D %i %y %m %U %G %s %T@ %C@ %p %l\0'; }

# settled PATH [TEST...]: whether the last change of all of them is older than the finest step of any clock. A file that is written twice within one step
# has the same times after both.
settled() { [ -z "$(find "$@" -newerct '2 seconds ago' -print -quit)" ]; }

# venv_state DIR: of all files of an environment, as a digest. Without the folder itself, whose times `keep` sets; and of where a link leads that
# somebody put in its place.
venv_state() { { file_state "$1/" -mindepth 1 && value repair; } | sha256sum | cut -c 1-64; }

# venv_damage DIR: how many of its files are not as they were recorded when it was built, and up to three of them; nothing when all are. What was read
# since this host started and is, by what the file system says of each file, as it was then, is not read again by the next step, unless all is to be
# read: read=all, or another `repair`. The mark lies in memory, for root alone.
venv_damage() {
  local found state mark=/run/ddos-steps/read-${1##*/} quiet=no
  if [ ! -e "$1/.complete" ] || [ ! -e "$1/.manifest" ] || [ "$(sha_of "$1/.manifest")" != "$(cat "$1/.complete")" ]; then
    printf 'the record of its files'
    return 0
  fi
  state=$(venv_state "$1")
  if [ "$(value read)" != all ] && [ -f "$mark" ] && [ "$(cat "$mark")" = "$state" ]; then
    log "$1 was read before and has not changed since" >&2
    return 0
  fi
  # From the sync on, every write changes a ctime.
  if settled "$1/" -mindepth 1 && sync -f -- "$1"; then
    quiet=yes
  fi
  found=$(venv_list "$1" | LC_ALL=C comm -3 "$1/.manifest" - | sed -E 's/^\t//; s/ (file|link) [^ ]*$//' | LC_ALL=C sort -u)
  if [ -n "$found" ]; then
    printf '%s of its files: %s' "$(wc -l <<<"$found")" "$(head -n 3 <<<"$found" | tr '\n' ' ' | sed 's/ $//')"
  elif [ "$quiet" = yes ] && [ "$(venv_state "$1")" = "$state" ]; then
    printf '%s\n' "$state" >"$mark.$$"
    mv -fT -- "$mark.$$" "$mark"
  fi
}

# venv_strays DIR: what is not ddos's, or can be written by others; none when nothing is.
venv_strays() {
  local found
  found=$(find "$1" \( ! -user ddos -o ! -group ddos -o ! -type l \( -perm /022 -o ! -perm -444 \) -o -type d ! -perm 755 \) -print | sed 5q | tr '\n' ' ')
  printf '%s' "${found:-none}"
}

# tree_print DIR: paths and contents of an application's folder, and where its links lead, as one digest; its .env is the release's own.
tree_print() {
  (cd -- "$1" && { find . -type f ! -path ./.env -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum && find . -type l -printf '%P -> %l\n' | LC_ALL=C sort; } |
    sha256sum | cut -c 1-64)
}

# env_digest FILE: as infra/release/env-file.ts computes it; a slow hash, because it stands in file names.
env_digest() {
  /usr/bin/python3 -I -S -c 'import hashlib, sys; print(hashlib.scrypt(sys.stdin.buffer.read(), salt=b"ml-gateway .env v1", n=16384, r=8, p=1, dklen=16).hex())' <"$1"
}

# shellcheck source=templates/steps/space.sh
. "${0%/*}/space.sh"
