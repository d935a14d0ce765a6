#!/usr/bin/env bash
# Sends a SARIF log to code scanning: upload-findings.sh FILE COMMIT REF. Needs gh with GH_TOKEN, and REPO.
set -euo pipefail

fail() {
  printf 'upload-findings: %s\n' "$1" >&2
  exit 1
}

: "${REPO:?owner/name}"
sarif=${1:?the log}
commit=${2:?the commit that was evaluated}
ref=${3:?refs/heads/NAME or refs/pull/NUMBER/head}

# GitHub takes 20 runs in a log, and 10 MB packed (https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support).
jq -e '.version == "2.1.0" and (.runs | type == "array" and length > 0)' "$sarif" >/dev/null || fail "it is no SARIF 2.1.0 with a run"
jq -e '.runs | length <= 20' "$sarif" >/dev/null || fail "it has more than 20 runs, one a stack, and GitHub takes no more"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
gzip -c "$sarif" | base64 | tr -d '\n' >"$work/sarif.base64"
jq -n --rawfile sarif "$work/sarif.base64" --arg commit "$commit" --arg ref "$ref" '{commit_sha: $commit, ref: $ref, sarif: $sarif}' >"$work/upload.json"
gh api --method POST "repos/$REPO/code-scanning/sarifs" --input "$work/upload.json" --silent
