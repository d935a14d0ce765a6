/**
 * The closed world: a program without a model is not taken to be harmless. What is guarded and named in its words, its input or the files
 * that it is given is not known afterwards, and a program that nobody has shown may have changed anything.
 */
import type { Call } from "./call";
import { openForWriting, readAll, stdinOf, tick, write, writeContent } from "./channels";
import type { Entry } from "./files";
import { below, joinEntries, resolveLinks, select } from "./files";
import { ANY_MODE } from "./mode";
import { guardedIn, isGuarded } from "./guarded";
import { isPattern, isWithin, nameOf } from "./paths";
import { HARMLESS, PRINTERS, RUNNERS, SCRIPTED } from "./programs";
import { contentOf } from "./redirects";
import { cannotTell } from "./report";
import type { Status } from "./state";
import { absolute } from "./tree";
import { digestLabel, hole, holesOf, isKnown, plain, show } from "./text";

/** Where distributions put their programs. What lies elsewhere is somebody's own. */
const INSTALLED = /^(\/usr)?\/(s?bin|lib\w*|libexec|games)\/|^\/snap\/bin\//u;

/** @param program as it was written: a name, or a path */
export function runUnmodelled(program: string, call: Call): Status {
  const { name, state, scope } = call;
  if (PRINTERS.has(name)) return printFiles(call);
  if (!HARMLESS.has(name)) suspect(program, call);
  write(state, scope, 1, `${hole(HARMLESS.has(name) ? "value" : kindOf(call), digestLabel(`output of ${name}`, ...call.args))}\n`);
  return "likely";
}

/** Says so, and makes unknown what is guarded and named. @param code text that the program runs */
export function suspect(program: string, call: Call, code = ""): void {
  const { name, args, state, scope } = call;
  const { home } = scope.context;
  const given = [code, ...args, ownInput(call), ...args.map((arg) => fileText(arg, call))].join("\n");
  const named = guardedIn(given, state, home, true);
  const what = `«${name}», a program that is not modelled`;
  if (named.length > 0) {
    for (const path of named) blur(path, call);
    cannotTell(scope, `${what} and is given ${show(named[0] ?? "")}`);
    return;
  }
  if (FLEETS.test(name) && scope.context.isOperator === true && !isQuestion(args))
    cannotTell(scope, `${what} and changes hosts`, { onHosts: true });
  else if (RUNNERS.has(name) && (state.user === "root" || isWithin(state.cwd, home)) && !isQuestion(args))
    cannotTell(scope, `${what} and runs text of files that nobody has shown`);
  else if (
    program.startsWith("/") &&
    !INSTALLED.test(program) &&
    !isOwnTool(program, home) &&
    mayChange(call) &&
    !isOfEnvironment(program, call)
  )
    cannotTell(scope, `${show(program)}, a program that nobody has shown`);
  else if (state.user === "root" && args.some(isWholeHole) && RUNNERS.has(name)) cannotTell(scope, `${what} with words that are not known`);
}

/** Tools that set other hosts up from the machine that runs them. */
const FLEETS =
  /^(ansible(-playbook|-console)?|pyinfra|fab|bolt|salt(-ssh)?|knife|chef-run|pdsh|pssh|parallel-ssh|clush|cap|mina|kamal|nixos-rebuild|colmena|deploy-rs)$/u;

const isQuestion = (args: readonly string[]): boolean =>
  args.some((a) => /^(--version|-V|--help|-h|version|help|--syntax-check|-n|--dry-run)$/u.test(a));
const isWholeHole = (text: string): boolean => /^\uE002v[^\uE003]*\uE003$/u.test(text);

/** Programs of the service's own virtual environment, and of agents that AWS installs. */
const isOwnTool = (program: string, home: string): boolean =>
  (isWithin(program, home) && /\/bin\/[^/]+$/u.test(program)) ||
  /^\/(opt\/aws|usr\/local\/aws-cli|usr\/lib)\//u.test(program) ||
  !isKnown(program);

/** Users that services and guests have: what they run changes what is theirs. Whoever logs in may become root. */
function mayChange({ state, scope }: Call): boolean {
  return /^(root|ubuntu|admin|ec2-user)$/u.test(state.user) || !isKnown(state.user) || state.user === nameOf(scope.context.home);
}

/** A program that pip has put into an environment which the set-up made: which packages those are is another policy's question. */
function isOfEnvironment(program: string, { scope }: Call): boolean {
  const folder = program.replace(/\/bin\/[^/]+$/u, "");
  return scope.context.record.executed.some(({ argv }) => {
    const words = argv.map(plain);
    return (
      /^(python[\d.]*|virtualenv|uv)$/u.test(nameOf(words[0] ?? "")) &&
      words.some((w) => w === "venv" || w === "virtualenv") &&
      words.at(-1) === folder
    );
  });
}

/** What the script's pipe or redirection gives it; the Command's own input goes to whoever reads it. */
function ownInput(call: Call): string {
  const channel = stdinOf(call.scope.channels);
  return channel.inherited === true ? "" : channel.text;
}

/** A file among the words is read, and may be obeyed: `make -f FILE`. */
function fileText(arg: string, call: Call): string {
  const name = arg.replace(/^(-\w|--[\w-]+=|@)/u, "");
  if (name === "" || name.startsWith("-") || isPattern(name)) return "";
  const entries = call.state.files.entries.get(resolveLinks(call.state.files, absolute(name, call.state)));
  return (entries ?? []).map((e) => (e.kind === "absent" ? "" : (e.content ?? ""))).join("\n");
}

/** Everything that is known of the path, and of what lies below it, may be different now. */
export function blur(path: string, call: Call): void {
  const { state, scope } = call;
  const own = select(state.files, path);
  const inside = below(state.files, path);
  const doubt = `«${call.name}» may have changed it`;
  for (const key of new Set([...own.certain, ...own.possible, ...inside.certain, ...inside.possible])) {
    if (!isGuarded(key, scope.context.home)) continue;
    const before = state.files.entries.get(key) ?? [];
    const after = before
      .filter((e) => e.kind !== "absent")
      .map((e): Entry => ({
        ...e,
        mode: ANY_MODE,
        owner: undefined,
        group: undefined,
        doubt,
        time: tick(scope.context),
        place: scope.context.place,
      }));
    state.files.entries.set(key, joinEntries(before, after));
  }
}

/** Secret where anything that it reads is. */
function kindOf(call: Call): "secret" | "fetched" | "value" {
  const files = call.args.map((arg) => readable(arg, call));
  const texts = [ownInput(call), ...files];
  if (isSecretText(ownInput(call)) || files.some(isWholeSecret)) return "secret";
  return texts.some((text) => holesOf(text).some((h) => h.kind === "fetched")) ? "fetched" : "value";
}

const isSecretText = (text: string): boolean => text.includes("\uE005") || holesOf(text).some((h) => h.kind === "secret");

/** Text of a file as it was given: what a program has cut out of a larger text may be the part that is no secret. */
const isWholeSecret = (text: string): boolean =>
  text.includes("\uE005") || holesOf(text).some((h) => h.kind === "secret" && /^(content|stdin|aws|\$)/u.test(h.label));

function readable(arg: string, call: Call): string {
  const name = arg.replace(/^(-\w|--[\w-]+=|@)(?=[/.~])/u, "");
  return name === "" || name.startsWith("-") || /[\s{}$^|\\]/u.test(plain(name)) ? "" : contentOf(name, call.state);
}

/** `grep PATTERN FILE`, `diff A B`, `awk PROGRAM FILE`, `gzip -c FILE`: text of the files and of the input. */
export function printFiles(call: Call): Status {
  const { name, args, state, scope } = call;
  // `tr` has sets of characters for operands, and reads its input alone.
  const operands = name === "tr" ? [] : args.filter((a) => !a.startsWith("-"));
  const given = args.some((a) => /^(-[ef]|--(regexp|file|expression)\b)/u.test(a));
  const files = (SCRIPTED.has(name) && !given ? operands.slice(1) : operands).map((arg) => readable(arg, call));
  const quiet =
    args.some((a) => /^(-[abd-km-pr-zA-Z]*[qcl][a-zA-Z]*|--quiet|--silent|--brief|--count|--files-with.*)$/u.test(a)) &&
    /grep|^(diff|rg|ag|comm)$/u.test(name);
  if (quiet) {
    write(state, scope, 1, `${hole("value", digestLabel(name, ...args))}\n`);
    return "open";
  }
  runsCommands(call);
  const environment = name === "envsubst" ? environmentOf(call) : "";
  const takesInput = operands.length <= (SCRIPTED.has(name) && !given ? 1 : 0) || args.includes("-");
  const input = takesInput ? readAll(scope.channels) : "";
  const text = [...files, input].join("");
  const secret = isSecretText(environment) || isSecretText(input) || files.some(isWholeSecret);
  const kind = secret ? "secret" : holesOf(text).some((h) => h.kind === "fetched") ? "fetched" : "value";
  const printed = `${hole(kind, digestLabel(name, ...args, text))}\n`;
  write(state, scope, 1, printed);
  writesFiles(call, printed);
  return /^(e|f|z)?grep$|^(diff|cmp|rg|ag)$/u.test(name) ? "open" : "likely";
}

/** The values that a program of its own is given. */
const environmentOf = ({ state }: Call): string =>
  [...state.variables]
    .filter(([variable]) => state.exported.has(variable) || state.options.allexport === true)
    .flatMap(([, { values }]) => values)
    .join("\n");

/** `awk '{ print > "FILE" }'`, `sed -n 'w FILE'`: the text goes there, by whatever name; a name that the program makes up is not known. */
function writesFiles(call: Call, text: string): void {
  const { name, state, scope } = call;
  const script = plain(call.args.join("\n"));
  const isAwk = /awk$/u.test(name);
  if (!isAwk && !/sed$/u.test(name)) return;
  const targets = isAwk
    ? [...script.matchAll(/\bprintf?\b[^>\n;}]{0,500}>>?[ \t]{0,20}([^\s;}]{1,300})/gu)].map(([, to = ""]) => to)
    : [...script.matchAll(/(?:^|[;{}/\d$!gp])[ \t]{0,20}w[ \t]{1,20}(\/[^\s;}]{1,300})/gmu)].map(([, to = ""]) => `"${to}"`);
  for (const target of targets) {
    const path = /^"([^"]+)"$/u.exec(target)?.[1];
    if (path !== undefined && /^\/dev\/(stdout|stderr|null)$/u.test(path)) continue;
    if (path === undefined) cannotTell(scope, `a program in ${name} that writes ${show(target)}, a file whose name it makes up`);
    else writeContent(state, scope.context, openForWriting(state, scope.context, absolute(path, state), true), text, true);
  }
}

/** The languages of awk and sed can run commands and write files. */
function runsCommands(call: Call): void {
  const script = plain(call.args.join("\n"));
  if (/awk$/u.test(call.name) && /\bsystem\s*\(|(?<!\|)\|(?!\|)&?\s*(getline|")/u.test(script.replace(/"[^"|]*\|[^"]*"/gu, '""')))
    cannotTell(call.scope, `a program in ${call.name} that runs commands`);
}
