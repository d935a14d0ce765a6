#!/usr/bin/env bash
# Writes what the policies say of every stack as one SARIF log, with a run and a category for each: findings.sh FILE
# A finding is no failure here. A stack that cannot be evaluated has no run, and without any there is no file.
set -euo pipefail

out=${1:?the file to write}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

shopt -s nullglob
for file in Pulumi.*.yaml; do
  stack=${file#Pulumi.}
  stack=${stack%.yaml}
  graph=$work/graph.json
  sarif=$work/findings.sarif
  rm -f "$graph" "$sarif"
  npm run -s preview:offline -- --stack "$stack" --json >"$graph" || [ -s "$graph" ] || continue
  npm run -s policies:check -- --graph "$graph" --config policies/gateway-backend.json --sarif "$sarif" >/dev/null || [ -f "$sarif" ]
  jq --arg id "policies/$stack/" '.runs[].automationDetails.id = $id' "$sarif" >"$work/run-$stack.json"
done

runs=("$work"/run-*.json)
if [ ${#runs[@]} -eq 0 ]; then
  echo "findings: no stack could be evaluated" >&2
  exit 0
fi
jq -s '.[0] + {runs: [.[].runs[]]}' "${runs[@]}" >"$out"
