/** Items of arrays by their place or, in associative arrays, by their key. */
import type { State, Variable } from "./state";
import { isKnown, plain, SET_CLOSE, SET_OPEN, unknownOf } from "./text";

/** `[key]=value` among the items of `name=(...)`: the shell's words have it as a set of characters, as in a glob. */
const KEYED = new RegExp(`^(?:\\[|${SET_OPEN})([^\\]${SET_CLOSE}]*)(?:\\]|${SET_CLOSE})=([\\s\\S]*)$`, "u");

/** What `name=(items)` makes; `before` is what it was, which `+=` keeps. */
export function arrayOf(name: string, items: readonly string[], before: Variable | undefined, append: boolean): Variable {
  const old: Variable | undefined = append ? before : before?.keys ? { values: [""], list: [], keys: [] } : undefined;
  if (before?.keys === undefined && !items.some((item) => KEYED.test(item))) {
    const list = [...(old?.list ?? old?.values ?? []), ...items];
    return { values: [list[0] ?? ""], list };
  }
  const start: Variable = old ?? { values: [""], list: [] };
  return items.reduce<Variable>((made, item) => {
    const [, key, value = ""] = KEYED.exec(item) ?? [];
    return key === undefined ? notKnown(name, made, item) : withItem(name, key, [value], made);
  }, start);
}

/** What `name[key]=value` makes. */
export function withItem(name: string, key: string | undefined, values: readonly string[], before: Variable | undefined): Variable {
  const [value = "", ...others] = values;
  const list = [...(before?.list ?? [])];
  const keys = before?.keys && [...before.keys];
  const at =
    key === undefined || !isKnown(key) || !before?.list ? -1 : keys ? placeOf(keys, plain(key)) : /^\d{1,4}$/u.test(key) ? Number(key) : -1;
  if (at < 0 || others.length > 0) return notKnown(name, before, ...values);
  if (keys) keys[at] = plain(key ?? "");
  for (let gap = list.length; gap < at; gap += 1) list[gap] = "";
  list[at] = value;
  return { values: [keys ? "" : (list[0] ?? "")], list, ...(keys ? { keys } : {}) };
}

/** Each further item is a copy of all before it: more than these are not followed, and the array is not known then. */
const MOST_KEYS = 4000;

/** Where the item of the key is or will be; -1 where it is one too many. */
function placeOf(keys: readonly string[], key: string): number {
  const at = keys.indexOf(key);
  return at < 0 && keys.length < MOST_KEYS ? keys.length : at;
}

const notKnown = (name: string, before: Variable | undefined, ...values: readonly string[]): Variable => ({
  values: [unknownOf(`$${name}`, [...values, ...(before?.list ?? before?.values ?? [])])],
});

/** What stands in the brackets can be: a text, or the values of one variable; undefined where it is something else. */
export function subscripts(index: string, state: State): readonly string[] | undefined {
  const text = index.replace(/^(["'])(.*)\1$/u, "$2");
  const name = /^\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))$/u
    .exec(text)
    ?.slice(1)
    .find((one) => one !== undefined);
  if (name !== undefined) return state.variables.get(name)?.values;
  return /[$`"'\\]/u.test(text) ? undefined : [text];
}

/** The items that stand there: each value that the brackets can hold has its own. */
export function itemsAt(name: string, variable: Variable, index: string | undefined, state: State): readonly string[] {
  const list = variable.list ?? [];
  // The name alone is the item at 0, which no key is taken for.
  if (index === undefined) return variable.keys ? [] : list.slice(0, 1);
  const found = subscripts(index, state)?.map((key) => {
    if (!isKnown(key)) return undefined;
    if (variable.keys) return list[variable.keys.indexOf(plain(key))] ?? "";
    return /^\d+$/u.test(key) ? (list[Number(key)] ?? "") : undefined;
  });
  return found?.every((item) => item !== undefined) ? [...new Set(found)] : [unknownOf(`$${name}`, list)];
}
