# shellcheck shell=bash
# What unpacks an archive of restore.sh, in a sandbox and as the service's user: a script of its own, run in the folder that alone can be written there.
# Arguments: the folder to unpack into, «.» or a name; the archive's SHA-256; options of tar. It has no braces behind a dollar sign: systemd would expand them.

# shellcheck disable=SC2034,SC2016 # run by restore.sh
UNPACK='set -eu
into=$1 whole=.restored-$2
shift 2
if [ "$into" != . ]; then
  if [ -L "$into" ]; then
    echo "$PWD/$into is a link: move it away" >&2
    exit 1
  fi
  mkdir -p -- "$into"
  cd -P -- "$into"
  exec tar -xzf - "$@"
fi
# The application may read here at any time, and the power may go: nothing has its name before all of it is on the disk. What a cut kept from being
# moved is moved by the next try; where the application has made the same name meanwhile, beside it.
if [ -L "$whole" ] || [ ! -d "$whole" ]; then
  rm -rf -- .restoring "$whole"
  mkdir -- .restoring
  tar -xzf - -C .restoring "$@"
  sync -f .restoring
  mv -T -- .restoring "$whole"
fi
shopt -s dotglob nullglob
cd -- "$whole"
for one in *; do
  to=../$one
  if [ -e "$to" ] || [ -L "$to" ]; then
    mkdir -p ../restored
    to=../restored/$one
    rm -rf -- "$to"
  fi
  mv -T -- "$one" "$to"
done
cd ..
rmdir -- "$whole"'
