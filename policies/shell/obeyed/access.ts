/** Who may log in, and who may do what: sudo, PAM, NSS, polkit, sshd, the tables of users. */
import type { Format } from "./format";
import { never, only } from "./format";

const SSHD_FREE =
  "AcceptEnv|AddressFamily|AllowAgentForwarding|AllowGroups|AllowUsers|Banner|Ciphers|ClientAliveCountMax|ClientAliveInterval|Compression|DenyGroups|DenyUsers|FingerprintHash|GSSAPI\\w+|HostKey|HostKeyAlgorithms|IgnoreRhosts|IgnoreUserKnownHosts|Kerberos\\w+|KexAlgorithms|ListenAddress|LogLevel|LoginGraceTime|MACs|MaxAuthTries|MaxSessions|MaxStartups|PasswordAuthentication|PerSourceMaxStartups|Port|PrintLastLog|PrintMotd|Protocol|PubkeyAcceptedAlgorithms|PubkeyAcceptedKeyTypes|PubkeyAuthentication|RekeyLimit|RequiredRSASize|SyslogFacility|TCPKeepAlive|UseDNS|UsePAM|UsePrivilegeSeparation|VersionAddendum|X11\\w+|XAuthLocation|ChallengeResponseAuthentication|KbdInteractiveAuthentication|AllowTcpForwarding|AllowStreamLocalForwarding|PermitOpen|Match|DisableForwarding";

export const ACCESS: readonly Format[] = [
  {
    path: /^\/etc\/sudoers(\.d\/[^.~]+)?$/u,
    decides: "who may run what as root",
    harmless: only(
      /^Defaults\s+!?(use_pty|env_reset|mail_badpass|requiretty|insults|visiblepw|lecture\b.*|log\w+\b.*|iolog\w+\b.*|syslog\b.*|passwd_t\w+\s*=.*|timestamp_timeout\s*=.*|badpass_message\s*=.*)$/u,
      /^Defaults\s+secure_path\s*=\s*"?(:?\/(usr\/(local\/)?)?s?bin|:?\/snap\/bin)+"?$/u,
      /^(root|%sudo|%wheel|%admin)\s+ALL=\(ALL(:ALL)?\)\s+ALL$/u,
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
      /^(PermitEmptyPasswords|PermitUserEnvironment|PermitTunnel|HostbasedAuthentication|ExposeAuthInfo|PermitUserRC|GatewayPorts)\s+no$/iu,
      /^StrictModes\s+yes$/iu,
      /^AuthenticationMethods\s+(publickey\S*(,\S+)*\s*)+$/iu,
      /^AuthorizedKeysFile(\s+(%h\/)?\.ssh\/authorized_keys2?)+$/iu,
      /^(AuthorizedKeysCommand|AuthorizedPrincipalsCommand|ChrootDirectory)\s+none$/iu,
      /^AuthorizedKeysCommand\s+\/usr\/share\/ec2-instance-connect\//iu,
      /^AuthorizedKeysCommandUser\s+(ec2-instance-connect|nobody)$/iu,
      /^ForceCommand\s+(internal-sftp\b.*|\/bin\/false|\/usr\/sbin\/nologin)$/iu,
      /^Subsystem\s+sftp\s+(internal-sftp|\/usr\/lib\S*sftp-server)\b/iu,
      /^Include\s+\/etc\/ssh\/sshd_config\.d\/\*\.conf$/iu,
    ),
  },
  {
    path: /^\/etc\/(passwd|shadow|group|gshadow|subuid|subgid)$/u,
    decides: "which users there are, and with which rights",
    harmless: never,
  },
  { path: /\/\.(shosts|rhosts)$|^\/etc\/(hosts\.equiv|ssh\/shosts\.equiv)$/u, decides: "who may log in without a key", harmless: never },
];
