/** Changes to the files that a path, a glob or a folder names. */
import { newFile, tick, unknownFile } from "./channels";
import { below, joinEntries, resolveLinks, select } from "./files";
import type { Entry } from "./files";
import { exactly, masked, UNTOUCHED } from "./mode";
import type { Mode } from "./mode";
import { obeysAnyFile } from "./guarded";
import { isPattern, isWithin, nameOf, normalise, parentOf } from "./paths";
import type { Context, State } from "./state";
import { DEEP, DIRS, FILES, holesOf, mapHoles, show, STAR } from "./text";
import { isSheltered } from "./shelter";
import { isSecretFile, isSecretPath } from "./subjects";

export type Change = (entry: Entry) => Entry;

export interface Reach {
  /** Everything below as well. */
  readonly recursive?: boolean;
  /** Only entries of this kind. */
  readonly kind?: "file" | "dir";
  /** Do not follow a link at the end of the path. */
  readonly keepLink?: boolean;
  /** The folder itself stays as it is. */
  readonly onlyBelow?: boolean;
}

export const absolute = (operand: string, state: State): string => normalise(operand, state.cwd);

/** Changes everything that `path` names, and notes doubt where it may name more. */
export function change(state: State, context: Context, named: string, given: Reach, how: Change): void {
  const path = named.endsWith(FILES) ? named.slice(0, -1) : named;
  const reach: Reach = named.endsWith(FILES) ? { ...given, kind: "file" } : named.endsWith(DIRS) ? { ...given, kind: "dir" } : given;
  const real = resolveLinks(state.files, path, reach.keepLink);
  const own = reach.onlyBelow ? { certain: [], possible: [] } : select(state.files, real);
  if (!reach.onlyBelow && own.certain.length === 0) own.certain.push(...introduce(state, context, real, reach));
  const inside = reach.recursive ? contents(state, context, real) : { certain: [], possible: [] };
  const fits = (entry: Entry): boolean => reach.kind === undefined || entry.kind === reach.kind || entry.kind === "any";
  const stamped: Change = (entry) => ({ ...how(entry), time: tick(context), place: context.place });
  for (const key of new Set([...own.certain, ...inside.certain])) {
    update(state, key, (e) =>
      e.kind === "absent" || e.kind === "link" ? revive(e, reach, context, stamped, key === real) : fits(e) ? stamped(e) : e,
    );
  }
  for (const key of new Set([...own.possible, ...inside.possible])) {
    if (isPattern(key)) continue; // the pattern that was just introduced says it better
    const before = state.files.entries.get(key) ?? [];
    const doubt = `${show(real)} may name it`;
    const after = before.filter((e) => e.kind !== "absent" && fits(e)).map((e): Entry => ({ ...stamped(e), doubt }));
    state.files.entries.set(key, joinEntries(before, after));
  }
}

/** A path that is acted upon by name exists then. */
function revive(entry: Entry, reach: Reach, context: Context, how: Change, named: boolean): Entry {
  if (entry.kind === "link") return entry;
  return named ? how({ ...unknownFile(context), kind: reach.kind ?? "any" }) : entry;
}

export function update(state: State, key: string, how: Change): void {
  const before = state.files.entries.get(key) ?? [];
  state.files.entries.set(key, before.map(how));
}

/** Starts an entry for a path nobody mentioned before. A glob gets one for Python files as well: they have a rule of their own. */
function introduce(state: State, context: Context, path: string, reach: Reach): string[] {
  if (isSystemFolder(path) && reach.recursive !== true) return [];
  const kind = reach.recursive && !isPattern(path) ? "dir" : (reach.kind ?? "any");
  const base: Entry = { ...unknownFile(context), kind, secret: isSecretPath(path) };
  const keys = isPattern(path) && kind !== "dir" && /[\uE000\uE004]$/u.test(path) ? [path, `${path}.py`] : [path];
  for (const key of keys) state.files.entries.set(key, [key.endsWith(".py") ? { ...base, kind: "file" } : base]);
  return keys;
}

const isSystemFolder = (path: string): boolean => /^\/(dev|proc|sys)\//u.test(path);

function contents(state: State, context: Context, folder: string): { certain: string[]; possible: string[] } {
  const known = state.files.entries.has(`${folder}/${DEEP}`);
  if (!known) populate(state, folder, unknownFile(context), UNTOUCHED, UNTOUCHED);
  return below(state.files, folder);
}

/** Many files of unknown names appear below a folder. @param content what stands for the text of each, where something is known of it */
export function populate(state: State, folder: string, base: Entry, files: Mode, folders: Mode, content?: string): void {
  const rest: Entry = { ...base, content };
  const put = (key: string, entry: Entry): void => {
    const before = state.files.entries.get(key);
    state.files.entries.set(key, before && base.time === 0 ? before : [entry]);
  };
  put(`${folder}/${DEEP}.py`, { ...rest, kind: "file", mode: files });
  put(`${folder}/${DEEP}`, { ...rest, kind: "file", mode: files });
  put(`${folder}/${DEEP}${DIRS}`, { ...rest, content: undefined, kind: "dir", mode: folders });
}

/**
 * Files of an archive, a checkout or a bucket arrive below a folder. Their modes are not known; archives are taken to hold
 * nothing that group or others may write, as git and release bundles never do.
 */
export function unpack(
  state: State,
  context: Context,
  folder: string,
  options: { wanted?: Mode; folders?: Mode; owner?: string; content?: string } = {},
): void {
  const wanted = options.wanted ?? masked({ set: 0o400, may: 0o755 }, state.umask);
  const folders = options.folders ?? masked({ set: 0o700, may: 0o755 }, state.umask);
  const owner = options.owner === undefined ? { owner: state.user, group: state.user } : { owner: options.owner, group: options.owner };
  const real = resolveLinks(state.files, folder);
  if (obeysAnyFile(real, context.home))
    context.record.unclear.push({
      what: `what is unpacked or copied over ${show(real === "" ? "/" : real)}: files of any name`,
      place: context.place,
    });
  populate(state, real, { ...newFile(state, context), ...owner }, wanted, folders, options.content);
}

/** Makes one file, replacing what was there. */
export function place(state: State, context: Context, path: string, entry: Entry): void {
  const real = resolveLinks(state.files, path, entry.kind === "link");
  const secret = entry.kind === "file" && (isSecretPath(real) ? isSecretFile(real, entry.content) : entry.secret);
  const made: Entry = { ...entry, secret };
  state.files.entries.set(real, [made]);
  if (entry.kind === "file" && entry.content !== "") {
    context.record.written.push({
      path: real,
      entries: [made],
      content: entry.content ?? "",
      sheltered: isSheltered(state.files, real),
      place: context.place,
    });
  }
}

/** Folders made on the way (`mkdir -p`, `install -D`): only those below a home, `/opt/x` or the like can be new. */
export function makeFolders(state: State, context: Context, path: string, last: Mode, owner?: { owner?: string; group?: string }): void {
  const real = resolveLinks(state.files, path);
  const owned = { owner: state.user, group: state.user };
  for (const folder of ancestors(real)) {
    if (folder === real || state.files.entries.has(folder) || folder.split("/").length < 4) continue;
    state.files.entries.set(folder, [{ ...newFile(state, context), ...owned, kind: "dir", mode: masked(exactly(0o777), state.umask) }]);
  }
  const before = state.files.entries.get(real);
  if (before && owner === undefined && !before.every((e) => e.kind === "absent")) return;
  state.files.entries.set(real, [{ ...newFile(state, context), ...owned, ...owner, kind: "dir", mode: last }]);
}

const ancestors = (path: string): string[] =>
  path
    .split("/")
    .map((_, i, parts) => parts.slice(0, i + 1).join("/"))
    .filter((p) => p !== "");

/** Takes a path and everything below it away. */
export function remove(state: State, context: Context, path: string): void {
  const real = resolveLinks(state.files, path, true);
  const { certain } = select(state.files, real);
  const gone: Entry = { ...unknownFile(context), kind: "absent", time: tick(context) };
  for (const key of [...certain, ...below(state.files, real).certain]) {
    if (isPattern(key)) state.files.entries.delete(key);
    else state.files.entries.set(key, [gone]);
  }
  if (!isPattern(real) && holesOf(real).length === 0) state.files.entries.set(real, [gone]);
}

/** Where a copy of `source` lands when `target` may be a folder. */
export function destination(state: State, source: string, target: string, plainFile: boolean, replacesLinks: boolean): string {
  const named = absolute(target, state);
  if (/^\/dev\/[^/]+$/u.test(named)) return named;
  if (plainFile) return resolveLinks(state.files, named, replacesLinks);
  const real = resolveLinks(state.files, named);
  const entries = state.files.entries.get(real);
  const isFolder =
    target.endsWith("/") ||
    (entries?.every((e) => e.kind === "dir") ??
      (!isNewFolder(state, parentOf(real)) && !ONE_FILE.test(real) && looksLikeFolder(target, source)));
  return isFolder ? `${real === "/" ? "" : real}/${nameOf(absolute(source, state))}` : resolveLinks(state.files, named, replacesLinks);
}

/** Folders of which every file has a name without a suffix: sudo and run-parts skip others. */
const ONE_FILE = /^\/etc\/(sudoers\.d|cron\.\w+|logrotate\.d|update-motd\.d|init\.d|default|pam\.d)\/[^/]+$/u;

/** In a folder that was just made nothing is there yet that nobody has seen. */
const isNewFolder = (state: State, folder: string): boolean =>
  state.files.entries.get(folder)?.every((e) => e.kind === "dir" && e.time > 0) === true && !state.files.entries.has(`${folder}/${DEEP}`);

/** An unknown target without a suffix is a folder when the source has one (`cp app.py /home/x/app`). */
function looksLikeFolder(target: string, source: string): boolean {
  const last = nameOf(mapHoles(target, () => "x"));
  const from = nameOf(mapHoles(source, () => "x"));
  if (from.includes(STAR) || /^(\.|\.\.|)$/u.test(last)) return true;
  return from.includes(".") && !last.includes(".") && !from.startsWith("tmp.");
}

/** Carries every entry at and below `from` over to `to`. */
export function transfer(state: State, from: string, to: string, how: Change): boolean {
  const moved = [...state.files.entries].filter(([path]) => isWithin(path, from));
  for (const [path, entries] of moved) state.files.entries.set(to + path.slice(from.length), entries.map(how));
  return moved.length > 0;
}

export { parentOf };
