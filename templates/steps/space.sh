# shellcheck shell=bash
# Whether there is room for what is about to be written: for its bytes, and for its files.

free_mib() { df -Pm -- "$1" | awk 'NR == 2 { print $4 }'; }

# free_inodes PATH: how many files the file system of PATH can still take; nothing where it has no such limit.
free_inodes() { stat --file-system --format='%c %d' -- "$1" | awk '$1 > 0 { print $2 }'; }

# free_space PATH MIB WHAT [FILES]: fails when the file system of PATH has less than MIB mebibytes free, or room for fewer than FILES files.
free_space() {
  local free files=${4:-1000}
  free=$(free_mib "$1")
  if [ "$free" -lt "$2" ]; then
    fail "not enough disk space for $3: $2 MiB needed in $1, $free MiB free. Free some (journalctl --vacuum-size=50M, apt-get clean) or grow the volume"
  fi
  free=$(free_inodes "$1")
  if [ -n "$free" ] && [ "$free" -lt "$files" ]; then
    fail "the file system of $1 can take no more files for $3: $files inodes needed, $free free, though $(free_mib "$1") MiB are. Find the folder with very many files (df -i; du --inodes -xd 3 / | sort -n | tail) and empty it"
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
