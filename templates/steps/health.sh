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

# health_headers FILE: what an application may want of any request, as curl's options in HEALTH_HEADERS.
health_headers() {
  local header
  HEALTH_HEADERS=()
  while IFS= read -r header; do
    HEALTH_HEADERS+=(--header "$header")
  done < <(sed -n 's/^healthHeader=//p' "$1")
}

# health_ask FILE ORIGIN FOLDER [OPTION...]: one request, on a new connection, with these options of curl. Leaves FOLDER/head and FOLDER/body,
# and the status in HEALTH_CODE. Fails when there was no answer; FOLDER/curl says why.
health_ask() {
  local file=$1 origin=$2 folder=$3 path status=0
  shift 3
  health_headers "$file"
  path=$(health_value "$file" healthPath /health)
  : >"$folder/head"
  : >"$folder/body"
  # The folder may lie in memory, and before curl 8.4 --max-filesize counts only where the length is said beforehand.
  HEALTH_CODE=$(
    trap '' XFSZ
    ulimit -f 128
    curl --silent --show-error --globoff --noproxy '*' --max-time 5 --max-filesize 65536 "${HEALTH_HEADERS[@]}" "$@" \
      --dump-header "$folder/head" --output "$folder/body" --write-out '%{http_code}' "$origin$path" 2>"$folder/curl"
  ) || status=$?
  if [ "$status" = 63 ] || [ "$(wc -c <"$folder/body")" -gt 65536 ]; then
    printf 'the answer is longer than 64 KiB\n' >"$folder/curl"
    return 63
  fi
  return "$status"
}

# health_fits FILE FOLDER: whether that answer is the wanted one. A body that is no JSON is no error, it does not fit.
health_fits() {
  local wanted
  wanted=$(health_value "$1" healthBody "")
  if [ "$HEALTH_CODE" != "$(health_value "$1" healthStatus 200)" ]; then
    return 1
  fi
  case "$(health_value "$1" healthMatch text)" in
    any) return 0 ;;
    json)
      # Every key of an object has to be there with a value that fits; anything else has to be equal.
      # shellcheck disable=SC2016 # the names are jq's
      jq --slurp --exit-status --argjson wanted "$wanted" '
        def fits($want): . as $found
          | if ($want | type) == "object"
            then ($found | type) == "object" and all($want | keys_unsorted[]; . as $key | ($found | has($key)) and ($found[$key] | fits($want[$key])))
            else $found == $want end;
        length == 1 and (.[0] | fits($wanted))' "$2/body" >"$2/jq" 2>&1
      ;;
    *) [ "$(head -c 4097 "$2/body" | tr -d '\000')" = "$wanted" ] ;;
  esac
}

# health_wanted FILE, health_found FOLDER [FILE]: both for people, in the same form.
health_wanted() {
  local status body
  status=$(health_value "$1" healthStatus 200)
  body=$(health_value "$1" healthBody "")
  case "$(health_value "$1" healthMatch text)" in
    any) printf 'HTTP %s with any body' "$status" ;;
    json) printf 'HTTP %s with JSON that has %s' "$status" "$body" ;;
    *) printf 'HTTP %s with body %s' "$status" "$body" ;;
  esac
}

health_found() {
  printf 'HTTP %s with body %s' "$HEALTH_CODE" "$(head -c 200 "$1/body" | tr '\000\n\r' '   ')"
  [ "$#" = 1 ] || health_same_json "$2" "$1"
}

# health_same_json FILE FOLDER: says so where a text is wanted, and the answer is the same object of JSON in another form.
health_same_json() {
  local wanted object
  wanted=$(health_value "$1" healthBody "")
  if [ "$(health_value "$1" healthMatch text)" != text ] || [ "${wanted:0:1}" != "{" ] || [ "$(tr -d '\000' <"$2/body")" = "$wanted" ]; then
    return 0
  fi
  # shellcheck disable=SC2016 # the names are jq's
  object=$(jq --slurp --raw-output --arg wanted "$wanted" '
    ($wanted | fromjson) as $object | if . == [$object] then $object | to_entries | map("\(.key): \(.value | tojson)") | join(", ") else empty end' \
    "$2/body" 2>/dev/null) || return 0
  [ -z "$object" ] || printf ' (the same JSON with other blanks or order: write health.body as an object, { %s })' "$object"
}
