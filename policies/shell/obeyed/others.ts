/**
 * Configuration of programs that the pack does not know. Most of it concerns nobody; a line that names something guarded, runs a command,
 * loads code from a place of nobody's, gives rights or leads to the service is not taken to be harmless.
 */
import { isGuarded } from "../guarded";
import { isWithin } from "../paths";
import { isSecretPath } from "../subjects";
import { show } from "../text";
import { commandsOf } from "../followed";
import { linesOf } from "./format";

/** Where programs of the system look for what they obey. */
const READ_BY_ROOT =
  /^\/(etc|boot|(usr\/)?lib|usr\/(libexec|share)|var\/lib\/cloud)\/|^\/(root|home\/(ubuntu|admin|ec2-user|ddos))\/\.(?!ssh\/|cache\/|env)/u;
/** Files that hand a folder to others: NFS, Samba, rsync, FTP, backups, agents that ship logs. */
const SHARES =
  /^\/etc\/(exports(\.d\/|$)|samba\/|rsyncd\.(conf|d\/)|vsftpd|proftpd|pure-ftpd|lighttpd\/|apache2\/|httpd\/|caddy\/|fluent|td-agent|filebeat|vector\/|rsyslog|promtail|borg|restic|rclone|duplicity)|amazon-cloudwatch-agent.*\.(json|toml|d\/)/u;
/** Programs that hand connections on. nginx is the only front: whatever leads to the ports of the application or of SSH goes past it. */
export const FRONTS =
  /^\/(usr\/local\/)?etc\/(haproxy|envoy|traefik|caddy|varnish|squid|stunnel|rinetd|xinetd|inetd|tinyproxy|sniproxy|h2o|lighttpd|apache2|httpd|kong|apisix|frp|gost|hitch|pound|trafficserver|3proxy|dante|danted|sockd|privoxy|nghttpx|redir|relayd|openresty|angie|litespeed|sslh|ssh-?proxy|tor)\b/u;
const LEADS_ON = /(^|[\s:="'])(8000|9000|22)(?=$|[\s/,;"'}\]])|unix:/u;
/** A line in a file of such a program by which it hands connections to the application or to SSH: `server b1 10.0.1.10:9000`. */
export const handsOn = (line: string): boolean =>
  LEADS_ON.test(line) && !/unix:|^\s*(bind|listen|frontend|http_port|accept)\b(?!.*\s(connect|to)\b)/iu.test(line);
/** Texts that nobody obeys. */
const PLAIN =
  /^\/etc\/(motd|issue(\.net)?|hostname|timezone|machine-id|os-release|adjtime|locale\.gen|ddos\/)|\.(md|txt|html?|css|svg|png|pem|crt|key|pub)$/u;

const COMMAND_KEY =
  /(^|[\s"'{,(_.-])(exec\w*|commands?|cmd|script|hooks?|programs?|binary|actions?\w*|plugins?|modules?|run\w*|shell|interpreter|handler|notify_\w+|pre|post|pre_?\w*|post_?\w*|bootcmd|alert\w*)["']?\s*[:=(\s]/iu;
const NOBODYS = /(^|["'\s=:|(])\/(opt|tmp|var\/tmp|dev\/shm|home|srv|mnt|media)\/[^\s"',;)]+/u;
const SHELL =
  /(^|["'\s=:;|&(`])((ba|da)?sh\s+-c\b|(sudo\s+)?(chmod|chown|chgrp|setfacl|useradd|usermod|chpasswd|passwd|iptables|nft|curl|wget|nc|ncat|socat|mount|insmod|modprobe)\s+[-\w/+]|(system|popen|exec\w*|spawn|eval)\s*\()/u;
const LOADER = /(^|[\s"'])(LD_(PRELOAD|LIBRARY_PATH|AUDIT)|BASH_ENV|PYTHON(PATH|STARTUP|HOME)|NODE_OPTIONS|PERL5OPT)\s*=/u;
/** Whom a program talks to is not looked at, in any of the words that programs have for it. */
const UNCHECKED =
  /(^|[\s"'-])insecure\b(?!["']?\s*[:=]\s*["']?(false|no|off|0))|\b(no[-_]?check[-_]?cert\w*|skip[-_]?(ssl|tls|cert)\w*|insecure[-_]?skip[-_]?verify|trust[-_]?all)\b(?!["']?\s*[:=]\s*["']?(false|no|off|0))|\b((ssl|tls|cert\w*)[-_.]?(verif\w*|check\w*|validat\w*)|(verify|check|validate)[-_.]?(ssl|tls|peer|host|cert\w*)|strict[-_]?ssl|rejectUnauthorized)["']?(\s*[:=]\s*|\s+)["']?(false|no|off|0|none)\b/iu;
const RIGHTS = /\bnopass(wd)?\b|\buid\s*[=:]\s*0\b|\bpermit\b.*\bas root\b/iu;
/** `10.0.1.7:9000` */
const ELSEWHERE = /(?<![\w.])(?!127\.|0\.0\.0\.0)(\d{1,3}(\.\d{1,3}){3}|\uE002[^\uE002\uE003]*\uE003):(9000|22)\b/u;

export function strangeFile(path: string, text: string, home: string): string[] {
  if (SHARES.test(path)) {
    const named = pathsIn(text).find((word) => isGuarded(word, home) || isWithin(home, word));
    if (named !== undefined) return [`${show(named)}, which ${show(path)} hands to a program that serves or ships it,`];
  }
  if (/\/logrotate(\.d\/|\.conf$)/u.test(path)) return rotated(path, text, home);
  const front = FRONTS.test(path) ? linesOf(text).find((one) => LEADS_ON.test(one)) : undefined;
  if (front !== undefined) return [`${show(front.slice(0, 200))}, a line in ${show(path)}, which hands connections on past nginx,`];
  if (!READ_BY_ROOT.test(path) || PLAIN.test(path) || path.startsWith("/etc/nginx/") || commandsOf(path, text).length > 0) return [];
  if (/\/cron\b|\/tmpfiles\.d|\/modprobe\.d|\/udev\//u.test(path)) return [];
  const line = linesOf(text).find((one) => isStrange(one, home));
  return line === undefined ? [] : [`${show(line.slice(0, 200))}, a line in ${show(path)}, which some program of the host obeys,`];
}

/** Logrotate copies and makes anew what its lines name, with modes of its own; logs are there to be rotated. */
function rotated(path: string, text: string, home: string): string[] {
  const own = text.replace(/^[ \t]*(?:pre|post|first|last)(?:rotate|action)[ \t]*\n[\s\S]*?^[ \t]*endscript/gmu, "");
  const named = pathsIn(own).find((word) => isGuarded(word, home) || isSecretPath(word));
  return named === undefined ? [] : [`${show(named)}, which ${show(path)} makes logrotate copy and make anew,`];
}

function isStrange(line: string, home: string): boolean {
  const paths = pathsIn(line);
  if (
    paths.some(
      (word) => isSecretPath(word) || isWithin(word, `${home}/models`) || (!WHERE_IT_RUNS.test(line) && holdsEnvironment(word, home)),
    )
  )
    return true;
  if (UNCHECKED.test(line) || SHELL.test(line) || LOADER.test(line) || RIGHTS.test(line) || ELSEWHERE.test(line)) return true;
  return COMMAND_KEY.test(line) && NOBODYS.test(line) ? true : /\/(opt|tmp|home|srv|dev\/shm)\/\S*\.so\b/u.test(line);
}

/** A home or a working directory: where something runs, not what it takes. */
const WHERE_IT_RUNS = /^\s*(export\s+)?["']?\w*(home|dir|directory|cwd)["']?\s*[:=]/iu;

/** The folder of the application, or one above it, as a whole: whoever copies, serves or watches that has .env. */
const holdsEnvironment = (word: string, home: string): boolean => ["/home", home, `${home}/app`].includes(word.replace(/\/\*{0,2}$/u, ""));

const pathsIn = (text: string): string[] => text.match(/\/[^\s"',;:(){}]+/gu) ?? [];
