# shellcheck shell=bash
# What recover.sh knows of a host: which releases there are, which of them is meant to serve, and who answers. It is asked each time, because
# records can be lost or damaged, and nothing is claimed about who serves without an answer of it.

# is_release TEXT: whether it can be the name of a release; anything else is never part of a path.
is_release() { [[ $1 =~ ^[0-9]+-[0-9a-f]{12}$ ]]; }

# whole ID: whether its files and records are there, so that it can be made to serve.
whole() {
  local main=app
  if ! is_release "$1" || [ ! -s "/var/lib/ddos/releases/$1/facts" ]; then
    return 1
  fi
  if is_proxy "$1"; then
    main=config
  fi
  [ -d "/home/ddos/releases/$1/$main" ]
}

# recorded KEY: current or previous, by the record of what was proven last.
recorded() {
  local found=""
  if [ -f /var/lib/ddos/serving ]; then
    found=$(entry /var/lib/ddos/serving "$1")
  fi
  if is_release "$found"; then
    printf '%s' "$found"
  fi
}

# leads_to LINK: the release that the link names.
leads_to() {
  local found=""
  if [ -L "$1" ]; then
    found=$(readlink -- "$1")
  fi
  if is_release "${found##*/}"; then
    printf '%s' "${found##*/}"
  fi
}

# answering PORT: the release that answers there, well or not; nothing when none does.
answering() {
  local facts path=/health
  facts=/var/lib/ddos/releases/$(leads_to /home/ddos/current)/facts
  if [ -s "$facts" ]; then
    path=$(health_value "$facts" healthPath /health)
  fi
  if curl --silent --globoff --noproxy '*' --max-time 5 --output /dev/null --dump-header "$SCRATCH/who" "http://127.0.0.1:$1$path" 2>"$SCRATCH/curl"; then
    sed -n 's/^[Xx]-[Rr]elease: *\([0-9]*-[0-9a-f]*\)[[:space:]]*$/\1/p' "$SCRATCH/who" | tail -n 1
  fi
}

# current_release: the one that serves or should: by the record, by what answers, by the link, in this order. Nothing only where there has
# been none: taking a host that serves for an empty one would mean to clear it after a failure.
current_release() {
  local id answers
  id=$(recorded current)
  if ! known "$id"; then
    answers=$(answering 8000)
    id=$answers
    if ! known "$id"; then
      id=$(leads_to /home/ddos/current)
    fi
    if ! known "$id"; then
      id=$answers
    fi
  fi
  if is_release "$id"; then
    printf '%s' "$id"
  fi
}

# known ID: whether anything of it is on this host.
known() { is_release "$1" && { [ -d "/home/ddos/releases/$1" ] || [ -s "/var/lib/ddos/releases/$1/facts" ]; }; }

# site_of: the name of our site that is here, which is the role.
site_of() {
  local role
  for role in gateway backend; do
    if [ -e "/etc/nginx/sites-available/$role" ] || [ -e "/etc/systemd/system/ddos-$role.service" ]; then
      printf '%s' "$role"
      return 0
    fi
  done
}

# port_of ROLE: on which our site listens, as it is installed.
port_of() {
  if [ -f "/etc/nginx/sites-available/$1" ]; then
    sed -n -E 's/^[[:space:]]*listen[[:space:]]+([0-9]+).*/\1/p' "/etc/nginx/sites-available/$1" | head -n 1
  fi
}

# stand_in: the release whose candidate answers the requests that come through nginx, because the service does not. It stays until another
# one serves.
stand_in() {
  local id port
  id=$(answering 8001)
  port=$(port_of "$(site_of)")
  if [ -n "$id" ] && [ -n "$port" ] && [ -z "$(answering 8000)" ] && [ "$(answering "$port")" = "$id" ]; then
    printf '%s' "$id"
  fi
}

# state: one sentence about who answers now.
state() {
  local port served main candidate
  port=$(port_of "$(site_of)")
  served=$(if [ -n "$port" ]; then answering "$port"; fi)
  main=$(answering 8000)
  candidate=$(answering 8001)
  if [ -n "$served" ] && [ -z "$main" ] && [ -n "$candidate" ]; then
    say "Asked just now: release $served answers on port $port, by its candidate on port 8001; the service itself does not"
  elif [ -n "$served" ]; then
    say "Asked just now: release $served answers on port $port"
  elif [ -n "$main$candidate" ]; then
    say "Asked just now: release ${main:-$candidate} answers on port $([ -n "$main" ] && printf 8000 || printf 8001), but nothing on port ${port:-of the site}: nginx is $(property nginx.service ActiveState)"
  else
    say "Asked just now: nothing serves on this host"
  fi
}

# proven_names NUMBER: releases that have served, newest first. A number above the current one is that of a release which never came to serve,
# unless its record says that it did: then somebody went back from it.
proven_names() {
  find /var/lib/ddos/releases -mindepth 2 -maxdepth 2 -name served -printf '%h\n' 2>/dev/null | sed 's,^.*/,,' >"$SCRATCH/served" || : >"$SCRATCH/served"
  release_names | awk -F - -v current="$1" 'FILENAME != "-" { served[$0]; next } current == "" || $1 + 0 < current + 0 || $0 in served' "$SCRATCH/served" -
}

# keep_list: the three releases that stay: what serves or could have to, what was deployed, then the newest.
keep_list() {
  local current
  current=$(current_release)
  {
    printf '%s\n' "$current"
    leads_to /home/ddos/next
    printf '\n'
    if [ -e /var/lib/ddos/switching ]; then
      entry /var/lib/ddos/switching from
      entry /var/lib/ddos/switching standin
      entry /var/lib/ddos/switching to
    fi
    leads_to /home/ddos/current
    printf '\n'
    recorded previous
    printf '\n'
    if [ -e /var/lib/ddos/rolled-back ]; then
      entry /var/lib/ddos/rolled-back deployed
    fi
    proven_names "${current%%-*}"
  } | grep -E '^[0-9]+-[0-9a-f]{12}$' | awk '!seen[$0]++' | head -n 3 || printf ''
}

# trim: no more than three releases stay, and nothing of one that was half made, whatever ended before it was through.
trim() {
  local name
  rm -rf -- /var/lib/ddos/staging /var/lib/ddos/releases/.partial
  # What a hand-over to another file system left that was cut off (home.sh), and where earlier versions of this program put a release together.
  while read -r name; do
    discard /home/ddos/releases "$name"
  done < <(names_in /home/ddos/releases | grep -E '^\.([0-9]+-[0-9a-f]{12}\.ddos-new|partial)$')
  keep_list >"$SCRATCH/keep"
  while read -r name; do
    if ! grep -qxF -- "$name" "$SCRATCH/keep"; then
      remove_release "$name"
      say "removed release $name"
    fi
  done < <({ release_names && names_in /var/lib/ddos/releases; } | sort -u)
}
