# shellcheck shell=bash disable=SC2034 # the other parts of the step read these variables
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# What installs packages: uv, exactly the one that uv.txt names, from the place that the application's packages come from. Where that place
# has no uv, such as a wheelhouse without it, it is the host's own pip, which gives the same packages in several times the time.

# The program's folder; it has no program in it where pip installs.
UV_FOLDER=/var/lib/ddos/uv/none
# Options that say where packages come from: for both, and for uv alone.
PLACES=()
UV_PLACES=()

# read_places: for both installers. Credentials of an index go by file only.
read_places() {
  if [ "$WHEELHOUSE" != none ]; then
    PLACES=(--no-index --find-links "/var/lib/ddos/wheelhouse/$WHEELHOUSE")
  fi
  if ! (umask 077 && own_index && /usr/bin/python3 -I -S "$STAGE/pip-settings.py" "$BUILD_ENV" "$BUILD_SECRETS" >"$STAGE/pip-says" 2>"$STAGE/pip-error"); then
    fail "the configuration of pip on this host (/etc/pip.conf) cannot be read: $(tail -n 1 "$STAGE/pip-error")"
  fi
  mapfile -t UV_PLACES < <(sed -n 's/^option //p' "$STAGE/pip-says")
}

# own_index: in the environment of the one program that writes it into a file; an argument could be seen by all.
own_index() {
  local index
  index=$(value index)
  if [ -n "$index" ]; then
    export PIP_INDEX_URL="$index"
  fi
}

# The system's own pip, without an environment: from the wheel that python3-venv brings. Nothing where pip is a package of its own.
system_pip() {
  local wheel
  for wheel in /usr/share/python-wheels/pip-*.whl; do
    if [ -e "$wheel" ]; then
      printf '%s' "$wheel"
    fi
  done
}

# choose_installer: sets UV_FOLDER. Fetched once for a version; what is there is compared with its digest each time.
choose_installer() {
  local folder version beyond
  version=$(sed -n 's/^\(uv==[^ ]*\).*/\1/p' "$STAGE/uv.txt")
  beyond=$(sed -n 's/^beyond //p' "$STAGE/pip-says" | tr '\n' ' ')
  if [ -n "$beyond" ]; then
    summary "pip installs, which takes minutes: uv cannot follow what this host's pip is configured with (${beyond% })"
    return 0
  fi
  folder=/var/lib/ddos/uv/$(sha_of "$STAGE/uv.txt" | cut -c 1-16)
  if [ ! -x "$folder/uv" ] || [ "$(sha_of "$folder/uv")" != "$(cat "$folder/sha256")" ]; then
    fetch_uv "$folder" "$version" || return 0
  fi
  UV_FOLDER=$folder
}

# fetch_uv FOLDER VERSION: fails, and says so, where the packages come from a place without uv. A wrong digest ends the step.
fetch_uv() {
  local folder=$1 version=$2 status=0 wheel
  rm -rf -- "$folder"
  cp -- "$STAGE/uv.txt" "$BUILD/uv.txt"
  chmod 644 "$BUILD/uv.txt"
  try_thrice 180 "$version" env PYTHONPATH="$(system_pip)" /usr/bin/python3 -m pip download --quiet --progress-bar off --retries 3 --timeout 20 \
    --no-deps --only-binary :all: --require-hashes "${PLACES[@]}" --dest /home/ddos/uv --requirement /home/ddos/uv.txt || status=$?
  if [ "$status" != 0 ]; then
    if grep -q 'DO NOT MATCH THE HASHES' "$BUILD_LOG"; then
      fail "$version has another sha256 on the package index than the one that is pinned (templates/steps/uv.txt); nothing was installed. Find out who changed the file there"
    fi
    if ! grep -q 'No matching distribution found' "$BUILD_LOG"; then
      fail "$version, which installs the packages, could not be fetched: $(build_reason)"
    fi
    summary "pip installs, which takes minutes: $(place_of_packages) has no $version for this machine ($(uname -m)). Add its wheel there"
    return 1
  fi
  wheel=$(find "$BUILD/uv" -maxdepth 1 -name '*.whl')
  if [ ! -f "$wheel" ] || [ -L "$wheel" ] || ! grep -qF "sha256:$(sha_of "$wheel")" "$STAGE/uv.txt"; then
    fail "$version did not arrive as it was pinned (templates/steps/uv.txt); run again"
  fi
  take_program "$wheel" "$folder"
  summary "$version fetched"
}

# take_program WHEEL FOLDER: the one program in it.
take_program() {
  local partial=$2.partial
  rm -rf -- "$partial"
  install -d -m 755 -o root -g root /var/lib/ddos/uv "$partial"
  /usr/bin/python3 -I -S -c 'import sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
name = next(n for n in wheel.namelist() if n.endswith(".data/scripts/uv"))
with wheel.open(name) as source, open(sys.argv[2], "wb") as target:
    target.write(source.read())' "$1" "$partial/uv"
  chmod 755 "$partial/uv"
  sha_of "$partial/uv" >"$partial/sha256"
  sync -f "$partial/sha256"
  mv -T -- "$partial" "$2"
  find /var/lib/ddos/uv -mindepth 1 -maxdepth 1 ! -path "$2" -exec rm -rf -- {} +
}

place_of_packages() {
  if [ "$WHEELHOUSE" != none ]; then
    printf 'the wheelhouse (ml-gateway:python.wheelhouse)'
  elif [ -n "$(value index)" ]; then
    printf 'the package index (ml-gateway:python.index)'
  else
    printf 'the package index'
  fi
}

network_trouble() {
  grep -qE 'NewConnectionError|ConnectTimeout|ReadTimeout|Temporary failure in name resolution|Could not resolve host|Connection (refused|reset)|RemoteDisconnected|SSLError|ProxyError|IncompleteRead|client error \(Connect\)|operation timed out|dns error|error sending request|HTTP status server error|connection closed' "$BUILD_LOG"
}

# Over TLS a wrong clock looks like a certificate that is not valid, and a dead name server like an index that is away.
clock_trouble() { grep -qiE 'certificate (has )?expired|certificate is not yet valid|not ?valid ?yet|invalid peer certificate: Expired' "$BUILD_LOG"; }
name_trouble() { grep -qiE 'name resolution|could not resolve|dns error|failed to lookup address|name or service not known' "$BUILD_LOG"; }

# try_thrice SECONDS WHAT COMMAND...: in the sandbox, again only when the network was at fault. Its status is the command's.
try_thrice() {
  local seconds=$1 what=$2 try status
  shift 2
  for try in 1 2 3; do
    status=0
    sandbox "$seconds" network "$@" || status=$?
    cut -c 1-400 "$BUILD_LOG"
    if [ "$status" = 0 ] || [ "$try" = 3 ] || ! network_trouble || clock_trouble; then
      return "$status"
    fi
    log "attempt $try of 3, $what: $(place_of_packages) could not be reached"
    sleep $((try * 5))
  done
}

# build_reason: one sentence; then what the installer itself said.
build_reason() {
  why_ended
  if grep -q 'DO NOT MATCH THE HASHES\|Hash mismatch' "$BUILD_LOG"; then
    printf 'a package has another hash than the requirements say; '
  elif clock_trouble; then
    printf "this host's clock says %s, when the certificate of %s is not valid: correct the clock (timedatectl), unless the date is right; " "$(date -u +%FT%TZ)" "$(place_of_packages)"
  elif name_trouble; then
    printf "the name of %s could not be resolved: does this host's name server answer (resolvectl status)? " "$(place_of_packages)"
  elif network_trouble; then
    printf '%s could not be reached (egress %s); ' "$(place_of_packages)" "$EGRESS"
  elif grep -qE 'HTTP status client error \(40[13]|401 Error|403 Error|401 Unauthorized|403 Forbidden' "$BUILD_LOG"; then
    printf '%s refuses the credentials; ' "$(place_of_packages)"
  elif grep -q 'No matching distribution found\|No solution found\|no usable wheels\|was not found in the' "$BUILD_LOG"; then
    printf 'the requirements ask for something that %s does not have for %s; ' "$(place_of_packages)" "$(python3 -V)"
  elif grep -q 'Failed to build\|Failed building\|build backend returned an error\|subprocess-exited-with-error' "$BUILD_LOG"; then
    printf 'a package without a wheel for %s on this machine could not be built from its source; ' "$(python3 -V)"
  fi
  installer_words
}

# The lines that say it, in the installer's own words, as one.
installer_words() {
  local words
  words=$(sed -nE -e '/^(ERROR|error):/,/^$/p' -e '/^The conflict is caused by:/,/^$/p' -e '/^ +(fatal|error|Expected|Computed|sha256):/p' "$BUILD_LOG" |
    sed '/^hint: /d' | tr -s ' \n' ' ' | cut -c 1-700)
  printf '%s' "${words:-the installer gave no reason}"
}
