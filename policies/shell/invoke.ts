/** Simple commands: expansion, assignments, and finding out what a name stands for. */
import { BUILTINS, keepRedirects, noteLoader, setUnnamed } from "./builtins";
import { arrayOf, subscripts, withItem } from "./arrays";
import type { Call } from "./call";
import { readAll, stdinOf } from "./channels";
import { evaluate, fromWords, noteProof } from "./conditions";
import { EFFECTS, QUESTIONS } from "./effects";
import { noteDeciphered } from "./effects/deciphered";
import { find, xargs } from "./effects/find";
import { noteLoss } from "./effects/guards";
import { noteMemory } from "./effects/memory";
import { rulesFile } from "./effects/packet-filter";
import { behindIp, hooksOf } from "./effects/hooks";
import { noteRunOnce } from "./effects/registries";
import { dump } from "./effects/reveal";
import { isSecretFileAt, noteInput, sender } from "./effects/send";
import { expandText, expandWords, runReader } from "./expand";
import { fork, leaving, rejoin } from "./fork";
import type { Way } from "./fork";
import { interpreterOf, programFile, runFile, runShellText, sourceFile } from "./interpreters";
import { exactly, numericMode } from "./mode";
import { strangeInUnit } from "./obeyed/units";
import { placeAt, within } from "./origin";
import { forget } from "./proven";
import { parseOptions } from "./options";
import { nameOf } from "./paths";
import { guardedIn, isGuarded } from "./guarded";
import { noFiles, resolveLinks } from "./files";
import { cannotTell, unclear } from "./report";
import { run } from "./run";
import { contentOf } from "./redirects";
import { cloneState } from "./state";
import type { Context, Scope, ShellFunction, State, Status, Variable } from "./state";
import type { Assignment, SimpleCommand } from "./syntax";
import { holesOf, isKnown, plain, show, unknownOf } from "./text";
import { runUnmodelled } from "./unmodelled";
import { WRAPPERS } from "./wrappers";
import type { Wrapped } from "./wrappers";

export function runCommand(command: SimpleCommand, state: State, scope: Scope): Status {
  const { context } = scope;
  context.place = placeAt(context, command.line);
  delete state.proven;
  const outer = context.readers;
  const readers: NonNullable<Context["readers"]> = (context.readers = []);
  const ways = expandWords(command.words, state, scope);
  context.readers = outer;
  if (command.words.length === 0) {
    for (const one of command.assignments) assign(one, state, scope);
    return command.assignments.some((a) => a.value?.parts.some((p) => p.kind === "command")) ? "likely" : "ok";
  }
  const [only] = ways;
  const status =
    ways.length === 1 && only
      ? runWay(only, command.assignments, state, scope)
      : fork(
          ways.map((argv) => (s) => runWay(argv, command.assignments, s, scope)),
          state,
          scope,
        );
  for (const { path, body } of readers) if (state.live) runReader(body, contentOf(path, state), state, scope);
  return status;
}

function runWay(argv: readonly string[], assignments: readonly Assignment[], state: State, scope: Scope): Status {
  if (assignments.length === 0) return invoke(argv, state, scope);
  if (DECLARES.has(argv[0] ?? "")) return declareLists(argv, assignments, state, scope);
  const before = new Map<string, Variable | undefined>();
  const exported = state.exported;
  for (const one of assignments) {
    before.set(one.name, state.variables.get(one.name));
    assign(one, state, scope);
  }
  state.exported = new Set([...exported, ...before.keys()]);
  const status = invoke(
    argv,
    state,
    scope,
    assignments.map((a) => [a.name, state.variables.get(a.name)?.values[0] ?? ""] as const),
  );
  forget(state);
  for (const [name, variable] of before) {
    if (variable) state.variables.set(name, variable);
    else state.variables.delete(name);
  }
  state.exported = exported;
  return status;
}

/** `local list=(a b)`: the name is made local first. */
function declareLists(argv: readonly string[], lists: readonly Assignment[], state: State, scope: Scope): Status {
  const status = invoke(argv, state, scope);
  for (const one of lists) assign(one, state, scope);
  return status;
}

const DECLARES = new Set(["declare", "local", "export", "readonly", "typeset"]);

function assign(one: Assignment, state: State, scope: Scope): void {
  const before = state.variables.get(one.name);
  if (one.list) {
    const items = expandWords(one.list, state, scope);
    const [only] = items;
    state.variables.set(
      one.name,
      items.length === 1 && only ? arrayOf(one.name, only, before, one.append) : { values: [unknownOf(`$${one.name}`, items.flat())] },
    );
    return;
  }
  const values = one.value ? expandText(one.value, state, scope) : [""];
  for (const value of values) noteLoader(one.name, value, state, scope);
  if (one.index !== undefined) {
    // What `+=` makes of an item is not followed.
    const [key, ...others] = one.append ? [] : (subscripts(one.index, state) ?? []);
    state.variables.set(one.name, withItem(one.name, others.length === 0 ? key : undefined, values, before));
  } else state.variables.set(one.name, { values: one.append ? (before?.values ?? [""]).flatMap((b) => values.map((v) => b + v)) : values });
}

/**
 * Runs a command whose words are known as far as they can be.
 * @param isProgram another program starts it (`sudo`, `xargs`, `env`), or `command` asks for it: functions of the shell are not seen there
 */
export function invoke(
  argv: readonly string[],
  state: State,
  scope: Scope,
  assignments: readonly (readonly [string, string])[] = [],
  isProgram = false,
): Status {
  const [program, ...args] = argv;
  if (program === undefined || !state.live) return "ok";
  const { context } = scope;
  if (scope.depth > MOST_NESTED) {
    unclear(state, scope, "commands nested too deeply to be followed");
    return "open";
  }
  const name = plain(nameOf(program));
  context.record.executed.push({
    argv,
    program: name,
    user: state.user,
    place: context.place,
    options: state.options,
    stdin: stdinOf(scope.channels).text,
    code: programFile(name, args, state) ?? rulesFile(name, args, state),
    assignments,
    ignored: scope.ignored,
    ...(isInside(program, state) ? { isInside: true as const } : {}),
  });
  if (holesOf(name).length > 0) {
    unclear(state, scope, `a command that is not known: ${show(program)}`);
    return "open";
  }
  const call: Call = { name, args, state, scope };
  // The grammar takes the braces of a group behind `!` for words of a command.
  if (program === "{" || program === "}") return invoke(args, state, deeper(scope), assignments);
  const called = isProgram ? undefined : state.functions.get(program);
  if (called) return callAny(called, argv, state, scope);
  if (name === "exec")
    return args.length ? leaveAfter(invoke(execWords(args), state, deeper(scope), [], true), state, scope) : keepRedirects(call);
  const builtin = BUILTINS[program];
  if (builtin) return builtin(call);
  if (name === "[" || name === "test" || program === "[[") return question(call);
  if (name === "eval") return runShellText(args.join(" "), state, scope, { inPlace: true });
  if (name === "." || name === "source") return sourceFile(call);
  if (name === "find") return find(call, (words, s, inner) => invoke(words, s, deeper(inner), [], true));
  if (name === "xargs") return xargs(call, (words, s, inner) => invoke(words, s, deeper(inner), [], true));
  return runProgram(program, call);
}

/** Functions and builtins run within the shell: nobody sees their words in the list of processes. */
const isInside = (program: string, state: State): boolean =>
  state.functions.has(program) ||
  BUILTINS[program] !== undefined ||
  /^(echo|printf|test|\[|\[\[|eval|exec|\.|source|builtin|command|\{|\})$/u.test(program);

const MOST_NESTED = 40;
const deeper = (scope: Scope): Scope => ({ ...scope, depth: scope.depth + 1 });
const execWords = (args: readonly string[]): readonly string[] =>
  args[0] === "-a" ? args.slice(2) : args.filter((a, i) => i > 0 || !/^-[cl]+$/u.test(a));

/** `exec command` does not come back. */
function leaveAfter(status: Status, state: State, scope: Scope): Status {
  scope.frame.exits.push(leaving(state, scope));
  state.live = false;
  return status;
}

function question(call: Call): Status {
  const words = call.name === "[" ? call.args.slice(0, -1) : call.args;
  const test = fromWords(words);
  const truth = evaluate(test, call.state, call.scope);
  noteProof(test, call.state, call.scope);
  return truth === undefined ? "open" : truth ? "ok" : "failed";
}

/** `uv run PROGRAM`, `poetry run PROGRAM`, `npx PROGRAM`: the words from the program on. */
function startedBy(name: string, args: readonly string[]): string[] | undefined {
  if (/^(npx|bunx)$/u.test(name)) return undefined;
  if (!/^(uv|poetry|pipenv|pdm|hatch|rye|conda|mamba|pixi|mise|asdf|bundle|direnv|dotenv|doppler|chamber|op)$/u.test(name))
    return undefined;
  const at = args.findIndex((a) => /^(run|exec|x)$/u.test(a));
  if (at < 0) return undefined;
  const end = args.indexOf("--", at);
  const words =
    end >= 0
      ? args.slice(end + 1)
      : parseOptions(args.slice(at + 1), {
          values: "npfe",
          long: { python: "p", with: "w", name: "n", project: "j", directory: "d", "env-file": "e" },
          stops: true,
        }).operands;
  return words.length > 0 ? [...words] : undefined;
}

const SYSTEM_PATH = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** A file that somebody put where the name is looked for first. */
function shadowOf(program: string, state: State): string | undefined {
  const own = state.variables.get("PATH")?.values.flatMap((value) => value.split(":")) ?? [];
  const folders = [
    ...own.filter((folder) => folder.startsWith("/") && !/\/(venvs?|\.venv|\.local|\.cargo)[^:]*\/bin$/u.test(folder)),
    ...SYSTEM_PATH,
  ];
  return folders
    .map((folder) => `${folder}/${program}`)
    .find((path) => state.files.entries.get(path)?.some((e) => e.kind !== "absent" && e.presumed !== true));
}

/** A path to something that was put there, whatever program it shares its name with. */
const STAGED = /^(\/tmp\/|\/var\/tmp\/|\/dev\/shm\/|\.\.?\/)/u;

function runProgram(program: string, call: Call): Status {
  const { name, args, scope } = call;
  const shadow = program.includes("/") ? undefined : shadowOf(program, call.state);
  if (shadow !== undefined) {
    const real = nameOf(resolveLinks(call.state.files, shadow));
    const ran = runFile(shadow, args, { ...call, scope: deeper(scope) });
    if (ran === undefined || real !== name)
      unclear(call.state, scope, `${show(shadow)}, which stands before the program ${show(name)} of the system`);
    return ran ?? "likely";
  }
  const staged = STAGED.test(program) ? runFile(program, args, { ...call, scope: deeper(scope) }) : undefined;
  if (staged) return staged;
  const cluster = /^(k3s|k0s|microk8s|minikube|rke2)$/u.test(name) && args[0] === "kubectl" ? args.filter((a) => a !== "--") : undefined;
  if (cluster) return invoke(cluster, call.state, deeper(scope));
  const started = startedBy(name, args);
  if (started) return invoke(started, call.state, deeper(scope));
  noteMemory(call);
  noteRunOnce(call);
  const unwrap = WRAPPERS[name];
  for (const text of hooksOf(call)) runShellText(text, call.state, deeper(scope));
  if (unwrap && !(name === "command" && /^-[vV]/u.test(args[0] ?? ""))) return runWrapped(unwrap(args), call);
  const behind = behindIp(call);
  if (behind) return invoke(behind, call.state, deeper(scope));
  noteLoss(call);
  noteDeciphered(call);
  const interpreter = interpreterOf(name);
  if (interpreter) return interpreter({ ...call, scope: deeper(scope) });
  const effect = EFFECTS[name];
  if (effect) return effect(call);
  if (program.includes("/") || /\.(sh|bash)$/u.test(program)) {
    const ran = runFile(program, args, { ...call, scope: deeper(scope) });
    if (ran) return ran;
  }
  const status = runUnmodelled(program, call);
  return QUESTIONS.has(name) ||
    /^(is|has|check|test)[-_]/u.test(name) ||
    (name === "systemctl" && /^is-/u.test(args.find((a) => !a.startsWith("-")) ?? ""))
    ? "open"
    : status;
}

function runWrapped(wrapped: ReturnType<(typeof WRAPPERS)[string]>, call: Call): Status {
  const { state, scope } = call;
  if (wrapped.argv.length === 0 && wrapped.text === undefined && wrapped.shell !== true && call.name === "env")
    return dump({ ...call, args: [] });
  if (call.name === "systemd-cat" && wrapped.argv.length === 0) return sender({ ...call, name: "logger" });
  const before = { user: state.user, umask: state.umask };
  // A copy makes whatever is changed next part from the rest: only where it is compared.
  const start = call.name === "unshare" ? state.files.entries.copy() : undefined;
  if (wrapped.elsewhere !== undefined) return runElsewhere(wrapped.elsewhere, wrapped, call);
  if (wrapped.user !== undefined) state.user = wrapped.user;
  if (wrapped.login) state.umask = exactly(0o022);
  if (wrapped.umask !== undefined) state.umask = numericMode(wrapped.umask) ?? { set: 0, may: 0o777 };
  noteProperties(wrapped, call);
  const exported = state.exported;
  const variables = wrapped.environmentFiles?.some((path) => isSecretFileAt(path, call)) === true ? state.variables.copy() : undefined;
  if (variables) setUnnamed(state, true);
  const assignments = (wrapped.assignments ?? []).map((a): readonly [string, string] => [
    a.slice(0, a.indexOf("=")),
    a.slice(a.indexOf("=") + 1),
  ]);
  const status = runInner(wrapped, assignments, state, deeper(scope));
  if (start) forgetMounts(start, state);
  if (variables) {
    state.variables = variables;
    state.exported = exported;
  }
  state.user = before.user;
  state.umask = before.umask;
  return status;
}

/** Settings of a unit that is made in the same breath; what they run is run by `hooksOf`. */
function noteProperties({ properties = [] }: Wrapped, { scope }: Call): void {
  // Files are made under the mask that it says, which is followed.
  const known = properties.filter((one) => isKnown(one) && !one.startsWith("UMask=")).join("\n");
  const strange = strangeInUnit("/run/systemd/transient/run.service", known, scope.context.home, () => true);
  if (strange !== undefined) cannotTell(scope, `«systemd-run» with ${show(strange)}, which decides as whom and with what a service runs,`);
}

/** What is mounted in a namespace of its own is seen there only. */
function forgetMounts(before: State["files"]["entries"], after: State): void {
  const { entries } = after.files;
  for (const path of [...(entries.changedSince(before) ?? entries.keys())]) {
    const old = before.get(path);
    if (entries.get(path) === old || entries.get(path)?.every((e) => e.kind === "link") !== true) continue;
    if (old) entries.set(path, old);
    else entries.delete(path);
  }
}

/** Another machine has files of its own, which are not known here. What is changed there may be ours as well: that is said, and not followed. */
function runElsewhere(host: string, wrapped: Wrapped, call: Call): Status {
  const { state, scope } = call;
  const there = cloneState(state);
  there.files = noFiles();
  const text =
    wrapped.text ??
    (wrapped.shell === true ? (stdinOf(scope.channels).inherited === true ? "" : stdinOf(scope.channels).text) : wrapped.argv.join(" "));
  noteInput(call, host);
  const named = guardedIn(text, there, scope.context.home);
  const written = scope.context.record.written.length;
  const status = runInner(wrapped, [], there, deeper(scope));
  const changed = [...there.files.entries.keys()].find(
    (path) => isGuarded(path, scope.context.home) && (there.files.entries.get(path) ?? []).some((e) => e.time > 0),
  );
  scope.context.record.written.length = written;
  const what = `commands on ${show(host)} that`;
  if (changed !== undefined) cannotTell(scope, `${what} change ${show(changed)} there`, { onHosts: true });
  else if (holesOf(text).length > 0 && named.length > 0)
    cannotTell(scope, `${what} are not known and name ${show(named[0] ?? "")}`, { onHosts: true });
  return status;
}

function runInner(
  wrapped: ReturnType<(typeof WRAPPERS)[string]>,
  assignments: readonly (readonly [string, string])[],
  state: State,
  scope: Scope,
): Status {
  for (const [name, value] of assignments) noteLoader(name, value, state, scope);
  if (wrapped.text !== undefined) return runShellText(wrapped.text, state, scope, { assignments });
  if (wrapped.shell) return runShellText(readAll(scope.channels), state, scope, { assignments });
  const saved = assignments.map(([name]) => [name, state.variables.get(name)] as const);
  for (const [name, value] of assignments) state.variables.set(name, { values: [value] });
  const exported = state.exported;
  state.exported = new Set([...exported, ...assignments.map(([name]) => name)]);
  const status = invoke(wrapped.argv, state, scope, assignments, wrapped.inShell !== true);
  state.exported = exported;
  forget(state);
  for (const [name, variable] of saved) if (variable) state.variables.set(name, variable);
  return status;
}

/** The function, or any of those that the name can stand for after a branch; on some ways none was defined, and it is the program. */
function callAny(called: ShellFunction, argv: readonly string[], state: State, scope: Scope): Status {
  const one =
    ({ body, origin }: ShellFunction): Way =>
    (s) =>
      within(scope.context, origin, () => callFunction(body, argv.slice(1), s, scope));
  const program: Way = (s) => invoke(argv, s, deeper(scope), [], true);
  return fork([one(called), ...(called.others ?? []).map(one), ...(called.isDoubtful === true ? [program] : [])], state, scope);
}

function callFunction(body: Parameters<typeof run>[0], args: readonly string[], state: State, scope: Scope): Status {
  const returns: State[] = [];
  const outcomes: Status[] = [];
  const hidden = new Map<string, Variable | undefined>();
  const outerArgs = state.args;
  state.args = args;
  const status = run(body, state, { ...deeper(scope), frame: { exits: scope.frame.exits, returns, outcomes, hidden } });
  if (state.live) outcomes.push(status);
  forget(state);
  rejoin(state, returns, scope);
  state.args = outerArgs;
  for (const [name, variable] of hidden) {
    if (variable) state.variables.set(name, variable);
    else state.variables.delete(name);
  }
  const [first] = outcomes;
  return first === undefined ? "failed" : outcomes.every((o) => o === first) ? first : "open";
}
