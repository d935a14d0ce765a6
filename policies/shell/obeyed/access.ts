/** Who may log in, and who may do what: sudo, PAM, NSS, polkit, sshd, the tables of users. */
import type { Format } from "./format";
import { never, only } from "./format";
import { isOwnGroup } from "./groups";
import { isKnown } from "../text";

const SSHD_FREE =
  "AddressFamily|AllowAgentForwarding|AllowGroups|AllowUsers|Banner|ClientAliveCountMax|ClientAliveInterval|Compression|DenyGroups|DenyUsers|FingerprintHash|HostKey|HostKeyAlgorithms|IgnoreRhosts|IgnoreUserKnownHosts|LogLevel|LoginGraceTime|MaxAuthTries|MaxSessions|MaxStartups|PasswordAuthentication|PerSourceMaxStartups|PrintLastLog|PrintMotd|Protocol|PubkeyAcceptedAlgorithms|PubkeyAcceptedKeyTypes|PubkeyAuthentication|RSAMinSize|RekeyLimit|RequiredRSASize|SyslogFacility|TCPKeepAlive|UseDNS|UsePAM|UsePrivilegeSeparation|VersionAddendum|X11\\w+|XAuthLocation|ChallengeResponseAuthentication|KbdInteractiveAuthentication|AllowTcpForwarding|AllowStreamLocalForwarding|PermitOpen|Match|DisableForwarding";

export const ACCESS: readonly Format[] = [
  {
    path: /^\/etc\/sudoers(\.d\/[^.~]+)?$/u,
    decides: "who may run what as root",
    harmless: only(
      /^Defaults\s+!?(use_pty|env_reset|mail_badpass|requiretty|insults|visiblepw|lecture\b.*|log\w+\b.*|iolog\w+\b.*|syslog\b.*|passwd_t\w+\s*=.*|timestamp_timeout\s*=.*|badpass_message\s*=.*)$/u,
      /^Defaults\s+secure_path\s*=\s*"?(:?\/(usr\/(local\/)?)?s?bin|:?\/snap\/bin)+"?$/u,
      /^(root|%sudo|%wheel|%admin)\s+ALL=\(ALL(:ALL)?\)\s+ALL$/u,
      // One command with all of its words, of a program that runs nothing else.
      /^[\w%-]+\s+ALL\s*=\s*(\([\w:]+\)\s*)?NOPASSWD:\s*((,\s*)?\/usr\/(s?bin)\/(systemctl (start|stop|restart|reload|try-restart|is-active) [\w@.-]+|nginx -t|reboot|shutdown -r now))+$/u,
      /^[@#]?includedir\s+\/etc\/sudoers\.d$/u,
    ),
  },
  {
    path: /^\/etc\/nsswitch\.conf$/u,
    decides: "where users, groups and host names are looked up",
    harmless: only(/^\w+:\s*((files|compat|systemd|db|dns|myhostname|mymachines|resolve|mdns4_minimal|nis|\[[!\w= ]+\])\s*)+$/u),
  },
  {
    path: /^\/etc\/pam(\.d\/[^/]+|\.conf)$/u,
    decides: "who may log in",
    harmless: only(
      /^@include\s+common-\w+$/u,
      /^-?(auth|account|password|session)\s+(\[[^\]]*\]|\w+)\s+(\/\S*\/)?pam_(unix|deny|env|faillock|faildelay|limits|pwquality|cracklib|pwhistory|motd|mail|loginuid|keyinit|systemd|nologin|selinux|cap|wheel|tally2|lastlog|lastlog2|umask|access|time|securetty|shells|google_authenticator|u2f|exec|mkhomedir)\.so\b/u,
      /^(account|password|session)\s+(\[[^\]]*\]|\w+)\s+pam_(permit|succeed_if)\.so\b/u,
      /^auth\s+(required|\[[^\]]*\])\s+pam_permit\.so\b/u,
    ),
  },
  {
    path: /^\/(etc|usr\/share|var\/lib)\/polkit-1\//u,
    decides: "who may do what through polkit",
    lines: (text) => [text.replace(/\s+/gu, " ").trim()],
    harmless: (text) =>
      !/spawn|eval/u.test(text) && (text.match(/Result\.\w+/gu) ?? [""]).every((r) => /\.(NO|AUTH_ADMIN\w*|NOT_HANDLED)$/u.test(r)),
  },
  {
    path: /^\/etc\/ssh\/sshd_config(\.d\/[^/.][^/]*\.conf)?$/u,
    decides: "who may log in by SSH and what runs then",
    harmless: only(
      new RegExp(`^(${SSHD_FREE})\\b`, "iu"),
      /^PermitRootLogin\s+(no|prohibit-password|without-password|forced-commands-only)$/iu,
      /^(PermitTTY|PermitEmptyPasswords|PermitUserEnvironment|PermitTunnel|HostbasedAuthentication|ExposeAuthInfo|PermitUserRC|GatewayPorts)\s+no$/iu,
      /^StrictModes\s+yes$/iu,
      /^AuthenticationMethods\s+publickey\S*(\s+publickey\S*)*\s*$/iu,
      /^AuthorizedKeysFile(\s+(%h\/)?\.ssh\/authorized_keys2?)+$/iu,
      /^(AuthorizedKeysCommand|AuthorizedPrincipalsCommand|ChrootDirectory)\s+none$/iu,
      /^AuthorizedKeysCommand\s+\/usr\/share\/ec2-instance-connect\//iu,
      /^AuthorizedKeysCommandUser\s+(ec2-instance-connect|nobody)$/iu,
      /^ForceCommand\s+(internal-sftp\b.*|\/bin\/false|\/usr\/sbin\/nologin)$/iu,
      /^ForceCommand\s+\/(usr\/)?bin\/systemctl\s+is-(active|enabled|failed)(\s+[\w@.-]+)*$/iu,
      // Keys and ciphers that OpenSSH takes by itself; a list that begins with - takes some away.
      /^Ciphers\s+(-\S+|\^?((chacha20-poly1305@openssh\.com|aes(128|192|256)-(ctr|gcm@openssh\.com)),?)+)$/iu,
      /^MACs\s+(-\S+|\^?((hmac-sha2-(256|512)|umac-128)(-etm)?(@openssh\.com)?,?)+)$/iu,
      /^KexAlgorithms\s+(-\S+|\^?((curve25519-sha256(@libssh\.org)?|sntrup761x25519-sha512(@openssh\.com)?|mlkem768x25519-sha256|ecdh-sha2-nistp(256|384|521)|diffie-hellman-group(16|18)-sha512|diffie-hellman-group-exchange-sha256),?)+)$/iu,
      /^(GSSAPI|Kerberos)\w+\s+no$/iu,
      /^AcceptEnv(\s+(LANG|LC_\*|LC_\w+|TZ|TERM|COLORTERM|NO_COLOR))+$/iu,
      // Another port is another rule of the security group, which was written for 22.
      /^Port\s+22$/iu,
      /^ListenAddress\s+(?!\S*:(?!22$)\d+$)\S+$/iu,
      /^Subsystem\s+sftp\s+(internal-sftp|\/usr\/lib\S*sftp-server)\b/iu,
      /^Include\s+\/etc\/ssh\/sshd_config\.d\/\*\.conf$/iu,
    ),
  },
  {
    // A user without rights may have a key of its own; root, the service and the user that the image makes have more.
    path: /^\/root\/\.ssh\/authorized_keys2?$/u,
    decides: "whose key opens the host",
    harmless: never,
  },
  {
    // Who rotates keys filters the file of whom he logs in as: then no line of it is known.
    path: /^\/home\/(ubuntu|admin|ec2-user|ddos)\/\.ssh\/authorized_keys2?$/u,
    decides: "whose key opens the host",
    harmless: (line) => !isKnown(line),
  },
  { path: /^\/etc\/ssh\/ssh_host_\w+_key(\.pub)?$/u, decides: "by which key the host is known", harmless: never },
  {
    path: /^\/etc\/ssh\/ssh_config(\.d\/[^/]+)?$|\/\.ssh\/config$/u,
    decides: "whom the host trusts and what runs when it calls others",
    harmless: only(
      /^(Host|HostName|User|Port|IdentityFile|IdentitiesOnly|ServerAlive\w+|ConnectTimeout|ConnectionAttempts|Compression|LogLevel|AddressFamily|HashKnownHosts|SendEnv|BatchMode|TCPKeepAlive|ControlMaster|ControlPath|ControlPersist|UpdateHostKeys|PreferredAuthentications|PubkeyAuthentication|AddKeysToAgent|Match)\b/iu,
      /^(PasswordAuthentication|ForwardAgent|ForwardX11|GSSAPI\w+|PermitLocalCommand)\s+no$/iu,
      /^StrictHostKeyChecking\s+(yes|accept-new|ask)$/iu,
      /^UserKnownHostsFile\s+(?!\/dev\/null)/iu,
      /^Include\s+\/etc\/ssh\/ssh_config\.d\//iu,
    ),
  },
  {
    path: /^\/etc\/doas\.conf$/u,
    decides: "who may run what as root",
    harmless: only(/^(deny\b.*|permit\s+(persist\s+)?(root|:wheel|:sudo)(\s+as root)?)$/u),
  },
  {
    path: /^\/((usr\/)?lib|etc|run)\/sysusers\.d\//u,
    decides: "which users there are, and with which rights",
    harmless: only(/^u!?\s+[\w-]+\s+(-|[1-9]\d*|\/\S+)(:([1-9]\d*|[\w-]+))?(\s|$)/u, /^g\s+[\w-]+\s+(-|[1-9]\d*|\/\S+)/u, /^r\s/u, {
      test: (line: string) => /^m\s+\S+\s+\S+$/u.test(line) && isOwnGroup(line.split(/\s+/u)[2] ?? ""),
    }),
  },
  {
    path: /^\/etc\/docker\/daemon\.json$/u,
    decides: "who may start containers, and where they come from",
    lines: (text) => text.match(/"[\w.-]+"\s*:/gu) ?? (text.trim() === "" ? [] : [text]),
    harmless: only(
      /^"(log-driver|log-opts|log-level|max-(size|file)|compress|labels|env|tag|mode|storage-driver|storage-opts|live-restore|userns-remap|default-ulimits|nofile|Name|Hard|Soft|mtu|bip|default-address-pools|base|size|features|buildkit|exec-opts|no-new-privileges|max-concurrent-\w+|shutdown-timeout|default-shm-size|builder|gc|enabled|defaultKeepStorage|debug|experimental|selinux-enabled|awslogs-[\w-]+|tls|tlsverify|ip-forward|iptables|ip6tables|ipv6|fixed-cidr-v6|metrics-addr|max-buffer-size)"/u,
    ),
  },
  {
    path: /^\/etc\/(passwd|shadow|group|gshadow|subuid|subgid)$/u,
    decides: "which users there are, and with which rights",
    harmless: never,
  },
  {
    path: /^\/etc\/audit\/(rules\.d\/[^/]+\.rules|audit\.rules)$/u,
    decides: "what the kernel writes down",
    harmless: only(/^-[waAkpSF]\s/u, /^-[bfrc]\b/u, /^-[Di]$/u, /^-e\s*[12]$/u, /^--(backlog_wait_time|loginuid-immutable|reset-lost)\b/u),
  },
  { path: /\/\.(shosts|rhosts)$|^\/etc\/(hosts\.equiv|ssh\/shosts\.equiv)$/u, decides: "who may log in without a key", harmless: never },
];
