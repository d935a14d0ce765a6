/** The interpreter's statements: what can run, in which order, and which states that leaves possible. */
import { capture, input, withChannels } from "./channels";
import { evaluate } from "./conditions";
import { expandText, expandWords, forEachWay, setRunInside } from "./expand";
import { runCommand } from "./invoke";
import { globMatches } from "./paths";
import { redirect } from "./redirects";
import { unclear } from "./report";
import { become, cloneState, joinStates } from "./state";
import type { Frame, Scope, State, Status } from "./state";
import type { Script, Statement } from "./syntax";
import { hole, holesOf, isKnown, plain } from "./text";

export function runScript(script: Script, state: State, scope: Scope): Status {
  let status: Status = "ok";
  for (const statement of script.statements) {
    if (!state.live) return status;
    status = run(statement, state, scope);
  }
  return status;
}

export function run(statement: Statement, state: State, scope: Scope): Status {
  if (!state.live) return "ok";
  switch (statement.kind) {
    case "simple":
      return runCommand(statement, state, scope);
    case "redirected":
      return redirect(statement.redirects, state, scope, (inner) => run(statement.body, state, inner));
    case "pipeline":
      return runPipeline(statement.parts, state, scope);
    case "not":
      return negate(run(statement.body, state, scope));
    case "both":
      return runBoth(statement, state, scope);
    case "if":
      return runIf(statement.branches, 0, statement.otherwise, state, scope);
    case "for":
      return runFor(statement, state, scope);
    case "loop":
      return runLoop(statement, state, scope);
    case "case":
      return runCase(statement, state, scope);
    case "function":
      state.functions.set(statement.name, statement.body);
      return "ok";
    case "subshell":
      return inSubshell(state, scope, (s, inner) => runScript(statement.body, s, inner));
    case "group":
      return runScript(statement.body, state, scope);
    case "test": {
      const truth = evaluate(statement.expression, state, scope);
      return truth === undefined ? "open" : truth ? "ok" : "failed";
    }
    case "unparsed":
      unclear(state, scope, `shell text that cannot be parsed: ${statement.text.replace(/\s+/gu, " ").slice(0, 60)}`, statement.line);
      return "open";
  }
}

const negate = (status: Status): Status => (status === "ok" ? "failed" : status === "failed" ? "ok" : "open");

/** A subshell shares the host's files and nothing else. Only exits that count as success let the rest go on. */
export function inSubshell(state: State, scope: Scope, body: (inner: State, scope: Scope) => Status): Status {
  const inner = cloneState(state);
  const frame: Frame = { exits: [] };
  const status = body(inner, { ...scope, channels: new Map(scope.channels), frame });
  const ends = [...frame.exits, ...(inner.live ? [inner] : [])];
  if (ends.length === 0) {
    become(state, { ...state, files: inner.files });
    return "failed";
  }
  const joined = ends.map((s): State => ({ ...s, live: true })).reduce(joinStates);
  state.files = joined.files;
  return inner.live ? status : "likely";
}

setRunInside((body, state, scope) => {
  inSubshell(state, scope, (s, inner) => runScript(body, s, inner));
});

function runPipeline(parts: readonly Statement[], state: State, scope: Scope): Status {
  let status: Status = "ok";
  let text: string | undefined;
  for (const [index, part] of parts.entries()) {
    const out = capture();
    const last = index === parts.length - 1;
    const from = text === undefined ? [] : [[0, input(text)] as const];
    const to = last ? [] : [[1, out] as const];
    status = inSubshell(state, withChannels(scope, [...from, ...to]), (s, inner) => run(part, s, inner));
    text = out.text;
  }
  return status;
}

const isNothing = (statement: Statement): boolean => {
  if (statement.kind !== "simple") return false;
  const [name] = statement.words;
  const text = name?.parts.map((p) => (p.kind === "text" ? p.text : "?")).join("");
  return text === "true" || text === ":";
};

function runBoth(statement: Extract<Statement, { kind: "both" }>, state: State, scope: Scope): Status {
  const hides = statement.operator === "||" && isNothing(statement.right);
  const left = run(statement.left, state, hides ? { ...scope, ignored: true } : scope);
  if (!state.live) return left;
  const goesOn = statement.operator === "&&" ? left !== "failed" : left !== "ok";
  if (!goesOn) return left;
  const certain = statement.operator === "&&" ? left === "ok" || left === "likely" : left === "failed";
  if (certain) return run(statement.right, state, scope);
  const skipped = cloneState(state);
  const right = run(statement.right, state, scope);
  become(state, joinStates(state, skipped));
  if (statement.operator === "||" && (left === "likely" || right === "ok")) return left === "likely" ? "likely" : "ok";
  return "open";
}

type Branches = Extract<Statement, { kind: "if" }>["branches"];

function runIf(branches: Branches, index: number, otherwise: Script | undefined, state: State, scope: Scope): Status {
  const branch = branches[index];
  if (!branch) return otherwise ? runScript(otherwise, state, scope) : "ok";
  const truth = runScript(branch.test, state, scope);
  if (!state.live) return truth;
  if (truth === "ok") return runScript(branch.body, state, scope);
  if (truth === "failed") return runIf(branches, index + 1, otherwise, state, scope);
  const other = cloneState(state);
  const a = runScript(branch.body, state, scope);
  const b = runIf(branches, index + 1, otherwise, other, scope);
  become(state, joinStates(state, other));
  return a === b ? a : "open";
}

const MOST_ROUNDS = 64;

/** Runs one round of a loop; `break` and `continue` end up in the frame and are joined here. */
function round(body: Script, state: State, scope: Scope, breaks: State[]): Status {
  const continues: State[] = [];
  const status = runScript(body, state, { ...scope, frame: { ...scope.frame, breaks, continues } });
  for (const other of continues) become(state, joinStates(state, other));
  return status;
}

function runFor(statement: Extract<Statement, { kind: "for" }>, state: State, scope: Scope): Status {
  const ways = statement.words ? expandWords(statement.words, state, scope) : [[...(state.args ?? [hole("value", "$@")])]];
  forEachWay(ways, state, cloneState, (items, s) => {
    const breaks: State[] = [];
    for (const item of items.slice(0, MOST_ROUNDS)) {
      if (!s.live) break;
      // A word that is a hole as a whole may stand for no item at all.
      const skipped = holesOf(item).length > 0 && /^\uE002[^\uE003]*\uE003$/u.test(item) ? cloneState(s) : undefined;
      s.variables.set(statement.name, { values: [item] });
      round(statement.body, s, scope, breaks);
      if (skipped) become(s, joinStates(s, skipped));
    }
    for (const other of breaks) become(s, joinStates(s, other));
  });
  return "likely";
}

function runLoop(statement: Extract<Statement, { kind: "loop" }>, state: State, scope: Scope): Status {
  const breaks: State[] = [];
  const after: State[] = [];
  for (let count = 0; count < MOST_ROUNDS && state.live; count += 1) {
    const status = runScript(statement.test, state, scope);
    const truth = statement.until ? negate(status) : status;
    if (truth === "failed") break;
    if (truth !== "ok") after.push(cloneState(state));
    round(statement.body, state, scope, breaks);
    // Two rounds of a loop with an open end show what a further one could add.
    if (truth !== "ok" && count >= 1) break;
  }
  for (const other of [...breaks, ...after]) become(state, joinStates(state, other));
  return "likely";
}

function runCase(statement: Extract<Statement, { kind: "case" }>, state: State, scope: Scope): Status {
  forEachWay(expandText(statement.subject, state, scope), state, cloneState, (subject, s) => {
    const ends: State[] = [];
    let open = true;
    for (const arm of statement.arms) {
      const patterns = arm.patterns.flatMap((word) => expandText(word, s, scope));
      const matched = matchesArm(patterns, subject);
      if (matched === false) continue;
      const here = cloneState(s);
      runScript(arm.body, here, scope);
      ends.push(here);
      if (matched && !arm.falls) {
        open = false;
        break;
      }
    }
    const all = open ? [...ends, cloneState(s)] : ends;
    become(s, all.reduce(joinStates));
  });
  return "open";
}

function matchesArm(patterns: readonly string[], subject: string): boolean | undefined {
  const globs = patterns.map(plain);
  if (globs.includes("*")) return true;
  if (!isKnown(subject) || !patterns.every(isKnown)) return undefined;
  return globs.some((glob) => globMatches(glob, plain(subject)));
}
