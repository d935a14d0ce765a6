# shellcheck shell=bash
# In place of recover-units.sh on a gateway in proxy mode, which never writes a unit.

# place_units ID ROLE: only for going back to the application that served before, whose units stand until the site is proven.
place_units() {
  if [ ! -e "/etc/systemd/system/ddos-$2.service" ]; then
    die "there is no unit for release $1 any more: deploy it again, with ml-gateway:gateway.mode application"
  fi
}

# start_stand_in ID ROLE: a candidate is an application's.
start_stand_in() { say "the candidate of $1 ($2) is not started in proxy mode"; }
