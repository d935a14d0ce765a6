# shellcheck shell=bash disable=SC2034 # the other parts of the step read these variables
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# What a release is made of, and how it gets together where root alone can write: $NEW, which becomes a release of /home/ddos/releases in one move.

# word KEY: a value that becomes part of a path.
word() {
  local found
  found=$(need "$1")
  if [[ ! $found =~ ^[A-Za-z0-9][A-Za-z0-9._-]*$ ]]; then
    fail "the step's input «$1» is no plain name: «$found»"
  fi
  printf '%s' "$found"
}

# The folder that makes a release one.
MAIN_FOLDER=app
NEW=/var/lib/ddos/staging/release

read_wanted() {
  CURRENT=""
  ID=""
  ROLE=$(word role)
  CODE=$(word code)
  SETTINGS=$(word env)
  MODELS=$(word models)
  PORT=$(word port)
  SERVICE=ddos-$ROLE.service
  CANDIDATE=ddos-$ROLE-next.service
  local name file
  for name in unit:main.service nextUnit:next.service nginx:site.conf; do
    file=${name#*:}
    if [ "$(sha_of "$STAGE/$file")" != "$(need "${name%%:*}")" ]; then
      fail "$file is not the one that this deployment announced; run again"
    fi
  done
  read_checks
}

# Secrets are in no digest but that of the settings, which is salted and slow by design.
wanted_digest() {
  {
    printf 'code=%s\nenv=%s\nvenv=%s\nmodels=%s\n' "$CODE" "$SETTINGS" "$VENV" "$MODELS"
    printf 'unit=%s\nnextUnit=%s\nnginx=%s\n' "$(need unit)" "$(need nextUnit)" "$(need nginx)"
    printf 'role=%s\nport=%s\n' "$ROLE" "$PORT"
    grep -E '^(health[A-Z][a-z]+|startSeconds|checks)=' "$STAGE/header"
  } >"$STAGE/made-of"
  sha_of "$STAGE/made-of"
}

# model_lines: "<sha256> <file name>" of each file of the set that is there.
model_lines() {
  if [ "$MODELS" = none ]; then
    return 0
  fi
  awk '$1 ~ /^[0-9a-f]+$/ && length($1) == 64 { sha = $1; sub(/^[^ ]+ [^ ]+ [^ ]+ /, ""); print sha " " $0 }' "/var/lib/ddos/models-sets/$MODELS"
}

# in_store SHA: whether the store has this file, byte for byte. It is read once in a run, and again only where the file system says that it has changed.
in_store() {
  local path=/var/lib/ddos/models/$1 state
  state=$(file_state "$path" | tr '\000' '\n')
  if [ -e "$STAGE/models-read" ] && grep -qxF -- "$state" "$STAGE/models-read"; then
    return 0
  fi
  if [ "$(model_sha "$path")" != "$1" ]; then
    return 1
  fi
  if settled "$path"; then
    printf '%s\n' "$state" >>"$STAGE/models-read"
  fi
}

# The store is shared by hard links, so a release costs no second copy; on another file system it does.
stage_models() {
  local sha name
  while read -r sha name; do
    if [ ! -e "/var/lib/ddos/models/$sha" ]; then
      fail "the model file $name ($sha) is not in the store of this host: the models step has to run again"
    fi
    if ! in_store "$sha"; then
      fail "the model file $name was altered on this host (/var/lib/ddos/models/$sha): the models step has to run again, it fetches it anew"
    fi
    if ! ln -- "/var/lib/ddos/models/$sha" "$NEW/models/$name" 2>/dev/null; then
      cp -- "/var/lib/ddos/models/$sha" "$NEW/models/$name"
    fi
    chown ddos:ddos -- "$NEW/models/$name"
    chmod 444 -- "$NEW/models/$name"
  done < <(model_lines)
}

# new_staging: an empty folder for a release.
new_staging() {
  rm -rf -- /var/lib/ddos/staging
  install -d -m 700 -o root -g root /var/lib/ddos/staging
  install -d -m 755 -o ddos -g ddos "$NEW"
}

# take_staged ID: what was put together is this release from now on.
take_staged() {
  hand_over "$NEW" /home/ddos/releases "$1"
  rm -rf -- /var/lib/ddos/staging
}

# stage_tree: the folder of a release, made of its stored parts; what says so is written by the caller.
stage_tree() {
  new_staging
  install -d -m 755 -o ddos -g ddos "$NEW/models" "$NEW/config"
  cp -R -- "/var/lib/ddos/code/$CODE/tree" "$NEW/app"
  chown -R ddos:ddos "$NEW/app"
  find "$NEW/app" -type d -exec chmod 755 {} +
  find "$NEW/app" -type f -exec chmod 644 {} +
  (umask 077 && install -m 600 -o ddos -g ddos -- "/var/lib/ddos/env/$SETTINGS" "$NEW/app/.env")
  ln -s "../../venvs/$VENV" "$NEW/venv"
  chown -h ddos:ddos "$NEW/venv"
  stage_models
}

stage_release() {
  rm -rf -- /var/lib/ddos/releases/.partial
  local size
  size=$(du -sm -- "/var/lib/ddos/code/$CODE/tree" | cut -f 1)
  free_space /home/ddos $((size + 64)) "a release" $(($(find "/var/lib/ddos/code/$CODE/tree" | wc -l) + 100))
  free_space /var/lib/ddos $((size + 64)) "a release and its records"
  stage_tree
  install -m 644 -o ddos -g ddos -- "$STAGE/site.conf" "$NEW/config/nginx.conf"
  write_release_files
  install -d -m 755 -o root -g root /var/lib/ddos/releases /var/lib/ddos/releases/.partial
  install -m 644 -o root -g root -- "$STAGE/main.service" /var/lib/ddos/releases/.partial/unit
  install -m 644 -o root -g root -- "$STAGE/next.service" /var/lib/ddos/releases/.partial/next-unit
  install -m 644 -o root -g root -- "$STAGE/site.conf" /var/lib/ddos/releases/.partial/nginx
  install -m 644 -o root -g root -- "$STAGE/facts" /var/lib/ddos/releases/.partial/facts
  if [ -e "$STAGE/checks.json" ]; then
    install -m 600 -o root -g root -- "$STAGE/checks.json" /var/lib/ddos/releases/.partial/checks.json
  fi
}

# release_conf ID: read by systemd for the unit. PYTHONPATH is the folder with the modules, where that is not the application's folder itself.
release_conf() {
  printf 'DDOS_RELEASE=%s\n' "$1"
  if [ "$(cat "/var/lib/ddos/code/$CODE/layout/pythonpath")" = src ]; then
    printf 'PYTHONPATH=/home/ddos/app/src\n'
  fi
}

# release.json: digests only, every one of them plain letters and digits.
write_release_files() {
  { cat "$STAGE/made-of" && printf 'digest=%s\n' "$DIGEST"; } >"$STAGE/facts"
  release_conf "$ID" >"$STAGE/release.conf"
  printf '{"release":"%s","role":"%s","code":"%s","env":"%s","venv":"%s","models":"%s","unit":"%s","nginx":"%s"}\n' \
    "$ID" "$ROLE" "$CODE" "$SETTINGS" "$VENV" "$MODELS" "$(need unit)" "$(need nginx)" >"$STAGE/release.json"
  install -m 644 -o ddos -g ddos -- "$STAGE/release.conf" "$NEW/release.conf"
  install -m 644 -o ddos -g ddos -- "$STAGE/release.json" "$NEW/release.json"
}

# highest_number: of all releases that are or were here.
highest_number() {
  {
    head -c 20 /var/lib/ddos/counter 2>/dev/null || printf 0
    printf '\n%s\n0\n' "$CURRENT"
    release_names
    ls /var/lib/ddos/releases
  } | sed -nE 's/^0*([1-9][0-9]{0,14}|0)(-[0-9a-f]{12})?$/\1/p' | sort -n | tail -n 1
}

# Numbers are never used twice and never depend on the clock: the counter moves before anything else is made. It may have been lost, so every
# release that is or was here counts as well.
take_number() {
  local last
  last=$(highest_number)
  printf '%s\n' "$((last + 1))" >"$STAGE/counter"
  put "$STAGE/counter" /var/lib/ddos/counter 0644 root root
  ID=$((last + 1))-${DIGEST:0:12}
}

# The record first: a release directory without a record never exists.
publish_stage() {
  mv -T -- /var/lib/ddos/releases/.partial "/var/lib/ddos/releases/$ID"
  take_staged "$ID"
  sync -f /home/ddos/releases /var/lib/ddos/releases
}

# referenced: every stored part that a kept release needs, as paths.
referenced() {
  local name facts models
  while read -r name; do
    facts=/var/lib/ddos/releases/$name/facts
    if [ ! -s "$facts" ]; then
      continue
    fi
    sed -n -e 's,^code=,/var/lib/ddos/code/,p' -e 's,^env=,/var/lib/ddos/env/,p' -e 's,^venv=,/home/ddos/venvs/,p' \
      -e 's,^models=,/var/lib/ddos/models-sets/,p' "$facts"
    # A site without an application has no models, and no line about them.
    models=/var/lib/ddos/models-sets/$(sed -n 's/^models=//p' "$facts")
    if [ -f "$models" ]; then
      awk 'length($1) == 64 { print "/var/lib/ddos/models/" $1 }' "$models"
    fi
  done <"$STAGE/keep"
}

# remove_part PATH
remove_part() {
  case "$1" in
    /home/ddos/venvs/*) discard /home/ddos/venvs "${1##*/}" ;;
    /var/lib/ddos/*) rm -rf -- "$1" ;;
  esac
}

# prune: parts of releases; recover.sh has left the three that stay. Parts are deleted only when two releases in a row found them unused, with the same time of last use: another deployment
# may just have brought them, or found them here, for its own release (the code, env and models steps touch what they find). Times are
# compared for being equal, never for order. A name that this program gives to no part may be anything, even two lines of a list.
prune() {
  local name used
  release_names >"$STAGE/keep"
  referenced | sort -u >"$STAGE/referenced"
  find /var/lib/ddos/code /var/lib/ddos/env /var/lib/ddos/models /var/lib/ddos/models-sets /home/ddos/venvs -mindepth 1 -maxdepth 1 \
    ! -name '*[!A-Za-z0-9._-]*' -printf '%A@ %p\n' >"$STAGE/parts"
  awk 'NR == FNR { needed[$0]; next } { path = $0; sub(/^[^ ]+ /, "", path) } !(path in needed)' "$STAGE/referenced" "$STAGE/parts" >"$STAGE/unused"
  : >"$STAGE/garbage"
  while read -r used name; do
    if [ -e /var/lib/ddos/garbage ] && grep -qxF -- "$used $name" /var/lib/ddos/garbage; then
      remove_part "$name"
      log "removed unused $name"
    else
      printf '%s %s\n' "$used" "$name" >>"$STAGE/garbage"
    fi
  done <"$STAGE/unused"
  put "$STAGE/garbage" /var/lib/ddos/garbage 0644 root root
}
