#!/usr/bin/env bash
# Posts what the workflow "preview" wrote about a pull request as one comment, which later runs replace.
#
# The artifact comes from code of the pull request, perhaps of a stranger: it is data. Its size is limited, only files with known names are
# read, the number has to be that of an open pull request whose head is the commit that was evaluated, and nobody is mentioned.
set -euo pipefail

readonly MARKER='<!-- ml-gateway: what this change does -->'
readonly MAX_ZIP=1048576
readonly MAX_TEXT=65000

fail() {
  printf 'post-change: %s\n' "$1" >&2
  exit 1
}

: "${REPO:?owner/name}" "${RUN_ID:?run of the workflow preview}" "${HEAD_SHA:?commit that it evaluated}"
[[ $RUN_ID =~ ^[0-9]+$ ]] || fail "RUN_ID is no number"
[[ $HEAD_SHA =~ ^[0-9a-f]{40}$ ]] || fail "HEAD_SHA is no commit"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

artifact=$(gh api "repos/$REPO/actions/runs/$RUN_ID/artifacts" --jq '[.artifacts[] | select(.name == "change")][0] | "\(.id) \(.size_in_bytes)"')
read -r id size <<<"$artifact"
[[ $id =~ ^[0-9]+$ && $size =~ ^[0-9]+$ ]] || fail "the run has no artifact of the name change"
((size <= MAX_ZIP)) || fail "the artifact has $size bytes, more than $MAX_ZIP"
gh api "repos/$REPO/actions/artifacts/$id/zip" >"$work/change.zip"

# Straight to standard output: no path of the archive is ever used. What is packed small may be large, so reading ends early, and unzip with it;
# an entry that is missing is empty, which each reader refuses.
entry() (
  set +o pipefail
  unzip -p "$work/change.zip" "$1" | head -c "$2"
)
number=$(entry number 12)
[[ $number =~ ^[1-9][0-9]{0,9}$ ]] || fail "the artifact names no pull request"
entry comment.md "$((4 * MAX_TEXT))" >"$work/comment.md"
[ -s "$work/comment.md" ] || fail "the artifact holds no comment"

head=$(gh api "repos/$REPO/pulls/$number" --jq '"\(.state) \(.head.sha)"')
[ "$head" = "open $HEAD_SHA" ] || fail "pull request $number is not open at $HEAD_SHA, so what was evaluated is not its head"

# GitHub finds names and issues in what is shown, so references to characters count as well (&#64;): behind the sign of a name or of an issue, GH- among
# them, comes a word joiner, and references to letters and digits, which the preview never writes, are shown as they are.
jq -n --rawfile text "$work/comment.md" --arg marker "$MARKER" --argjson most "$MAX_TEXT" '
  ($marker + "\n_Written by the code of this pull request, without credentials; trust it as far as you trust that code._\n\n") as $head
  | ($text
    | gsub("&(?=#0*(?:4[89]|5[0-7]|6[5-9]|[78][0-9]|90|9[7-9]|1[01][0-9]|12[0-2])(?![0-9]))"; "&amp;")
    | gsub("&(?=#[xX]0*(?:3[0-9]|[46][1-9a-fA-F]|[57][0-9aA])(?![0-9a-fA-F]))"; "&amp;")
    | gsub("(?<sign>@|&#0*64(?![0-9]);?|&#[xX]0*40(?![0-9a-fA-F]);?|&commat;)"; .sign + "\u2060")
    | gsub("(?<sign>(?<!&)#(?=[0-9])|&#0*35(?![0-9]);?|&#[xX]0*23(?![0-9a-fA-F]);?|&num;)"; .sign + "\u2060")
    | gsub("(?<sign>gh(?:-|&#0*45;|&#x0*2d;)(?=[0-9]))"; .sign + "\u2060"; "i")
    | gsub("!\\["; "! [") | gsub("<img"; "&lt;img"; "i")) as $body
  | {body: ($head + $body)[0:$most]}' >"$work/body.json"

comment=$(gh api --paginate "repos/$REPO/issues/$number/comments" \
  --jq ".[] | select(.user.login == \"github-actions[bot]\" and (.body | startswith(\"$MARKER\"))) | .id" | head -n 1)
if [ -n "$comment" ]; then
  gh api --method PATCH "repos/$REPO/issues/comments/$comment" --input "$work/body.json" --silent
else
  gh api --method POST "repos/$REPO/issues/$number/comments" --input "$work/body.json" --silent
fi

# Findings as annotations, where the repository takes them (code scanning). There is no log where no stack could be evaluated.
if [ "${CODE_SCANNING:-}" = true ]; then
  entry findings.sarif "$((4 * MAX_ZIP))" >"$work/findings.sarif"
  [ ! -s "$work/findings.sarif" ] || "$(dirname "$0")/upload-findings.sh" "$work/findings.sarif" "$HEAD_SHA" "refs/pull/$number/head"
fi
