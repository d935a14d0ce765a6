# shellcheck shell=bash disable=SC2034,SC2317,SC2329 # the other parts of the step read these variables and call these functions
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"
# In proxy mode a release is the nginx site alone: no application, no environment, no unit. The functions below take the place of those with
# the same names above. Everything else (number, journal, switch, undo) is one and the same, so that an application's release and a site's
# follow each other, and are rolled back to each other, as any two releases are.

MAIN_FOLDER=config
LEADS_TO=backend

read_wanted() {
  CURRENT=""
  ID=""
  ROLE=$(word role)
  CODE=none
  MODELS=none
  PORT=$(word port)
  SERVICE=ddos-$ROLE.service
  CANDIDATE=ddos-$ROLE-next.service
  if [ "$(sha_of "$STAGE/site.conf")" != "$(need nginx)" ]; then
    fail "site.conf is not the one that this deployment announced; run again"
  fi
}

wanted_digest() {
  {
    printf 'mode=proxy\nupstream=%s\nnginx=%s\nrole=%s\nport=%s\n' "$(need upstream)" "$(need nginx)" "$ROLE" "$PORT"
    grep -E '^(health[A-Z][a-z]+|startSeconds)=' "$STAGE/header"
  } >"$STAGE/made-of"
  sha_of "$STAGE/made-of"
}

stage_release() {
  rm -rf -- /var/lib/ddos/releases/.partial
  free_space /home/ddos 16 "a release"
  free_space /var/lib/ddos 16 "the records of a release"
  { cat "$STAGE/made-of" && printf 'digest=%s\n' "$DIGEST"; } >"$STAGE/facts"
  printf '{"release":"%s","role":"%s","nginx":"%s"}\n' "$ID" "$ROLE" "$(need nginx)" >"$STAGE/release.json"
  new_staging
  install -d -m 755 -o ddos -g ddos "$NEW/config"
  install -m 644 -o ddos -g ddos -- "$STAGE/site.conf" "$NEW/config/nginx.conf"
  install -m 644 -o ddos -g ddos -- "$STAGE/release.json" "$NEW/release.json"
  install -d -m 755 -o root -g root /var/lib/ddos/releases /var/lib/ddos/releases/.partial
  install -m 644 -o root -g root -- "$STAGE/site.conf" /var/lib/ddos/releases/.partial/nginx
  install -m 644 -o root -g root -- "$STAGE/facts" /var/lib/ddos/releases/.partial/facts
}

check_parts() { log "a site has no parts that earlier steps bring"; }
gate_units() { log "a site has no unit"; }
gate_models() { log "a site has no models"; }
try_candidate() { log "a site has no candidate"; }
shadow_release() { log "a site has no candidate whose answers could be compared"; }
ask_checks() { log "a site has no models to be asked"; }
started_with_other_unit() { return 1; }
last_words() { tail -n 3 /var/log/ddos-service/error.log | cut -c 1-300; }

# The backend names its own release.
site_releases() { printf '[^ ]+'; }

altered_content() {
  if ! cmp -s -- "$STAGE/site.conf" "/home/ddos/releases/$CURRENT/config/nginx.conf"; then
    printf 'config/nginx.conf differs\n'
  fi
}

repair_records() { put "$STAGE/site.conf" "/var/lib/ddos/releases/$CURRENT/nginx" 0644 root root; }

repair_links() {
  point /home/ddos/current "releases/$CURRENT" ddos ddos
  point /home/ddos/config current/config ddos ddos
  remove_application
}

prune() { log "a site has no stored parts"; }

# What an application's releases left: they were for going back to, and this release serves. With them go their .env and their environments.
# Earlier sites stay.
remove_application() {
  local name path
  while read -r name; do
    if [ "$name" != "$CURRENT" ] && [ "$(noted "/var/lib/ddos/releases/$name/facts" mode)" != proxy ]; then
      remove_release "$name"
      log "removed release $name"
    fi
  done < <(release_names)
  for path in /home/ddos/app /home/ddos/venv /home/ddos/models; do
    if [ -L "$path" ]; then
      rm -f -- "$path"
      CHANGES=$((CHANGES + 1))
    fi
  done
  find /var/lib/ddos/code /var/lib/ddos/env /var/lib/ddos/models /var/lib/ddos/models-sets -mindepth 1 -maxdepth 1 -exec rm -rf -- {} +
  within /home/ddos/venvs find . -mindepth 1 -maxdepth 1 -exec rm -rf -- {} +
  rm -f -- /var/lib/ddos/garbage
}
