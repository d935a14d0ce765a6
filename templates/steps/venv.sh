# shellcheck shell=bash
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# A virtual environment: built in the sandbox, its content recorded, then given to the service's user. VENV is its name.

# install_packages: wheels alone if they will do, because nothing of a wheel runs while it is installed. Sets HOW.
install_packages() {
  local status=0 wanted=()
  mapfile -t wanted <"/var/lib/ddos/code/$ID/layout/install"
  if ! grep -rqsE '^[[:space:]]*--no-binary' "/var/lib/ddos/code/$ID/layout" "/var/lib/ddos/code/$ID/tree" --include='*.txt'; then
    install_once "wheels alone" --only-binary :all: "${wanted[@]}" || status=$?
    if [ "$status" = 0 ]; then
      HOW="wheels alone"
      return 0
    fi
    if network_trouble || [ -n "$(why_ended)" ] || grep -q 'DO NOT MATCH THE HASHES\|Hash mismatch' "$BUILD_LOG"; then
      fail "the packages could not be installed: $(build_reason)"
    fi
    log "not by wheels alone: $(installer_words)"
  fi
  status=0
  install_once "with builds" "${wanted[@]}" || status=$?
  if [ "$status" != 0 ]; then
    fail "the packages could not be installed: $(build_reason)"
  fi
  HOW="some built from source"
}

# install_once WHAT OPTION...: with uv where there is one. uv knows no --pre in a requirements file, and says so.
install_once() {
  local what=$1 status=0
  shift
  if [ ! -x "$UV_FOLDER/uv" ]; then
    try_thrice 420 "$what" /home/ddos/venv/bin/python -m pip install --progress-bar off --prefer-binary --no-compile --retries 3 --timeout 20 \
      "${PLACES[@]}" "$@"
    return
  fi
  with_uv "$what" "$@" || status=$?
  if grep -q '^warning: Ignoring unsupported option.*.--pre. (hint' "$BUILD_LOG"; then
    status=0
    with_uv "$what" --prerelease allow "$@" || status=$?
  fi
  return "$status"
}

# with_uv WHAT OPTION...
with_uv() {
  local what=$1
  shift
  try_thrice 420 "$what" "$UV_FOLDER/uv" pip install --python /home/ddos/venv/bin/python "${UV_PLACES[@]}" "${PLACES[@]}" "$@"
}

# An environment of the system's Python. uv needs no pip in it.
make_environment() {
  local options=()
  if [ -x "$UV_FOLDER/uv" ]; then
    options=(--without-pip)
  fi
  sandbox 120 alone --chdir=/home/ddos /usr/bin/python3 -m venv "${options[@]}" venv ||
    fail "python3 -m venv failed; is python3-venv whole? $(tail -n 1 "$BUILD_LOG")"
}

check_environment() {
  if ! sandbox 120 alone /home/ddos/venv/bin/python -B -c 'import uvicorn, dotenv'; then
    fail "the application's requirements ($(cat "/var/lib/ddos/code/$ID/layout/says")) must bring uvicorn and python-dotenv: $(tail -n 1 "$BUILD_LOG")"
  fi
  if [ ! -d "$BUILD/venv" ] || [ -L "$BUILD/venv" ] || [ -n "$(find "$BUILD/venv" ! -type f ! -type d ! -type l -print -quit)" ]; then
    fail "a package left something in its environment that is neither file nor folder nor link; it is not used"
  fi
}

# Here and not at a start of the service, which cannot write: half a second of each start for a few seconds once. Tests of packages are
# a third of it and never imported. The digest of the source stands in the result instead of its time, so that the same packages give the
# same bytes on every host; nobody compares it at a start, because all content is compared with its record anyway.
compile_environment() {
  local status=0
  sandbox 300 alone /home/ddos/venv/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash -x '/tests?/' /home/ddos/venv/lib || status=$?
  # 1: a file that is no Python for this version, such as a template; it is not compiled.
  if [ "$status" -gt 1 ]; then
    fail "the packages could not be compiled: $(why_ended)$(tail -n 1 "$BUILD_LOG")"
  fi
  cut -c 1-300 "$BUILD_LOG" | head -n 20
}

# used NAME: whether a release has it.
used() { find /home/ddos/releases -mindepth 2 -maxdepth 2 -name venv -printf '%l\n' | grep -qxF "../../venvs/$1"; }

# Builds that no release came to use stay for the next try, as long as there is room.
make_room() {
  local path
  if [ "$(free_mib /home/ddos)" -ge 2500 ]; then
    return 0
  fi
  for path in /home/ddos/venvs/*; do
    if [ -d "$path" ] && [ "${path##*/}" != "$VENV" ] && ! used "${path##*/}"; then
      log "removing $path, which no release uses"
      discard /home/ddos/venvs "${path##*/}"
    fi
  done
}

# find_environment KEY: whether a whole one is there; VENV is its name, or the name for a new one. A damaged one that a release uses stays
# as it is until the new one serves: what runs has files of it open, and has more to import.
find_environment() {
  local damage serial=1
  VENV=$1
  while [ -e "/home/ddos/venvs/$VENV" ]; do
    damage=$(venv_damage "/home/ddos/venvs/$VENV")
    if [ -z "$damage" ]; then
      within /home/ddos/venvs touch -a -- "./$VENV"
      log "venv $VENV is there"
      return 0
    fi
    summary "the Python environment /home/ddos/venvs/$VENV is damaged ($damage): building it anew"
    if ! used "$VENV"; then
      discard /home/ddos/venvs "$VENV"
      break
    fi
    serial=$((serial + 1))
    VENV=$1-$serial
  done
  return 1
}

build_environment() {
  local start target=/home/ddos/venvs/$VENV
  read -r start _ </proc/uptime
  within /home/ddos/venvs find . -mindepth 1 -maxdepth 1 -name '.*' -exec rm -rf -- {} +
  make_room
  free_space /home/ddos 900 "the Python packages" 15000
  free_space /var/lib/ddos 900 "the Python packages" 15000
  (umask 027 && : >"$BUILD_LOG")
  read_places
  new_build "$VENV"
  choose_installer
  make_environment
  install_packages
  check_environment
  compile_environment
  own_environment "$BUILD/venv"
  record_environment "$BUILD/venv"
  hand_over "$BUILD/venv" /home/ddos/venvs "$VENV"
  sync -f "$target"
  CHANGES=$((CHANGES + 1))
  summary "venv $VENV built ($(du -sm "$target" | cut -f 1) MiB, $HOW, by $([ -x "$UV_FOLDER/uv" ] && printf uv || printf pip), $(seconds_since "$start") s)"
}

seconds_since() {
  local now
  read -r now _ </proc/uptime
  printf '%s' $((${now%.*} - ${1%.*}))
}

# Nothing of the build runs any more. Links are not followed.
own_environment() {
  chown -hR ddos:ddos -- "$1"
  chmod -R u=rwX,go=rX -- "$1"
}

record_environment() {
  rm -rf -- "$1/.manifest" "$1/.complete"
  venv_list "$1" >"$STAGE/manifest"
  install -m 644 -o ddos -g ddos -- "$STAGE/manifest" "$1/.manifest"
  sha_of "$STAGE/manifest" >"$STAGE/complete"
  install -m 644 -o ddos -g ddos -- "$STAGE/complete" "$1/.complete"
}

# Owners and modes need no new environment.
repair_owners() {
  if [ "$(venv_strays "/home/ddos/venvs/$VENV")" != none ]; then
    own_again /home/ddos/venvs "$VENV"
    as_ddos chmod -R u=rwX,go=rX -- "/home/ddos/venvs/$VENV"
    CHANGES=$((CHANGES + 1))
    log "owners or modes of /home/ddos/venvs/$VENV corrected"
  fi
}

stage_environment() {
  if find_environment "$1"; then
    repair_owners
    if [ -e "$BUILDS" ]; then
      drop_builds
    fi
  else
    build_environment
  fi
}
