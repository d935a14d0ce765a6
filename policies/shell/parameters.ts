/** What `$name` and `${name...}` stand for. */
import { ends } from "../core/glob";
import { isSecretName } from "../core/secret-name";
import { itemsAt } from "./arrays";
import { UNNAMED } from "./builtins";
import { partOf } from "./entries";
import { expandText } from "./expand";
import { globOf } from "./paths";
import type { Scope, State } from "./state";
import type { Parameter, Word } from "./syntax";
import { asSecretAs, hole, holesOf, isKnown, plain, SECRET_MARK, unknownOf } from "./text";
import { compared } from "./work";

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
  // What two ways have made of a list is one text that is not known: of how many items, neither.
  const isOpen = !isArgs && state.variables.get(parameter.name)?.list === undefined && list.some((one) => !isKnown(one));
  if (parameter.length) return [isOpen ? hole("value", "length") : String(list.length)];
  // `${!list[@]}`: the keys.
  if (parameter.indirect && !isArgs)
    return isOpen
      ? [hole("value", `keys of ${parameter.name}`)]
      : [...(state.variables.get(parameter.name)?.keys ?? list.keys())].map(String);
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
    const items = itemsAt(name, variable, index, state);
    return items.length === 0 ? undefined : items;
  }
  if (variable && index !== undefined && index !== "0") return [unknownOf(`$${name}`, variable.values)];
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
  if (operator === undefined) return raw ? [...raw] : [unsetValue(name, state)];
  if (/^:?[-=]$/u.test(operator)) {
    const values = withDefault(raw, operator.startsWith(":"), argument);
    if (operator.endsWith("=")) state.variables.set(name, { values });
    return values;
  }
  if (/^:?\?$/u.test(operator)) return raw ? [...raw] : [unsetValue(name, state)];
  if (/^:?\+$/u.test(operator)) return alternative(raw, argument);
  return (raw ?? [unsetValue(name, state)]).flatMap((value) => transform(operator, value, argument(), parameter.replacement, state, scope));
}

/** Where the variables of a secret file are set, one with a name that secrets have is one of them. */
const unsetValue = (name: string, state: State): string =>
  hole(state.variables.has(UNNAMED) && isSecretName(name) ? "secret" : "value", `$${name}`);

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
  // The mark of a secret has no width; what is left of one is as secret.
  const text = value.replaceAll(SECRET_MARK, "");
  return args.map((argument) => asSecretAs(value, transformed(operator, text, plain(argument), by)));
}

function transformed(operator: string, value: string, argument: string, by: string): string {
  const part = partOf(value, operator, argument);
  if (part !== undefined) return part;
  if (operator === "#" || operator === "##") return trimStart(value, argument, operator === "##");
  if (operator === "%" || operator === "%%") return trimEnd(value, argument, operator === "%%");
  if (operator === "/" || operator === "//")
    return isKnown(value) ? replace(value, argument, by, operator === "//") : unknownOf("replaced", [value, by]);
  if (operator === "^^") return isKnown(value) ? value.toUpperCase() : value;
  if (operator === ",,") return isKnown(value) ? value.toLowerCase() : value;
  const [, from, count] = (operator === ":" && isKnown(value) ? /^(\d+)(?::(\d+))?$/u.exec(argument) : null) ?? [];
  if (from !== undefined) return value.slice(Number(from), count === undefined ? undefined : Number(from) + Number(count));
  return unknownOf("part", [value]);
}

/** The longest match at each place, from the left; with `all` every one of them. */
function replace(value: string, glob: string, by: string, all: boolean): string {
  const pattern = globOf(glob, true);
  const chars = [...value];
  let result = "";
  for (let at = 0; at < chars.length; at += 1) {
    const end = ends(pattern, chars, at, compared).at(-1) ?? at;
    if (end === at) {
      result += chars[at] ?? "";
      continue;
    }
    result += by;
    if (!all) return result + chars.slice(end).join("");
    at = end - 1;
  }
  return result;
}

/** Holes count as text that no pattern cuts into. */
function trimStart(value: string, glob: string, longest: boolean): string {
  const chars = [...value];
  const whole = wholeAt(chars);
  const found = ends(globOf(glob, true), chars, 0, compared).filter((end) => whole[end] === 0);
  const end = longest ? found.at(-1) : found[0];
  return end === undefined ? value : chars.slice(end).join("");
}

function trimEnd(value: string, glob: string, longest: boolean): string {
  const chars = [...value].reverse();
  const whole = wholeAt(chars);
  const found = ends([...globOf(glob, true)].reverse(), chars, 0, compared).filter((end) => whole[end] === 0);
  const end = longest ? found.at(-1) : found[0];
  return end === undefined ? value : chars.slice(end).reverse().join("");
}

/** For each place: how many holes have been opened and not closed before it. */
function wholeAt(chars: readonly string[]): Int32Array {
  const open = new Int32Array(chars.length + 1);
  for (const [i, char] of chars.entries()) open[i + 1] = (open[i] ?? 0) + (char === "\uE002" ? 1 : char === "\uE003" ? -1 : 0);
  return open;
}
