/**
 * Programs that are understood without a model of their own. A name that is in none of these lists is not taken to be harmless: see
 * `unmodelled.ts`.
 */

const names = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/u));

/** Programs that run JavaScript, as alternatives of a regular expression. */
export const JAVASCRIPT = "node|nodejs|deno|bun|tsx|ts-node";

/** They change nothing that is guarded, and print no text of a file; what a secret file becomes in their hands is not known (`LOOKS_ON`). */
export const HARMLESS = names(`
  [ test ls wc du df free uname hostname nproc arch lscpu lsblk lsmod lsof lsns lsattr getfacl file which whereis type hash date cal uptime sleep seq
  sync true false factor numfmt tput clear stty tty locale localectl timedatectl hostnamectl loginctl getent groups users who w last lastlog
  getconf pgrep pidof pkill kill killall ps top vmstat iostat mpstat sar ss netstat ip ifconfig route arp ping traceroute mtr dig host nslookup
  ssh-keyscan ssh-keygen ssh-add ssh-agent cmp md5sum cksum sum b2sum sha224sum sha384sum
  apt apt-get apt-cache apt-mark apt-key aptitude dpkg dpkg-query dpkg-divert dpkg-reconfigure debconf-set-selections add-apt-repository
  yum dnf rpm apk snap flatpak update-ca-certificates update-alternatives update-initramfs update-grub unattended-upgrade needrestart
  systemctl service journalctl systemd-analyze systemd-escape systemd-notify systemd-sysusers systemd-detect-virt 
  udevadm sysctl modprobe rmmod insmod depmod swapon swapoff mkswap fallocate mkfs mkfs.ext4 mkfs.xfs resize2fs growpart xfs_growfs fstrim
  tune2fs e2label blkid findmnt mountpoint quota setquota cloud-init ec2-metadata ec2metadata lsb_release needs-restarting
  useradd userdel groupadd groupdel groupmod usermod deluser addgroup delgroup gpasswd passwd chpasswd chage chsh newusers
  pip pip3 uv poetry pipenv virtualenv pipx conda mamba uvicorn gunicorn hypercorn daphne waitress-serve flask fastapi celery alembic
  npm npx yarn pnpm node-gyp bundle gem composer cargo go gradle mvn pytest mypy ruff black flake8 pylint pyclean
  nginx apachectl apache2ctl a2ensite a2enmod a2dissite a2dismod caddy haproxy certbot openvpn wg
  ufw iptables ip6tables nft iptables-save ip6tables-save iptables-restore firewall-cmd fail2ban-client auditctl augenrules aa-status
  aa-enforce aa-complain apparmor_parser getsebool setsebool restorecon semanage aide chkrootkit rkhunter lynis clamscan freshclam
  amazon-cloudwatch-agent-ctl amazon-linux-extras ssm-cli cfn-signal cfn-init mesg psql mysql mysqladmin redis-cli mongosh pg_isready
  logrotate atq atrm run-parts anacron envsubst gettext msgfmt jobs fg bg disown wait times help history logout suspend
         tree uuidgen mcookie pwgen openssl  
  bash-completion complete compgen compopt getopts dirs let caller enable ulimit shopt setleds loadkeys chvt
  shutdown reboot poweroff halt init telinit kexec update-rc.d chkconfig insserv invoke-rc.d rc-update rc-service
  make-ssl-cert ssl-cert-check faillock pam-auth-update chrony chronyc ntpdate ntpq timedatectl
  ldconfig mandb updatedb locate man info apropos whatis tzselect locale-gen update-locale dircolors stdbuf
  fuser lslocks prlimit ionice renice nvidia-smi rocm-smi lspci lsusb dmidecode hwclock dmesg sensors smartctl hdparm
  git-lfs gh          
`);

/** Those of them that say how large a file is, what mode or sum it has, or who uses it, and never print a line of it. */
export const LOOKS_ON = names(`
  [ test ls wc du file which type hash lsof fuser lslocks lsattr getfacl md5sum cksum sum b2sum sha224sum sha384sum cmp tree restorecon
  auditctl augenrules aide findmnt mountpoint df sync true false kill systemctl
`);

/** They print text of the files and the input that they are given: what they print is as secret as that. */
export const PRINTERS = names(`
  grep egrep fgrep zgrep rg ag diff sdiff colordiff comm join paste nl od xxd hexdump hd strings fold fmt tac rev column less more view pr expand unexpand
  cut tr sort uniq awk gawk mawk nawk jq yq xmllint envsubst gzip gunzip zcat bzip2 bunzip2 bzcat xz unxz xzcat zstd zstdcat lz4 lzma pigz
  openssl gpg gpg2 age rage sops base32 basenc iconv uuencode split csplit m4 tee cpio pax ar csvcut dotenv direnv mustache
  bat batcat ccat most pygmentize look comm sponge pv shuf tsort yes expr
`);

/** Their first operand is a program, not a file, unless it was given by an option. */
export const SCRIPTED = names("grep egrep fgrep zgrep rg ag awk gawk mawk nawk jq yq sed gsed perl tr");

/** They run text that stands in files of their own: a Makefile, a playbook, a package's scripts. */
export const RUNNERS = names(`
  make gmake cmake ninja just task rake ansible ansible-playbook ansible-pull puppet chef-client chef-solo salt-call expect tclsh lua luajit guile
  R Rscript julia java dotnet mono erl elixir swift osascript pwsh emacs vim vi ex ed nvim gdb strace ltrace perf bpftrace stap
  parallel pdsh pssh clush entr inotifywait incrond at-spi monit supervisord supervisorctl runsv s6-svscan god pm2 forever nodemon
`);

/** Infrastructure tools: what they change is in no preview. The actions after them only read. */
export const INFRASTRUCTURE: Readonly<Record<string, RegExp>> = {
  terraform: /^(plan|validate|fmt|show|output|version|init|providers|graph|console|get)$/u,
  tofu: /^(plan|validate|fmt|show|output|version|init|providers|graph|console|get)$/u,
  terragrunt: /^(plan|validate|fmt|show|output|version|init)$/u,
  pulumi: /^(preview|stack|config|whoami|version|about|logs|plugin|install|login|logout)$/u,
  cdk: /^(synth|synthesize|diff|ls|list|doctor|docs|notices|metadata|context)$/u,
  sam: /^(build|validate|package|local|init|logs|list)$/u,
  serverless: /^(package|print|info|logs|invoke)$/u,
  sls: /^(package|print|info|logs|invoke)$/u,
  eksctl: /^(get|info|version|utils)$/u,
  copilot: /^(ls|show|status|logs|version)$/u,
  eb: /^(status|health|list|logs|events|printenv|config)$/u,
  kubectl: /^(get|describe|logs|version|cluster-info|api-resources|api-versions|explain|diff|top|config|wait|auth)$/u,
  helm: /^(template|lint|list|ls|get|show|status|version|repo|search|dependency|package|history)$/u,
  oc: /^(get|describe|logs|version|status|whoami)$/u,
  gcloud: /^(info|version|config|auth)$/u,
  az: /^(version|account|login)$/u,
  packer: /^(validate|inspect|fmt|version|init)$/u,
  s3cmd: /^(ls|la|get|du|info|--version)$/u,
  s5cmd: /^(ls|cat|head|du|cp|sync|version)$/u,
  rclone: /^(ls|lsl|lsd|lsf|lsjson|size|check|cat|version|config|copy|copyto|about)$/u,
  mc: /^(ls|cat|head|stat|du|find|diff|cp|mirror|alias|version)$/u,
  awslocal: /^(?!)/u,
  ecctl: /^(?!)/u,
  chalice: /^(package|logs|url|local)$/u,
};
