/** Builtins that change the shell itself. */
import { isSecretName } from "../core/secret-name";
import type { Call } from "./call";
import { input, stdinOf, write } from "./channels";
import { fieldOf, lineOf } from "./entries";
import { leaving } from "./fork";
import { exactly } from "./mode";
import { changeMode, numericMode } from "./mode";
import { parseOptions } from "./options";
import { normalise } from "./paths";
import { unclear } from "./report";
import type { Scope, State, Status } from "./state";
import { asSecretAs, holdsSecret, hole, holesOf, isHole, isKnown, markSecret, plain, SECRET_MARK, unknownOf } from "./text";

type Builtin = (call: Call) => Status;

const umask: Builtin = ({ args, state, scope }) => {
  const text = args.find((a) => !/^-[pS]$/u.test(a));
  if (text === undefined) {
    write(state, scope, 1, `${hole("value", "umask")}\n`);
    return "ok";
  }
  const numeric = numericMode(plain(text));
  if (numeric) state.umask = exactly(numeric.set & 0o777);
  else {
    // Symbolic: what is allowed, starting from what is allowed now.
    const allowed = isKnown(text)
      ? changeMode(plain(text), { set: ~state.umask.may & 0o777, may: ~state.umask.set & 0o777 }, "dir", exactly(0))
      : undefined;
    state.umask = allowed ? { set: ~allowed.may & 0o777, may: ~allowed.set & 0o777 } : { set: 0, may: 0o777 };
  }
  return "ok";
};

const set: Builtin = (call) => {
  const { args, state } = call;
  if (args.length === 0) return showVariables(call, false);
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i] ?? "";
    if (arg === "--" || !/^[-+][A-Za-z]+$/u.test(arg)) {
      state.args = arg === "--" ? args.slice(i + 1) : args.slice(i);
      return "ok";
    }
    const on = arg.startsWith("-");
    const named = arg.includes("o") ? (args[(i += 1)] ?? "") : "";
    const has = (letter: string, name: string): boolean => arg.includes(letter) || named === name;
    if (has("a", "allexport") && !on && state.options.allexport === true)
      state.exported = new Set([...state.exported, ...state.variables.keys()]);
    const allexport = has("a", "allexport") ? on : state.options.allexport === true;
    state.options = {
      ...(allexport ? { allexport } : {}),
      errexit: has("e", "errexit") ? on : state.options.errexit,
      xtrace: has("x", "xtrace") ? on : state.options.xtrace,
      pipefail: named === "pipefail" ? on : state.options.pipefail,
    };
  }
  return "ok";
};

/** The folders that pushd left, the last one at the end. */
const DIRECTORIES = "DIRSTACK";

const pushd: Builtin = (call) => {
  const before = call.state.variables.get(DIRECTORIES)?.list ?? [];
  if (call.args.every((a) => /^[-+]/u.test(a))) {
    call.state.cwd = hole("value", "pushd");
    return "open";
  }
  call.state.variables.set(DIRECTORIES, { values: [""], list: [...before, call.state.cwd] });
  return cd(call);
};

const popd: Builtin = ({ args, state }) => {
  const list = state.variables.get(DIRECTORIES)?.list ?? [];
  const known = args.length === 0 ? list.at(-1) : undefined;
  state.cwd = known ?? hole("value", "popd");
  state.variables.set(DIRECTORIES, { values: [""], list: list.slice(0, -1) });
  return "likely";
};

/** What follows may mean something else than it says. */
const bends =
  (what: string, harmless: RegExp): Builtin =>
  ({ args, state, scope }) => {
    if (args.some((a) => !harmless.test(a))) unclear(state, scope, what);
    return "ok";
  };

const cd: Builtin = ({ args, state }) => {
  const to = args.find((a) => !/^-[LPe@]$/u.test(a));
  const before = state.cwd;
  state.cwd =
    to === undefined
      ? state.user === "root"
        ? "/root"
        : `/home/${state.user}`
      : to === "-"
        ? (state.variables.get("OLDPWD")?.values[0] ?? hole("value", "OLDPWD"))
        : normalise(to, state.cwd);
  state.variables.set("OLDPWD", { values: [before] });
  return "likely";
};

/** `export -p`, `declare -p`, `set`: the variables with their values. */
export function showVariables(call: Call, exported: boolean, names: readonly string[] = []): Status {
  const { state, scope } = call;
  const shown = [...state.variables].filter(
    ([name]) =>
      (names.length === 0 ||
        names.includes(name) ||
        (name === UNNAMED && names.some((one) => isSecretName(one) && !state.variables.has(one)))) &&
      (!exported || state.options.allexport === true || state.exported.has(name)),
  );
  const secret = shown.some(([, { values, list }]) => [...values, ...(list ?? [])].some(holdsSecret));
  write(state, scope, 1, secret ? markSecret("variables\n") : `${hole("value", "variables")}\n`);
  return "likely";
}

/** Variables of a secret file whose text is not known: what names they have is not known either. No variable can be called so. */
export const UNNAMED = "of a secret file";

/** The same as an environment that something is started with. */
export const unnamed = (): ReadonlyMap<string, string> => new Map([[UNNAMED, markSecret(hole("secret", "content of a secret file"))]]);

/** @param exported whether programs get them too */
export function setUnnamed(state: State, exported = false): void {
  state.variables.set(UNNAMED, { values: [markSecret(hole("secret", "content of a secret file"))] });
  if (exported) state.exported = new Set([...state.exported, UNNAMED]);
}

/** What these hold is run or loaded by every shell or program that gets them: by an assignment, `export`, `env`, `sudo NAME=value` alike. */
const MAY_LOAD = /^(BASH_ENV|ENV|PROMPT_COMMAND|LD_PRELOAD|LD_AUDIT)$/u;

export function noteLoader(name: string, value: string, state: State, scope: Scope): void {
  if (value === "" || !MAY_LOAD.test(name)) return;
  // Many applications call their stage `ENV`; a shell reads it as the name of a file, which stands in a folder.
  if (name === "ENV" && isKnown(value) && !value.includes("/")) return;
  unclear(state, scope, `text that ${name} makes every later program run`);
}

/** `export A=1 B`, `local x=2`, `declare -r`, `readonly`. */
const declare: Builtin = (call) => {
  const { name, args, state, scope } = call;
  const flags = args.filter((a) => /^[-+][A-Za-z]+$/u.test(a)).join("");
  if (flags.includes("f")) return "ok";
  const operands = args.filter((a) => !/^[-+]/u.test(a));
  if (flags.includes("p") || (operands.length === 0 && name !== "local"))
    return showVariables(call, name === "export" || flags.includes("x"), operands);
  for (const arg of args) {
    const match = /^([A-Za-z_]\w*)(?:(\+?)=([\s\S]*))?$/u.exec(arg);
    if (!match) {
      // `export $(grep -v '^#' .env | xargs)`
      if (holdsSecret(arg)) setUnnamed(state, name === "export" || flags.includes("x"));
      continue;
    }
    const [, variable = "", append, value] = match;
    noteLoader(variable, value ?? "", state, scope);
    const local = name === "local" || ((name === "declare" || name === "typeset") && !flags.includes("g"));
    if (local && scope.frame.hidden?.has(variable) === false) scope.frame.hidden.set(variable, state.variables.get(variable));
    if (flags.includes("A")) {
      // Its items, where some are given, follow.
      if (state.variables.get(variable)?.keys === undefined) state.variables.set(variable, { values: [""], list: [], keys: [] });
      continue;
    }
    const before = append === "+" ? (state.variables.get(variable)?.values ?? [""]) : [""];
    if (value !== undefined) state.variables.set(variable, { values: before.map((b) => b + value) });
    else if (name === "local" || name === "declare" || name === "typeset") state.variables.set(variable, { values: [""] });
    if (name === "export" || flags.includes("x")) state.exported = new Set([...state.exported, variable]);
  }
  return "ok";
};

const unset: Builtin = ({ args, state }) => {
  for (const arg of args) {
    const [, array] = /^([A-Za-z_]\w*)\[/u.exec(arg) ?? [];
    const items = array === undefined ? undefined : state.variables.get(array);
    if (array !== undefined && items) state.variables.set(array, { values: [unknownOf(`$${array}`, items.list ?? items.values)] });
    state.variables.delete(arg);
    if (args.includes("-f")) state.functions.delete(arg);
  }
  return "ok";
};

/** `read` takes the next line of its input where that is known. */
const read: Builtin = ({ args, state, scope }) => {
  const options = parseOptions(args, { values: "adinNptu" });
  const array = options.value("a");
  const names = array === undefined ? (options.operands.length ? options.operands : ["REPLY"]) : [array];
  const channel = scope.channels.get(Number(options.value("u") ?? "0")) ?? stdinOf(scope.channels);
  const text = channel.text;
  const secret = text.includes(SECRET_MARK);
  if (text.replaceAll(SECRET_MARK, "") === "") {
    for (const name of names) state.variables.set(name, { values: [channel.kind === "terminal" ? hole("value", `$${name}`) : ""] });
    return channel.kind === "terminal" ? "open" : "failed";
  }
  const end = text.indexOf("\n");
  const line = end < 0 ? text : text.slice(0, end);
  const vague = isHole(line.startsWith(SECRET_MARK) ? line.slice(1) : line);
  // A hole may be many lines: it is never used up.
  if (!vague || end >= 0) channel.text = end < 0 ? "" : (secret ? SECRET_MARK : "") + text.slice(end + 1);
  if (array !== undefined && isKnown(line))
    state.variables.set(array, { values: [""], list: wordsOf(line, call2ifs(state)).map((word) => asSecretAs(text, word)) });
  else assignFields(names, line, secret, vague, call2ifs(state), state);
  return vague ? "open" : end < 0 ? "failed" : "ok";
};

const call2ifs = (state: Call["state"]): string => state.variables.get("IFS")?.values[0] ?? " \t\n";

const separatorOf = (ifs: string): RegExp | undefined =>
  ifs === "" ? undefined : new RegExp(`[${ifs.replace(/[\]\\^-]/gu, "\\$&")}]+`, "u");

/** The words of a line, as `read -a` takes them. */
const wordsOf = (line: string, ifs: string): string[] => {
  const separator = separatorOf(ifs);
  const words = line.replaceAll(SECRET_MARK, "");
  return (separator ? words.split(separator) : [words]).filter((word) => word !== "");
};

function assignFields(names: readonly string[], line: string, secret: boolean, vague: boolean, ifs: string, state: Call["state"]): void {
  const mark = (text: string): string => (secret && text !== "" ? markSecret(text) : text);
  const kind = holesOf(line)[0]?.kind === "secret" || secret ? "secret" : "value";
  let rest = ifs === "" ? line : line.replace(SECRET_MARK, "");
  const separator = separatorOf(ifs);
  for (const [index, name] of names.entries()) {
    if (vague) {
      const own = lineOf(line);
      state.variables.set(name, { values: [own === undefined ? hole(kind, `$${name}`) : fieldOf(own, name, index, names.length, ifs)] });
      continue;
    }
    const cut = index === names.length - 1 || !separator ? null : separator.exec(rest);
    state.variables.set(name, { values: [mark(cut ? rest.slice(0, cut.index) : rest)] });
    rest = cut ? rest.slice(cut.index + cut[0].length) : "";
  }
}

const mapfile: Builtin = ({ args, state, scope }) => {
  if (args.some((a) => /^-C/u.test(a))) unclear(state, scope, "`mapfile -C`, which runs text for each line");
  const name = parseOptions(args, { values: "dnOsuCc" }).operands[0] ?? "MAPFILE";
  const text = stdinOf(scope.channels).text;
  const lines = text.replaceAll(SECRET_MARK, "").replace(/\n$/u, "").split("\n");
  if (isKnown(text)) state.variables.set(name, { values: [""], list: lines.map((line) => asSecretAs(text, line)) });
  else state.variables.set(name, { values: [unknownOf(`$${name}`, [text])] });
  scope.channels.set(0, input(""));
  return "ok";
};

/** Where getopts stands within a word of bundled options: no name that a script can give to a variable. */
const WITHIN = "getopts position";

/** `while getopts m:o: opt; do case $opt in ...`: the options of the function or script, one a call. */
const getopts: Builtin = ({ args: [spec = "", name = "", ...given], state }) => {
  const words = given.length > 0 ? given : state.args;
  const index = Number(state.variables.get("OPTIND")?.values[0]) || 1;
  const set = (variable: string, value: string): unknown => state.variables.set(variable, { values: [value] });
  const word = words?.[index - 1];
  if (words === undefined || !Number.isInteger(index) || (word !== undefined && !isKnown(word) && !/^-/u.test(word))) {
    for (const one of [name, "OPTARG", "OPTIND"]) set(one, hole("value", `$${one}`));
    return "open";
  }
  if (word === undefined || !/^-./u.test(word) || word === "--") {
    set(name, "?");
    if (word === "--") set("OPTIND", String(index + 1));
    return "failed";
  }
  const [at = "", offset = ""] = (state.variables.get(WITHIN)?.values[0] ?? "").split(":");
  const start = at === String(index) ? Number(offset) : 1;
  const letter = word[start] ?? "";
  const known = spec.replace(/^:/u, "").includes(letter) && letter !== ":";
  const takes = known && spec[spec.indexOf(letter, spec.startsWith(":") ? 1 : 0) + 1] === ":";
  const rest = word.slice(start + 1);
  set(name, known ? letter : "?");
  if (takes) set("OPTARG", rest === "" ? (words[index] ?? "") : rest);
  else state.variables.delete("OPTARG");
  const isLast = takes || rest === "";
  set("OPTIND", String(isLast ? index + (takes && rest === "" ? 2 : 1) : index));
  set(WITHIN, isLast ? "" : `${String(index)}:${String(start + 1)}`);
  return "ok";
};

const shift: Builtin = ({ args, state }) => {
  const count = Number(args[0] ?? "1");
  // By a number that is not known, whatever is left may be any of them.
  if (Number.isNaN(count)) state.args = undefined;
  else if (state.args) state.args = state.args.slice(count);
  return "ok";
};

/** Leaves the script, function or loop; only an exit that counts as success is a way the host can end up. */
const exit: Builtin = ({ args, state, scope }) => {
  const status = args[0] ?? "0";
  if (!/^[1-9]\d*$/u.test(status)) scope.frame.exits.push(leaving(state, scope));
  state.live = false;
  return status === "0" ? "ok" : "failed";
};

const leave =
  (where: "returns" | "breaks" | "continues"): Builtin =>
  ({ args, state, scope }) => {
    const list = scope.frame[where];
    if (!list) return "ok";
    list.push(leaving(state, scope));
    state.live = false;
    if (where === "returns")
      scope.frame.outcomes?.push(args[0] === undefined ? "likely" : args[0] === "0" ? "ok" : /^\d+$/u.test(args[0]) ? "failed" : "open");
    return where !== "returns" || args[0] === undefined || args[0] === "0" ? "ok" : /^\d+$/u.test(args[0]) ? "failed" : "open";
  };

const trap: Builtin = ({ args, state, scope }) => {
  const words = args.filter((a) => a !== "--");
  const [text = "", ...signals] = words;
  if (signals.some((s) => /^(DEBUG|RETURN)$/u.test(s)) && !/^(-|:|true|)$/u.test(text))
    unclear(state, scope, "a trap that runs between commands");
  if (signals.some((s) => /^(SIG)?(ERR|HUP|INT|TERM|QUIT|USR[12]|CHLD)$/u.test(s)) && !/^(-|:|true|)$/u.test(text))
    state.otherTraps = [...(state.otherTraps ?? []), text];
  if (words.some((w) => w === "EXIT" || w === "0") && words.length > 1) state.exitTrap = words[0] === "-" ? "" : (words[0] ?? "");
  return "ok";
};

/** `exec >log 2>&1`: the redirections stay. */
const keepRedirects: Builtin = ({ scope }) => {
  for (const [fd, channel] of scope.channels) scope.outer?.channels.set(fd, channel);
  return "ok";
};

export const BUILTINS: Readonly<Record<string, Builtin>> = {
  umask,
  set,
  cd,
  pushd,
  popd,
  // `ll='ls -l'`, `grep='grep --color=auto'`: a name of nobody's, or the program itself.
  alias: bends(
    "an alias, which gives a command another meaning",
    /^(-p|[^=]*|(l|la|ll|lt|lla|h|\.\.+)=(ls|cd|history|less)\b[^;&|$`<>(]*|(?<own>ls|grep|egrep|fgrep|df|du|ip|diff|less)=\k<own>( -[\w-]+(=\w+)?)*)$/u,
  ),
  hash: bends("`hash -p`, which gives a command another meaning", /^(-[lrt]+|[^-].*)$/u),
  enable: bends("`enable`, which gives a builtin another meaning", /^-[aps]+$/u),
  export: declare,
  local: declare,
  declare,
  typeset: declare,
  readonly: declare,
  unset,
  read,
  mapfile,
  readarray: mapfile,
  getopts,
  shift,
  exit,
  trap,
  return: leave("returns"),
  break: leave("breaks"),
  continue: leave("continues"),
  ":": () => "ok",
  true: () => "ok",
  false: () => "failed",
  shopt: bends("`shopt -s expand_aliases`", /^(?!expand_aliases$)/u),
  ulimit: () => "ok",
  wait: () => "likely",
  let: () => "open",
};

export { keepRedirects };
