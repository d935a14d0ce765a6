/** install, cp, mv, ln and rsync. */
import type { Call, Effect } from "../call";
import { newFile, readAll, tick, unknownFile, write } from "../channels";
import type { Entry } from "../files";
import { joinEntries, resolveLinks, select } from "../files";
import { ANY_MODE, changeMode, exactly, joinedMode, masked } from "../mode";
import type { Mode } from "../mode";
import { parseOptions } from "../options";
import type { Options } from "../options";
import { isPattern, nameOf, normalise, parentOf } from "../paths";
import { contentOf } from "../redirects";
import { absolute, destination, makeFolders, place, remove, transfer, unpack } from "../tree";
import { isKnown, plain, show } from "../text";
import { isSecretFile } from "../subjects";
import { noteFetched, noteSent, secretListed } from "./send";
import { cannotTell } from "../report";
import { userName } from "./permissions";

const TARGET = { t: "t", "target-directory": "t", S: "S", suffix: "S" };

export const install: Effect = (call) => {
  const spec = { values: "mogtS", long: { ...TARGET, mode: "m", owner: "o", group: "g", "strip-program": "strip" } };
  const options = parseOptions(call.args, spec);
  const { state, scope } = call;
  const owned = installOwner(options, state.user);
  if (options.has("d", "directory")) {
    for (const path of options.operands) makeFolders(state, scope.context, absolute(path, state), installMode(options, "dir"), owned);
    return "likely";
  }
  const mode = installMode(options, "file");
  for (const { source, target } of pairs(options, call)) {
    if (toTerminal(source, target, call)) continue;
    if (options.has("D")) makeFolders(state, scope.context, parentOf(target), masked(exactly(0o777), state.umask));
    place(state, scope.context, target, {
      ...copyOf(source, call),
      kind: "file",
      mode,
      ...owned,
      time: tick(scope.context),
      place: scope.context.place,
    });
  }
  return "likely";
};

/** `cp FILE /dev/stdout` prints it. */
function toTerminal(source: string, target: string, call: Call): boolean {
  const shown = /^\/dev\/(stdout|stderr|fd\/[12]|tty|console)$/u.exec(target);
  if (shown) write(call.state, call.scope, /(stderr|2)$/u.test(target) ? 2 : 1, contentOf(source, call.state));
  return shown !== null;
}

function installMode(options: Options, kind: "file" | "dir"): Mode {
  const text = options.value("m");
  if (text === undefined) return exactly(0o755);
  return (isKnown(text) ? changeMode(plain(text), exactly(0), kind, exactly(0)) : undefined) ?? ANY_MODE;
}

const installOwner = (options: Options, user: string): { owner: string; group: string } => {
  const owner = userName(plain(options.value("o") ?? user));
  return { owner, group: userName(plain(options.value("g") ?? user)) };
};

/** Source and target of each copy, with folders as targets resolved. */
function pairs(options: Options, call: Call): { source: string; target: string }[] {
  const folder = options.value("t");
  const operands = [...options.operands];
  const last = folder === undefined ? operands.pop() : undefined;
  if (folder === undefined && last === undefined) return [];
  return operands.map((source) => {
    if (folder !== undefined) return { source, target: `${absolute(folder, call.state)}/${nameOf(absolute(source, call.state))}` };
    const many = operands.length > 1;
    const target = destination(
      call.state,
      source,
      many ? `${last ?? ""}/` : (last ?? ""),
      options.has("T", "no-target-directory"),
      call.name === "mv",
    );
    return { source, target };
  });
}

/** What a copy takes over from its source: the content, and whether that is secret. */
function copyOf(source: string, call: Call): Entry {
  const path = resolveLinks(call.state.files, absolute(source, call.state));
  const content = path === "/dev/stdin" ? call.scope.channels.get(0)?.text : contentOf(path, call.state);
  const entries = call.state.files.entries.get(path);
  const secret = isSecretFile(path, content) || (entries?.some((e) => e.secret) ?? false);
  return { ...unknownFile(call.scope.context), presumed: isUnseen(path, call), ...(content === undefined ? {} : { content }), secret };
}

/** Where people and other tools stage files for a set-up. A source elsewhere has to come from a step that was seen. */
const STAGING = /^\/(tmp|var\/tmp|home|root|opt|mnt|media|dev)\//u;

function isUnseen(path: string, call: Call): boolean {
  const { certain, possible } = select(call.state.files, path);
  const entries = [...certain, ...possible].flatMap((key) => call.state.files.entries.get(key) ?? []);
  return !STAGING.test(path) && !entries.some((e) => e.kind !== "absent" && e.presumed !== true);
}

export const cp: Effect = (call) => {
  const options = parseOptions(
    call.args.map((arg) => (arg === "--preserve" ? "-p" : arg)),
    { values: "tS", long: { ...TARGET, preserve: "preserve-list", "no-preserve": "no-preserve-list" } },
  );
  const keeps = keptBy(options);
  const recursive = options.has("r", "R", "a", "recursive", "archive");
  const onlyAttributes = options.has("attributes-only");
  for (const { source, target } of pairs(options, call))
    if (onlyAttributes || !toTerminal(source, target, call)) copyOne(call, source, target, { ...keeps, onlyAttributes }, recursive);
  return "likely";
};

/** What a copy has of its source beside the content. */
interface Keeps {
  readonly mode: boolean;
  readonly owner: boolean;
  /** The content of the target stays. */
  readonly onlyAttributes: boolean;
}

/** `-p` and `-a` keep mode and owner, `--preserve=mode` the mode alone. */
function keptBy(options: Options): Pick<Keeps, "mode" | "owner"> {
  const listed = (name: string): string[] => (options.given.get(name) ?? []).flatMap((list) => list.split(","));
  const [on, off] = [listed("preserve-list"), listed("no-preserve-list")];
  const keeps = (what: string): boolean =>
    (options.has("p", "a", "archive") || on.includes(what) || on.includes("all")) && !off.includes(what) && !off.includes("all");
  return { mode: keeps("mode"), owner: keeps("ownership") };
}

function copyOne(call: Call, source: string, target: string, keeps: Keeps, recursive: boolean): void {
  const { state, scope } = call;
  const from = resolveLinks(state.files, absolute(source, state));
  const known = select(state.files, from)
    .certain.flatMap((key) => state.files.entries.get(key) ?? [])
    .filter((e) => e.kind !== "absent");
  if (recursive && (known.length === 0 || known.some((e) => e.kind === "dir"))) {
    copyTree(call, from, /\/\.$/u.test(source) ? parentOf(target) : target, keeps);
    return;
  }
  const sourceMode = joinedMode(known.map((e) => e.mode));
  const base = keeps.onlyAttributes ? { content: "" } : copyOf(source, call);
  const made: Entry = { ...newFile(state, scope.context), ...base, kind: "file", time: tick(scope.context), place: scope.context.place };
  const mode = keeps.mode
    ? (sourceMode ?? ANY_MODE) // a source nobody mentioned is an ordinary file, 0644, as people leave them
    : masked(sourceMode ?? exactly(0o644), state.umask);
  const owner = keeps.owner && known[0] ? { owner: known[0].owner, group: known[0].group } : { owner: state.user, group: state.user };
  const fresh: Entry = {
    ...made,
    mode,
    ...(keeps.owner && !known[0] ? {} : (owner as { owner: string; group: string })),
  };
  const real = resolveLinks(state.files, target);
  const before = state.files.entries.get(real)?.filter((e) => e.kind === "file");
  place(state, scope.context, target, fresh);
  // A file that is there already has its mode and owner as before, but for what is kept of the source.
  if (!before?.length || (keeps.mode && keeps.owner && !keeps.onlyAttributes)) return;
  const { mode: newMode, owner: newOwner, group, time, place: at } = fresh;
  state.files.entries.set(
    real,
    joinEntries(
      [],
      before.map((e) => ({
        ...e,
        ...(keeps.onlyAttributes ? {} : { content: fresh.content ?? "", secret: fresh.secret || e.secret }),
        ...(keeps.mode ? { mode: newMode } : {}),
        ...(keeps.owner ? { owner: newOwner, group } : {}),
        ...(keeps.mode || keeps.owner ? { time } : {}),
        place: at,
      })),
    ),
  );
}

function copyTree(call: Call, from: string, to: string, keeps: Keeps): void {
  const { state, scope } = call;
  const owner = { owner: state.user, group: state.user };
  const how = (e: Entry): Entry =>
    keeps.mode && keeps.owner
      ? e
      : {
          ...e,
          ...(keeps.owner ? {} : owner),
          mode: keeps.mode ? e.mode : masked(e.mode, state.umask),
          time: tick(scope.context),
          place: scope.context.place,
        };
  makeFolders(state, scope.context, to, masked(exactly(0o777), state.umask));
  if (!transfer(state, from, to, how)) unpack(state, scope.context, to, keeps.mode ? { wanted: ANY_MODE, folders: ANY_MODE } : {});
}

export const mv: Effect = (call) => {
  const options = parseOptions(call.args, { values: "tS", long: TARGET });
  const { state, scope } = call;
  for (const { source, target } of pairs(options, call)) {
    const from = resolveLinks(state.files, absolute(source, state), true);
    const to = resolveLinks(state.files, target, true);
    const moved =
      from !== to &&
      transfer(state, from, to, (e) => ({
        ...e,
        secret: e.kind === "file" && (e.secret || isSecretFile(to, e.content)),
        place: scope.context.place,
      }));
    if (moved) {
      for (const key of [...state.files.entries.keys()]) if (key === from || key.startsWith(`${from}/`)) state.files.entries.delete(key);
      remove(state, scope.context, from);
      reportMove(call, to);
    } else if (!isPattern(from) && from !== to) {
      state.files.entries.set(to, [
        { ...unknownFile(scope.context), kind: "any", secret: isSecretFile(to, undefined), time: tick(scope.context) },
      ]);
    }
  }
  return "likely";
};

/** A secret that is moved into a readable place is as exposed as one written there. */
function reportMove(call: Call, to: string): void {
  const entries = call.state.files.entries.get(to) ?? [];
  const [first] = entries;
  if (!first || first.kind !== "file") return;
  call.scope.context.record.written.push({
    path: to,
    entries,
    content: first.content ?? "",
    sheltered: false,
    place: call.scope.context.place,
  });
}

export const ln: Effect = (call) => {
  const options = parseOptions(call.args, { values: "tS", long: TARGET });
  const { state, scope } = call;
  const operands = [...options.operands];
  const folder = options.value("t");
  const last = folder ?? (operands.length > 1 ? operands.pop() : ".") ?? ".";
  for (const target of operands) {
    const real = resolveLinks(state.files, absolute(last, state), true);
    const into =
      !options.has("n", "T") &&
      (folder !== undefined ||
        last.endsWith("/") ||
        state.files.entries.get(resolveLinks(state.files, real))?.every((e) => e.kind === "dir"));
    const at = into ? `${real}/${nameOf(target)}` : real;
    if (options.has("s", "symbolic")) {
      const to = normalise(target, parentOf(at));
      place(state, scope.context, at, { ...newFile(state, scope.context), kind: "link", mode: exactly(0o777), target: to });
    } else {
      const source = resolveLinks(state.files, absolute(target, state));
      state.files.entries.set(at, linked(source, call));
    }
  }
  return "likely";
};

/** A hard link has the state of what it links to. */
function linked(source: string, call: Call): readonly Entry[] {
  const { certain, possible } = select(call.state.files, source);
  const entries = [...certain, ...possible]
    .flatMap((key) => call.state.files.entries.get(key) ?? [])
    .filter((e) => e.kind === "file" || e.kind === "any");
  return entries.length > 0 ? joinEntries([], entries) : [unknownFile(call.scope.context)];
}

export const rsync: Effect = (call) => {
  const options = parseOptions(call.args, {
    values: "efTB",
    long: { "files-from": "list", chmod: "chmod", chown: "chown", rsh: "e", exclude: "x", include: "x", filter: "x", "rsync-path": "x" },
  });
  const { state, scope } = call;
  const to = options.operands.at(-1);
  const spared = options.given.get("x")?.some((glob) => glob.includes(".env")) ?? false;
  const list = options.value("list");
  const taken =
    list === undefined || spared
      ? undefined
      : secretListed(list === "-" ? readAll(scope.channels) : contentOf(list, state), absolute(options.operands[0] ?? ".", state), call);
  if (taken !== undefined) cannotTell(scope, `«rsync» with a list of files, which makes a copy of ${show(taken)}`);
  if (to === undefined || /^[^/]*:/u.test(to)) {
    if (!spared) for (const one of options.operands.slice(0, -1)) noteSent(one, call, to ?? "another host");
    return "likely";
  }
  noteFetched(options.operands.slice(0, -1), call);
  const text = options.value("chmod");
  const bits = (prefix: string, base: Mode, kind: "file" | "dir"): Mode =>
    (text ?? "")
      .split(",")
      .reduce(
        (mode, clause) =>
          /^[DF]/u.test(clause) && !clause.startsWith(prefix)
            ? mode
            : (changeMode(clause.replace(/^[DF]/u, ""), mode, kind, state.umask) ?? mode),
        base,
      );
  const keeps = options.has("a", "p", "archive", "perms");
  const [owner, group] = options.value("chown")?.split(":") ?? [];
  const target = absolute(to, state);
  const file = options.operands.length === 2 && !options.operands[0]?.endsWith("/") && nameOf(target).includes(".");
  const known = file ? onlyFile(options.operands[0] ?? "", call) : undefined;
  // Root keeps the owner as well; whoever is not root owns what it makes.
  const kept = state.user === "root" && options.has("a", "archive") ? known : undefined;
  const given: Mode = known?.mode ?? { set: 0o400, may: 0o755 };
  const base = keeps ? given : masked(given, state.umask);
  if (file)
    place(state, scope.context, target, {
      ...newFile(state, scope.context),
      ...copyOf(options.operands[0] ?? "", call),
      kind: "file",
      mode: bits("F", base, "file"),
      owner: owner ?? kept?.owner ?? state.user,
      group: group ?? owner ?? kept?.group ?? state.user,
      time: tick(scope.context),
      place: scope.context.place,
    });
  else {
    const how = (e: Entry): Entry => {
      const mode: Mode = keeps ? e.mode : masked(e.mode, state.umask);
      return {
        ...e,
        mode: bits(e.kind === "dir" ? "D" : "F", mode, e.kind === "dir" ? "dir" : "file"),
        ...(owner === undefined ? {} : { owner, group: owner }),
        place: scope.context.place,
      };
    };
    const bring = (): void => {
      for (const one of options.operands.slice(0, -1))
        copySecrets(resolveLinks(state.files, absolute(one, state)), one.endsWith("/") ? target : `${target}/${nameOf(one)}`, call, how);
    };
    unpack(state, scope.context, target, {
      wanted: bits("F", base, "file"),
      folders: bits("D", base, "dir"),
      ...(owner === undefined ? {} : { owner }),
    });
    if (!spared) bring();
  }
  return "likely";
};

/** The file that the steps have made there, in its one state. */
function onlyFile(source: string, { state }: Call): Entry | undefined {
  const entries = state.files.entries.get(resolveLinks(state.files, absolute(source, state)));
  return entries?.length === 1 && entries[0]?.kind === "file" ? entries[0] : undefined;
}

/** Secret files that are known to lie in a folder come along with it. */
function copySecrets(from: string, to: string, call: Call, how: (entry: Entry) => Entry): void {
  const { files } = call.state;
  for (const [path, entries] of [...files.entries]) {
    if (!path.startsWith(`${from}/`) || isPattern(path)) continue;
    const secret = entries.filter((e) => e.kind === "file" && e.secret);
    if (secret.length > 0) files.entries.set(to + path.slice(from.length), secret.map(how));
  }
}
