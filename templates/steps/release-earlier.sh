# shellcheck shell=bash disable=SC2034,SC2153 # the other parts of the step read and set these variables
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# What the earlier steps must have left here. They have said that it is on the disk, but it can be deleted or damaged since, and Pulumi runs a step
# again only when its inputs change. So the release step runs again what it misses, with the input that the step had.

REPAIR="To run every step: pulumi config set repair \"\$(date -u +%FT%TZ)\" && pulumi up"

# missing_of_*: "<step> <sentence>" about the first thing that is not there; they fail when all of it is.

missing_of_prepare() {
  local path
  if ! getent passwd ddos >/dev/null; then
    printf 'prepare the user ddos is not on this host'
    return 0
  fi
  for path in /usr/local/lib/ddos/recover.sh /etc/systemd/system/ddos-recover.service /etc/systemd/system/ddos-undo.service; do
    if [ ! -s "$path" ]; then
      printf 'prepare %s is not on this host' "$path"
      return 0
    fi
  done
  for path in /home/ddos/releases /home/ddos/venvs /home/ddos/logs /home/ddos/data /var/log/ddos-service /var/lib/ddos/code /var/lib/ddos/models /var/lib/ddos/models-sets; do
    if [ ! -d "$path" ]; then
      printf 'prepare the folder %s is not on this host' "$path"
      return 0
    fi
  done
  for path in app access error; do
    if [ ! -f "/var/log/ddos-service/$path.log" ]; then
      printf 'prepare the log /var/log/ddos-service/%s.log is not on this host' "$path"
      return 0
    fi
  done
  return 1
}

missing_of_code() {
  local code=/var/lib/ddos/code/$CODE venv damage
  if [ ! -s "$code/complete" ] || [ ! -d "$code/tree" ]; then
    printf 'code the application code %s is not on this host' "$CODE"
  elif [ "$(tree_print "$code/tree")" != "$(cat "$code/complete")" ]; then
    printf 'code the stored application code %s was altered on this host' "$code"
  elif [ ! -s "$code/layout/pythonpath" ] || [ ! -s "$code/venv-key" ]; then
    printf 'code what is known of the application code %s (its layout and environment) is not on this host' "$CODE"
  else
    venv=/home/ddos/venvs/$(cat "$code/venv-key")
    if [ ! -e "$venv/.complete" ]; then
      printf 'code the Python environment %s is missing or unfinished' "$venv"
      return 0
    fi
    damage=$(venv_damage "$venv")
    if [ -n "$damage" ]; then
      printf 'code the Python environment %s is damaged (%s)' "$venv" "$damage"
      return 0
    fi
    return 1
  fi
}

missing_of_env() {
  if [ -s "/var/lib/ddos/env/$SETTINGS" ] && [ "$(env_digest "/var/lib/ddos/env/$SETTINGS")" = "$SETTINGS" ]; then
    return 1
  fi
  printf 'env the settings for .env (/var/lib/ddos/env/%s) are not on this host, or not as they were sent' "$SETTINGS"
}

missing_of_models() {
  local sha name path
  if [ "$MODELS" = none ]; then
    return 1
  fi
  if [ ! -e "/var/lib/ddos/models-sets/$MODELS" ]; then
    printf 'models the model set %s is not on this host' "$MODELS"
    return 0
  fi
  while read -r sha name; do
    path=/var/lib/ddos/models/$sha
    if [ ! -f "$path" ]; then
      printf 'models the model file %s (%s) is not in the store of this host' "$name" "$sha"
      return 0
    elif ! in_store "$sha"; then
      printf 'models the model file %s was altered on this host (%s)' "$name" "$path"
      return 0
    fi
  done < <(model_lines)
  return 1
}

# last_input STEP KEY VALUE: the file with the input that the step had, when it was for what is wanted now.
last_input() {
  local input=/var/lib/ddos/inputs/$1
  if [ -s "$input" ] && [ "$(tail -n 1 "$input")" = "===" ] && sed '/^---$/q' "$input" | grep -qxF "$2=$3"; then
    printf '%s' "$input"
  fi
}

# env_of_release: secrets are kept nowhere else, so they come from a release that has the same.
env_of_release() {
  local path
  for path in /home/ddos/releases/*/app/.env; do
    # As the user who owns it, and once: what is looked at is what is kept.
    if [ -f "$path" ] && [ ! -L "$path" ] && (umask 077 && as_ddos cat -- "$path" >"$STAGE/env-found") && [ "$(env_digest "$STAGE/env-found")" = "$SETTINGS" ]; then
      put "$STAGE/env-found" "/var/lib/ddos/env/$SETTINGS" 0600 root root
      return 0
    fi
  done
  return 1
}

# again STEP SENTENCE: the step itself, under the lock of this one.
again() {
  local script input="" status=0
  case "$1" in
    env)
      if env_of_release; then
        summary "$2; taken from a release that has the same"
        return 0
      fi
      ;;
    prepare) input=$(last_input prepare role "$ROLE") ;;
    code) input=$(last_input code id "$CODE") ;;
    models) input=$(last_input models set "$MODELS") ;;
  esac
  script=$(find /var/lib/ddos/steps -maxdepth 1 -name "$1-*.sh")
  if [ -z "$input" ] || [ ! -f "$script" ]; then
    fail "$2, so the $1 step has to run again. $REPAIR"
  fi
  summary "$2: running the $1 step again"
  DDOS_LOCK=held DDOS_DONE=$STAGE/again-done DDOS_MARK=$1 /bin/bash "$script" <"$input" >"$STAGE/again" 2>&1 || status=$?
  cat "$STAGE/again"
  if [ "$status" != 0 ] || [ "$(cat "$STAGE/again-done")" != "$1" ]; then
    fail "$2, and the $1 step, run again for that, failed: $(tail -n 1 "$STAGE/again" | sed -E 's/^ddos [a-z]+ failed on [^:]*: //' | cut -c 1-600)"
  fi
}

# bring_back FUNCTION: as long as it names something that is missing. The same thing twice means that its step does not bring it.
bring_back() {
  local found before=""
  while found=$("$1"); do
    if [ "$found" = "$before" ]; then
      fail "${found#* }, though the ${found%% *} step has just run again. $REPAIR"
    fi
    again "${found%% *}" "${found#* }"
    before=$found
  done
}

# check_host: what recover.sh needs, before it is asked.
check_host() { bring_back missing_of_prepare; }

# check_parts: also sets VENV.
check_parts() {
  bring_back missing_of_code
  bring_back missing_of_env
  bring_back missing_of_models
  VENV=$(cat "/var/lib/ddos/code/$CODE/venv-key")
}
