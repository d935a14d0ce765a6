# shellcheck shell=bash
# How health is asked for, and what counts as healthy: the same for a trial, the service, a rollback and verify. What is wanted lies in a
# file of key=value lines, the record of a release or the input of a step: healthPath, healthStatus, healthMatch (text, json, any),
# healthBody, healthHeader (any number). The record of an older release has a path and a text only.

# health_value FILE KEY DEFAULT
health_value() {
  local found
  found=$(entry "$1" "$2")
  printf '%s' "${found:-$3}"
}

# health_of FILE: all of it, read once for the many questions of one script; what is wanted of a release does not change while it is asked for. What an
# application may want of any request becomes curl's options in HEALTH_HEADERS.
HEALTH_FILE=""
health_of() {
  local header
  if [ "$HEALTH_FILE" = "$1" ]; then
    return 0
  fi
  HEALTH_PATH=$(health_value "$1" healthPath /health)
  HEALTH_STATUS=$(health_value "$1" healthStatus 200)
  HEALTH_MATCH=$(health_value "$1" healthMatch text)
  HEALTH_BODY=$(health_value "$1" healthBody "")
  HEALTH_HEADERS=()
  while IFS= read -r header; do
    HEALTH_HEADERS+=(--header "$header")
  done < <(sed -n 's/^healthHeader=//p' "$1")
  HEALTH_FILE=$1
}

# health_ask FILE ORIGIN FOLDER [OPTION...]: one request, on a new connection, with these options of curl. Leaves FOLDER/head and FOLDER/body,
# and the status in HEALTH_CODE. Fails when there was no answer; FOLDER/curl says why.
health_ask() {
  local origin=$2 folder=$3 said size status=0
  health_of "$1"
  shift 3
  : >"$folder/head"
  : >"$folder/body"
  # The folder may lie in memory, and before curl 8.4 --max-filesize counts only where the length is said beforehand.
  said=$(
    trap '' XFSZ
    ulimit -f 128
    curl --silent --show-error --globoff --noproxy '*' --max-time 5 --max-filesize 65536 "${HEALTH_HEADERS[@]}" "$@" \
      --dump-header "$folder/head" --output "$folder/body" --write-out '%{http_code} %{size_download}' "$origin$HEALTH_PATH" 2>"$folder/curl"
  ) || status=$?
  HEALTH_CODE=${said%% *}
  size=${said##* }
  if [ "$status" = 63 ] || [ "${size:-0}" -gt 65536 ]; then
    printf 'the answer is longer than 64 KiB\n' >"$folder/curl"
    return 63
  fi
  return "$status"
}

# health_fits FILE FOLDER: whether that answer is the wanted one. A body that is no JSON is no error, it does not fit.
health_fits() {
  health_of "$1"
  if [ "$HEALTH_CODE" != "$HEALTH_STATUS" ]; then
    return 1
  fi
  case "$HEALTH_MATCH" in
    any) return 0 ;;
    json)
      # Every key of an object has to be there with a value that fits; anything else has to be equal.
      # shellcheck disable=SC2016 # the names are jq's
      jq --slurp --exit-status --argjson wanted "$HEALTH_BODY" '
        def fits($want): . as $found
          | if ($want | type) == "object"
            then ($found | type) == "object" and all($want | keys_unsorted[]; . as $key | ($found | has($key)) and ($found[$key] | fits($want[$key])))
            else $found == $want end;
        length == 1 and (.[0] | fits($wanted))' "$2/body" >"$2/jq" 2>&1
      ;;
    *) [ "$(tr -d '\000' <"$2/body")" = "$HEALTH_BODY" ] ;;
  esac
}

# health_wanted FILE, health_found FOLDER [FILE]: both for people, in the same form.
health_wanted() {
  health_of "$1"
  case "$HEALTH_MATCH" in
    any) printf 'HTTP %s with any body' "$HEALTH_STATUS" ;;
    json) printf 'HTTP %s with JSON that has %s' "$HEALTH_STATUS" "$HEALTH_BODY" ;;
    *) printf 'HTTP %s with body %s' "$HEALTH_STATUS" "$HEALTH_BODY" ;;
  esac
}

health_found() {
  printf 'HTTP %s with body %s' "$HEALTH_CODE" "$(head -c 200 "$1/body" | tr '\000\n\r' '   ')"
  [ "$#" = 1 ] || health_same_json "$2" "$1"
}

# health_same_json FILE FOLDER: says so where a text is wanted, and the answer is the same object of JSON in another form.
health_same_json() {
  local object
  health_of "$1"
  if [ "$HEALTH_MATCH" != text ] || [ "${HEALTH_BODY:0:1}" != "{" ] || [ "$(tr -d '\000' <"$2/body")" = "$HEALTH_BODY" ]; then
    return 0
  fi
  # shellcheck disable=SC2016 # the names are jq's
  object=$(jq --slurp --raw-output --arg wanted "$HEALTH_BODY" '
    ($wanted | fromjson) as $object | if . == [$object] then $object | to_entries | map("\(.key): \(.value | tojson)") | join(", ") else empty end' \
    "$2/body" 2>/dev/null) || return 0
  [ -z "$object" ] || printf ' (the same JSON with other blanks or order: write health.body as an object, { %s })' "$object"
}
