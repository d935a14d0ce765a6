/** Paths as abstract strings: normal form, and which paths a pattern certainly or possibly names. */
import { everything, matches, noSlash } from "../core/glob";
import type { Glob, Token } from "../core/glob";
import { DEEP, DIRS, FILES, holesOf, mapHoles, QUESTION, SET_OPEN, STAR } from "./text";
import { compared } from "./work";

/** Absolute, without `.`, `..`, doubled or trailing slashes. A path that begins with a hole counts as absolute. */
export function normalise(path: string, cwd: string): string {
  const rooted = path.startsWith("/") || (holesOf(path).length > 0 && /^\uE002/u.test(path)) ? path : `${cwd}/${path}`;
  const parts: string[] = [];
  for (const part of rooted.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  const body = parts.join("/");
  return /^\uE002/u.test(body) ? body : `/${body}`;
}

export const parentOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf("/"), 0)) || "/";
export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** Where units of the system stand; a unit in one of the first hides those of its name in the others. */
export const UNIT_FOLDERS: readonly string[] = ["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"].map(
  (folder) => `${folder}/systemd/system`,
);

/** What a drop-in of systemd belongs to: `x.service` of `/etc/systemd/system/x.service.d/a.conf`. */
export const dropInOf = (path: string): string | undefined => /\/([^/]+)\.d\/[^/]+\.conf$/u.exec(path)?.[1];

/** Whether `path` is `folder` or lies below it. */
export const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);

/** A pattern stands for more than one path. */
export const isPattern = (path: string): boolean =>
  path.includes(STAR) || path.includes(QUESTION) || path.includes(SET_OPEN) || path.includes(DEEP);

const ONE_OF_FOLDER: Token = { kind: "one", fits: noSlash };
const MANY_OF_FOLDER: Token = { kind: "any", fits: noSlash };
const MANY: Token = { kind: "any", fits: everything };
const TOKENS: Readonly<Record<string, Token>> = { [STAR]: MANY_OF_FOLDER, [QUESTION]: ONE_OF_FOLDER, [DEEP]: MANY };

function tokensOf(pattern: string, holes: "literal" | "anything"): Token[] {
  const opened = holes === "literal" ? pattern : mapHoles(pattern, (h) => (h.kind === "fresh" ? h.label : DEEP));
  const simple = opened
    .replace(/\uE008[^\uE008\uE009]*\uE009/gu, QUESTION)
    .replaceAll(DIRS, "")
    .replaceAll(FILES, "");
  return withoutDoubles([...simple].map((char) => TOKENS[char] ?? char));
}

/** Two stars in a row are one. */
const withoutDoubles = (tokens: readonly Token[]): Token[] =>
  tokens.filter((token, i) => typeof token === "string" || token.kind === "one" || token !== tokens[i - 1]);

/** What comparing needs to know of a path, found once: every path of a host is compared with every pattern. */
interface Shape {
  /** The text before the first character that stands for something else. */
  readonly start: string;
  /** Stands for several paths, or for one that is not known. */
  readonly isOpen: boolean;
  readonly hasHoles: boolean;
  /** With every hole filled in: names made on the host by their label, or all alike. */
  readonly filled: string;
  readonly filledAlike: string;
  literal?: Glob;
  anything?: Glob;
}

const shapes = new Map<string, Shape>();
function shapeOf(path: string): Shape {
  const known = shapes.get(path);
  if (known) return known;
  const holes = holesOf(path);
  const shape: Shape = {
    start: /^[^\uE000-\uE00B]*/u.exec(path)?.[0] ?? "",
    isOpen: isPattern(path) || holes.some((h) => h.kind !== "fresh"),
    hasHoles: holes.length > 0,
    filled: mapHoles(path, (h) => (h.kind === "fresh" ? h.label : "x")),
    filledAlike: mapHoles(path, () => "x"),
  };
  if (shapes.size > 20_000) shapes.clear();
  shapes.set(path, shape);
  return shape;
}

type Relation = "covers" | "overlaps" | "apart";

/**
 * How the paths that `pattern` stands for relate to those of `key`: it names all of them, may name some, or none.
 */
export const relation = (pattern: string, key: string): Relation => relatedTo(pattern)(key);

/** The same for many keys: what is asked of the pattern is asked once. */
export function relatedTo(pattern: string): (key: string) => Relation {
  const own = shapeOf(pattern);
  return (key) => {
    if (pattern === key) return "covers";
    const other = shapeOf(key);
    if (!own.start.startsWith(other.start) && !other.start.startsWith(own.start)) return "apart";
    if (!own.isOpen && !other.isOpen && !other.hasHoles) return "apart";
    if (matches((own.literal ??= tokensOf(pattern, "literal")), key, compared)) return "covers";
    if (matches((own.anything ??= tokensOf(pattern, "anything")), other.filled, compared)) return "overlaps";
    return matches((other.anything ??= tokensOf(key, "anything")), own.filledAlike, compared) ? "overlaps" : "apart";
  };
}

const CLASSES: Readonly<Record<string, string>> = {
  digit: "0-9",
  alpha: "A-Za-z",
  alnum: "A-Za-z0-9",
  upper: "A-Z",
  lower: "a-z",
  space: "\\s",
  blank: " \\t",
  xdigit: "0-9A-Fa-f",
  punct: "!-\\/:-@\\[-`{-~",
  print: " -~",
  graph: "!-~",
};

/** The pattern that a glob (plain text) is. `across`: a star takes slashes too, as in `case`, `[[ = ]]` and `${x#...}`. */
export function globOf(glob: string, across: boolean): Glob {
  const fits = across ? everything : noSlash;
  const tokens = [...glob.matchAll(/\*|\?|\[([!^]?)((?:\[:\w+:\]|\]?[^\][])+)\]|[\s\S]/gu)].map(([token, not, set]): Token => {
    if (token === "*") return across ? MANY : MANY_OF_FOLDER;
    if (token === "?") return { kind: "one", fits };
    return set === undefined ? token : { kind: "one", fits: setOf(set, not !== "") };
  });
  return withoutDoubles(tokens);
}

/** `[a-z[:digit:]_]`; a range that runs backwards holds nothing. */
function setOf(set: string, not: boolean): (char: string) => boolean {
  const source = set.replace(/\[:(\w+):\]|[\\\]^[]/gu, (part, name: string | undefined) =>
    name === undefined ? `\\${part}` : (CLASSES[name] ?? ""),
  );
  try {
    const one = new RegExp(`^[${source}]$`, "su");
    return (char) => one.test(char) !== not;
  } catch {
    return () => not;
  }
}

/** Whether a text matches a glob (plain text) as `find -name`, `case` and `[[ = ]]` use it. */
export function globMatches(glob: string, name: string, across = false): boolean {
  return /[*?[]/u.test(glob) ? matches(globOf(glob, across), name, compared) : glob === name;
}
