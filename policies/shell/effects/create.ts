/** mkdir, touch, mktemp, tee, dd, truncate, useradd and sed -i. */
import type { Call, Effect } from "../call";
import { newFile, openForWriting, readAll, tick, unknownFile, write, writeContent } from "../channels";
import { resolveLinks } from "../files";
import { ANY_MODE, changeMode, exactly, masked } from "../mode";
import { parseOptions } from "../options";
import { contentOf } from "../redirects";
import { absolute, change, makeFolders, place } from "../tree";
import { digestLabel, hole, isKnown, plain } from "../text";
import { cannotTell } from "../report";
import { isSecretPath } from "../subjects";
import { printFiles } from "../printers";

export const mkdir: Effect = (call) => {
  const options = parseOptions(call.args, { values: "m", long: { mode: "m" } });
  const { state, scope } = call;
  const text = options.value("m");
  const mode =
    text === undefined
      ? masked(exactly(0o777), state.umask)
      : ((isKnown(text) ? changeMode(plain(text), exactly(0o777), "dir", state.umask) : undefined) ?? ANY_MODE);
  for (const path of options.operands) makeFolders(state, scope.context, absolute(path, state), mode);
  return "likely";
};

export const touch: Effect = (call) => {
  const options = parseOptions(call.args, { values: "drt", long: { date: "d", reference: "r" } });
  for (const path of options.operands)
    if (!options.has("c", "no-create")) openForWriting(call.state, call.scope.context, absolute(path, call.state), true);
  return "likely";
};

export const mktemp: Effect = (call) => {
  const options = parseOptions(call.args, { values: "p", long: { tmpdir: "tmpdir", suffix: "suffix" } });
  const { state, scope } = call;
  scope.context.fresh += 1;
  const unique = hole("fresh", `mktemp-${String(scope.context.fresh)}`);
  const template = options.operands[0];
  const folder = options.value("p", "tmpdir");
  const name = (template ?? "tmp.XXXXXXXXXX").replace(/X{3,}/u, unique);
  const inTemp = template === undefined || options.has("t", "p", "tmpdir");
  const path = resolveLinks(
    state.files,
    absolute(inTemp ? `${folder === undefined || folder === "" ? "/tmp" : folder}/${name}` : name, state),
  );
  const folderKind = options.has("d", "directory");
  const base = newFile(state, scope.context);
  state.files.entries.set(path, [
    { ...base, kind: folderKind ? "dir" : "file", mode: exactly(folderKind ? 0o700 : 0o600), secret: isSecretPath(path) },
  ]);
  write(state, scope, 1, `${path}\n`);
  return "likely";
};

export const tee: Effect = (call) => {
  const options = parseOptions(call.args, { long: {} });
  const { state, scope } = call;
  const text = readAll(scope.channels);
  for (const operand of options.operands) {
    const path = absolute(operand, state);
    if (/^\/dev\/(stdout|stderr|fd\/[12]|tty|console)$/u.test(path)) write(state, scope, /(stderr|2)$/u.test(path) ? 2 : 1, text);
    if (isDevice(path)) continue;
    const append = options.has("a", "append");
    writeContent(state, scope.context, openForWriting(state, scope.context, path, append), text, append);
  }
  write(state, scope, 1, text);
  return "likely";
};

/** No file of /dev/shm, and none that a program behind `>(...)` reads. */
const isDevice = (path: string): boolean => path.startsWith("/dev/") && !/^\/dev\/(shm\/|fd\/\d{2})/u.test(path);

export const dd: Effect = (call) => {
  const setting = (name: string): string | undefined => call.args.find((a) => a.startsWith(`${name}=`))?.slice(name.length + 1);
  const { state, scope } = call;
  const from = setting("if");
  const text = from === undefined || from === "/dev/stdin" ? readAll(scope.channels) : contentOf(from, state);
  const to = setting("of");
  if (to === undefined) write(state, scope, 1, text);
  else if (!isDevice(to)) writeContent(state, scope.context, openForWriting(state, scope.context, absolute(to, state), false), text, false);
  return "likely";
};

export const truncate: Effect = (call) => {
  const options = parseOptions(call.args, { values: "sr", long: { size: "s", reference: "r" } });
  for (const path of options.operands) openForWriting(call.state, call.scope.context, absolute(path, call.state), true);
  return "likely";
};

/** `useradd -m`, `adduser`: the home folder is the user's, 0755 or stricter. */
export const useradd: Effect = (call) => {
  const values = call.name === "useradd" ? "dsgGucpebfkKRPZD" : "";
  const long = {
    home: "d",
    "home-dir": "d",
    shell: "s",
    gid: "g",
    ingroup: "g",
    groups: "G",
    uid: "u",
    gecos: "c",
    comment: "c",
    password: "p",
    "base-dir": "b",
    key: "K",
  };
  const options = parseOptions(call.args, { values, long });
  const name = plain(options.operands[0] ?? "");
  if (name === "") return "open";
  const home = options.value("d") ?? `/home/${name}`;
  const makes = call.name === "adduser" ? !options.has("no-create-home") : options.has("m", "create-home");
  const group = plain(options.value("g") ?? name);
  const { state, scope } = call;
  const path = absolute(home, state);
  if (makes && !state.files.entries.has(path)) {
    state.files.entries.set(path, [
      { ...newFile(state, scope.context), kind: "dir", mode: { set: 0o700, may: 0o755 }, owner: name, group },
    ]);
  }
  return "likely";
};

/** `s/a/b/e` runs what it made of the line. */
function substitutesAndRuns(script: string): boolean {
  for (const match of script.matchAll(/(?:^|;)[ \t]*(?:(?:\d+|\$|\/[^/\n]*\/)[ \t]*)?s([^\w\s;])/gmu)) {
    const [all, mark = "/"] = match;
    const middle = script.indexOf(mark, match.index + all.length);
    const end = middle < 0 ? -1 : script.indexOf(mark, middle + 1);
    if (end >= 0 && /^[gpiImM\d]{0,9}e/u.test(script.slice(end + 1, end + 12))) return true;
  }
  return false;
}

/** `sed -i` and the like write a new file with the old one's mode; the content is unknown then. */
export const sed: Effect = (call) => {
  const inPlace = call.args.some((a) => /^-[nErsuz]*i/u.test(a) || a.startsWith("--in-place"));
  const { state, scope } = call;
  const script = plain(call.args.join("\n"));
  if (!call.args.includes("-e") && (/(^|[;{}\d$/!])[ \t]*e([ \t]|$)/mu.test(script) || substitutesAndRuns(script)))
    cannotTell(call.scope, "a sed script that runs commands");
  if (!inPlace) return printFiles(call);
  const { files, edits } = editOf(call);
  for (const operand of files) {
    const path = resolveLinks(state.files, absolute(operand, state));
    const entries = state.files.entries.get(path) ?? [{ ...unknownFile(scope.context), secret: isSecretPath(path) }];
    state.files.entries.set(
      path,
      entries.map((e) => ({ ...e, content: `${e.content ?? ""}\n${hole("value", "edited")}` })),
    );
    scope.context.record.written.push({ path, entries, content: edits, sheltered: true, place: scope.context.place });
  }
  return "likely";
};

/** The files that `sed -i` edits, and its script behind one word with what decides how that is read (obeyed/edits.ts). */
function editOf({ args, state }: Call): { readonly files: readonly string[]; readonly edits: string } {
  // A suffix of `-i` is no row of options.
  const words = args.map((arg) => arg.replace(/^(-[nErsuz]*i).*$/u, "$1").replace(/^--in-place.*$/u, "-i"));
  const options = parseOptions(words, { values: "efl", long: { expression: "e", file: "f", "line-length": "l" } });
  const { given, operands } = options;
  const [own = "", ...rest] = operands;
  const isGiven = options.has("e", "f");
  const scripts = isGiven ? [...(given.get("e") ?? []), ...(given.get("f") ?? []).map((file) => contentOf(file, state))] : [own];
  return { files: isGiven ? operands : rest, edits: [options.has("r", "E", "regexp-extended") ? "-ri" : "-i", ...scripts].join("\n") };
}

/** A program that turns its input into an output we do not compute. */
export const filter: Effect = (call) => {
  const text = readAll(call.scope.channels);
  const kind = /\uE005|\uE002s/u.test(text) ? "secret" : /\uE002f/u.test(text) ? "fetched" : "value";
  write(call.state, call.scope, 1, `${hole(kind, digestLabel(call.name, ...call.args, text))}\n`);
  return "likely";
};

/** Notes that a program made a file, with the mode new files get here. */
export function makeFile(call: Call, path: string, content: string, mode = exactly(0o666)): void {
  const { state, scope } = call;
  const real = resolveLinks(state.files, path);
  if (state.files.entries.get(real)?.some((e) => e.kind === "file"))
    writeContent(state, scope.context, openForWriting(state, scope.context, path, false), content, false);
  else place(state, scope.context, path, { ...newFile(state, scope.context, mode), content, time: tick(scope.context) });
}

export { change };
