/**
 * Units, drop-ins and configuration of systemd: which of their settings are understood. What they start is followed as commands (later.ts);
 * this is about everything else that decides as whom, with which files and with which rights a service runs.
 */
import { isGuarded } from "../guarded";
import { dropInOf, isWithin, nameOf } from "../paths";
import { isKnown, plain } from "../text";
import { linesOf } from "./format";
import { isOwnGroup } from "./groups";
import { HARMLESS_KEYS, SHELTERS } from "./unit-keys";

export const UNIT_FILE =
  /^\/(etc|run|(usr\/)?lib|usr\/local\/lib)\/systemd\/((system|user)\/[^/]+(\.d\/[^/]+\.conf)?|(system|user|journald|logind|timesyncd|coredump|sleep|oomd|pstore)\.conf(\.d\/[^/]+\.conf)?)$/u;

interface Unit {
  readonly path: string;
  /** `x.service`, also for its drop-ins. */
  readonly name: string;
  readonly dropIn: boolean;
  /** It runs the application, as far as can be seen. */
  readonly application: boolean;
  readonly home: string;
}

/**
 * The first line that is not understood.
 * @param application names of units that run the application
 * @param edited the text is lines that an edit puts into a unit, as a drop-in would
 */
export function strangeInUnit(
  path: string,
  text: string,
  home: string,
  application: (name: string, text: string) => boolean,
  edited = false,
): string | undefined {
  const dropped = dropInOf(path);
  const name = dropped ?? nameOf(path);
  const unit: Unit = { path, name, dropIn: dropped !== undefined || edited, application: application(name, text), home };
  return linesOf(text).find((line) => !isUnderstood(line, unit));
}

function isUnderstood(line: string, unit: Unit): boolean {
  if (/^\[[\w-]+\]$/u.test(line)) return true;
  const [, key, after = ""] = /^([A-Za-z]\w*)\s*=([\s\S]*)$/u.exec(line) ?? [];
  const value = after.trimStart();
  // A text that was put together of parts of which some are not known is evaluated by the parts that are.
  if (key === undefined) return !isKnown(line);
  if (HARMLESS_KEYS.has(key) || /^(Condition|Assert|Limit|X-)/u.test(key)) return true;
  if (SHELTERS.test(key)) return !unit.dropIn || !/^(no|false|0|off|default)$/iu.test(value);
  // Followed as commands.
  if (/^Exec(Start|StartPre|StartPost|Stop|StopPost|Reload|Condition)$/u.test(key)) return true;
  const check = VALUES[key];
  return check?.(plain(value).trim(), unit) ?? false;
}

type Value = (value: string, unit: Unit) => boolean;

const words = (value: string): string[] => value.split(/\s+/u).filter((word) => word !== "");
/** `-/a:/b:ro` names /a and /b. */
const paths = (value: string): string[] =>
  words(value).flatMap((word) =>
    word
      .replace(/^[-+!~]+/u, "")
      .split(":")
      .filter((part) => part.startsWith("/")),
  );

/** Its own files are the application's; others' are handed the working folders at most. */
const handed: Value = (value, { application, home }) =>
  paths(value).every((path) => (application || !isGuarded(path, home)) && !(path === "/" || (isWithin(home, path) && path !== home)));

/** What may be written: never the models, and by others than the application nothing that is guarded. A folder of the system may be named as a whole. */
const writable: Value = (value, { application, home }) =>
  paths(value).every(
    (path) =>
      path !== "/" &&
      !isWithin(path, `${home}/models`) &&
      (application || path === home || !isWithin(path, home) || !isGuarded(path, home)),
  );

const LOADERS =
  /^"?(LD_\w+|BASH_ENV|ENV|PYTHON(PATH|HOME|STARTUP|EXECUTABLE|USERBASE|BREAKPOINT|WARNINGS)|NODE_OPTIONS|NODE_PATH|PERL5\w+|RUBY(OPT|LIB)|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|GCONV_PATH|GIT_\w+|PROMPT_COMMAND|SHELLOPTS|IFS)=/u;
const SYSTEM_PATH = /^"?PATH=(:?(\/home\/[\w.-]+\/[\w./-]*bin|\/(usr\/(local\/)?)?s?bin|\/snap\/bin))+"?$/u;

const output: Value = (value, { home }) => {
  const [kind = "", path] = /^(file|append|truncate):(.*)$/u.exec(value)?.slice(1) ?? [];
  if (kind === "") return /^(inherit|null|tty|journal(\+console)?|kmsg(\+console)?|syslog(\+console)?|socket|)$/u.test(value);
  return path !== undefined && (/^\/var\/log\//u.test(path) || (isWithin(path, home) && !isGuarded(path, home)) || !isKnown(path));
};

const named: Value = (value) => words(value).every((name) => isOwnGroup(name));
const yes: Value = () => true;

const VALUES: Readonly<Record<string, Value>> = {
  User: (value, { dropIn }) => !dropIn || !/^(root|0|)$/u.test(value),
  Group: (value, { dropIn }) => !dropIn || !/^(root|0|)$/u.test(value),
  SupplementaryGroups: named,
  UMask: (value) => value === "" || (/^0?[0-7]{3,4}$/u.test(value) && (Number.parseInt(value, 8) & 0o022) === 0o022) || !isKnown(value),
  Environment: (value) =>
    (value.match(/"[^"]*"|'[^']*'|\S+/gu) ?? []).every(
      (one) => !LOADERS.test(one) && (!/^"?PATH=/u.test(one) || SYSTEM_PATH.test(one) || !isKnown(one)),
    ),
  DefaultEnvironment: (value) =>
    value === "" || (value.match(/\S+/gu) ?? []).every((one) => /^"?(LANG|LC_\w+|TZ|AWS_(DEFAULT_)?REGION)=/u.test(one)),
  EnvironmentFile: (value, { application, home }) => application || paths(value).every((path) => !isGuarded(path, home)),
  PassEnvironment: (value) => words(value).every((name) => /^(LANG|LC_\w+|TZ|AWS_(DEFAULT_)?REGION)$/u.test(name)),
  // A journal that keeps nothing.
  Storage: (value) => !/^none$/iu.test(value),
  UnsetEnvironment: yes,
  BindPaths: handed,
  BindReadOnlyPaths: handed,
  TemporaryFileSystem: yes,
  ReadWritePaths: writable,
  ReadWriteDirectories: writable,
  ExecPaths: handed,
  LoadCredential: handed,
  StandardOutput: output,
  StandardError: output,
  StandardInput: (value) => /^(null|tty|socket|inherit|data|)$/u.test(value),
  AmbientCapabilities: (value) => words(value).every((one) => /^(~|CAP_NET_BIND_SERVICE|CAP_SYS_NICE|CAP_IPC_LOCK)/u.test(one)),
  SystemCallFilter: yes,
  SocketBindAllow: yes,
  ListenStream: yes,
  ListenDatagram: yes,
  ListenSequentialPacket: yes,
  ListenSpecial: (value) => value === "",
  Unit: (value, { name }) =>
    /\.(target|service|timer|socket)$/u.test(value) && nameOf(value).replace(/\.\w+$/u, "") === name.replace(/\.\w+$/u, ""),
  OnFailure: yes,
  OnSuccess: yes,
  Where: (value, { home }) =>
    !isWithin(value, home) &&
    !isWithin(home, value) &&
    !isGuarded(value, home) &&
    !/^\/(etc|usr|root|proc|sys|boot|lib)(\/|$)/u.test(value),
};
