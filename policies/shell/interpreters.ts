/** Programs that run text: shells with -c, -s or a file, and what is known of Python, Perl and the like. */
import type { Call, Effect } from "./call";
import { setUnnamed } from "./builtins";
import { readAll, write } from "./channels";
import { CowMap } from "./cow-map";
import { resolveLinks } from "./files";
import type { Place } from "./files";
import { exactly } from "./mode";
import { locate, within } from "./origin";
import { isWithin, nameOf } from "./paths";
import { contentOf } from "./redirects";
import { cannotTell, unclear } from "./report";
import { chmodsOf } from "./chmods";
import { sed } from "./effects/create";
import { perlChmods, sedOfPerl } from "./perl";
import { JAVASCRIPT } from "./programs";
import {
  asCommands,
  evaluatesFetched,
  executesFetched,
  listens,
  pathsIn,
  runsFetched,
  withLiterals,
  withoutQuestions,
  withoutReads,
} from "./python";
import { environmentOf } from "./printers";
import { printsValues } from "./python-prints";
import { suspect } from "./unmodelled";
import { inSubshell, runScript } from "./run";
import { isSecretPath } from "./subjects";
import type { Scope, State, Status } from "./state";
import type { Script } from "./syntax";
import { absolute, makeFolders } from "./tree";
import { holdsFetched, holdsSecret, hole, holesOf, isKnown, isSecretText, mapHoles, markSecret, plain, show } from "./text";

interface TextOptions {
  readonly args?: readonly string[];
  /** `eval`: in the shell itself, with its variables. */
  readonly inPlace?: boolean;
  readonly assignments?: readonly (readonly [string, string])[];
  readonly flags?: string;
  /** Where the file was made that the text comes from. */
  readonly file?: Place;
}

/** Runs text as a shell script: in a process of its own, or in place. */
export function runShellText(raw: string, state: State, scope: Scope, options: TextOptions = {}): Status {
  const { context } = scope;
  const fetched = holesOf(raw).find((h) => h.kind === "fetched");
  if (fetched) context.record.remoteCode.push({ what: fetched.label, place: context.place });
  const text = plain(raw);
  if (mapHoles(text, () => "").trim() === "") {
    if (text.trim() !== "") unclear(state, scope, `shell text that is not known: ${show(raw)}`);
    return "open";
  }
  if (scope.depth > 40) {
    unclear(state, scope, "shell text nested too deeply to be followed");
    return "open";
  }
  return within(context, locate(text, context, options.file), () => runParsed(context.parse(text), state, scope, options));
}

function runParsed(script: Script, state: State, scope: Scope, options: TextOptions): Status {
  const inner: Scope = { ...scope, depth: scope.depth + 1 };
  if (options.inPlace) return runScript(script, state, inner);
  return inSubshell(state, inner, (s, own) => {
    s.variables = CowMap.from([...s.variables].filter(([name]) => s.exported.has(name)));
    for (const [name, value] of options.assignments ?? []) s.variables.set(name, { values: [value] });
    s.functions = CowMap.from();
    s.args = options.args ?? [];
    const flags = options.flags ?? "";
    s.options = { errexit: flags.includes("e"), xtrace: flags.includes("x"), pipefail: flags.includes("pipefail") };
    return runScript(script, s, own);
  });
}

const shell: Effect = (call) => {
  const { state, scope } = call;
  let flags = "";
  const rest = [...call.args];
  while (/^[-+][A-Za-z-]/u.test(rest[0] ?? "")) {
    const word = rest.shift() ?? "";
    if (word === "--") break;
    if (word.startsWith("--")) {
      if (word === "--rcfile" || word === "--init-file") rest.shift();
    } else {
      flags += word.slice(1);
      if (word.includes("o")) flags += rest.shift() ?? "";
    }
  }
  const letters = flags.replace("pipefail", "").replace("errexit", "e").replace("xtrace", "x");
  const common = { flags: letters + (flags.includes("pipefail") ? "pipefail" : "") };
  if (letters.includes("c")) return runShellText(rest[0] ?? "", state, scope, { ...common, args: rest.slice(2) });
  const [file, ...args] = rest;
  if (file === undefined || file === "-" || file === "/dev/stdin" || letters.includes("s")) {
    return runShellText(readAll(scope.channels), state, scope, { ...common, args: letters.includes("s") ? rest : args });
  }
  if (letters.includes("n")) return "likely";
  if (isOfLaterStart(file, call)) return "open";
  return runShellText(scriptText(file, state, scope), state, scope, { ...common, args, file: placeOf(file, state) });
};

/** A file that nothing has made so far, where the first boot unpacks an archive: a later start finds it there, and is followed when that is over. */
function isOfLaterStart(file: string, { state, scope: { context }, name, args }: Call): boolean {
  const path = resolveLinks(state.files, absolute(file, state));
  if (context.awaited === undefined || !isKnown(path) || state.files.entries.has(path)) return false;
  context.awaited.push({ path, argv: [name, ...args], user: state.user, place: context.place });
  return true;
}

/** The text of a script file that is about to be run. */
function scriptText(file: string, state: State, scope: Scope): string {
  const text = contentOf(file, state);
  const path = resolveLinks(state.files, absolute(file, state));
  scope.context.record.ran.push({ path, text: plain(text), urn: scope.context.running });
  return text;
}

/** Where a file was made, if somebody was seen to make it. */
function placeOf(file: string, state: State): Place | undefined {
  const entries = state.files.entries.get(resolveLinks(state.files, absolute(file, state)));
  return entries?.find((e) => e.kind !== "absent" && e.presumed !== true)?.place;
}

/** A script that was written before, or one nobody has shown us. Undefined for ordinary programs. */
export function runFile(program: string, args: readonly string[], call: Call): Status | undefined {
  const path = absolute(program, call.state);
  const entries = call.state.files.entries.get(resolveLinks(call.state.files, path));
  const text = scriptText(program, call.state, call.scope);
  const file = placeOf(program, call.state);
  const isKnownFile = entries?.some((e) => e.content !== undefined && e.content !== "") ?? false;
  if (isKnownFile) {
    const first = plain(text).split("\n")[0] ?? "";
    if (holdsFetched(text)) return runShellText(text, call.state, call.scope, { args, file });
    if (!/^#!.*\b(python|perl|ruby|node|php)/u.test(first))
      return runShellText(text, call.state, call.scope, { args, file, flags: /^#!.*\s-(\w*)/u.exec(first)?.[1] ?? "" });
    if (/python/u.test(first)) python(plain(text), call);
    return "likely";
  }
  const brought = entries?.some((e) => e.kind !== "absent" && e.presumed !== true) ?? false;
  const suspicious = brought || /\.(sh|bash)$/u.test(path) || path.startsWith("/tmp/") || program.startsWith("./");
  if (suspicious) unclear(call.state, call.scope, `a script whose text is not known: ${show(program)}`);
  return suspicious ? "likely" : undefined;
}

const HARMLESS_SOURCE = /^\/etc\/|\/activate(\.\w+)?$|env$|\.profile$|\.bashrc$|\/dev\/null$/u;

/** `. file` runs in the shell itself. */
export function sourceFile(call: Call): Status {
  const file = call.args[0] ?? "";
  if (file === "/dev/stdin") return runShellText(readAll(call.scope.channels), call.state, call.scope, { inPlace: true });
  const text = scriptText(file, call.state, call.scope);
  const secret = isSecretText(text);
  if (secret && call.state.options.xtrace) write(call.state, call.scope, 2, markSecret("trace"));
  const before = call.state.variables.copy();
  const status = sourceText(file, text, call);
  if (secret) {
    markVariables(before, call.state);
    if (!isKnown(text)) setUnnamed(call.state);
  }
  return status;
}

/** What a secret file sets is as secret as the file. */
function markVariables(before: State["variables"], state: State): void {
  for (const [name, variable] of state.variables)
    if (before.get(name) !== variable) state.variables.set(name, { ...variable, values: variable.values.map(markSecret) });
}

function sourceText(file: string, text: string, call: Call): Status {
  const how = { inPlace: true, file: placeOf(file, call.state) };
  if (holesOf(text).length === 0 || holdsFetched(text)) return runShellText(text, call.state, call.scope, how);
  if (!HARMLESS_SOURCE.test(plain(file))) unclear(call.state, call.scope, `a sourced file whose text is not known: ${show(file)}`);
  return "likely";
}

/** What tells Python where its program is: -c, -m, - or a file. */
const programAt = (args: readonly string[]): number => args.findIndex((a) => a === "-c" || a === "-m" || a === "-" || !a.startsWith("-"));

const OF_FILE = new RegExp(String.raw`^(${JAVASCRIPT}|ruby[\d.]*|php[\d.]*)$`, "u");

/** Text of the file that `python3 FILE` or `node FILE` runs; undefined when it is another program, or none of a file. */
export function programFile(program: string, args: readonly string[], state: State): string | undefined {
  const [first = "-"] = args[0] === "run" ? args.slice(1) : args;
  if (OF_FILE.test(program)) return first.startsWith("-") ? undefined : contentOf(first, state);
  const file = args[programAt(args)];
  return file === undefined || file.startsWith("-") || !/^python[\d.]*$/u.test(program) ? undefined : contentOf(file, state);
}

const pythonCommand: Effect = (call) => {
  const { args, state, scope } = call;
  const at = programAt(args);
  const option = args[at];
  if (option === "-m") return module(args.slice(at + 1), call);
  const code =
    option === "-c" ? (args[at + 1] ?? "") : option === undefined || option === "-" ? readAll(scope.channels) : contentOf(option, state);
  const fetched = holesOf(code).find((h) => h.kind === "fetched");
  if (fetched) scope.context.record.remoteCode.push({ what: fetched.label, place: scope.context.place });
  if (option !== undefined && !option.startsWith("-") && scope.context.isOperator === true && !isKnown(code)) unknownProgram(option, call);
  python(plain(code), call);
  const reads = readsSecret(plain(code), call) || showsEnvironment(plain(code), call);
  if (option === "-c" || option === "-" || option === undefined || reads)
    write(
      state,
      scope,
      1,
      `${hole(/\uE005|\uE002s/u.test(code) || (reads && printsValues(plain(code))) ? "secret" : "value", "python")}\n`,
    );
  return "likely";
};

/** Whether it names its environment, and that holds a secret. */
const showsEnvironment = (code: string, call: Call): boolean =>
  /\b(os\.environ|getenv|environb?|process\.env|ENV)\b|\$_(ENV|SERVER)\b/u.test(code) && holdsSecret(environmentOf(call));

const TALKS =
  /\b(socket|urllib|requests|httpx|aiohttp|http\.(client|server)|smtplib|ftplib|telnetlib|xmlrpc|boto3|botocore|paramiko|websockets?|socketserver|SimpleHTTPServer|uvicorn|flask)\b/u;

/** Whether the program names a secret file. One that also talks to others may hand it on. */
function readsSecret(code: string, call: Call): boolean {
  const { state, scope } = call;
  const named = [...withoutQuestions(code).matchAll(/(["'])([^"'\n]{1,300})\1/gu)]
    .map(([, , path = ""]) => path)
    // A sentence may end in the name of such a file.
    .filter((path) => !/\s/u.test(path) || path.includes("/"))
    .map((path) => absolute(path, state))
    .find((path) => isSecretPath(path));
  if (named !== undefined && TALKS.test(code))
    cannotTell(scope, `a program in ${nameOf(call.name)} that reads ${show(named)} and talks to others`);
  return named !== undefined;
}

function module(args: readonly string[], call: Call): Status {
  const [name, ...rest] = args;
  const folder = rest.findLast((a) => !a.startsWith("-"));
  if (name === "venv" && folder !== undefined) makeFolders(call.state, call.scope.context, absolute(folder, call.state), exactly(0o755));
  return "likely";
}

const SYSTEM = /os\.system\(\s*["']([^"']+)["']\s*\)/gu;

/** The few calls that decide on modes; anything else that names chmod is unclear. */
function python(code: string, call: Call): void {
  const { state, scope } = call;
  const { context } = scope;
  const understood = asCommands(withLiterals(code));
  for (const command of understood.commands) runShellText(command, state, scope);
  for (const [, text = ""] of understood.rest.matchAll(SYSTEM)) runShellText(text, state, scope);
  // In one go: a program may hold thousands of calls.
  const rest = understood.rest.replace(SYSTEM, "");
  const source = executesFetched(rest);
  if (source !== undefined) context.record.remoteCode.push({ what: source, place: context.place });
  if (
    /\bos\.(system|popen|f?chmod|l?chown|umask|exec\w*|spawn\w*)\b|\bsubprocess\b|\bshutil\.(chown|copy\w+)|\.chmod\(|\b(exec|eval)\(/u.test(
      rest.replace(/^[ \t]*#.*$/gmu, ""),
    )
  )
    unclear(state, scope, `a program in ${nameOf(call.name)} that changes files or runs commands`, { onHosts: reachesHosts(rest) });
  else if (listens(rest) && isInline(call.args)) cannotTell(scope, `a program in ${nameOf(call.name)} that takes connections`);
  else if (runsFetched(rest)) cannotTell(scope, `a program in ${nameOf(call.name)} that makes code of what it fetches`);
  else if (isInline(call.args)) {
    // A program in the script's own text; its working files are the application's business.
    const { home } = context;
    const named = pathsIn(withoutReads(rest)).filter(
      (path) => !isWithin(path, home) || isWithin(path, `${home}/models`) || isSecretPath(path),
    );
    suspect(call.name, { ...call, args: [], scope: { ...scope, channels: new Map() } }, named.join("\n"));
  }
}

/** `-c CODE`, `-`, or nothing at all: what stands in the script or in its here document. */
const isInline = (args: readonly string[]): boolean => {
  const option = args[programAt(args)];
  return option === undefined || option === "-c" || option === "-";
};

const reachesHosts = (code: string): boolean => /\b(ssh|scp|sftp|rsync|ansible\w*|paramiko|fabric)\b/u.test(code);

/** The application's own code runs as the service anyway; what root runs of it, or the machine that runs Pulumi, has to be seen. */
function unknownProgram(file: string, call: Call): void {
  const { state, scope } = call;
  const guarded = state.user === "root" || scope.context.isOperator === true;
  if (guarded && !/^\/(usr|lib|snap)\//u.test(absolute(file, state))) cannotTell(scope, `${show(file)}, a program whose text is not known`);
  else suspect(call.name, { ...call, args: call.args.filter((a) => a !== file) });
}

/** `perl -pi -e 's/a/b/' FILE` is `sed -Ei` with the same script, where that is made of substitutions alone. */
function editsByPerl(call: Call): boolean {
  const args = call.name.startsWith("perl") ? sedOfPerl(call.args.map(plain)) : undefined;
  if (args !== undefined) sed({ ...call, name: "sed", args });
  return args !== undefined;
}

/** Perl, Ruby, Node, PHP: text that names chmod and the like is unclear. */
const other: Effect = (call) => {
  const given = call.args.some((a) => /^-[a-zA-Z]*[eErp]|^--(eval|print|run)/u.test(a));
  const file = call.args.find((a) => !a.startsWith("-"));
  if (call.args.some((a) => /^(-v|--version|-V|--help|-h)$/u.test(a))) return "likely";
  const code = given ? call.args.join("\n") : file === undefined ? readAll(call.scope.channels) : contentOf(file, call.state);
  if (!given && file !== undefined && !isKnown(code)) unknownProgram(file, call);
  const fetched = holesOf(code).find((h) => h.kind === "fetched");
  if (fetched) call.scope.context.record.remoteCode.push({ what: fetched.label, place: call.scope.context.place });
  if (editsByPerl(call)) return "likely";
  const { commands, rest } = call.name.startsWith("perl") ? perlChmods(plain(code)) : chmodsOf(call.name, plain(code));
  for (const command of commands) runShellText(command, call.state, call.scope);
  const from = evaluatesFetched(rest);
  if (from !== undefined) call.scope.context.record.remoteCode.push({ what: from, place: call.scope.context.place });
  if (/chmod|chown|umask|\bsystem\b|exec|spawn|unlink|rename|symlink|`|%x|popen|child_process/iu.test(rest))
    unclear(call.state, call.scope, `a program in ${call.name} that changes files or runs commands`);
  else if (listens(rest)) cannotTell(call.scope, `a program in ${call.name} that takes connections`);
  else suspect(call.name, commands.length > 0 ? { ...call, args: [] } : call, commands.length > 0 ? rest : code);
  write(call.state, call.scope, 1, `${hole(showsEnvironment(plain(code), call) ? "secret" : "value", call.name)}\n`);
  return "likely";
};

export const INTERPRETERS: Readonly<Record<string, Effect>> = {
  bash: shell,
  sh: shell,
  dash: shell,
  ash: shell,
  zsh: shell,
  ksh: shell,
  rbash: shell,
  python: pythonCommand,
  python3: pythonCommand,
  pypy: pythonCommand,
  pypy3: pythonCommand,
  ipython: pythonCommand,
  perl: other,
  ruby: other,
  node: other,
  nodejs: other,
  deno: other,
  bun: other,
  tsx: other,
  "ts-node": other,
  php: other,
};

/** The interpreter by any of its names: `python3.13`, `perl5.36`, `ruby3.2`, `php8.3`. */
export const interpreterOf = (name: string): Effect | undefined =>
  INTERPRETERS[name] ?? INTERPRETERS[name.replace(/(?<![-\d.])[-\d.]+m?$/u, "")];
