# shellcheck shell=bash
# What recover.sh does about the units of an application's release. The gateway in proxy mode has recover-no-units.sh in its place.

# place_units ID ROLE: sets UNIT_CHANGED.
place_units() {
  place "/var/lib/ddos/releases/$1/unit" "/etc/systemd/system/ddos-$2.service"
  UNIT_CHANGED=$CHANGED
  place "/var/lib/ddos/releases/$1/next-unit" "/etc/systemd/system/ddos-$2-next.service"
  UNIT_CHANGED=$((UNIT_CHANGED | CHANGED))
}

# start_stand_in ID ROLE: the candidate of that release, without waiting for it.
start_stand_in() {
  link /home/ddos/next "releases/$1" ddos
  place "/var/lib/ddos/releases/$1/next-unit" "/etc/systemd/system/ddos-$2-next.service"
  systemctl daemon-reload
  systemctl start --no-block -- "ddos-$2-next.service"
}
