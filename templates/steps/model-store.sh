# shellcheck shell=bash
# The read-only store of models, /var/lib/ddos/models, by content. The models step and restore.sh fill it by the same rules, under the lock of the
# models step, because they continue the same files. Who uses it brings s3.sh, space.sh, digests.sh, log, summary, keep and CHANGES.

# stored SHA SIZE: is it here, whole and as it should be? One that was altered by hand is thrown away, never repaired in place: releases
# share its inode.
stored() {
  local path=/var/lib/ddos/models/$1
  if [ ! -f "$path" ] || [ -L "$path" ]; then
    rm -rf -- "$path"
    return 1
  fi
  if [ "$(stat -c %s "$path")" != "$2" ] || [ "$(model_sha "$path")" != "$1" ]; then
    summary "the stored model ${1:0:12} was altered on this host; fetching it again"
    rm -f -- "$path"
    return 1
  fi
  keep "$path"
  if [ "$(stat -c '%a %U %G' "$path")" != "444 ddos ddos" ]; then
    chown ddos:ddos "$path"
    chmod 444 "$path"
    CHANGES=$((CHANGES + 1))
    log "corrected $path"
  fi
}

have_bytes() {
  if [ -f "/var/lib/ddos/models/.part-$1" ]; then
    stat -c %s "/var/lib/ddos/models/.part-$1"
  else
    printf 0
  fi
}

# room_for BYTES: what is missing, looked at before the first byte moves.
room_for() {
  if [ "$1" -gt 0 ]; then
    free_space /var/lib/ddos/models $(($1 / 1048576 + 200)) "the models"
  fi
}

# bring URI SHA SIZE: the object gets into the store, what an earlier try left is continued. S3_ABSENT says yes where there is no such object.
bring() {
  s3_fetch "$1" "/var/lib/ddos/models/.part-$2" "$2" "$3"
  if [ "$S3_ABSENT" != yes ]; then
    shelve "$2"
  fi
}

# shelve SHA: what was downloaded is whole, and becomes part of the store.
shelve() {
  local part=/var/lib/ddos/models/.part-$1
  chown ddos:ddos "$part"
  chmod 444 "$part"
  sync -- "$part"
  mv -fT -- "$part" "/var/lib/ddos/models/$1"
  CHANGES=$((CHANGES + 1))
}
