/** Which commands stand in files that somebody runs later, and as whom. */
import { hole, isKnown } from "./text";
import { tmpfileCommands } from "./tmpfiles";

export interface Command {
  readonly text: string;
  readonly user: string;
  /** Files that its environment is read from. */
  readonly environmentFiles?: readonly string[];
}

const ROOT = "root";
const SCRIPTS =
  /^\/etc\/(cron\.(hourly|daily|weekly|monthly)\/|profile(\.d\/|$)|rc\.local$|rc\.d\/|init\.d\/|update-motd\.d\/|bash\.bashrc$|bashrc$|zsh\/|network\/if-[\w-]+\.d\/|dhcp\/.*hooks|networkd-dispatcher\/|NetworkManager\/dispatcher\.d\/|kernel\/.*\.d\/|acpi\/|ssh\/sshrc$|X11\/)|^\/var\/lib\/cloud\/scripts\/|\/systemd\/(system-(sleep|shutdown|generators|environment-generators))\/|\/(hooks|\.githooks)\/(pre|post|update|prepare|commit|applypatch|reference)[\w-]*$|\/\.(bashrc|profile|bash_profile|bash_login|bash_logout|zshrc|zprofile|zlogin|kshrc)$|\/\.ssh\/rc$/u;
const UNIT = /\/systemd\/.*\.(service|socket|mount|conf)$/u;

/** The commands that a file makes somebody run later; none for other files. */
export function commandsOf(path: string, text: string): Command[] {
  if (SCRIPTS.test(path)) return [{ text, user: userOf(path) }];
  if (UNIT.test(path)) return unitCommands(path, text);
  if (/\/tmpfiles\.d\/[^/]+\.conf$/u.test(path)) return [{ text: tmpfileCommands(text), user: ROOT }];
  if (/^\/etc\/(crontab$|cron\.d\/)/u.test(path)) return cronCommands(text, undefined);
  if (/^\/var\/spool\/cron\//u.test(path)) return cronCommands(text, path.slice(path.lastIndexOf("/") + 1));
  if (/\/udev\/rules\.d\//u.test(path)) return matches(text, /\b(?:RUN(?:\{\w+\})?\+?=|PROGRAM=+)"([^"]*)"/gu);
  if (/\/logrotate\.d\/|logrotate\.conf$/u.test(path))
    return matches(text, /^[ \t]*(?:pre|post|first|last)(?:rotate|action)[ \t]*\n([\s\S]*?)^[ \t]*endscript/gmu);
  if (/\/apt\.conf(\.d\/|$)/u.test(path)) return /Invoke|Install-Pkgs/u.test(text) ? matches(text, /"([^"]*)"/gu) : [];
  if (/\/dpkg\.cfg(\.d\/|$)/u.test(path)) return matches(text, /^[ \t]*(?:pre|post)-invoke[ \t]*=?[ \t]*"?([^"\n]*)/gmu);
  if (/\/modprobe\.d\//u.test(path)) return matches(text, /^[ \t]*(?:install|remove)[ \t]+\S+[ \t]+(\S.*)$/gmu);
  if (/\/sysctl\.(conf$|d\/)/u.test(path)) return matches(text, /^[ \t]*-?kernel[./]core_pattern[ \t]*=[ \t]*"?\|(.*)$/gmu);
  if (/^\/etc\/anacrontab$/u.test(path)) return matches(text, /^[ \t]*(?:\d+|@\w+)[ \t]+\d+[ \t]+\S+[ \t]+(\S.*)$/gmu);
  if (/\/sshd_config(\.d\/|$)/u.test(path)) return matches(text, /^[ \t]*ForceCommand[ \t]+(\S.*)$/gimu);
  if (/\/authorized_keys2?$/u.test(path))
    return matches(text, /(?:^|,)command="((?:[^"\\]|\\.)*)"/gmu).map((c) => ({ ...c, user: userOf(path) }));
  if (/\/supervisor\/.*\.(conf|ini)$|supervisord\.conf$/u.test(path)) return matches(text, /^[ \t]*command[ \t]*=[ \t]*(\S.*)$/gmu);
  if (/\/monit\//u.test(path)) return matches(text, /\b(?:exec|(?:start|stop) program(?:\s{0,50}=)?)\s{0,50}"([^"]*)"/gu);
  if (/^\/etc\/incron\.d\/|^\/var\/spool\/incron\//u.test(path)) return matches(text, /^\S+[ \t]+\S+[ \t]+(\S.*)$/gmu);
  if (/^\/etc\/xinetd\.d\//u.test(path)) return matches(text, /^[ \t]*server[ \t]*=[ \t]*(\S.*)$/gmu);
  if (/^\/etc\/pam\.d\//u.test(path))
    return matches(text, /\bpam_exec\.so[ \t]+(?:(?:quiet|expose_authtok|seteuid|stdout|log=\S+|type=\S+)[ \t]+)*(\S.*)$/gmu);
  // Whatever else runs it: a script in a folder of the system is there to be run, as root at worst.
  return SYSTEM_FOLDER.test(path) && /^#!\s*\/(usr\/)?bin\/(env\s+)?(ba|da|k|z)?sh\b/u.test(text) ? [{ text, user: ROOT }] : [];
}

const SYSTEM_FOLDER = /^\/(etc|boot|(usr\/)?lib|usr\/(libexec|share)|var\/lib\/cloud)\//u;

const matches = (text: string, pattern: RegExp): Command[] =>
  [...text.matchAll(pattern)].map(([, command = ""]) => ({ text: command, user: ROOT }));

/** The user whose folder it lies in. */
const userOf = (path: string): string => /^\/home\/([^/]+)\//u.exec(path)?.[1] ?? ROOT;

/** `x@.service`: what stands for the instance is not known, and may be a path. */
const OF_INSTANCE = /[iIjJf]/u;
const SPECIFIERS: Readonly<Record<string, string>> = {
  h: "/root",
  t: "/run",
  S: "/var/lib",
  C: "/var/cache",
  L: "/var/log",
  E: "/etc",
  T: "/tmp",
  V: "/var/tmp",
  "%": "%",
};

/** What systemd puts in the place of `%h`, `%f` and the like, as far as the name of the unit says it. */
function specified(command: string, path: string): string {
  const name = path.replace(/\.d\/[^/]+$/u, "").replace(/^.*\//u, "");
  const instance = /@(.+)\.\w+$/u.exec(name)?.[1];
  const isTemplate = name.includes("@");
  return command.replace(/%([a-zA-Z%])/gu, (all, letter: string) => {
    if (isTemplate && OF_INSTANCE.test(letter)) {
      if (instance === undefined || !isKnown(instance)) return hole("value", `instance of ${name}`);
      return letter === "i" ? instance : `${letter === "f" ? "/" : ""}${instance.replaceAll("-", "/").replaceAll("\\x2d", "-")}`;
    }
    return letter === "n" ? name : (SPECIFIERS[letter] ?? all);
  });
}

function unitCommands(path: string, text: string): Command[] {
  const lines = text.replace(/\\\n\s*/gu, " ").split("\n");
  const dynamic = lines.some((line) => /^\s*DynamicUser\s*=\s*(yes|true|1|on)\s*$/u.test(line));
  const user = lines.map((line) => /^\s*User\s*=\s*(\S+)/u.exec(line)?.[1]).findLast((u) => u !== undefined) ?? (dynamic ? "nobody" : ROOT);
  const environmentFiles = lines.flatMap((line) => /^\s*EnvironmentFile\s*=\s*-?(\/\S+)/u.exec(line)?.[1] ?? []);
  return lines.flatMap((line) => {
    const match = /^\s*Exec(?:Start|StartPre|StartPost|Stop|StopPost|Reload|Condition)\s*=\s*([-@:+!|]*)([^-@:+!|\s].*)$/u.exec(line);
    const files = environmentFiles.length > 0 ? { environmentFiles } : {};
    return match ? [{ text: specified(match[2] ?? "", path), user: /[+!]/u.test(match[1] ?? "") ? ROOT : user, ...files }] : [];
  });
}

/** `m h dom mon dow [user] command`, `@daily [user] command`; a `%` ends the command and begins its input. */
function cronCommands(text: string, owner: string | undefined): Command[] {
  return text.split("\n").flatMap((line) => {
    const fields = /^\s*(?:@\w+|(?:[\d*/,\-A-Za-z?~]+\s+){4}[\d*/,\-A-Za-z?~]+)\s+(\S.*)$/u.exec(line)?.[1];
    if (fields === undefined || /^\s*#/u.test(line)) return [];
    const named = owner === undefined ? /^(\S+)\s+(\S.*)$/u.exec(fields) : null;
    const command = named ? (named[2] ?? "") : fields;
    return [{ text: (/^(?:[^\\%]|\\[\s\S]?)*/u.exec(command)?.[0] ?? "").replaceAll("\\%", "%"), user: owner ?? named?.[1] ?? ROOT }];
  });
}
