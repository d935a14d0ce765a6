#!/bin/bash
# Prints one JSON document about the releases of this host: which serves, which are there, and the end of the history. Changes nothing and waits
# for nobody. stdin: role, count (lines of history at most).
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"

ROLE=$(need role)
SERVING=""
if [ -s /usr/local/lib/ddos/recover.sh ]; then
  SERVING=$(/usr/local/lib/ddos/recover.sh current)
fi

# readable: each line of the history that is one. A power cut or a full disk may have left others.
readable() {
  if [ -f "$HISTORY" ]; then
    newest "$HISTORY_BYTES" | jq -R -c 'fromjson? | objects'
  fi
}

# here ID: one line of JSON about a release that is on this host.
here() {
  local facts=/var/lib/ddos/releases/$1/facts
  jq -cn --arg release "$1" --arg code "$(noted "$facts" code)" --arg models "$(noted "$facts" models)" --arg env "$(noted "$facts" env)" \
    --arg venv "$(noted "$facts" venv)" --arg mode "$(noted "$facts" mode)" \
    '{ release: $release, code: $code, models: $models, env: $env, venv: $venv, mode: $mode } | with_entries(select(.value != "" and .value != "none"))'
}

rolled_back() {
  local mark=/var/lib/ddos/rolled-back
  if [ -s "$mark" ] && [ "$(noted "$mark" to)" = "$SERVING" ]; then
    jq -cn --arg deployed "$(noted "$mark" deployed)" --arg to "$(noted "$mark" to)" --arg at "$(noted "$mark" at)" --arg by "$(noted "$mark" by)" \
      '{ deployed: $deployed, to: $to, at: $at, by: $by }'
  else
    printf null
  fi
}

lines=0
if [ -f "$HISTORY" ]; then
  lines=$(newest "$HISTORY_BYTES" | grep -a -c . || test $? = 1)
fi
readable >"$STAGE/entries"
while read -r name; do
  here "$name"
done < <(release_names) >"$STAGE/here"
jq -n --arg role "$ROLE" --arg host "$(uname -n)" --arg serving "$SERVING" --arg previous "$(noted /var/lib/ddos/serving previous)" \
  --argjson rolledBack "$(rolled_back)" --argjson lines "$lines" --argjson count "$(need count)" \
  --slurpfile here "$STAGE/here" --slurpfile entries "$STAGE/entries" \
  '{ role: $role, host: $host, serving: $serving, previous: $previous, rolledBack: $rolledBack, here: $here,
     unreadable: ([0, $lines - ($entries | length)] | max), entries: $entries[(-$count):] }' >"$STAGE/report"
if ! cat "$STAGE/report" >&3 2>/dev/null; then
  log "(the operator's link is gone)"
fi
