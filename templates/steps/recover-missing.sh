# shellcheck shell=bash
# What a start of the host puts back: links, site and units of the release that serves which are not there, or are files without a byte. Without them
# the host would come back and serve nothing, and nobody would be asked. What somebody changed stays: verify reports it, the next deployment corrects it.

# gone PATH: nothing, a link that leads nowhere, or an empty file.
gone() { [ ! -s "$1" ]; }

# put_back_link NAME TARGET OWNER
put_back_link() {
  if gone "$1"; then
    link "$1" "$2" "$3"
  fi
}

put_back_file() {
  if gone "$2"; then
    place "$1" "$2"
  fi
}

# put_back_unit ID ROLE: at this start systemd has not seen it, and starts it when this script has ended.
put_back_unit() {
  local name started=0
  for name in "ddos-$2.service" "ddos-$2-next.service"; do
    if gone "/etc/systemd/system/$name"; then
      started=1
    fi
  done
  if [ "$started" = 1 ]; then
    place_units "$1" "$2"
    systemctl daemon-reload || die "systemctl daemon-reload failed"
    allow_and_enable "ddos-$2.service"
    systemctl start --no-block -- "ddos-$2.service"
  fi
}

put_back() {
  local id role name
  id=$(current_release)
  if ! whole "$id"; then
    return 0
  fi
  role=$(fact "$id" role)
  put_back_link /home/ddos/current "releases/$id" ddos
  for name in app venv models config; do
    if [ -e "/home/ddos/releases/$id/$name" ]; then
      put_back_link "/home/ddos/$name" "current/$name" ddos
    fi
  done
  if ! is_proxy "$id"; then
    put_back_unit "$id" "$role"
  fi
  put_back_file "/var/lib/ddos/releases/$id/nginx" "/etc/nginx/sites-available/$role"
  put_back_link "/etc/nginx/sites-enabled/$role" "/etc/nginx/sites-available/$role" root
}
