#!/bin/bash
# Makes an earlier release of this host serve again, by the way of any other release: it is looked at, tried on port 8001 (a site on spare ports),
# switched to, proven, and when one of these fails what served goes on. Nothing is built or fetched, so it takes seconds.
# stdin: role, target (a release), expected (the release that serves, as the operator saw it), by.
# shellcheck disable=SC2030,SC2031,SC2034 # the other parts of the step read these variables; one of them is another in a subshell on purpose
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"

# made KEY: of the record of the release that is to serve.
made() { noted "/var/lib/ddos/releases/$ID/facts" "$1"; }

# word_of KEY: the same, as part of a path.
word_of() {
  local found
  found=$(made "$1")
  if [[ ! $found =~ ^[A-Za-z0-9][A-Za-z0-9._-]*$ ]]; then
    fail "the record of release $ID has no «$1» (/var/lib/ddos/releases/$ID/facts), so it cannot be made to serve. Nothing was changed; deploy it again: pulumi up with the code and configuration of then"
  fi
  printf '%s' "$found"
}

others() { release_names | grep -vxF -- "$CURRENT" | paste -s -d ' ' || printf ''; }

# find_target: what serves is asked again under the lock: two operators may have decided by the same list.
find_target() {
  local expected there
  if [ ! -s /usr/local/lib/ddos/recover.sh ]; then
    fail "no release was deployed to this host yet: pulumi up"
  fi
  CURRENT=$(/usr/local/lib/ddos/recover.sh current)
  end_interrupted
  CURRENT=$(/usr/local/lib/ddos/recover.sh current)
  expected=$(word expected)
  if [ "$CURRENT" != "$expected" ]; then
    fail "release ${CURRENT:-none} serves on this host now, no longer $expected, which served when this was decided: another operator or an update came first. Nothing was changed. Look again (npm run releases -- --stack NAME), then decide"
  fi
  if [ ! -d "/home/ddos/releases/$ID" ] || [ ! -s "/var/lib/ddos/releases/$ID/facts" ]; then
    there=$(others)
    fail "release $ID is not on this host any more: three stay at most, and beside $CURRENT there are: ${there:-none}. Nothing was changed. Deploy it again instead: pulumi up with the code, models and configuration that npm run releases shows for it"
  fi
  if [ "$(made mode)" != "$(noted "/var/lib/ddos/releases/$CURRENT/facts" mode)" ]; then
    fail "release $ID is one of another gateway.mode than $CURRENT. Nothing was changed. Set ml-gateway:gateway.mode back, then pulumi up"
  fi
}

# take_records: the files of the release stand where those of a new one would.
take_records() {
  local records=/var/lib/ddos/releases/$ID name
  PORT=$(word_of port)
  for name in unit:main.service next-unit:next.service nginx:site.conf; do
    if [ -s "$records/${name%%:*}" ]; then
      cp -- "$records/${name%%:*}" "$STAGE/${name#*:}"
    elif [ "$(made mode)" != proxy ] || [ "$name" = nginx:site.conf ]; then
      fail "the record of release $ID is not whole (${name%%:*} is missing in $records), so it cannot be made to serve. Nothing was changed; deploy it again: pulumi up with the code and configuration of then"
    fi
  done
  if [ -s "$records/checks.json" ]; then
    cp -- "$records/checks.json" "$STAGE/checks.json"
  fi
  cp -- "$records/facts" "$STAGE/made-of"
  # What the new site's trial asks for.
  sed -n -E '/^(health[A-Z][a-z]+|startSeconds)=/p' "$records/facts" >>"$STAGE/header"
  if [ "$(made mode)" != proxy ]; then
    CODE=$(word_of code)
    SETTINGS=$(word_of env)
    VENV=$(word_of venv)
    MODELS=$(word_of models)
  fi
}

# check_target: byte for byte what it was when it served.
check_target() {
  local found
  if [ "$(made mode)" != proxy ]; then
    found=$(venv_damage "/home/ddos/venvs/$VENV")
    if [ -n "$found" ]; then
      fail "the Python environment of release $ID is missing or damaged ($found). Deploy it again instead: pulumi up with the code and configuration of then"
    fi
  fi
  found=$(CURRENT=$ID && altered_content)
  if [ -n "$found" ]; then
    fail "release $ID was altered on this host since it served ($(head -n 3 <<<"$found" | paste -s -d ';')). Deploy it again instead: pulumi up with the code and configuration of then"
  fi
}

ROLE=$(word role)
SERVICE=ddos-$ROLE.service
CANDIDATE=ddos-$ROLE-next.service
CURRENT=""
VIA=rollback
FRESH=no
ID=$(word target)
if [[ ! $ID =~ ^[0-9]+-[0-9a-f]{12}$ ]]; then
  fail "«$ID» is no name of a release"
fi
find_target
if [ "$ID" = "$CURRENT" ]; then
  summary "release $ID serves already; nothing was changed"
else
  BEFORE=$CURRENT
  take_records
  note_trial
  check_target
  # Both have served, whatever their numbers say.
  touch -- "/var/lib/ddos/releases/$ID/served" "/var/lib/ddos/releases/$CURRENT/served"
  gate_units
  gate_site
  try_release
  switch
  CURRENT=$ID
  repair_links
  if [ -e /var/lib/ddos/rolled-back ]; then
    summary "release $ID serves on port $PORT again, in place of $BEFORE. Deployed is $(noted /var/lib/ddos/rolled-back deployed), which no update puts back unasked"
  else
    summary "release $ID, which is the deployed one, serves on port $PORT again, in place of $BEFORE"
  fi
fi
