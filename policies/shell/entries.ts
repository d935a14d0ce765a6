/**
 * Lines `KEY=value` of a text that is not known, as the shell reads them. A line that a program has cut out of a secret text, and what is taken of it, is
 * as secret as the text it stands in, until a comparison has shown which key it is of: the value of one with a harmless name is none.
 */
import { isSecretName } from "../core/secret-name";
import { learnt } from "./proven";
import type { State, Variable } from "./state";
import { digestLabel, hole, holesOf, isHole, isSecretText, isWholeSecret, mapHoles, plain, STAR } from "./text";

const LINE = /^entry\.[0-9a-z]+$/u;

/** A secret text that a program has cut out of a larger one. */
const isCutOut = (text: string): boolean => isSecretText(text) && !isWholeSecret(text);

/** The line that is read next of such a text; undefined of any other. */
export const lineOf = (text: string): string | undefined => (isCutOut(text) ? hole("secret", digestLabel("entry", text)) : undefined);

/** The whole text is one hole of that kind: its label. */
function labelOf(text = ""): string | undefined {
  const [only] = isHole(text) ? holesOf(text) : [];
  return only?.kind === "secret" ? only.label : undefined;
}

/** What `read` gives a name of such a line: `IFS== read -r key value` takes it apart at the sign. */
export function fieldOf(line: string, name: string, at: number, count: number, ifs: string): string {
  const label = labelOf(line) ?? "";
  if (count === 1) return line;
  return hole("secret", count === 2 && ifs === "=" ? `${label}.${at === 0 ? "key" : "value"}` : `${label}.field.${name}`);
}

/** `${line%%=*}` and `${line#*=}`. */
export function partOf(line: string, operator: string, glob: string): string | undefined {
  const label = labelOf(line);
  if (label === undefined || !LINE.test(label)) return undefined;
  if (operator === "%%" && glob === "=*") return hole("secret", `${label}.key`);
  return operator === "#" && glob === "*=" ? hole("secret", `${label}.value`) : undefined;
}

const KEY = /^[\w.-]+$/u;

/** What one text has to be where it equals (or fits, as a pattern) the other: a line, and its key. */
function keyIn(text: string | undefined, other: string | undefined): { readonly line: string; readonly key: string } | undefined {
  const label = labelOf(text);
  if (label === undefined || other === undefined) return undefined;
  const line = label.replace(/\.key$/u, "");
  if (!LINE.test(line)) return undefined;
  const key = line === label ? (other.endsWith(`=${STAR}`) ? other.slice(0, -2) : undefined) : plain(other);
  return key !== undefined && KEY.test(key) ? { line, key } : undefined;
}

/** `[ "${line%%=*}" = KEY ]`, `[[ $line == KEY=* ]]`: on the ways on which it holds, the line is that of the key. */
export function proveKey(sides: readonly (readonly string[])[], inverted: boolean, state: State): void {
  const [left, right] = sides.map((texts) => (texts.length === 1 ? texts[0] : undefined));
  const found = keyIn(left, right) ?? keyIn(right, left);
  if (!found) return;
  const before = state.variables.copy();
  assume(found.line, found.key, state);
  learnt(before, inverted, state);
}

/** An arm of `case` with one pattern is taken: `KEY=*` of a line, `KEY` of its key. */
export function assumeArm(subject: string, patterns: readonly string[], state: State): void {
  const found = patterns.length === 1 ? keyIn(subject, patterns[0]) : undefined;
  if (found) assume(found.line, found.key, state);
}

function assume(line: string, key: string, state: State): void {
  const value = hole(isSecretName(key) ? "secret" : "value", digestLabel(`entry of ${key}`, line));
  const fill = (text: string): string =>
    mapHoles(text, ({ kind, label }) =>
      label === line ? `${key}=${value}` : label === `${line}.key` ? key : label === `${line}.value` ? value : hole(kind, label),
    );
  const filled = ({ values, list }: Variable): Variable => ({ values: values.map(fill), ...(list ? { list: list.map(fill) } : {}) });
  for (const [name, variable] of [...state.variables])
    if ([...variable.values, ...(variable.list ?? [])].some((text) => fill(text) !== text)) state.variables.set(name, filled(variable));
  state.args = state.args?.map(fill);
}
