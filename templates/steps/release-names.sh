# shellcheck shell=bash
# Which releases are on this host, for the step and for recover.sh.

# names_in FOLDER
names_in() {
  if [ -d "$1" ]; then
    find "$1" -mindepth 1 -maxdepth 1 -type d -printf '%f\n'
  fi
}

# release_names: newest first.
release_names() {
  names_in /home/ddos/releases | grep -E '^[0-9]+-[0-9a-f]{12}$' | sort -t - -k 1,1nr || printf ''
}
