/**
 * What is known of a host's files. Each path has the states it can be in; a path that is not listed was never mentioned.
 * A path may be a pattern (`/home/x/app/**` + `.py`): then the entry stands for every such file.
 */
import { CowMap, keysThatDiffer } from "./cow-map";
import { joinModes, sameMode } from "./mode";
import type { Mode } from "./mode";
import { isPattern, isWithin, normalise, parentOf, relatedTo } from "./paths";
import { DEEP, holesOf } from "./text";
import { compared } from "./work";

/** Where a change was written: a resource, one of its properties, and the line of that text. */
export interface Place {
  readonly urn: string;
  readonly part: string;
  readonly line: number;
  /** The line on which the script begins, where it is a part of that text. @default 1 */
  readonly start?: number;
  /** The resource that runs the script, where that is not the one in which it is written. */
  readonly runBy?: string;
}

export type Kind = "file" | "dir" | "any" | "link" | "absent";

/** One state a path can be in. Owner, group and content are undefined where they are not known. */
export interface Entry {
  readonly kind: Kind;
  readonly mode: Mode;
  readonly owner?: string;
  readonly group?: string;
  readonly content?: string;
  /** Where a link leads (absolute). */
  readonly target?: string;
  /** Holds, or may hold, a secret. */
  readonly secret: boolean;
  /** Nobody was seen to bring the file: it is only acted upon. */
  readonly presumed?: boolean;
  /** Set when it is not certain that this state can come about, with the reason. */
  readonly doubt?: string;
  /** When mode or owner was last set. */
  readonly time: number;
  readonly place: Place;
}

/** Text that could not be followed ran at `time`: what was set before that may be different now. */
export interface Fog {
  readonly time: number;
  readonly reason: string;
  readonly place: Place;
}

export interface Files {
  entries: CowMap<string, readonly Entry[]>;
  fog?: Fog;
}

export const noFiles = (): Files => ({ entries: CowMap.from() });
export const cloneFiles = (files: Files): Files => ({ entries: files.entries.copy(), ...(files.fog ? { fog: files.fog } : {}) });

const MOST_STATES = 8;

const sameEntry = (a: Entry, b: Entry): boolean =>
  a === b ||
  (a.kind === b.kind &&
    sameMode(a.mode, b.mode) &&
    a.owner === b.owner &&
    a.group === b.group &&
    a.content === b.content &&
    a.target === b.target &&
    a.secret === b.secret &&
    a.doubt === b.doubt &&
    a.presumed === b.presumed);

/** Every state of both, without doubles. Too many states become one wide one. */
export function joinEntries(a: readonly Entry[], b: readonly Entry[]): readonly Entry[] {
  const all = [...a];
  for (const entry of b) {
    const index = all.findIndex((other) => sameEntry(other, entry));
    const same = all[index];
    if (!same) all.push(entry);
    else if (same.time < entry.time) all[index] = entry;
  }
  return all.length <= MOST_STATES ? all : [all.reduce(widen)];
}

function widen(a: Entry, b: Entry): Entry {
  const { owner, group, content, ...rest } = a;
  return {
    ...rest,
    kind: a.kind === b.kind ? a.kind : "any",
    mode: joinModes(a.mode, b.mode),
    ...(owner !== undefined && owner === b.owner ? { owner } : {}),
    ...(group !== undefined && group === b.group ? { group } : {}),
    ...(content !== undefined && content === b.content ? { content } : {}),
    secret: a.secret || b.secret,
    time: Math.max(a.time, b.time),
  };
}

/** A path that only one side knows was not touched on the other: there it is as it was, which on a new host is absent. */
export function joinFiles(a: Files, b: Files): Files {
  const joined = cloneFiles(a);
  const fog = (a.fog?.time ?? 0) >= (b.fog?.time ?? 0) ? a.fog : b.fog;
  if (fog) joined.fog = fog;
  if (a.entries.sameAs(b.entries)) return joined;
  const missing = (entries: readonly Entry[]): readonly Entry[] =>
    joinEntries(
      entries,
      entries.slice(0, 1).map((e): Entry => ({ kind: "absent", mode: e.mode, secret: false, time: e.time, place: e.place })),
    );
  for (const path of keysThatDiffer(a.entries, b.entries)) {
    const [mine, other] = [a.entries.get(path), b.entries.get(path)];
    if (mine !== other) joined.entries.set(path, mine && other ? joinEntries(mine, other) : missing(mine ?? other ?? []));
  }
  return joined;
}

/** Follows links in the path's folders and, unless `keepLast`, at its end. Stops after 20 links (loops). */
export function resolveLinks(files: Files, path: string, keepLast = false): string {
  let current = path;
  for (let hops = 0; hops < 20; hops += 1) {
    const link = firstLink(files, current, keepLast);
    if (!link) return current;
    current = normalise(`${link.target}${current.slice(link.path.length)}`, parentOf(link.path));
  }
  return current;
}

function firstLink(files: Files, path: string, keepLast: boolean): { path: string; target: string } | undefined {
  for (let end = path.indexOf("/", 1); ; end = path.indexOf("/", end + 1)) {
    const prefix = end < 0 ? path : path.slice(0, end);
    if (end < 0 && keepLast) return undefined;
    const link = files.entries.get(prefix)?.find((e) => e.kind === "link");
    if (link?.target !== undefined && link.target !== prefix) return { path: prefix, target: link.target };
    if (end < 0) return undefined;
  }
}

/** Listed paths that a pattern names for certain, and those it may name. */
export function select(files: Files, pattern: string): { certain: string[]; possible: string[] } {
  if (!isPattern(pattern) && holesOf(pattern).every((h) => h.kind === "fresh"))
    return { certain: files.entries.has(pattern) ? [pattern] : [], possible: [] };
  // What is reached through a link as well is named once.
  const certain = new Set<string>();
  const possible = new Set<string>();
  for (const one of throughLinks(files, pattern)) {
    const relate = relatedTo(one);
    compared(files.entries.weight);
    for (const path of files.entries.keys()) {
      const related = relate(path);
      if (related === "covers") certain.add(path);
      else if (related === "overlaps") possible.add(path);
    }
  }
  return { certain: [...certain], possible: [...possible].filter((path) => !certain.has(path)) };
}

const MOST_LINKS = 8;

/** The pattern, and what it is where a folder that it names by a wildcard is a link: the star of a-star/.env may stand for one. */
function throughLinks(files: Files, pattern: string): readonly string[] {
  const at = pattern.search(/[\uE000\uE001\uE008]/u);
  const end = at < 0 ? -1 : pattern.indexOf("/", at);
  if (end < 0) return [pattern];
  const folder = pattern.slice(0, end);
  const relate = relatedTo(folder);
  const found = [pattern];
  for (const [path, entries] of files.entries) {
    const target = entries.find((e) => e.kind === "link")?.target;
    if (target === undefined || found.length > MOST_LINKS || relate(path) !== "covers") continue;
    const real = `${resolveLinks(files, path)}${pattern.slice(end)}`;
    found.push(...throughLinks(files, real));
  }
  return found;
}

/** Listed paths below a folder (which may be a pattern), without the folder itself. */
export const below = (files: Files, folder: string): { certain: string[]; possible: string[] } => {
  if (isPattern(folder) || holesOf(folder).some((h) => h.kind !== "fresh")) return select(files, `${folder}/${DEEP}`);
  compared(files.entries.weight);
  return { certain: [...files.entries.keys()].filter((path) => path !== folder && isWithin(path, folder)), possible: [] };
};

/** Whether the path exists: undefined where that is open. */
export function exists(files: Files, path: string): boolean | undefined {
  const entries = files.entries.get(resolveLinks(files, path));
  if (!entries || isPattern(path)) return undefined;
  if (entries.every((e) => e.kind === "absent")) return false;
  return entries.every((e) => e.kind !== "absent") ? true : undefined;
}
