#!/usr/bin/env bash
# Tells CloudWatch what the nightly check of a stack's hosts found, for the alarms of `watch.drift` (infra/watch/drift-alarms.ts).
#
# drift-metric.sh CODE: the exit code of `npm run verify`. Whatever is not 0 (drift, a host that could not be asked) is 1: what it was, the run shows.
set -euo pipefail

fail() {
  printf 'drift-metric: %s\n' "$1" >&2
  exit 1
}

: "${STACK:?name of the stack}"
[[ ${1-} =~ ^[0-9]+$ ]] || fail "the exit code of verify is missing"
[[ $STACK =~ ^[A-Za-z0-9_.-]+$ ]] || fail "STACK is no name of a stack"
project=$(sed -n 's/^name: *\([A-Za-z0-9_.-]*\) *$/\1/p' Pulumi.yaml)
[ -n "$project" ] || fail "Pulumi.yaml names no project"
value=1
[ "$1" -ne 0 ] || value=0
aws cloudwatch put-metric-data --namespace "$project/$STACK" --metric-name Drift --value "$value" --unit None
printf 'Drift %s in %s/%s\n' "$value" "$project" "$STACK"
