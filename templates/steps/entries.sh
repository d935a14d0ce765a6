# shellcheck shell=bash
# Files of key=value lines: the input of a step, the record of a release, the journals.

# entry FILE KEY: the value of the first line of KEY; nothing without one. By bash itself: a step asks hundreds of times, and a process for each costs
# more than all else that it does.
entry() {
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    if [ "${line%%=*}" = "$2" ] && [ "$line" != "$2" ]; then
      printf '%s\n' "${line#*=}"
      return 0
    fi
  done <"$1"
}
