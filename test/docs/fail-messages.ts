/** What a step on a host can say as its reason: the `fail` lines of templates/steps, with dots where a value stands. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./pages";

export interface FailMessage {
  readonly file: string;
  readonly text: string;
}

const STEPS = "templates/steps";

export function failMessages(): FailMessage[] {
  return readdirSync(join(ROOT, STEPS))
    .filter((file) => file.endsWith(".sh"))
    .flatMap((file) => {
      const script = readFileSync(join(ROOT, STEPS, file), "utf8");
      return [...script.matchAll(/(?<![\w-])fail "/g)].map(({ index }) => ({ file, text: quoted(script, index + 'fail "'.length) }));
    })
    .filter(({ text }) => /[a-z]{3} [a-z]/i.test(text)); // a reason that is another's as a whole has no words here
}

/** The text up to its closing quote. What bash puts in becomes `…`. */
function quoted(script: string, from: number): string {
  let text = "";
  for (let at = from; script[at] !== '"';) {
    if (at >= script.length) throw new Error("a fail message without an end");
    if (script[at] === "\\") {
      text += script[at + 1] ?? "";
      at += 2;
    } else if (script[at] === "$") {
      text += "…";
      at = endOfExpansion(script, at);
    } else {
      text += script[at] ?? "";
      at += 1;
    }
  }
  return text;
}

/** Behind `$name`, `$1`, `${…}` or `$(…)` at `at`. In single quotes a bracket is none. */
function endOfExpansion(script: string, at: number): number {
  const open = script[at + 1] ?? "";
  const close = { "(": ")", "{": "}" }[open];
  if (close === undefined) return at + 1 + (/^(\w+|.)/.exec(script.slice(at + 1))?.[0].length ?? 0);
  let depth = 0;
  for (let next = at + 1; next < script.length; next += 1) {
    if (script[next] === "'" && open === "(") next = script.indexOf("'", next + 1);
    else if (script[next] === "\\") next += 1;
    else if (script[next] === open) depth += 1;
    else if (script[next] === close) depth -= 1;
    if (depth === 0) return next + 1;
  }
  throw new Error("an expansion without an end");
}
