# shellcheck shell=bash
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# shellcheck source=templates/steps/health.sh
. "${0%/*}/health.sh"
# The proof that a request which enters the gateway is answered by the backend. A health check cannot give it: every host has a health of
# its own, and an application that does not forward answers anything else just as well, without a model.
#
# The request carries a mark, 128 bits that are drawn for it. The backend's nginx remembers marks for a minute, and says of each request that
# has one whether it met the mark before (header X-Proof, see backend.nginx.mustache). So the backend itself is asked, directly: "did this mark
# reach you?" Nothing in the answer that came through the gateway counts, because an application there could make up any header. What it
# would have to do to forge this proof, bring the mark to the backend, is what is to be proven. Reading the backend's access log would tell the
# same, but the gateway has no way to it, and should not.
#
# Several backends behind one load balancer share a name, and which of them is asked is the load balancer's choice. Each says which host it is
# (X-Proof-Host), so the question is put again until one host knows the mark, or each has said that it does not. What a host says after it was asked
# once counts for nothing: it remembers the question.
#
# There may be more of them than the configuration has: an update to fewer removes last, so those that leave answer as well while this runs.
#
# The mark travels in the query and in X-Request-ID: an application has to pass on one of them. In proxy mode nothing between the two can make
# up a header, so there the answer itself has to bear the backend's release as well: its nginx could have answered without the application.

# mark: 32 hex digits.
mark() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

# ask_front MARK: the proof's request through the gateway's own nginx, or with ENTRY=public through the load balancer in front of it. Prints the
# status, 000 without an answer.
ask_front() {
  local mark=$1 front=http://127.0.0.1:$PORT join='?' args=()
  if [ "$ENTRY" = public ]; then
    # The load balancer by its own name: that of clients may lead there later, or by a record that is made elsewhere. Of the certificate doctor speaks.
    front=https://$(need publicDomain)
    args+=(--connect-to "::$(need publicName):443" --insecure)
  elif [ "$(need tlsName)" != none ]; then
    front=https://$(need tlsName)
    # The name leads here, and who it is need not be proven: it is this host.
    args+=(--connect-to "::127.0.0.1:443" --insecure)
  fi
  case "$PROOF_PATH" in
    *\?*) join='&' ;;
  esac
  if [ "$PROOF_METHOD" = HEAD ]; then
    args+=(--head)
  elif [ "$PROOF_METHOD" != GET ]; then
    value proofBody >"$STAGE/proof-body"
    args+=(--request "$PROOF_METHOD" --header 'Content-Type: application/json' --data-binary "@$STAGE/proof-body")
  fi
  health_of "$STAGE/header"
  : >"$STAGE/front"
  curl --silent --noproxy '*' --max-time "$(($(need timeoutSeconds) + 5))" --dump-header "$STAGE/front" --output /dev/null --write-out '%{http_code}' --header "X-Request-ID: ddos-proof-$mark" \
    "${HEALTH_HEADERS[@]}" "${args[@]}" "$front$PROOF_PATH${join}ddos-proof=$mark" || log "no answer to $PROOF_METHOD $PROOF_PATH ($ENTRY)" >&2
}

# ask_backend MARK: "<what its nginx knows of the mark> <the release that answers there> <its address, none where there is one backend>". Asking
# is remembered as well, so a host is asked about a mark once.
ask_backend() {
  if ! health_ask "$STAGE/header" "$UPSTREAM" "$STAGE" --header "X-Request-ID: ddos-proof-$1"; then
    printf 'silent none none'
    return 0
  fi
  printf '%s %s %s' "$(header head x-proof)" "$(header head x-release)" "$(header head x-proof-host)"
}

# With so many questions in turn each of a few hosts is met, whatever else the load balancer does; those of a large fleet are not counted off.
questions() { printf '%s' "$((BACKENDS < 25 ? 8 * BACKENDS : 200))"; }

# ask_each MARK: as ask_backend, of the host that knows the mark; where each host knows nothing of it, of the last one.
ask_each() {
  local seen release host met=" " counted="" count=0 turn
  for turn in $(seq "$(questions)"); do
    read -r seen release host < <(ask_backend "$1" && printf '\n')
    case "$met" in
      *" $host "*) continue ;;
    esac
    met="$met$host "
    count=$((count + 1))
    counted="$seen $release $host"
    # One without a load balancer is the only one.
    if [ "$seen" != PASSED ] || [ "$host" = none ] || [ "$count" = "$BACKENDS" ]; then
      break
    fi
  done
  log "asked $turn times about the mark, $count of at most $BACKENDS hosts have answered" >&2
  printf '%s' "$counted"
}

# ask_strange HOST: what this host says of a mark that no request had.
ask_strange() {
  local seen release host turn
  for turn in $(seq "$(questions)"); do
    read -r seen release host < <(ask_backend "$(mark)" && printf '\n')
    if [ "$host" = "$1" ]; then
      break
    fi
  done
  if [ "$host" != "$1" ]; then
    seen=unasked
  fi
  log "asked $turn times for $1, which serves release $release" >&2
  printf '%s' "$seen"
}

# header ANSWER NAME: of the last answer of the backend (head) or of the gateway (front), in lower case; "none" when it is not there.
header() {
  local found
  found=$(tr -d '\r' <"$STAGE/$1" | awk -F ': *' -v name="$2" 'tolower($1) == name { print $2; exit }')
  printf '%s' "${found:-none}"
}

# verdict STATUS SEEN STRANGE RELEASE: nothing when it is proven. STRANGE is about a mark that no request had: it shows that "seen" is no
# constant. RELEASE is what serves on the backend.
verdict() {
  local answered
  answered=$(header front x-release)
  case "$1" in
    000) printf 'no answer' ;;
    5?? | 429) printf 'HTTP %s' "$1" ;;
    *)
      case "$2 $3" in
        "REJECTED_DRY_RUN PASSED")
          if [ "$4" = none ]; then
            printf 'HTTP %s, and the backend does not name its release: its release step has to run again' "$1"
          elif [ "$(value mode)" = proxy ] && [ "$ENTRY" = own ] && [ "$answered" != "$4" ]; then
            printf 'HTTP %s from release %s, but the backend serves release %s' "$1" "$answered" "$4"
          fi
          ;;
        "PASSED PASSED") not_forwarded "$1" ;;
        *) printf 'HTTP %s, and the backend does not say whether it saw the request (%s, %s): its release step has to run again' "$1" "$2" "$3" ;;
      esac
      ;;
  esac
}

not_forwarded() {
  if [ "$ENTRY" = public ]; then
    printf 'HTTP %s, and the request did not reach the backend: the load balancer answers itself, or leads elsewhere' "$1"
    return 0
  fi
  if [ "$(value mode)" = proxy ]; then
    printf 'HTTP %s from nginx on the gateway, which did not pass the request on' "$1"
    return 0
  fi
  printf 'HTTP %s from the application on the gateway, which did not forward the request to the backend and its models. ' "$1"
  printf 'If it never forwards, set ml-gateway:gateway.mode to proxy: nginx then passes everything to the backend. '
  printf 'If it forwards other requests, name one in ml-gateway:gateway.proof; it has to pass on the query or X-Request-ID'
}

# A backend that is being released may answer late. A load balancer that was made a moment ago asks a host for health twice before it sends anything.
check_proof() {
  BACKENDS=$(value backends)
  # So many a stack may have had before; of a fleet, whose hosts come and go, more is known.
  BACKENDS=$((${BACKENDS:-1} < 3 ? 3 : BACKENDS))
  PROOF_METHOD=$(need proofMethod)
  PROOF_PATH=$(need proofPath)
  ENTRY=own
  prove 3 1 "through port $PORT"
  if [ -n "$(value publicDomain)" ]; then
    ENTRY=public
    prove 10 10 "through the public load balancer"
  fi
}

# prove TRIES SECONDS WHERE: so many tries, each with a mark of its own, with so many seconds behind each that fails; all of them in two minutes.
prove() {
  local try drawn status seen strange release host found end=$((SECONDS + 120))
  for try in $(seq "$1"); do
    drawn=$(mark)
    status=$(ask_front "$drawn")
    read -r seen release host < <(ask_each "$drawn" && printf '\n')
    strange=$(ask_strange "$host")
    found=$(verdict "$status" "$seen" "$strange" "$release")
    log "proof $3, try $try: $status, $seen, $strange, backend's release $release"
    if [ -z "$found" ]; then
      found="release $release of the backend"
      # The report has the one of this host.
      if [ "$ENTRY" = own ]; then
        jq -n --arg request "$PROOF_METHOD $PROOF_PATH" --arg status "$status" --arg release "$release" \
          '{ request: $request, status: ($status | tonumber), answeredBy: $release }' >"$STAGE/proof"
      fi
      break
    fi
    if [ "$SECONDS" -ge "$end" ]; then
      break
    fi
    sleep "$2"
  done
  check "$PROOF_METHOD $PROOF_PATH $3 is answered by" "release $release of the backend" "$found"
}
