/** tar, unzip, git, python -m venv, pip and npm: many files at once. */
import type { Call, Effect } from "../call";
import type { Status } from "../state";
import { ANY_MODE, changeMode, masked } from "../mode";
import type { Mode } from "../mode";
import { parseOptions } from "../options";
import { isGuarded } from "../guarded";
import { isWithin, nameOf } from "../paths";
import { absolute, makeFolders, unpack } from "../tree";
import { filter, makeFile } from "./create";
import { DEEP, hole, holesOf, isKnown, plain, show } from "../text";
import { resolveLinks, select } from "../files";
import { readAll, write } from "../channels";
import { contentOf } from "../redirects";
import { printFiles } from "../printers";
import { blur, runUnmodelled } from "../unmodelled";
import { cannotTell } from "../report";
import { unpackStored } from "../fetched-objects";
import { noteSent, secretAt, secretListed } from "./send";
import { gitSettings } from "./system";
import { exactly } from "../mode";

export const tar: Effect = (call) => {
  const { state, scope } = call;
  const old = /^[A-Za-z]+$/u.test(call.args[0] ?? "") ? [`-${call.args[0] ?? ""}`, ...call.args.slice(1)] : call.args;
  const options = parseOptions(oldStyle(old), {
    values: "fCTXI",
    long: {
      file: "f",
      directory: "C",
      "files-from": "T",
      mode: "mode",
      owner: "owner",
      group: "group",
      "strip-components": "strip",
      exclude: "x-",
      "use-compress-program": "I",
      transform: "x-",
    },
  });
  const archive = options.value("f");
  if (options.has("x", "extract", "get")) {
    const folder = absolute(options.value("C") ?? ".", state);
    const asRoot = state.user === "root" && !options.has("no-same-permissions");
    const wanted: Mode =
      asRoot || options.has("p", "preserve-permissions", "same-permissions")
        ? { set: 0o400, may: 0o755 }
        : masked({ set: 0o400, may: 0o755 }, state.umask);
    const limited = withModeOption(options.value("mode"), wanted);
    const keepsOwner = state.user === "root" && !options.has("no-same-owner", "o");
    const from = archive === undefined || archive === "-" ? readAll(scope.channels) : contentOf(archive, state);
    const fetched = holesOf(from).find(({ kind }) => kind === "fetched");
    if (fetched && options.operands.length === 0 && PROGRAMS.test(folder))
      cannotTell(scope, `an archive from the network, unpacked over ${show(folder)}, where the system looks for its programs`);
    unpack(state, scope.context, folder, {
      wanted: limited,
      folders: limited,
      ...(fetched ? { content: hole("fetched", fetched.label) } : {}),
      ...(keepsOwner ? { owner: options.value("owner") ?? "root" } : {}),
    });
    if (!options.has("strip", "x-", "I") && options.operands.length === 0) unpackStored(from, folder, limited, state, scope.context);
    for (const member of options.operands)
      if (/[^/]\.\w+$/u.test(member)) makeFile(call, absolute(`${folder}/${member}`, state), hole("value", "archive"), limited);
    replaceSecrets(call, folder, options);
  } else if (options.has("c", "create", "r", "append", "u", "update")) {
    const spared = options.given.get("x-")?.some((glob) => plain(glob).includes(".env")) ?? false;
    const base = options.value("C") ?? ".";
    const holdsIt =
      !spared && options.operands.some((member) => secretAt(member.startsWith("/") ? member : `${base}/${member}`, call) !== undefined);
    const list = options.value("T");
    const names = list === undefined ? undefined : list === "-" ? readAll(scope.channels) : contentOf(list, state);
    const takesIt = holdsIt || (names !== undefined && !spared && secretListed(names, absolute(base, state), call) !== undefined);
    const packed = hole(takesIt ? "secret" : "value", "content of an archive");
    if (archive === undefined || archive === "-") write(state, scope, 1, packed);
    else makeFile(call, absolute(archive, state), packed);
  } else return filter(call);
  return "likely";
};

const PROGRAMS = /^\/(usr(\/local)?(\/(s?bin|lib\w*))?|s?bin|lib\w*)\/?$/u;

/** What is unpacked over a folder may hold files of its own for the secret ones that lie there, with modes of its own. */
function replaceSecrets(call: Call, folder: string, options: ReturnType<typeof parseOptions>): void {
  const { files } = call.state;
  if (options.operands.length > 0 || options.has("k", "keep-old-files", "skip-old-files")) return;
  if (options.given.get("x-")?.some((glob) => plain(glob).includes(".env")) === true) return;
  const inside = select(files, `${resolveLinks(files, folder)}/${DEEP}`);
  for (const key of inside.certain) if (files.entries.get(key)?.some((e) => e.secret && e.kind === "file") === true) blur(key, call);
}

/** `tar xzf a -C b`: in the first word the option that takes a value need not be the last letter. */
function oldStyle(args: readonly string[]): string[] {
  const [first, ...rest] = args;
  if (!first || !/^-[A-Za-z]+$/u.test(first) || !/[fC]/u.test(first.slice(1, -1))) return [...args];
  const letters = [...first.slice(1)];
  const values = letters.filter((l) => l === "f" || l === "C").flatMap((l) => [`-${l}`, rest.shift() ?? ""]);
  return [`-${letters.filter((l) => l !== "f" && l !== "C").join("")}`, ...values, ...rest];
}

const withModeOption = (text: string | undefined, base: Mode): Mode =>
  text === undefined ? base : ((isKnown(text) ? changeMode(plain(text), base, "any", exactly(0)) : undefined) ?? ANY_MODE);

/** `git add --force` takes what .gitignore leaves out: what is pushed from then on has it. */
function stage(call: Call, words: readonly string[], base: string): void {
  const options = parseOptions(words, {});
  const named = options.has("A", "all") && options.operands.length === 0 ? ["."] : options.operands;
  if (!options.has("f", "force")) {
    for (const one of named) {
      const secret = secretAt(one.startsWith("/") ? one : `${base}/${one}`, call);
      if (secret !== undefined && !isIgnored(base, call))
        cannotTell(call.scope, `«git add», which takes ${show(secret)} where no .gitignore names it, and goes wherever it is pushed,`);
    }
    return;
  }
  for (const one of named)
    noteSent(one.startsWith("/") ? one : `${base}/${one}`, call, "a commit of git, which goes wherever it is pushed");
}

const isIgnored = (base: string, call: Call): boolean =>
  /^(\/|\*\*\/)?\.env\*?$/mu.test(plain(contentOf(`${base}/.gitignore`, call.state)));

/** Whatever a branch of somebody's repository holds by then becomes the application. */
function follows(action: string, words: readonly string[], base: string, call: Call): void {
  const { home } = call.scope.context;
  const branch =
    action === "pull" ||
    words.some((word) => /^(origin|upstream|[\w.-]+)\/[\w./-]+$|^FETCH_HEAD$|^@\{u/u.test(word) && !/[./]py$/u.test(word));
  if (branch && isWithin(base, home) && isGuarded(base, home))
    cannotTell(
      call.scope,
      `«git ${show([action, ...words].join(" "))}» in ${show(base)}, which makes the application what a branch holds by then,`,
    );
}

/** Git writes files under the umask of whoever calls it: a secret file that is named is another one afterwards. */
function replaced(call: Call, words: readonly string[], base: string): void {
  for (const one of words.filter((word) => !word.startsWith("-"))) {
    const path = resolveLinks(call.state.files, absolute(one, { ...call.state, cwd: base }));
    if (call.state.files.entries.get(path)?.some((e) => e.secret && e.kind === "file") === true) {
      blur(path, call);
      cannotTell(call.scope, `«git ${show(words.join(" "))}», which writes ${show(path)} anew`);
    }
  }
}

/** `zip -r ARCHIVE FOLDER`, `7z a ARCHIVE FOLDER`: a secret file in the folder is in the archive. */
export const zip: Effect = (call) => {
  const { args, name, state, scope } = call;
  const words = name === "zip" ? args : args.slice(1);
  const at = words.findIndex((one) => /^(-x|--exclude)/u.test(one));
  const isSpared = words.some((one, index) => (/^-x/u.test(one) || (at >= 0 && index > at)) && plain(one).includes(".env"));
  const [archive, ...members] = parseOptions(at < 0 || name !== "zip" ? words : words.slice(0, at), { values: "Pbtni" }).operands;
  const names = words.includes("-@") ? secretListed(readAll(scope.channels), state.cwd, call) : undefined;
  const taken = names ?? (isSpared ? undefined : members.map((one) => secretAt(one, call)).find((one) => one !== undefined));
  const packed = hole(taken === undefined ? "value" : "secret", "content of an archive");
  if (archive === "-") write(state, scope, 1, packed);
  else if (archive !== undefined)
    makeFile(call, absolute(name === "zip" && !nameOf(archive).includes(".") ? `${archive}.zip` : archive, state), packed);
  if (name === "zip" && words.some((one) => /^-[a-zA-Z]*m|^--move$/u.test(one))) return runUnmodelled(name, call);
  return "likely";
};

export const unzip: Effect = (call) => {
  const options = parseOptions(call.args, { values: "dxP" });
  const { state, scope } = call;
  const folder = absolute(options.value("d") ?? ".", state);
  unpack(state, scope.context, folder);
  const [archive, ...members] = options.operands;
  if (archive !== undefined && members.length === 0)
    unpackStored(contentOf(archive, state), folder, masked({ set: 0o400, may: 0o755 }, state.umask), state, scope.context);
  return "likely";
};

/** `cpio -i`, `pax -r`, `7z x -oFOLDER`: files of any name come to lie where they say. Otherwise these read, and print. */
export const extract: Effect = (call) => {
  const { args, name, state, scope } = call;
  const isSevenZip = /^7z/u.test(name);
  if (isSevenZip && /^[au]$/u.test(args[0] ?? "")) return zip(call);
  const reads = isSevenZip
    ? /^[xe]$/u.test(args[0] ?? "")
    : args.some((a) => (name === "pax" ? /^-[a-z]*r/u : /^(-[A-Za-z]*i|--extract$)/u).test(a));
  if (!reads) return name === "cpio" || name === "pax" ? listed(call) : runUnmodelled(name, call);
  const options = parseOptions(args, { values: "DFEHRCMIo", long: { directory: "D" } });
  const folder = isSevenZip ? args.find((a) => /^-o./u.test(a))?.slice(2) : options.value("D");
  unpack(state, scope.context, absolute(folder ?? ".", state), { wanted: ANY_MODE, folders: ANY_MODE });
  return "likely";
};

/** `cpio -o` and `cpio -p` take the files whose names they read: into an archive, or to another folder. */
function listed(call: Call): Status {
  const { args, state, scope } = call;
  const secret = secretListed(readAll(scope.channels), state.cwd, call);
  const passes = args.some((a) => /^-[a-z]*p|^--pass-through$|^-[a-z]*rw|^-[a-z]*wr/u.test(a));
  if (passes && secret !== undefined) cannotTell(scope, `«${call.name} ${show(args.join(" "))}», which makes a copy of ${show(secret)}`);
  const options = parseOptions(args, { values: "DFEHRCMIOfsx", long: { file: "F" } });
  const archive = options.value("F") ?? options.value("O") ?? (call.name === "pax" ? options.value("f") : undefined);
  const packed = hole(secret === undefined ? "value" : "secret", "content of an archive");
  if (passes) return "likely";
  if (archive === undefined) write(state, scope, 1, packed);
  else makeFile(call, absolute(archive, state), packed);
  return "likely";
}

export const git: Effect = (call) => {
  const options = parseOptions(call.args, { values: "Cc", long: { "git-dir": "d", "work-tree": "w" }, stops: true });
  const [action, ...rest] = options.operands;
  gitSettings(call, action === "config" ? rest : [], options.given.get("c") ?? []);
  if (action === "diff" || action === "show" || action === "grep" || action === "blame")
    return printFiles({ ...call, name: "diff", args: rest });
  const base = absolute(options.value("C") ?? ".", call.state);
  if (action === "clone") {
    const inner = parseOptions(rest, {
      values: "bojcu",
      long: { branch: "b", depth: "depth", origin: "o", config: "c", reference: "r", filter: "f", "separate-git-dir": "s" },
    });
    const [url = "", folder] = inner.operands;
    const target = absolute(folder ?? nameOf(url).replace(/\.git$/u, ""), { ...call.state, cwd: base });
    makeFolders(call.state, call.scope.context, target, masked(exactly(0o777), call.state.umask));
    unpack(call.state, call.scope.context, target);
  } else if (action === "add") stage(call, rest, base);
  else if (/^(checkout|restore|reset|stash|apply|am|pull|merge|rebase|cherry-pick|revert|clean)$/u.test(action ?? "")) {
    replaced(call, rest, base);
    if (/^(pull|reset|merge|rebase)$/u.test(action ?? "")) follows(action ?? "", rest, base, call);
  } else if (action === "archive") return filter(call);
  else if (action === "rev-parse" || action === "log" || action === "describe") return filter(call);
  return "likely";
};
