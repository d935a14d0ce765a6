#!/bin/bash
# The application's code under /var/lib/ddos/code/<id>/tree, and a virtual environment with its requirements under /home/ddos/venvs/<key>.
# Neither is in use before a release points to it. stdin: source, id, module, region, egress, and by source: sha256 with the tar.gz as
# payload | url, commit | uri, sha256; wheelhouse and wheelhouseUri, or none; index, perhaps, with its credentials. layout.py, pyproject.py,
# pip-settings.py, redact.py and uv.txt are in $STAGE.
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# shellcheck source=templates/steps/s3.sh
. "${0%/*}/s3.sh"
# shellcheck source=templates/steps/build-sandbox.sh
. "${0%/*}/build-sandbox.sh"
# shellcheck source=templates/steps/installer.sh
. "${0%/*}/installer.sh"
# shellcheck source=templates/steps/venv.sh
. "${0%/*}/venv.sh"

SOURCE=$(need source)
ID=$(need id)
MODULE=$(need module)
WHEELHOUSE=$(need wheelhouse)
EGRESS=$(need egress)
REGION=$(need region)
TREE=/var/lib/ddos/code/$ID/tree

case "$ID" in
  *[!0-9a-f]* | "") fail "«$ID» is not a code id (lower-case hex digits)" ;;
esac

# --- the code -----------------------------------------------------------------------------------------------------------------------

# unpack ARCHIVE FOLDER: files, folders and symbolic links only, whatever the archive says about owners and modes. tar makes links that lead
# out of the folder last, so that nothing is written through one; layout.py refuses them.
unpack() {
  local odd
  odd=$(tar -tvf "$1" | sed '/^[-dl]/d' | head -n 3)
  if [ -n "$odd" ]; then
    fail "the archive has hard links or special files, which an application must not have: $odd"
  fi
  install -d -m 755 -o root -g root "$2"
  tar -x --no-same-owner --no-same-permissions -f "$1" -C "$2"
  find "$2" -type d -exec chmod 755 {} +
  find "$2" -type f -exec chmod 644 {} +
}

fetch_bundle() {
  local found
  base64 -d <"$STAGE/payload" >"$STAGE/bundle.tar.gz" || fail "the bundle did not arrive whole (not base64); run again"
  gzip -dc "$STAGE/bundle.tar.gz" >"$STAGE/bundle.tar" || fail "the bundle did not arrive whole (not gzip); run again"
  found=$(sha_of "$STAGE/bundle.tar")
  if [ "$found" != "$(need sha256)" ]; then
    fail "the bundle that arrived has sha256 $found, expected $(need sha256); run again"
  fi
  unpack "$STAGE/bundle.tar" "$1"
}

# In a folder of its own on the disk: all of a repository may come, and /run is memory.
fetch_git() {
  local url commit repository=${1%/*}-git
  url=$(need url)
  commit=$(need commit)
  export GIT_TERMINAL_PROMPT=0 GIT_CONFIG_NOSYSTEM=1
  git init --quiet "$repository"
  # Not every server hands out a commit that no branch ends with; then everything is fetched.
  if ! timeout 120 git -C "$repository" fetch --quiet --depth 1 "$url" "$commit" 2>"$STAGE/git" &&
    ! timeout 300 git -C "$repository" fetch --quiet "$url" '+refs/*:refs/fetched/*' 2>"$STAGE/git"; then
    rm -rf -- "$repository"
    fail "git could not fetch $url: $(tr '\n' ' ' <"$STAGE/git" | cut -c 1-300)"
  fi
  if [ "$(git -C "$repository" rev-parse --verify --quiet "$commit^{commit}" || printf none)" != "$commit" ]; then
    rm -rf -- "$repository"
    fail "$url has no commit $commit; give the full 40 digits of one that was pushed (ml-gateway:app.git.commit)"
  fi
  git -C "$repository" archive --format=tar --output="$repository/bundle.tar" "$commit"
  unpack "$repository/bundle.tar" "$1"
  note_absent "$(git -C "$repository" ls-tree -r "$commit" | sed -n 's/^160000 commit [0-9a-f]*\t//p')" "$1"
  rm -rf -- "$repository"
}

# note_absent SUBMODULES TREE: what a commit names and does not hold. It may not be needed, so it is said, and ends nothing by itself; a
# failure that follows from it says it again.
note_absent() {
  local pointers
  : >"$STAGE/absent"
  if [ -n "$1" ]; then
    printf 'the repository has submodules, which are not fetched: %s' "$(head -n 5 <<<"$1" | tr '\n' ' ')" >>"$STAGE/absent"
  fi
  pointers=$(find "$2" -type f -size -2 -exec grep -lx 'version https://git-lfs.github.com/spec/v1' {} + | sed "s,^$2/,," | LC_ALL=C sort || printf '')
  if [ -n "$pointers" ]; then
    printf '%s files are pointers of Git LFS, whose content is not fetched: %s' "$(wc -l <<<"$pointers")" "$(head -n 5 <<<"$pointers" | tr '\n' ' ')" >>"$STAGE/absent"
  fi
  if [ -s "$STAGE/absent" ]; then
    summary "$(cat "$STAGE/absent"). Make a bundle of a whole checkout (ml-gateway:app.bundle), or give the folder (ml-gateway:app.path)"
  fi
}

fetch_s3() {
  s3_fetch "$(need uri)" /var/lib/ddos/code/.download "$(need sha256)"
  if [ "$S3_ABSENT" = yes ]; then
    fail "$(need uri) does not exist (ml-gateway:app.bundle.uri)"
  fi
  unpack /var/lib/ddos/code/.download "$1"
  rm -f /var/lib/ddos/code/.download
}

stage_code() {
  local target=/var/lib/ddos/code/$ID partial=/var/lib/ddos/code/.partial-$ID
  if [ -e "$target/complete" ] && [ "$(tree_print "$target/tree")" = "$(cat "$target/complete")" ]; then
    keep "$target"
    log "code $ID is there"
    return 0
  fi
  free_space /var/lib/ddos 100 "the application's code"
  rm -rf -- /var/lib/ddos/code/.partial-* "$target"
  install -d -m 755 -o root -g root "$partial"
  case "$SOURCE" in
    bundle) fetch_bundle "$partial/tree" ;;
    git) fetch_git "$partial/tree" ;;
    s3) fetch_s3 "$partial/tree" ;;
    *) fail "«$SOURCE» is not a source of code (bundle, git, s3)" ;;
  esac
  # Never from a repository: the release step writes the only .env there is.
  rm -f -- "$partial/tree/.env"
  tree_print "$partial/tree" >"$partial/complete"
  sync -f "$partial/complete"
  mv -T -- "$partial" "$target"
  CHANGES=$((CHANGES + 1))
  summary "code $ID staged ($(find "$target/tree" -type f | wc -l) files)"
}

# Where the modules are, and what decides the virtual environment: layout.py says it, and what it says stays beside the tree.
read_layout() {
  local out name
  install -d -m 755 -o root -g root "$STAGE/layout"
  if ! out=$(/usr/bin/python3 -I -S -B "$STAGE/layout.py" "$TREE" "$MODULE" "$STAGE/layout" 2>&1); then
    fail "$(tail -n 1 <<<"$out")$(if [ -s "$STAGE/absent" ]; then printf ' (%s)' "$(cat "$STAGE/absent")"; fi)"
  fi
  folder 0755 root root "/var/lib/ddos/code/$ID/layout"
  for name in "$STAGE"/layout/*; do
    put "$name" "/var/lib/ddos/code/$ID/layout/${name##*/}" 0644 root root
  done
  log "packages by $(cat "$STAGE/layout/says"), modules in $(cat "$STAGE/layout/pythonpath")"
}

fetch_wheelhouse() {
  local target=/var/lib/ddos/wheelhouse/$WHEELHOUSE
  if [ "$WHEELHOUSE" = none ]; then
    if [ "$EGRESS" = none ] && [ ! -e /etc/pip.conf ]; then
      fail "with egress none pip can reach no package index: give ml-gateway:python.wheelhouse (uri, sha256), or an image with /etc/pip.conf"
    fi
    return 0
  fi
  if [ -d "$target" ]; then
    return 0
  fi
  free_space /var/lib/ddos 600 "the wheelhouse"
  install -d -m 755 -o root -g root /var/lib/ddos/wheelhouse
  rm -rf -- /var/lib/ddos/wheelhouse/.partial-*
  s3_fetch "$(need wheelhouseUri)" /var/lib/ddos/wheelhouse/.download "$WHEELHOUSE"
  if [ "$S3_ABSENT" = yes ]; then
    fail "$(need wheelhouseUri) does not exist (ml-gateway:python.wheelhouse.uri)"
  fi
  unpack /var/lib/ddos/wheelhouse/.download "/var/lib/ddos/wheelhouse/.partial-$WHEELHOUSE"
  mv -T -- "/var/lib/ddos/wheelhouse/.partial-$WHEELHOUSE" "$target"
  rm -f /var/lib/ddos/wheelhouse/.download
}

need_user ddos
need_user ddos-build
stage_code
read_layout
fetch_wheelhouse
# The second line changes with what an environment consists of, besides its packages.
KEY=$(
  {
    cat "/var/lib/ddos/code/$ID/layout/decides"
    printf 'environment 2\n'
    /usr/bin/python3 -I -S -c 'import os, sys; print(sys.version_info[:2], os.uname().machine)'
    printf '%s\n' "$WHEELHOUSE"
  } | sha256sum | cut -c 1-16
)
stage_environment "$KEY"
# Last: what it names is whole.
printf '%s\n' "$VENV" >"$STAGE/venv-key"
put "$STAGE/venv-key" "/var/lib/ddos/code/$ID/venv-key" 0644 root root
remember_input
summary "code: ${ID:0:12}, venv $VENV, $CHANGES changed"
