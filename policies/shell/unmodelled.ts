/**
 * The closed world: a program without a model is not taken to be harmless. What is guarded and named in its words, its input or the files
 * that it is given is not known afterwards, and a program that nobody has shown may have changed anything.
 */
import type { Call } from "./call";
import { stdinOf, tick, write } from "./channels";
import type { Entry } from "./files";
import { below, joinEntries, resolveLinks, select } from "./files";
import { ANY_MODE } from "./mode";
import { guardedIn, isGuarded } from "./guarded";
import { isPattern, isWithin, nameOf, parentOf } from "./paths";
import { namesProcess } from "./effects/memory";
import { givesSecret } from "./effects/stores";
import { printFiles, readable } from "./printers";
import { HARMLESS, LOOKS_ON, PRINTERS, RUNNERS } from "./programs";
import { isSecretPath } from "./subjects";
import { cannotTell } from "./report";
import type { Status } from "./state";
import { absolute } from "./tree";
import { digestLabel, holdsFetched, hole, isKnown, isSecretText, isWholeSecret, plain, show } from "./text";

/** Where distributions put their programs. What lies elsewhere is somebody's own. */
const INSTALLED = /^(\/usr)?\/(s?bin|lib\w*|libexec|games)\/|^\/snap\/bin\//u;

/** @param program as it was written: a name, or a path */
export function runUnmodelled(program: string, call: Call): Status {
  const { name, state, scope } = call;
  if (PRINTERS.has(name)) return printFiles(call);
  suspectFolder(call);
  if (!HARMLESS.has(name)) suspect(program, call);
  else if (!LOOKS_ON.has(name)) {
    const secret = secretGiven(call);
    if (secret !== undefined)
      cannotTell(scope, `«${name}», which is given ${show(secret)}: what it does with that, or prints of it, is not known`);
  }
  const given = givesSecret(call);
  const kind = given ? "secret" : HARMLESS.has(name) ? "value" : kindOf(call);
  write(state, scope, 1, `${hole(kind, digestLabel(given ? `store of ${name}` : `output of ${name}`, ...call.args))}\n`);
  return "likely";
}

/** A secret file among the words (`--env-file` is there to be read by the service), or its text as the input. */
function secretGiven(call: Call): string | undefined {
  const { args, state, scope } = call;
  const words = args.filter((arg, at) => !/^--env-?file(=|$)/u.test(arg) && !/^--env-?file$/u.test(args[at - 1] ?? ""));
  const named = guardedIn(words.join("\n"), state, scope.context.home).find(
    (path) => isSecretPath(path) || state.files.entries.get(path)?.some((e) => e.secret) === true,
  );
  return named ?? (isWholeSecret(ownInput(call)) ? "the text of a secret file" : undefined);
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
  if (namesProcess(call)) cannotTell(scope, `${what} and is given a process that runs`);
  if (LOGINS.test(name) && !isQuestion(args) && !isTrial(call))
    cannotTell(scope, `«${name}», which lets people log in on a way of its own`);
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

/** Tools that run what stands in files of the folder that they are started in, or that an option names. */
const OBEYS_FOLDER =
  /^(make|gmake|cmake|ninja|just|task|rake|npm|yarn|pnpm|bun|npx|composer|bundle|gem|cargo|go|gradle|mvn|ant|sbt|mix|poetry|pdm|hatch|tox|nox|invoke|pip[\d.]*|uv|pre-commit|lefthook|husky|vagrant|mise|direnv|skaffold|tilt|buck|bazel)$/u;
const OBEYED =
  /(^|\/)((GNU)?[Mm]akefile|[\w.-]+\.mk|CMakeLists\.txt|build\.ninja|\.?justfile|Justfile|Taskfile\.ya?ml|Rakefile|package\.json|\.npmrc|composer\.json|Gemfile|[\w.-]+\.gemspec|Cargo\.toml|build\.rs|[\w.-]+\.(go|gradle|kts|rs|sbt)|go\.mod|pom\.xml|build\.xml|mix\.exs|setup\.(py|cfg)|pyproject\.toml|conftest\.py|tox\.ini|noxfile\.py|tasks\.py|\.pre-commit-config\.yaml|lefthook\.yml|Vagrantfile|\.?mise\.toml|\.envrc|Tiltfile|BUILD(\.bazel)?)$/u;

/** Guarded paths in files that such a tool obeys: what it does with them is not known. */
function suspectFolder(call: Call): void {
  const { name, args, state, scope } = call;
  if (!OBEYS_FOLDER.test(name) || isQuestion(args)) return;
  const named = args.filter((arg) => !arg.startsWith("-") || arg.includes("=")).map((arg) => absolute(arg.replace(/^[^=]*=/u, ""), state));
  const folders = new Set([state.cwd, ...named, ...named.map(parentOf)].map((path) => resolveLinks(state.files, path)));
  const text = [...state.files.entries]
    .filter(([path]) => folders.has(parentOf(path)) && OBEYED.test(path))
    .flatMap(([, entries]) => entries.map((e) => (e.kind === "absent" ? "" : (e.content ?? ""))))
    .join("\n");
  const found = guardedIn(text, state, scope.context.home, true);
  for (const path of found) blur(path, call);
  if (found.length > 0) cannotTell(scope, `«${name}», which runs what files of its folder say, and they name ${show(found[0] ?? "")}`);
}

/** Servers that give a shell or a desktop. */
const LOGINS =
  /^(dropbear|tinysshd|sshesame|teleport|ttyd|gotty|wetty|shellinaboxd?|butterfly\S*|(in\.)?(telnetd|rshd|rlogind|rexecd)|xrdp|x11vnc|vncserver|Xvnc|x0vncserver|tigervncserver|kasmvncserver|cockpit-ws|webmin|code-server|openvscode-server|jupyter(-lab|-notebook)?|mosh-server|tmate|upterm|sshd)$/u;
/** `sshd -t`, `sshd -T`: whether its settings can be read, and what they are. */
const isTrial = ({ name, args }: Call): boolean => name === "sshd" && args.some((a) => /^-\w*[tTG]/u.test(a));

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
  return texts.some(holdsFetched) ? "fetched" : "value";
}
