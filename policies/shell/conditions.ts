/** Tests: true, false, or open. */
import { expandText } from "./expand";
import { proveKey } from "./entries";
import { exists, resolveLinks } from "./files";
import { invert, prove } from "./proven";
import { globMatches, normalise } from "./paths";
import type { Scope, State } from "./state";
import type { TestExpression } from "./syntax";
import { literal } from "./syntax";
import { holdsSecret, holesOf, isDefinite, plain, unknownOf } from "./text";

type Truth = boolean | undefined;

export function evaluate(test: TestExpression, state: State, scope: Scope): Truth {
  switch (test.kind) {
    case "opaque":
      return undefined;
    case "not": {
      const inner = evaluate(test.body, state, scope);
      return inner === undefined ? undefined : !inner;
    }
    case "both":
      return both(test.operator, evaluate(test.left, state, scope), evaluate(test.right, state, scope));
    case "word":
      return common(expandText(test.word, state, scope).map(isNonEmpty));
    case "unary":
      return common(expandText(test.operand, state, scope).map((text) => unary(test.operator, text, state)));
    case "binary":
      return compare(test, state, scope);
  }
}

/** `[ "$(sha256sum FILE | cut -d' ' -f1)" = 0123… ]`: where the two are the same, the file is the one that is meant. */
function proveBySum(operator: string, compared: readonly (readonly string[])[], state: State, scope: Scope): void {
  const [left, right] = compared.map((texts) => (texts.length === 1 ? texts[0] : undefined));
  const path = scope.context.sums.get(left ?? "") ?? scope.context.sums.get(right ?? "");
  const known = [left, right].find((text) => text !== undefined && /^[0-9a-f]{40,128}$/iu.test(plain(text)));
  if (path !== undefined && known !== undefined) prove([path], state, operator === "!=");
}

/** What holds on the ways on which the test that was just evaluated holds. */
export function noteProof(test: TestExpression, state: State, scope: Scope): void {
  if (test.kind === "not") {
    noteProof(test.body, state, scope);
    invert(state);
  }
  if (test.kind !== "binary" || !/^(={1,2}|!=)$/u.test(test.operator)) return;
  const compared = scope.context.compared ?? [];
  proveBySum(test.operator, compared, state, scope);
  proveKey(compared, test.operator === "!=", state);
}

function compare({ operator, left, right }: Extract<TestExpression, { kind: "binary" }>, state: State, scope: Scope): Truth {
  const sides = [expandText(left, state, scope), expandText(right, state, scope)] as const;
  scope.context.compared = sides;
  // What the groups of the pattern have cut out of it.
  if (operator === "=~" && sides[0].some(holdsSecret))
    state.variables.set("BASH_REMATCH", { values: [unknownOf("$BASH_REMATCH", sides[0])] });
  return common(sides[0].flatMap((l) => sides[1].map((r) => binary(operator, l, r))));
}

function both(operator: "&&" | "||", a: Truth, b: Truth): Truth {
  const decisive = operator === "||";
  if (a === decisive || b === decisive) return decisive;
  return a === undefined || b === undefined ? undefined : !decisive;
}

const common = (answers: readonly Truth[]): Truth => (answers.every((a) => a === answers[0]) ? answers[0] : undefined);

function isNonEmpty(text: string): Truth {
  const rest = text.replace(/\uE002[^\uE002\uE003]*\uE003/gu, "");
  if (rest !== "" || holesOf(text).some((h) => h.kind === "fresh")) return true;
  return holesOf(text).length > 0 ? undefined : false;
}

function unary(operator: string, text: string, state: State): Truth {
  if (operator === "-n") return isNonEmpty(text);
  const empty = isNonEmpty(text);
  if (operator === "-z") return empty === undefined ? undefined : !empty;
  if (!/^-[adefhLrswx]$/u.test(operator)) return undefined;
  const path = normalise(text, state.cwd);
  if (operator === "-h" || operator === "-L") return linkAt(path, state);
  const there = exists(state.files, path);
  if (there !== true || operator === "-e" || operator === "-a") return there;
  const entries = state.files.entries.get(resolveLinks(state.files, path)) ?? [];
  if (operator === "-f") return common(entries.map((e) => (e.kind === "any" ? undefined : e.kind === "file")));
  if (operator === "-d") return common(entries.map((e) => (e.kind === "any" ? undefined : e.kind === "dir")));
  if (operator === "-s") return common(entries.map((e) => (e.content === undefined ? undefined : isNonEmpty(e.content))));
  return undefined;
}

function linkAt(path: string, state: State): Truth {
  const entries = state.files.entries.get(resolveLinks(state.files, path, true));
  return entries ? common(entries.map((e) => (e.kind === "any" ? undefined : e.kind === "link"))) : undefined;
}

const NUMERIC: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "-eq": (a, b) => a === b,
  "-ne": (a, b) => a !== b,
  "-lt": (a, b) => a < b,
  "-le": (a, b) => a <= b,
  "-gt": (a, b) => a > b,
  "-ge": (a, b) => a >= b,
};

function binary(operator: string, left: string, right: string): Truth {
  const numeric = NUMERIC[operator];
  if (numeric) return /^-?\d+$/u.test(left) && /^-?\d+$/u.test(right) ? numeric(Number(left), Number(right)) : undefined;
  if (operator === "=" || operator === "==") return equal(left, right);
  if (operator !== "!=") return undefined;
  const same = equal(left, right);
  return same === undefined ? undefined : !same;
}

function equal(left: string, right: string): Truth {
  if (holesOf(left).length === 0 && holesOf(right).length === 0) return globMatches(plain(right), plain(left), true);
  if (left === right) return true;
  return isDefinite(left) && isDefinite(right) ? false : undefined;
}

/** `[ ... ]` and `test ...` when they come as words (after sudo, in a variable). */
export function fromWords(words: readonly string[]): TestExpression {
  const [a, b, c] = words;
  if (a === "!" && words.length > 1) return { kind: "not", body: fromWords(words.slice(1)) };
  for (const operator of ["-o", "-a"]) {
    const at = words.indexOf(operator);
    if (at > 0 && words.length > 3)
      return {
        kind: "both",
        operator: operator === "-o" ? "||" : "&&",
        left: fromWords(words.slice(0, at)),
        right: fromWords(words.slice(at + 1)),
      };
  }
  if (words.length === 1 && a !== undefined) return { kind: "word", word: literal(a) };
  if (words.length === 2 && a !== undefined && b !== undefined) return { kind: "unary", operator: a, operand: literal(b) };
  if (words.length === 3 && a !== undefined && b !== undefined && c !== undefined)
    return { kind: "binary", operator: b, left: literal(a), right: literal(c) };
  return { kind: "opaque" };
}
