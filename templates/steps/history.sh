# shellcheck shell=bash
# The history of this host's releases, /var/lib/ddos/history: a JSON object a line, for root alone. A line is added when a release serves, when one
# is refused or undone, and when going back failed; none is ever changed. Whoever adds one holds the lock of the host. A history that cannot be
# written keeps no release from serving: then the caller says so.

HISTORY=/var/lib/ddos/history
# Lines: when there are more, only the newest of them stay. About 300 kB.
HISTORY_MOST=600
HISTORY_KEPT=500
# Bytes, whatever they are: a power cut or a damaged disk can leave a line without an end.
HISTORY_BYTES=2097152

# noted FILE KEY: the value of KEY in a key=value file; nothing without it.
noted() {
  if [ -f "$1" ]; then
    entry "$1" "$2"
  fi
}

# one_line TEXT: its first line, as a reason in the history.
one_line() { printf '%s' "${1%%$'\n'*}" | tr -d '\000-\037' | cut -c 1-400; }

# history_line RESULT ID BEFORE REASON MADE ABOUT: see note_history.
history_line() {
  jq -cn --arg at "$(date -u +%FT%TZ)" --arg result "$1" --arg release "$2" --arg before "$3" --arg reason "$(one_line "$4")" \
    --arg via "$(noted "$6" via)" --arg by "$(one_line "$(noted "$6" by)")" --arg replaces "$(noted "$6" replaces)" \
    --arg code "$(noted "$5" code)" --arg models "$(noted "$5" models)" --arg env "$(noted "$5" env)" --arg venv "$(noted "$5" venv)" \
    --arg mode "$(noted "$5" mode)" \
    '{ at: $at, result: $result, release: $release, before: $before, via: $via, by: $by, replaces: $replaces, code: $code, models: $models,
       env: $env, venv: $venv, mode: $mode, reason: $reason } | with_entries(select(.value != "" and .value != "none"))'
}

# newest BYTES: so many of its end.
newest() { tail -c "$1" -- "$HISTORY"; }

# history_ends_with RESULT ID: whether the last line says so already, as after a step that was killed behind it.
history_ends_with() {
  [ -s "$HISTORY" ] && [ "$(newest "$HISTORY_BYTES" | tail -n 1 | jq -r '[.result, .release] | join(" ")' 2>/dev/null)" = "$1 $2" ]
}

# note_history RESULT ID BEFORE REASON MADE ABOUT: MADE is a file that says what the release is made of, ABOUT one that says how it came (via, by,
# replaces). A last line that was cut off stays as it is, on a line of its own.
note_history() {
  local line
  if history_ends_with "$1" "$2"; then
    return 0
  fi
  line=$(history_line "$@") || return 1
  (umask 077 && : >>"$HISTORY") || return 1
  if [ -s "$HISTORY" ] && [ -n "$(tail -c 1 "$HISTORY" | tr -d '\n' | tr '\000' x)" ]; then
    printf '\n' >>"$HISTORY" || return 1
  fi
  printf '%s\n' "$line" >>"$HISTORY" || return 1
  sync -- "$HISTORY" || return 1
  if [ "$(wc -l <"$HISTORY")" -gt "$HISTORY_MOST" ] || [ "$(stat -c %s -- "$HISTORY")" -gt "$HISTORY_BYTES" ]; then
    (umask 077 && newest $((HISTORY_BYTES / 2)) | tail -n "$HISTORY_KEPT" >"$HISTORY.rest") || return 1
    replace_file "$HISTORY.rest" "$HISTORY" 0600 root root || return 1
    rm -f -- "$HISTORY.rest"
  fi
}

# told RESULT ID BEFORE REASON MADE ABOUT: note_history, which may fail.
told() {
  if ! note_history "$@"; then
    printf 'the history of releases (%s) could not be written: that %s %s stands nowhere else\n' "$HISTORY" "$2" "$1"
  fi
}
