#!/bin/bash
# Packages, the service's user, folders, logs and their rotation, recovery after a reboot, and on the gateway NAT and the backend's name.
# stdin: role, service, egress, region, backupBucket (or none), backupPrefix (or none), watch (JSON, or none), package (many), on the gateway backendAddress and otherBackends (many, or none), on one of several backends host (its name), mode (proxy, or none), balancer (name and port, or none) with the lines of health, tls, acme, and access (yes, or none).
# shellcheck source=templates/steps/lib.sh
. "${0%/*}/lib.sh"

ROLE=$(need role)
EGRESS=$(need egress)
MODE=$(value mode)

# cloud-init may hold the package manager's lock and rewrite /etc/hosts; 2 means «done, with recoverable warnings».
wait_for_cloud_init() {
  local status=0
  if ! command -v cloud-init >/dev/null; then
    log "no cloud-init on this image"
    return 0
  fi
  timeout 300 cloud-init status --wait || status=$?
  case "$status" in
    0 | 2) return 0 ;;
    124) fail "cloud-init did not end within five minutes; see cloud-init status --long and /var/log/cloud-init-output.log" ;;
    *)
      cloud-init status --long || log "cloud-init has no status"
      fail "the first boot failed (cloud-init status $status); see /var/log/user-data.log and /var/log/cloud-init-output.log on the host"
      ;;
  esac
}

missing_packages() {
  local name
  values package | while read -r name; do
    if [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || printf none)" != installed ]; then
      printf '%s ' "$name"
    fi
  done
}

apt() {
  DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=5 \
    -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
    -o Dpkg::Use-Pty=0 "$@"
}

# Installing nginx must not start it: its sample site would answer on port 80 until the first release.
POLICY_MARK="# written by the prepare step"
forbid_service_starts() {
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\n%s\nexit 101\n' "$POLICY_MARK" >"$STAGE/policy-rc.d"
    install -m 755 -o root -g root "$STAGE/policy-rc.d" /usr/sbin/policy-rc.d
  fi
}
allow_service_starts() {
  if [ -e /usr/sbin/policy-rc.d ] && grep -qxF "$POLICY_MARK" /usr/sbin/policy-rc.d; then
    rm -f /usr/sbin/policy-rc.d
  fi
}
cleanup() { allow_service_starts; }

# A set-up that was cut off, or one of unattended-upgrades that is still at work: dpkg does not wait for its lock itself.
finish_packages() {
  local try
  for try in $(seq 30); do
    if DEBIAN_FRONTEND=noninteractive dpkg --configure -a --force-confdef --force-confold 2>"$STAGE/dpkg"; then
      log "finished a package set-up that was cut off"
      return 0
    fi
    cat "$STAGE/dpkg"
    if ! grep -qi lock "$STAGE/dpkg"; then
      break
    fi
    log "attempt $try: another package manager is at work"
    sleep 10
  done
  fail "packages are half set up and dpkg --configure -a does not end well: $(tail -n 1 "$STAGE/dpkg")"
}

# locked: what apt said last is that another package manager has a lock. It waits itself for that of dpkg, and not for that of the package lists, which
# apt-daily may hold for minutes after a boot.
locked() { tail -n 20 "/var/log/ddos/$STEP.log" | grep -qE '^E: (Could not get lock|Unable to (lock|acquire))'; }

# try_apt PACKAGE...: again where it fails; for seven minutes where another package manager is at work.
try_apt() {
  local try=1 up end
  read -r up _ </proc/uptime
  end=$((${up%.*} + 420))
  until apt update && apt install --no-install-recommends "$@"; do
    read -r up _ </proc/uptime
    if locked && [ "${up%.*}" -lt "$end" ]; then
      log "another package manager is at work; waiting for it"
      sleep 10
      continue
    fi
    log "attempt $try of 5 failed"
    if [ "$try" = 5 ] || locked; then
      return 1
    fi
    sleep $((try * 10))
    try=$((try + 1))
  done
}

install_packages() {
  local missing
  if [ -n "$(dpkg --audit)" ]; then
    forbid_service_starts
    finish_packages
  fi
  missing=$(missing_packages)
  if [ -z "$missing" ]; then
    allow_service_starts
    log "all packages are there"
    return 0
  fi
  if [ "$EGRESS" = none ]; then
    fail "the image lacks ${missing% }, and with egress none nothing can be installed: use an image that has them (ml-gateway:$ROLE.ami), or another network.egress"
  fi
  free_space /var 700 "packages" 5000
  forbid_service_starts
  # shellcheck disable=SC2086 # a list of package names
  if ! try_apt $missing; then
    fail "apt could not install ${missing% }: $(apt_reason)"
  fi
  allow_service_starts
  missing=$(missing_packages)
  if [ -n "$missing" ]; then
    fail "apt ended well, but ${missing% } is still not installed"
  fi
  CHANGES=$((CHANGES + 1))
  summary "installed packages"
}

apt_reason() {
  local line
  line=$(tail -n 200 "/var/log/ddos/$STEP.log" | sed -nE '/^(E:|Err:?|W:)/h; $ {x;p}')
  printf '%s' "${line:-no reason in its output}"
  if printf '%s' "$line" | grep -q 'Unable to locate package'; then
    printf ' (no repository of this host has it: is it written right in ml-gateway:%s.packages, and does this release of Ubuntu have it?)' "$ROLE"
  fi
  if locked; then
    printf " (another package manager has been at work for more than seven minutes, such as unattended-upgrades after a boot: ps -eo pid,etime,args | grep -E 'apt|dpkg'. Let it end, then run again)"
  elif printf '%s' "$line" | grep -qiE 'not valid yet|expired'; then
    printf " (this host's clock says %s: is that right? See timedatectl)" "$(date -u +%FT%TZ)"
  elif printf '%s' "$line" | grep -qi 'resolv'; then
    printf " (a name could not be resolved: does this host's name server answer? See resolvectl status)"
  elif printf '%s' "$line" | grep -qiE 'connect|timeout|unreachable|failed to fetch'; then
    case "$EGRESS" in
      gateway) printf ' (egress is by NAT on the gateway: is ddos-nat active there, and source/dest check off?)' ;;
      managed) printf ' (egress is by the managed NAT: is the private route table bound to it?)' ;;
    esac
  fi
}

# make_user NAME HOME: a system user that nobody can log in as, with a group of its own. Files know a number only: a user that somebody removed gets
# its own again, where nobody else has it by now.
make_user() {
  local number=()
  if ! getent passwd "$1" >/dev/null; then
    if [ -d "$2" ] && ! getent passwd "$(stat -c %u -- "$2")" >/dev/null; then
      number=(--uid "$(stat -c %u -- "$2")")
    fi
    useradd --system "${number[@]}" --user-group --home-dir "$2" --no-create-home --shell /usr/sbin/nologin "$1"
    CHANGES=$((CHANGES + 1))
    log "user $1 made"
  fi
  if [ "$(getent passwd "$1" | cut -d : -f 6,7)" != "$2:/usr/sbin/nologin" ]; then
    usermod --home "$2" --shell /usr/sbin/nologin "$1"
    CHANGES=$((CHANGES + 1))
    log "user $1 corrected"
  fi
}

# may_run PATH: the service's programs lie below /home/ddos, the one that installs packages below /var/lib/ddos. Where nothing there may be started, the
# models or the new release would be blamed for it.
may_run() {
  local place options
  read -r place options < <(findmnt --noheadings --output TARGET,OPTIONS --target "$1" | tail -n 1)
  case ",$options," in
    *,noexec,*) fail "$1 lies on $place, which is mounted with noexec, and programs are started from there: mount it without (/etc/fstab; mount -o remount,exec $place), then run again" ;;
  esac
}

make_folders() {
  folder 0755 ddos ddos /home/ddos /home/ddos/releases /home/ddos/venvs /home/ddos/logs /home/ddos/data
  # What decides a deployment: nobody else opens any of it, if only to hold its lock.
  folder 0700 root root /var/lib/ddos
  folder 0755 root root /var/lib/ddos/code /var/lib/ddos/models /var/lib/ddos/models-sets /var/lib/ddos/releases
  folder 0755 root root /usr/local/lib/ddos /etc/ddos /etc/systemd/system/logrotate.timer.d /etc/systemd/journald.conf.d /etc/systemd/system/nginx.service.d /etc/systemd/networkd.conf.d
  folder 0700 root root /var/lib/ddos/env
  if [ "$MODE" != proxy ]; then
    may_run /home/ddos
    may_run /var/lib/ddos
  fi
  # Where everything that belongs to a release is found; `current` comes with the first one.
  if [ "$MODE" != proxy ]; then
    point /home/ddos/app current/app ddos ddos
    point /home/ddos/venv current/venv ddos ddos
    point /home/ddos/models current/models ddos ddos
  fi
  point /home/ddos/config current/config ddos ddos
}

# systemd and nginx open logs as root, by their paths, so they lie where root alone can put a name. Under /home/ddos/logs they are found by links, which
# root does not follow. Made before they are opened, so that they stay the service's.
LOGS=/var/log/ddos-service
make_logs() {
  local name path
  folder 0755 root root "$LOGS"
  take_earlier_logs
  for name in app.log access.log error.log; do
    path=$LOGS/$name
    if [ ! -f "$path" ] || [ -L "$path" ]; then
      rm -rf -- "$path"
      install -m 644 -o ddos -g ddos /dev/null "$path"
      CHANGES=$((CHANGES + 1))
      log "made $path"
    elif [ "$(stat -c '%a %U %G' -- "$path")" != "644 ddos ddos" ]; then
      chown ddos:ddos -- "$path"
      chmod 644 -- "$path"
      CHANGES=$((CHANGES + 1))
      log "owner and mode of $path corrected"
    fi
    if ! same_link "/home/ddos/logs/$name" "$path" root root; then
      discard /home/ddos/logs "$name"
      # Moved over what that user may have put there meanwhile.
      ln -sfT -- "$path" "$LOGS/.link"
      within /home/ddos/logs mv -fT -- "$LOGS/.link" "./$name"
      CHANGES=$((CHANGES + 1))
      log "link /home/ddos/logs/$name -> $path"
    fi
  done
}

# take_earlier_logs: earlier versions of this program had them, and their rotated copies, in the folder of the application's user. Moved, they go on
# being written by whoever has them open. What that user exchanges meanwhile for something else is not taken.
take_earlier_logs() {
  local name
  while IFS= read -r name; do
    rm -rf -- "$LOGS/.taken"
    if ! within /home/ddos/logs mv -T -- "./$name" "$LOGS/.taken"; then
      log "/home/ddos/logs/$name is not there any more"
    elif [ ! -e "$LOGS/$name" ] && [ -n "$(find "$LOGS/.taken" -maxdepth 0 -type f -user ddos -links 1)" ]; then
      mv -T -- "$LOGS/.taken" "$LOGS/$name"
      CHANGES=$((CHANGES + 1))
      log "moved /home/ddos/logs/$name to $LOGS"
    fi
  done < <(within /home/ddos/logs find . -maxdepth 1 -type f -regex '\./\(app\|access\|error\)\.log\([.-][0-9]+\(\.gz\)?\)?' -printf '%f\n')
  rm -rf -- "$LOGS/.taken"
}

set_up_logging() {
  put "$STAGE/logrotate-ddos" /etc/logrotate.d/ddos 0644 root root
  # The package's file is moved aside for good, so that updates of nginx find no file of theirs changed.
  if [ "$(dpkg-divert --truename /etc/logrotate.d/nginx)" = /etc/logrotate.d/nginx ]; then
    dpkg-divert --quiet --local --rename --divert /etc/logrotate.d/nginx.dpkg-dist --add /etc/logrotate.d/nginx
    CHANGES=$((CHANGES + 1))
  fi
  put "$STAGE/logrotate-nginx" /etc/logrotate.d/nginx 0644 root root
  put_for journald "$STAGE/journald.conf" /etc/systemd/journald.conf.d/ddos.conf 0644 root root
  if [ "$PUT" = changed ]; then
    systemctl restart systemd-journald.service
    has_read journald
  fi
  put_for logrotate "$STAGE/logrotate-timer.conf" /etc/systemd/system/logrotate.timer.d/ddos.conf 0644 root root
  RESTART_TIMER=$PUT
}

set_up_recovery() {
  put "$STAGE/recover.sh" /usr/local/lib/ddos/recover.sh 0755 root root
  put_for systemd "$STAGE/ddos-recover.service" /etc/systemd/system/ddos-recover.service 0644 root root
  put_for systemd "$STAGE/ddos-undo.service" /etc/systemd/system/ddos-undo.service 0644 root root
  put_for systemd "$STAGE/ddos-metadata@.service" /etc/systemd/system/ddos-metadata@.service 0644 root root
  # A running nginx keeps the rights it was started with until its next start: a restart would cut connections.
  put_for systemd "$STAGE/nginx.service.conf" /etc/systemd/system/nginx.service.d/ddos.conf 0644 root root
  if [ "$PUT$RESTART_TIMER" != samesame ]; then
    systemctl daemon-reload
    has_read systemd
  fi
  ensure_enabled ddos-recover.service
  ensure_enabled logrotate.timer
  if [ "$RESTART_TIMER" = changed ] || ! systemctl is-active --quiet logrotate.timer; then
    systemctl restart logrotate.timer
    has_read logrotate
  fi
}

# Each start of the service wants the unit that runs the script (ddos-metadata@.service).
keep_from_metadata() {
  put "$STAGE/networkd.conf" /etc/systemd/networkd.conf.d/ddos.conf 0644 root root
  put "$STAGE/metadata.sh" /usr/local/lib/ddos/metadata.sh 0755 root root
}

# No passwords and no root over SSH. A configuration that sshd refuses would close the only way to this host, so it is tried before sshd takes it.
harden_sshd() {
  local file=/etc/ssh/sshd_config.d/00-ddos.conf
  if ! grep -qiE '^[[:space:]]*Include[[:space:]]+("?)/etc/ssh/sshd_config\.d/\*\.conf' /etc/ssh/sshd_config; then
    fail "/etc/ssh/sshd_config of this image does not include /etc/ssh/sshd_config.d/*.conf, so that logins by password cannot be switched off: put «Include /etc/ssh/sshd_config.d/*.conf» on its first line"
  fi
  folder 0755 root root /run/sshd
  put_for sshd "$STAGE/sshd.conf" "$file" 0644 root root
  if [ "$PUT" = same ]; then
    return 0
  fi
  if ! sshd -t 2>"$STAGE/sshd"; then
    rm -f -- "$file"
    fail "sshd refuses its configuration, so it was left as it is: $(tail -n 1 "$STAGE/sshd")"
  fi
  # Of a socket-activated sshd (Ubuntu 24.04) each new connection reads it.
  systemctl try-reload-or-restart ssh.service
  has_read sshd
}

# Where the network has no way to a mirror, nothing comes; it is set all the same, for the day on which it has.
set_up_upgrades() {
  local timer
  put "$STAGE/apt-upgrades.conf" /etc/apt/apt.conf.d/99-ddos-upgrades 0644 root root
  ensure_enabled apt-daily.timer apt-daily-upgrade.timer
  for timer in apt-daily.timer apt-daily-upgrade.timer; do
    if ! systemctl is-active --quiet "$timer"; then
      systemctl start "$timer"
    fi
  done
}

# Where an image has it, as Ubuntu's server images do. From Ubuntu 24.04 on it restarts services behind unattended-upgrades, too. What is installed by
# this step comes with NEEDRESTART_MODE=l (apt).
keep_from_needrestart() {
  if [ -d /etc/needrestart/conf.d ]; then
    put "$STAGE/needrestart.conf" /etc/needrestart/conf.d/ddos.conf 0644 root root
  fi
}

# ensure_enabled UNIT...: each call of systemctl that changes something makes systemd read all of its units again.
ensure_enabled() {
  local unit state missing=no
  for unit in "$@"; do
    state=$(systemctl is-enabled "$unit" 2>/dev/null) || state=${state:-no}
    case "$state" in
      enabled) ;;
      masked* | no)
        systemctl unmask --quiet "$unit"
        missing=yes
        ;;
      *) missing=yes ;;
    esac
  done
  if [ "$missing" = yes ]; then
    systemctl enable --quiet "$@"
    CHANGES=$((CHANGES + 1))
    log "enabled $*"
  fi
}

# The sample site of the package; the release step brings ours.
remove_sample_site() {
  if [ -e /etc/nginx/sites-enabled/default ] || [ -L /etc/nginx/sites-enabled/default ]; then
    rm -f /etc/nginx/sites-enabled/default
    CHANGES=$((CHANGES + 1))
    log "removed nginx's sample site"
    if systemctl is-active --quiet nginx.service; then
      systemctl reload nginx.service
    fi
  fi
}

remove_nat() {
  if [ -e /etc/systemd/system/ddos-nat.service ]; then
    systemctl disable --quiet --now ddos-nat.service
    rm -rf /run/ddos-nat
    rm -f /etc/systemd/system/ddos-nat.service /etc/ddos/nat.nft /etc/ddos/backend.nft /etc/sysctl.d/60-ddos-nat.conf
    systemctl daemon-reload
    sysctl -q -w net.ipv4.ip_forward=0
    CHANGES=$((CHANGES + 1))
    summary "NAT removed"
  fi
}

# wait_for_balancer: a stack that serves changes over when the load balancer has found its target healthy, and not before.
wait_for_balancer() {
  local try
  for try in $(seq 60); do
    if health_ask "$STAGE/header" "http://$(value balancer)" "$STAGE" && health_fits "$STAGE/header" "$STAGE"; then
      summary "the load balancer answers; the backend's name leads to it from now on (try $try)"
      return 0
    fi
    sleep 2
  done
  fail "the load balancer $(value balancer) gave no healthy answer within two minutes, and the gateway goes on with the backend's own address: $(health_found "$STAGE") $(head -c 200 "$STAGE/curl"). Is the target healthy (aws elbv2 describe-target-health)?"
}

# One managed line; the rest of the file is not ours. With a load balancer the name is the VPC's, and the line would hide it.
name_backend() {
  local mark="# ddos: managed line"
  grep -vF "$mark" /etc/hosts >"$STAGE/hosts" || log "/etc/hosts had no other line"
  if [ -z "$(value balancer)" ]; then
    printf '%s backend.internal %s\n' "$BACKEND" "$mark" >>"$STAGE/hosts"
  elif grep -qF "$mark" /etc/hosts && systemctl is-active --quiet nginx.service; then
    wait_for_balancer
  fi
  put_for nginx "$STAGE/hosts" /etc/hosts 0644 root root
  # nginx looks names up when it reads its configuration.
  if [ "$PUT" = changed ]; then
    if systemctl is-active --quiet nginx.service; then
      systemctl reload nginx.service
    fi
    has_read nginx
  fi
}

# The key of a name that is configured no longer, once no release that could be gone back to reads it.
forget_certificate() {
  if [ "$(value tls)" != yes ] && [ -e /etc/ddos/tls ] && ! grep -qsF /etc/ddos/tls/ /etc/nginx/sites-available/gateway /var/lib/ddos/releases/*/nginx; then
    rm -rf -- /etc/ddos/tls
    CHANGES=$((CHANGES + 1))
    summary "removed the certificate of a name that is not configured any more"
  fi
}

# Renewal by the package's own timer. Installing did not start it.
set_up_renewal() {
  folder 0755 root root /etc/letsencrypt /etc/letsencrypt/renewal-hooks /etc/letsencrypt/renewal-hooks/deploy /var/www /var/www/ddos-acme
  put "$STAGE/certificate.sh" /usr/local/lib/ddos/certificate.sh 0700 root root
  point /etc/letsencrypt/renewal-hooks/deploy/ddos /usr/local/lib/ddos/certificate.sh
  ensure_enabled certbot.timer
  if ! systemctl is-active --quiet certbot.timer; then
    systemctl start certbot.timer
    CHANGES=$((CHANGES + 1))
  fi
}

# The certificates stay while a release that could be gone back to reads one: authorities count those that they issue again.
remove_renewal() {
  local path name
  if [ -L /etc/letsencrypt/renewal-hooks/deploy/ddos ]; then
    rm -f -- /etc/letsencrypt/renewal-hooks/deploy/ddos
    systemctl disable --quiet --now certbot.timer
    CHANGES=$((CHANGES + 1))
    summary "certificates are not renewed by certbot any more"
  fi
  if [ ! -e /etc/ddos/tls ]; then
    rm -f -- /usr/local/lib/ddos/certificate.sh /var/lib/ddos/acme-email /usr/local/lib/ddos/dns_challenge.py /etc/ddos/acme-dns.conf
    for path in /etc/letsencrypt/renewal/ddos-*.conf; do
      name=${path##*/}
      name=${name%.conf}
      if [ -e "$path" ]; then
        rm -rf -- "$path" "/etc/letsencrypt/live/$name" "/etc/letsencrypt/archive/$name"
        CHANGES=$((CHANGES + 1))
      fi
    done
  fi
}

# The keys of the API, in the same way.
forget_keys() {
  if [ "$(value access)" != yes ] && [ -e /etc/ddos/api-keys.conf ] && ! grep -qsF /etc/ddos/api-keys.conf /etc/nginx/sites-available/gateway /var/lib/ddos/releases/*/nginx; then
    rm -f -- /etc/ddos/api-keys.conf /etc/ddos/api-users
    CHANGES=$((CHANGES + 1))
    summary "removed the keys of the API, which are not configured any more"
  fi
}

# check_address TEXT KEY: it goes into /etc/hosts and the rules of NAT.
check_address() {
  case "$1" in
    *[!0-9.]* | *.*.*.*.* | .* | *.) fail "«$1» is not an IPv4 address ($2)" ;;
    *.*.*.*) ;;
    *) fail "«$1» is not an IPv4 address ($2)" ;;
  esac
}

gateway_only() {
  local other
  BACKEND=$(need backendAddress)
  check_address "$BACKEND" backendAddress
  # All that NAT lets through, in the form of a set of nft.
  BACKENDS=$BACKEND
  while IFS= read -r other; do
    check_address "$other" otherBackends
    BACKENDS="$BACKENDS, $other"
  done < <(values otherBackends)
  name_backend
  forget_certificate
  if [ "$(value acme)" = yes ]; then
    set_up_renewal
  else
    remove_renewal
  fi
  forget_keys
  if [ "$EGRESS" = gateway ]; then
    set_up_nat
  else
    remove_nat
  fi
}

# put_timer NAME: its service and its timer, enabled. Sets RESTART to yes where the timer does not run yet, or not as they say now; else to no. Whoever
# has restarted it says has_read NAME.
put_timer() {
  RESTART=no
  put_for "$1" "$STAGE/$1.service" "/etc/systemd/system/$1.service" 0644 root root
  put_for "$1" "$STAGE/$1.timer" "/etc/systemd/system/$1.timer" 0644 root root
  if [ "$PUT" = changed ]; then
    RESTART=yes
    systemctl daemon-reload
  fi
  ensure_enabled "$1.timer"
  if ! systemctl is-active --quiet "$1.timer"; then
    RESTART=yes
  fi
}

name_of_host() {
  local host
  host=$(value host)
  printf '%s' "${host:-$ROLE}"
}

set_up_backup() {
  # Several backends have backups of their own, below their names.
  printf 'role=%s\nbucket=%s\nregion=%s\nprefix=%s\n' "$(name_of_host)" "$BACKUP_BUCKET" "$(need region)" "$(value backupPrefix)" >"$STAGE/backup.conf"
  put "$STAGE/backup.conf" /etc/ddos/backup.conf 0644 root root
  put "$STAGE/backup.sh" /usr/local/lib/ddos/backup.sh 0755 root root
  put "$STAGE/restore.sh" /usr/local/lib/ddos/restore.sh 0755 root root
  put_timer ddos-backup
  if [ "$RESTART" = yes ]; then
    systemctl restart ddos-backup.timer || fail "the backup timer does not start: is ml-gateway:backup.schedule a calendar expression of systemd?"
    has_read ddos-backup
  fi
}

remove_backup() {
  if [ -e /etc/systemd/system/ddos-backup.timer ]; then
    systemctl disable --quiet --now ddos-backup.timer
    rm -f /etc/systemd/system/ddos-backup.timer /etc/systemd/system/ddos-backup.service /etc/ddos/backup.conf
    systemctl daemon-reload
    CHANGES=$((CHANGES + 1))
    summary "backups switched off"
  fi
}

# The sender of metrics and logs: a user of its own, which reads and changes nothing.
set_up_watch() {
  make_user ddos-watch /nonexistent
  printf '%s\n' "$(value watch)" >"$STAGE/watch.json"
  put "$STAGE/watch.json" /etc/ddos/watch.json 0644 root root
  put "$STAGE/watch.py" /usr/local/lib/ddos/watch.py 0644 root root
  put "$STAGE/watch_files.py" /usr/local/lib/ddos/watch_files.py 0644 root root
  put "$STAGE/watch_metrics.py" /usr/local/lib/ddos/watch_metrics.py 0644 root root
  put "$STAGE/watch_logs.py" /usr/local/lib/ddos/watch_logs.py 0644 root root
  put_timer ddos-watch
  if [ "$RESTART" = yes ]; then
    systemctl restart ddos-watch.timer
    has_read ddos-watch
  fi
}

remove_watch() {
  if [ -e /etc/systemd/system/ddos-watch.timer ]; then
    systemctl disable --quiet --now ddos-watch.timer
    # A run that has begun would write its marks again.
    systemctl stop ddos-watch.service
    rm -f /etc/systemd/system/ddos-watch.timer /etc/systemd/system/ddos-watch.service /etc/ddos/watch.json
    rm -f /usr/local/lib/ddos/watch.py /usr/local/lib/ddos/watch_files.py /usr/local/lib/ddos/watch_metrics.py /usr/local/lib/ddos/watch_logs.py
    rm -rf -- /var/lib/ddos-watch
    systemctl daemon-reload
    CHANGES=$((CHANGES + 1))
    summary "metrics and logs are not sent to CloudWatch any more"
  fi
}

wait_for_cloud_init
install_packages
make_user ddos /home/ddos
# Builds packages, and owns nothing that is in use.
make_user ddos-build /nonexistent
make_folders
make_logs
set_up_logging
set_up_recovery
keep_from_metadata
harden_sshd
set_up_upgrades
keep_from_needrestart
remove_sample_site
if [ "$ROLE" = gateway ]; then
  gateway_only
fi
BACKUP_BUCKET=$(need backupBucket)
if [ "$BACKUP_BUCKET" = none ]; then
  remove_backup
else
  set_up_backup
fi
if [ -n "$(value watch)" ]; then
  set_up_watch
else
  remove_watch
fi
remember_input
summary "prepare: $(python3 -V), $(nginx -v 2>&1 | sed 's/^nginx version: //'), $CHANGES changed"
