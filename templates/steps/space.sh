# shellcheck shell=bash
# Whether there is room for what is about to be written: for its bytes, and for its files.

free_mib() { df -Pm -- "$1" | awk 'NR == 2 { print $4 }'; }

# free_inodes PATH: how many files the file system of PATH can still take; nothing where it has no such limit.
free_inodes() { stat --file-system --format='%c %d' -- "$1" | awk '$1 > 0 { print $2 }'; }

# What a deployment needs when the application has filled the disk: space, and inodes, which file systems do not keep for root. Where a deployment
# runs short it takes them; the next one that ends well with room enough puts them back.
RESERVE=/var/lib/ddos/reserve
RESERVE_MIB=1024
RESERVE_FILES=20000

# short PATH MIB FILES
short() {
  local inodes
  inodes=$(free_inodes "$1")
  [ "$(free_mib "$1")" -lt "$2" ] || { [ -n "$inodes" ] && [ "$inodes" -lt "$3" ]; }
}

# take_reserve PATH MIB FILES: where PATH is short of them and the reserve is there. The names go first: a folder of a run that is killed counts no more.
take_reserve() {
  if [ -d "$RESERVE" ] && short "$1" "$2" "$3"; then
    log "$1 has $(free_mib "$1") MiB and $(free_inodes "$1") inodes free: the reserve is taken ($RESERVE)"
    rm -rf -- "$RESERVE"
  fi
}

# keep_reserve: a tenth of the disk at most, and only where twice as much stays free.
keep_reserve() {
  local size files new=$RESERVE.new
  if [ -d "$RESERVE" ]; then
    return 0
  fi
  size=$(($(df -Pm -- "${RESERVE%/*}" | awk 'NR == 2 { print $2 }') / 10))
  files=$(($(stat --file-system --format=%c -- "${RESERVE%/*}") / 10))
  [ "$size" -lt "$RESERVE_MIB" ] || size=$RESERVE_MIB
  [ "$files" -lt "$RESERVE_FILES" ] || files=$RESERVE_FILES
  rm -rf -- "$new"
  if short "${RESERVE%/*}" $((size * 3)) $((files * 3)); then
    log "no room for a reserve of $size MiB and $files inodes"
    return 0
  fi
  install -d -m 700 -o root -g root "$new"
  # The disk may fill up meanwhile: a deployment that went well does not fail for want of the next one's reserve.
  if fallocate -l "${size}M" "$new/space" && (cd -- "$new" && seq "$files" | xargs -r touch --) && mv -T -- "$new" "$RESERVE"; then
    log "a reserve of $size MiB and $files inodes"
  else
    rm -rf -- "$new"
    log "the reserve could not be made"
  fi
}

# hoards: where the application's own files are, when they are many; for the reason of a failure.
hoards() {
  local path mib files found=""
  for path in /home/ddos/data /home/ddos/logs /var/log/ddos-service /tmp /var/tmp; do
    # `du -x` leaves out files that an overlay shows with another device than their folder. Files that vanish meanwhile are no error.
    read -r mib files < <({ find "$path" -xdev -printf '%b\n' 2>/dev/null || printf ''; } | awk '{ blocks += $1 } END { print int(blocks / 2048), NR }')
    if [ "$mib" -ge 200 ] || [ "$files" -ge 20000 ]; then
      found="$found$path has $mib MiB in $files files, "
    fi
  done
  if [ -n "$found" ]; then
    printf '. Most likely the application filled it: %sso delete there what is not needed' "$found"
  fi
}

# still_serving: for the reason of a failure.
still_serving() {
  local id
  id=$(sed -n 's/^current=//p' /var/lib/ddos/serving 2>/dev/null) || id=""
  if [ -n "$id" ]; then
    printf '. Nothing was changed, release %s is still the one that serves' "$id"
  fi
}

# free_space PATH MIB WHAT [FILES]: fails when the file system of PATH has less than MIB mebibytes free, or room for fewer than FILES files.
free_space() {
  local free files=${4:-1000}
  take_reserve "$1" "$2" "$files"
  free=$(free_mib "$1")
  if [ "$free" -lt "$2" ]; then
    fail "not enough disk space for $3: $2 MiB needed in $1, $free MiB free$(hoards). Free some (journalctl --vacuum-size=50M, apt-get clean) or grow the volume$(still_serving)"
  fi
  free=$(free_inodes "$1")
  if [ -n "$free" ] && [ "$free" -lt "$files" ]; then
    fail "the file system of $1 can take no more files for $3: $files inodes needed, $free free, though $(free_mib "$1") MiB are$(hoards). Find the folder with very many files (df -i; du --inodes -xd 3 / | sort -n | tail) and empty it$(still_serving)"
  fi
}

# exhausted: for the reason of a failure, because a full disk swallows the message of the program that met it.
exhausted() {
  local path blocks size inodes
  for path in /home/ddos /var/lib/ddos /etc /var/log; do
    if [ ! -d "$path" ]; then
      continue
    fi
    read -r blocks size < <(stat --file-system --format='%a %S' "$path")
    inodes=$(free_inodes "$path")
    if [ $((blocks * size)) -lt 1048576 ]; then
      printf ' (the disk is full: less than 1 MiB is free in %s)' "$path"
      return 0
    elif [ -n "$inodes" ] && [ "$inodes" -lt 16 ]; then
      printf ' (the file system of %s has no inodes left, so it can take no more files, though %s MiB are free: df -i)' "$path" "$(free_mib "$path")"
      return 0
    fi
  done
}
