/** The interpreter's statements: what can run, in which order, and which states that leaves possible. Overview: README.md in this folder. */
import { capture, input, withChannels } from "./channels";
import { evaluate, noteProof } from "./conditions";
import { assumeArm } from "./entries";
import { expandText, expandWords, setRunInside } from "./expand";
import { fork, leaving, rejoin, rejoinTexts } from "./fork";
import type { Way } from "./fork";
import { runCommand } from "./invoke";
import { globMatches } from "./paths";
import { follow, forget, goOn, invert, isDoubted, tookBoth } from "./proven";
import { drain, redirect } from "./redirects";
import { unclear } from "./report";
import { become, cloneState, joinStates } from "./state";
import type { Frame, Scope, State, Status } from "./state";
import type { CaseArm, Script, Statement } from "./syntax";
import { hole, holdsSecret, isHole, isKnown, plain } from "./text";
import { runTraps, withoutTraps } from "./traps";

export function runScript(script: Script, state: State, scope: Scope): Status {
  let status: Status = "ok";
  for (const statement of script.statements) {
    if (!state.live) return status;
    goOn(state, scope, status);
    status = run(statement, state, scope);
  }
  return status;
}

export function run(statement: Statement, state: State, scope: Scope): Status {
  if (!state.live || isExhausted(state, scope)) return "ok";
  switch (statement.kind) {
    case "simple":
      return runCommand(statement, state, scope);
    case "redirected":
      return redirect(statement.redirects, state, scope, (inner) => run(statement.body, state, inner));
    case "pipeline":
      return runPipeline(statement.parts, state, scope);
    case "not": {
      const status = negate(run(statement.body, state, asQuestion(scope)));
      invert(state);
      return status;
    }
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
      state.functions.set(statement.name, { body: statement.body, origin: scope.context.origin });
      return "ok";
    case "subshell":
      return inSubshell(state, scope, (s, inner) => runScript(statement.body, s, inner));
    case "group":
      return runScript(statement.body, state, scope);
    case "test": {
      delete state.proven;
      const truth = evaluate(statement.expression, state, scope);
      noteProof(statement.expression, state, scope);
      return truth === undefined ? "open" : truth ? "ok" : "failed";
    }
    case "unparsed":
      unclear(
        state,
        scope,
        `shell text that ${statement.isTooDeep ? "is too long or nested too deeply to be followed" : "cannot be parsed"}: ${statement.text.replace(/\s+/gu, " ").slice(0, 60)}`,
        { line: statement.line },
      );
      return "open";
  }
}

/** Each statement costs; when nothing is left, what follows is not followed, and that is said once. */
function isExhausted(state: State, scope: Scope): boolean {
  const { context } = scope;
  context.budget -= 1;
  if (context.budget >= 0) return false;
  if (!context.isSpent) unclear(state, scope, MORE_THAN_FOLLOWED);
  context.isSpent = true;
  return true;
}

export const MORE_THAN_FOLLOWED = "more commands than can be followed";

const asQuestion = (scope: Scope): Scope => (scope.tested === true ? scope : { ...scope, tested: true });

const negate = (status: Status): Status => (status === "ok" ? "failed" : status === "failed" ? "ok" : "open");

/** A subshell shares the host's files and nothing else. Only exits that count as success let the rest go on. */
export function inSubshell(state: State, scope: Scope, body: (inner: State, scope: Scope) => Status): Status {
  const inner = cloneState(state);
  withoutTraps(inner);
  const frame: Frame = { exits: [] };
  const own: Scope = { ...scope, channels: new Map(scope.channels), frame };
  const status = body(inner, own);
  const ends = [...frame.exits, ...(inner.live ? [inner] : [])];
  if (ends.length === 0) {
    const last: State = { ...inner, live: true };
    runTraps([last], own);
    drain(own.channels, last, scope);
    become(state, { ...state, files: last.files });
    return "failed";
  }
  runTraps(ends, own);
  rejoinTexts(inner.live, frame.exits, own);
  forget(inner);
  const { proven } = inner;
  const joined = ends.map((s): State => ({ ...s, live: true })).reduce(joinStates);
  drain(own.channels, joined, scope);
  state.files = joined.files;
  delete state.proven;
  if (proven && ends.length === 1 && inner.live) state.proven = proven;
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

type Both = Extract<Statement, { kind: "both" }>;

/** `a && b || c` as it is written: the chain hangs to the left and is as long as somebody likes. */
function runBoth(statement: Both, state: State, scope: Scope): Status {
  const chain: { readonly link: Both; readonly scope: Scope }[] = [];
  let first: Statement = statement;
  let inner = scope;
  while (first.kind === "both") {
    chain.push({ link: first, scope: inner });
    if (first.operator === "||" && isNothing(first.right)) inner = { ...inner, ignored: true };
    first = first.left;
  }
  let status = run(first, state, asQuestion(inner));
  for (const { link, scope: own } of chain.reverse()) {
    if (!state.live) return status;
    status = runRight(link, status, state, own);
  }
  return status;
}

function runRight(statement: Both, left: Status, state: State, scope: Scope): Status {
  const onSuccess = statement.operator === "&&";
  const goesOn = onSuccess ? left !== "failed" : left !== "ok";
  if (!goesOn) return left;
  const certain = onSuccess ? left === "ok" || (left === "likely" && !isDoubted(state)) : left === "failed";
  if (certain) {
    follow(state, onSuccess);
    return run(statement.right, state, scope);
  }
  let right = "open" as Status;
  let end: State | undefined;
  const taken: Way = (s) => {
    follow(s, onSuccess);
    right = run(statement.right, s, scope);
    if (scope.tested === true) end = cloneState(s);
    return right;
  };
  const skipped: Way = (s) => {
    follow(s, !onSuccess);
    return left;
  };
  const status = fork([taken, skipped], state, scope);
  if (end) tookBoth(end, onSuccess, state);
  if (statement.operator === "||" && (left === "likely" || right === "ok")) return left === "likely" ? "likely" : "ok";
  return state.live && right === "failed" ? "open" : status;
}

type Branches = Extract<Statement, { kind: "if" }>["branches"];

function runIf(branches: Branches, index: number, otherwise: Script | undefined, state: State, scope: Scope): Status {
  const branch = branches[index];
  if (!branch) return otherwise ? runScript(otherwise, state, scope) : "ok";
  const truth = runScript(branch.test, state, asQuestion(scope));
  if (!state.live) return truth;
  const yes: Way = (s) => {
    follow(s, true);
    return runScript(branch.body, s, scope);
  };
  const no: Way = (s) => {
    follow(s, false);
    return runIf(branches, index + 1, otherwise, s, scope);
  };
  return truth === "ok" ? yes(state) : truth === "failed" ? no(state) : fork([yes, no], state, scope);
}

const MOST_ROUNDS = 64;

/** Runs one round of a loop; `break` and `continue` end up in the frame and are joined here. */
function round(body: Script, state: State, scope: Scope, breaks: State[]): Status {
  const continues: State[] = [];
  const status = runScript(body, state, { ...scope, frame: { ...scope.frame, breaks, continues } });
  rejoin(state, continues, scope);
  return status;
}

/** A loop that only waits or asks may have any number of rounds. */
const changesFiles = (before: State["files"]["entries"], after: State): boolean =>
  [...(after.files.entries.changedSince(before) ?? after.files.entries.keys())].some(
    (path) => after.files.entries.get(path) !== before.get(path),
  );

function runFor(statement: Extract<Statement, { kind: "for" }>, state: State, scope: Scope): Status {
  const ways = statement.words ? expandWords(statement.words, state, scope) : [[...(state.args ?? [hole("value", "$@")])]];
  return fork(
    ways.map((items) => (s) => runItems(statement, items, s, scope)),
    state,
    scope,
  );
}

function runItems(statement: Extract<Statement, { kind: "for" }>, items: readonly string[], state: State, scope: Scope): Status {
  const breaks: State[] = [];
  const start = state.files.entries.copy();
  for (const item of items.slice(0, MOST_ROUNDS)) {
    if (!state.live || scope.context.budget < 0) break;
    const one = roundOf(statement, item, scope, breaks);
    // A word that is a hole as a whole may stand for no item at all.
    if (isHole(item)) fork([one, () => "ok"], state, scope);
    else one(state);
  }
  if (items.length > MOST_ROUNDS) {
    fork([roundOf(statement, hole("value", `$${statement.name}`), scope, breaks), () => "ok"], state, scope);
    if (changesFiles(start, state)) unclear(state, scope, `a loop over ${String(items.length)} words, more than can be followed`);
  }
  rejoin(state, breaks, scope);
  return "likely";
}

const roundOf =
  (statement: Extract<Statement, { kind: "for" }>, item: string, scope: Scope, breaks: State[]): Way =>
  (s) => {
    s.variables.set(statement.name, { values: [item] });
    return round(statement.body, s, scope, breaks);
  };

/** Any round after those that were followed: what the rounds change may have any value. */
function laterRound(
  statement: Extract<Statement, { kind: "loop" }>,
  before: State["variables"],
  state: State,
  scope: Scope,
  breaks: State[],
): void {
  for (const [name, variable] of [...state.variables])
    if (before.get(name) !== variable)
      state.variables.set(name, { values: [hole(variable.values.some(holdsSecret) ? "secret" : "value", `$${name}`)] });
  const one: Way = (s) => {
    runScript(statement.test, s, asQuestion(scope));
    follow(s, !statement.until);
    return round(statement.body, s, scope, breaks);
  };
  fork([one, () => "ok"], state, scope);
}

function runLoop(statement: Extract<Statement, { kind: "loop" }>, state: State, scope: Scope): Status {
  const breaks: State[] = [];
  const after: State[] = [];
  const start = state.files.entries.copy();
  const variables = state.variables.copy();
  let count = 0;
  for (; count < MOST_ROUNDS && state.live && scope.context.budget >= 0; count += 1) {
    const status = runScript(statement.test, state, asQuestion(scope));
    const truth = statement.until ? negate(status) : status;
    if (truth === "failed") break;
    if (truth !== "ok") {
      const left = leaving(state, scope);
      follow(left, statement.until);
      after.push(left);
    }
    follow(state, !statement.until);
    round(statement.body, state, scope, breaks);
    // Two rounds of a loop with an open end show what a further one could add; it is left by its test.
    if (truth !== "ok" && count >= 1) {
      if (state.live) {
        runScript(statement.test, state, asQuestion(scope));
        follow(state, statement.until);
      }
      break;
    }
  }
  if (count === MOST_ROUNDS && state.live) laterRound(statement, variables, state, scope, breaks);
  if (count === MOST_ROUNDS && changesFiles(start, state)) unclear(state, scope, "a loop of more rounds than can be followed");
  rejoin(state, [...breaks, ...after], scope);
  return "likely";
}

function runCase(statement: Extract<Statement, { kind: "case" }>, state: State, scope: Scope): Status {
  const subjects = expandText(statement.subject, state, scope);
  return fork(
    subjects.map((subject) => (s) => fork(arms(statement.arms, subject, s, scope), s, scope)),
    state,
    scope,
  );
}

/** The arms that can be taken; none at all where no pattern has to match. */
function arms(all: readonly CaseArm[], subject: string, state: State, scope: Scope): Way[] {
  const ways: Way[] = [];
  for (const arm of all) {
    const patterns = arm.patterns.flatMap((word) => expandText(word, state, scope));
    const matched = matchesArm(patterns, subject);
    if (matched === false) continue;
    ways.push((s) => {
      assumeArm(subject, patterns, s);
      return runScript(arm.body, s, scope);
    });
    if (matched && !arm.falls) return ways;
  }
  return [...ways, () => "ok"];
}

function matchesArm(patterns: readonly string[], subject: string): boolean | undefined {
  const globs = patterns.map(plain);
  if (globs.includes("*")) return true;
  if (!isKnown(subject) || !patterns.every(isKnown)) return undefined;
  return globs.some((glob) => globMatches(glob, plain(subject), true));
}
