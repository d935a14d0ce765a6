/** Commands that run another command: who runs it, and where its words begin. */
import { parseOptions } from "./options";
import { plain } from "./text";

export interface Wrapped {
  readonly argv: readonly string[];
  /** Another user, if it changes. */
  readonly user?: string;
  /** The rest is one text for a shell (`su -c`, `flock -c`). */
  readonly text?: string;
  /** A shell that reads its input. */
  readonly shell?: boolean;
  readonly assignments?: readonly string[];
  /** Files that its environment is read from. */
  readonly environmentFiles?: readonly string[];
  /** A login shell sets the umask anew. */
  readonly login?: boolean;
  /** The mask that new files get there, in octal. */
  readonly umask?: string;
  /** `Key=value` of the unit that runs it. */
  readonly properties?: readonly string[];
  /** Part of the shell's grammar: functions are seen. */
  readonly inShell?: boolean;
  /** It runs on another machine. */
  readonly elsewhere?: string;
}

type Unwrap = (args: readonly string[]) => Wrapped;

const ASSIGNMENT = /^[A-Za-z_]\w*=/u;

function sudo(args: readonly string[]): Wrapped {
  const long = {
    user: "u",
    group: "g",
    chdir: "D",
    host: "h",
    prompt: "p",
    "close-from": "C",
    role: "r",
    type: "t",
    "other-user": "U",
    chroot: "R",
    "command-timeout": "T",
  };
  const options = parseOptions(args, { values: "ugDhpCrtURT", long, stops: true });
  const user = plain(options.value("u") ?? "root").replace(/^#0$/u, "root");
  const { assignments, argv } = leading(options.operands);
  if (options.has("e", "edit")) return { argv: ["sudoedit", ...argv], user };
  const shell = options.has("s", "shell", "i", "login");
  const login = options.has("i", "login");
  if (shell) return argv.length ? { argv, user, text: argv.join(" "), login, assignments } : { argv, user, shell, login };
  return { argv, user, assignments };
}

function leading(words: readonly string[]): { assignments: readonly string[]; argv: readonly string[] } {
  const at = words.findIndex((w) => !ASSIGNMENT.test(w));
  return { assignments: at < 0 ? words : words.slice(0, at), argv: at < 0 ? [] : words.slice(at) };
}

function env(args: readonly string[]): Wrapped {
  const split = args.findIndex((a) => a === "-S" || a.startsWith("--split-string"));
  if (split >= 0) return { argv: (args[split + 1] ?? "").split(/\s+/u) };
  const options = parseOptions(args, { values: "uC", long: { unset: "u", chdir: "C" }, stops: true });
  return leading(options.operands);
}

/** Options, then a fixed number of operands of its own, then the command. */
const simple =
  (values: string, long: Readonly<Record<string, string>> = {}, own = 0): Unwrap =>
  (args) => ({ argv: parseOptions(args, { values, long, stops: true }).operands.slice(own) });

function flock(args: readonly string[]): Wrapped {
  const options = parseOptions(args, { values: "wE", long: { timeout: "w", wait: "w", "conflict-exit-code": "E" }, stops: true });
  const [, ...rest] = options.operands;
  if (rest[0] === "-c" || rest[0] === "--command") return { argv: [], text: rest[1] ?? "" };
  return { argv: rest };
}

function su(args: readonly string[]): Wrapped {
  const options = parseOptions(
    args.map((a) => (a === "-" ? "--login" : a)),
    { values: "cgGsTw", long: { command: "c", shell: "s", group: "g" } },
  );
  const user = plain(options.operands[0] ?? "root");
  const login = options.has("login", "l");
  const text = options.value("c");
  return text === undefined ? { argv: [], user, shell: true, login } : { argv: [], user, text, login };
}

function runuser(args: readonly string[]): Wrapped {
  const options = parseOptions(args, { values: "ucgGsT", long: { user: "u", command: "c", shell: "s", group: "g" }, stops: true });
  const user = options.value("u");
  return user === undefined ? su(args) : { argv: options.operands, user: plain(user) };
}

function systemdRun(args: readonly string[]): Wrapped {
  const names = Object.fromEntries(
    [
      "unit",
      "description",
      "slice",
      "working-directory",
      "uid",
      "gid",
      "service-type",
      "on-active",
      "on-calendar",
      "host",
      "machine",
      "nice",
    ].map((n) => [n, n]),
  );
  const options = parseOptions(args, { values: "pEuHMd", long: { ...names, property: "p", setenv: "E" }, stops: true });
  const properties = options.given.get("p") ?? [];
  // Of a setting that is given twice, systemd takes the last.
  const last = (key: string): string | undefined => properties.findLast((one) => one.startsWith(`${key}=`))?.slice(key.length + 1);
  const user = options.value("uid") ?? last("User");
  const assignments = options.given.get("E") ?? [];
  const environmentFiles = properties.flatMap((one) => /^EnvironmentFile=-?(.+)$/u.exec(one)?.[1] ?? []);
  // A unit has a mask of its own (systemd.exec: 0022), not that of the shell.
  const umask = last("UMask") ?? "0022";
  return { argv: options.operands, assignments, environmentFiles, umask, properties, ...(user === undefined ? {} : { user: plain(user) }) };
}

function setpriv(args: readonly string[]): Wrapped {
  const options = parseOptions(args, { long: Object.fromEntries(SETPRIV.map((n) => [n, n])), stops: true });
  const user = options.value("reuid", "ruid");
  return { argv: options.operands, ...(user === undefined ? {} : { user: plain(user).replace(/^0$/u, "root") }) };
}

const SETPRIV =
  "reuid ruid euid regid rgid egid groups inh-caps ambient-caps bounding-set securebits pdeathsig selinux-label apparmor-profile".split(
    " ",
  );

/** `start-stop-daemon --exec PROGRAM -- WORDS`. */
function startStop(args: readonly string[]): Wrapped {
  const end = args.indexOf("--");
  const options = parseOptions(end < 0 ? args : args.slice(0, end), {
    values: "xapucdngkrPIsR",
    long: { exec: "x", startas: "a", pidfile: "p", chuid: "c", user: "u", chdir: "d", name: "n", group: "g", umask: "k" },
  });
  const program = options.value("a") ?? options.value("x");
  if (options.has("K", "stop", "T", "status") || program === undefined) return { argv: ["true"] };
  const user = options.value("c");
  return {
    argv: [program, ...(end < 0 ? [] : args.slice(end + 1))],
    ...(user === undefined ? {} : { user: plain(user.split(":")[0] ?? "root") }),
  };
}

/** The options of nsenter and unshare take their values with `=` or not at all; a target alone stands by itself. */
function namespaced(args: readonly string[]): Wrapped {
  const options = parseOptions(args, {
    values: "tSGRw",
    long: { target: "t", setuid: "S", setgid: "G", propagation: "p", root: "R" },
    stops: true,
  });
  return options.operands.length > 0 ? { argv: options.operands } : { argv: [], shell: true };
}

function ssh(args: readonly string[]): Wrapped {
  const options = parseOptions(args, { values: "bcDEeFIiJLlmOopQRSWw", stops: true });
  const [host = "", ...rest] = options.operands;
  return rest.length ? { argv: [], text: rest.join(" "), elsewhere: host } : { argv: [], shell: true, elsewhere: host };
}

export const WRAPPERS: Readonly<Record<string, Unwrap>> = {
  sudo,
  doas: (args) => ({ ...simple("uC")(args), user: plain(parseOptions(args, { values: "uC", stops: true }).value("u") ?? "root") }),
  pkexec: (args) => ({ ...simple("", { user: "u" })(args), user: "root" }),
  env,
  flock,
  su,
  runuser,
  ssh,
  "systemd-run": systemdRun,
  timeout: simple("ks", { "kill-after": "k", signal: "s" }, 1),
  gtimeout: simple("ks", {}, 1),
  nice: simple("n", { adjustment: "n" }),
  ionice: simple("cnpPu", { class: "c", classdata: "n" }),
  chrt: simple("", {}, 1),
  taskset: simple("", {}, 1),
  nohup: simple(""),
  setsid: simple(""),
  stdbuf: simple("ioe", { input: "i", output: "o", error: "e" }),
  unbuffer: simple(""),
  time: (args) => ({ ...simple("fo")(args), inShell: true }),
  command: simple(""),
  builtin: simple(""),
  busybox: simple(""),
  catchsegv: simple(""),
  strace: simple("oeEpPsuS"),
  ltrace: simple("oeElpsuS"),
  setpriv,
  chpst: simple("uUbedoPcfmnprt0", {}),
  "start-stop-daemon": startStop,
  nsenter: namespaced,
  unshare: namespaced,
  chroot: simple("", {}, 1),
  numactl: simple("CNmipl"),
  cgexec: simple("g"),
  firejail: simple(""),
  fakeroot: simple(""),
  eatmydata: simple(""),
  proot: simple("rbwq"),
  "dbus-run-session": simple(""),
  "xvfb-run": simple("en"),
  coproc: (args) => ({
    argv: args[0] !== undefined && /^[A-Z]\w*$/u.test(args[0]) && args.length > 2 ? args.slice(1) : args,
    inShell: true,
  }),
  lockrun: simple(""),
  chronic: simple(""),
  toybox: simple(""),
  gosu: (args) => ({ argv: args.slice(1), user: plain((args[0] ?? "root").split(":")[0] ?? "root") }),
  "su-exec": (args) => ({ argv: args.slice(1), user: plain((args[0] ?? "root").split(":")[0] ?? "root") }),
  uvx: simple("p", { from: "f", python: "p", with: "w" }),
  "systemd-inhibit": simple("", { what: "w", who: "w", why: "w", mode: "m" }),
  "systemd-cat": simple("tp", { identifier: "t", priority: "p" }),
  "cloud-init-per": simple("", {}, 2),
  retry: simple("tdn", {}),
};
