/** What `$name` and `${name...}` stand for. */
import { expandText } from "./expand";
import type { Scope, State } from "./state";
import type { Parameter, Word } from "./syntax";
import { hole, holesOf, isKnown, plain } from "./text";

/** Each way the parameter can turn out, as a list of fields (`"$@"` and `"${list[@]}"` have many, all else one). */
export function parameterValues(parameter: Parameter, state: State, scope: Scope, quoted: boolean): string[][] {
  const whole = parameter.index === "@" || parameter.index === "*" || parameter.name === "@" || parameter.name === "*";
  if (whole) return [wholeList(parameter, state, scope, quoted)];
  if (parameter.indirect) return indirect(parameter, state, scope, quoted);
  const raw = rawValues(parameter, state);
  if (parameter.length) return (raw ?? [""]).map((v) => [isKnown(v) ? String(plain(v).length) : hole("value", "length")]);
  const result = new Set(operate(parameter, raw, state, scope));
  return [...result].map((value) => [value]);
}

function indirect(parameter: Parameter, state: State, scope: Scope, quoted: boolean): string[][] {
  const [name] = rawValues(parameter, state) ?? [];
  if (name === undefined || !isKnown(name)) return [[hole("value", "indirect")]];
  return parameterValues({ name }, state, scope, quoted);
}

function wholeList(parameter: Parameter, state: State, scope: Scope, quoted: boolean): string[] {
  const isArgs = parameter.name === "@" || parameter.name === "*";
  const list = isArgs ? state.args : (state.variables.get(parameter.name)?.list ?? state.variables.get(parameter.name)?.values.slice(0, 1));
  if (!list) return isArgs || state.variables.has(parameter.name) ? [hole("value", `$${parameter.name}`)] : [];
  if (parameter.length) return [String(list.length)];
  if (parameter.operator === ":" && parameter.argument) {
    const [from, count] = expandText(parameter.argument, state, scope)[0]?.split(":").map(Number) ?? [];
    const start = isArgs ? Math.max((from ?? 1) - 1, 0) : (from ?? 0);
    return list.slice(start, count === undefined ? undefined : start + count);
  }
  const items = parameter.operator ? list.flatMap((item) => operate(parameter, [item], state, scope)) : [...list];
  return quoted && (parameter.index === "*" || parameter.name === "*") ? [items.join(" ")] : items;
}

/** The values of the plain name; undefined when it is unset. */
function rawValues(parameter: Parameter, state: State): readonly string[] | undefined {
  const { name, index } = parameter;
  if (/^\d+$/u.test(name)) return positional(Number(name), state);
  const variable = state.variables.get(name);
  if (variable?.list) {
    const at = index === undefined ? 0 : /^\d+$/u.test(index) ? Number(index) : undefined;
    if (at === undefined) return [hole("value", `$${name}`)];
    const item = variable.list[at];
    return item === undefined ? undefined : [item];
  }
  if (variable && index !== undefined && index !== "0") return [hole("value", `$${name}`)];
  return variable?.values ?? special(name, state);
}

function positional(number: number, state: State): readonly string[] | undefined {
  if (number === 0) return ["bash"];
  if (!state.args) return [hole("value", `$${String(number)}`)];
  const value = state.args[number - 1];
  return value === undefined ? undefined : [value];
}

function special(name: string, state: State): readonly string[] | undefined {
  switch (name) {
    case "#":
      return [state.args ? String(state.args.length) : hole("value", "$#")];
    case "$":
    case "BASHPID":
    case "RANDOM":
    case "SRANDOM":
    case "EPOCHSECONDS":
    case "EPOCHREALTIME":
      return [hole("fresh", `$${name}`)];
    case "?":
    case "!":
    case "-":
      return [hole("value", `$${name}`)];
    case "PWD":
      return [state.cwd];
    case "USER":
    case "LOGNAME":
      return [state.user];
    case "UID":
    case "EUID":
      return [state.user === "root" ? "0" : hole("fresh", "uid")];
    default:
      return undefined;
  }
}

/** Applies `:-`, `%`, `/` and so on. An unset name without a default is a hole: it may come from the environment. */
function operate(parameter: Parameter, raw: readonly string[] | undefined, state: State, scope: Scope): string[] {
  const { operator, name } = parameter;
  const argument = (): string[] => (parameter.argument ? expandText(parameter.argument, state, scope) : [""]);
  if (operator === undefined) return raw ? [...raw] : [hole("value", `$${name}`)];
  if (/^:?[-=]$/u.test(operator)) {
    const values = withDefault(raw, operator.startsWith(":"), argument);
    if (operator.endsWith("=")) state.variables.set(name, { values });
    return values;
  }
  if (/^:?\?$/u.test(operator)) return raw ? [...raw] : [hole("value", `$${name}`)];
  if (/^:?\+$/u.test(operator)) return alternative(raw, argument);
  return (raw ?? [hole("value", `$${name}`)]).flatMap((value) =>
    transform(operator, value, argument(), parameter.replacement, state, scope),
  );
}

function withDefault(raw: readonly string[] | undefined, emptyToo: boolean, argument: () => string[]): string[] {
  if (!raw) return argument();
  return [...new Set(raw.flatMap((value) => (value === "" && emptyToo ? argument() : [value])))];
}

function alternative(raw: readonly string[] | undefined, argument: () => string[]): string[] {
  if (!raw || raw.every((v) => v === "")) return [""];
  const open = raw.some((v) => v === "" || (holesOf(v).length > 0 && v.startsWith("\uE002")));
  return open ? [...argument(), ""] : argument();
}

function transform(operator: string, value: string, args: string[], replacement: Word | undefined, state: State, scope: Scope): string[] {
  const by = replacement ? (expandText(replacement, state, scope)[0] ?? "") : "";
  return args.map((argument) => {
    if (operator === "#" || operator === "##") return trimStart(value, plain(argument), operator === "##");
    if (operator === "%" || operator === "%%") return trimEnd(value, plain(argument), operator === "%%");
    if (operator === "/" || operator === "//") {
      const pattern = new RegExp(patternSource(plain(argument)), operator === "/" ? "u" : "gu");
      return isKnown(value) ? value.replace(pattern, () => by) : hole("value", "replaced");
    }
    if (operator === "^^") return isKnown(value) ? value.toUpperCase() : value;
    if (operator === ",,") return isKnown(value) ? value.toLowerCase() : value;
    if (operator === ":" && /^\d+$/u.test(argument) && isKnown(value)) return value.slice(Number(argument));
    return hole("value", "part");
  });
}

const patternSource = (glob: string): string =>
  glob
    .replace(/[.+^${}()|[\]\\/]/gu, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");

/** Holes count as text that no pattern cuts into: the label never matches a separator. */
function trimStart(value: string, glob: string, longest: boolean): string {
  const found = new RegExp(`^(?:${patternSource(glob).replaceAll(".*", longest ? ".*" : ".*?")})`, "su").exec(value);
  return found && whole(found[0]) ? value.slice(found[0].length) : value;
}

function trimEnd(value: string, glob: string, longest: boolean): string {
  if (!/[*?]/u.test(glob)) return value.endsWith(glob) && whole(glob) ? value.slice(0, value.length - glob.length) : value;
  const end = new RegExp(`^(?:${patternSource(glob)})$`, "su");
  const starts = Array.from({ length: value.length + 1 }, (_, i) => (longest ? i : value.length - i));
  const at = starts.find((start) => end.test(value.slice(start)) && whole(value.slice(start)));
  return at === undefined ? value : value.slice(0, at);
}

const whole = (piece: string): boolean => (piece.match(/\uE002/gu)?.length ?? 0) === (piece.match(/\uE003/gu)?.length ?? 0);
