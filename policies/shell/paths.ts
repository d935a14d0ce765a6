/** Paths as abstract strings: normal form, and which paths a pattern certainly or possibly names. */
import { DEEP, DIRS, FILES, holesOf, mapHoles, QUESTION, SET_OPEN, STAR } from "./text";

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

/** Whether `path` is `folder` or lies below it. */
export const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);

/** A pattern stands for more than one path. */
export const isPattern = (path: string): boolean =>
  path.includes(STAR) || path.includes(QUESTION) || path.includes(SET_OPEN) || path.includes(DEEP);

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/gu, "\\$&");

function regexOf(pattern: string, holes: "literal" | "anything"): RegExp {
  const opened = holes === "literal" ? pattern : mapHoles(pattern, (h) => (h.kind === "fresh" ? h.label : DEEP));
  const source = escape(opened)
    .replaceAll(STAR, "[^/]*")
    .replaceAll(QUESTION, "[^/]")
    .replace(/\uE008[^\uE009]*\uE009/gu, "[^/]")
    .replaceAll(DEEP, ".*")
    .replaceAll(DIRS, "")
    .replaceAll(FILES, "");
  return new RegExp(`^${source}$`, "su");
}

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
  literal?: RegExp;
  anything?: RegExp;
}

const shapes = new Map<string, Shape>();
function shapeOf(path: string): Shape {
  const known = shapes.get(path);
  if (known) return known;
  const holes = holesOf(path);
  const shape: Shape = {
    start: /^[^\uE000-\uE00A]*/u.exec(path)?.[0] ?? "",
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
    if ((own.literal ??= regexOf(pattern, "literal")).test(key)) return "covers";
    if ((own.anything ??= regexOf(pattern, "anything")).test(other.filled)) return "overlaps";
    return (other.anything ??= regexOf(key, "anything")).test(own.filledAlike) ? "overlaps" : "apart";
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

/**
 * Whether a text matches a glob (plain text) as `find -name`, `case` and `[[ = ]]` use it. `across`: a star takes slashes
 * too, as in `case`.
 */
export function globMatches(glob: string, name: string, across = false): boolean {
  if (!/[*?[]/u.test(glob)) return glob === name;
  const any = across ? "." : "[^/]";
  const source = glob.replace(
    /\*|\?|\[([!^]?)((?:\[:\w+:\]|\]?[^\]])+)\]|[\s\S]/gu,
    (token: string, not: string | undefined, set: string | undefined) => {
      if (token === "*") return `${any}*`;
      if (token === "?") return any;
      if (set === undefined) return escape(token);
      const inside = set.replace(/\[:(\w+):\]|[\\\]^[]/gu, (part, name: string | undefined) =>
        name === undefined ? `\\${part}` : (CLASSES[name] ?? ""),
      );
      return `[${not ? "^" : ""}${inside}]`;
    },
  );
  try {
    return new RegExp(`^${source}$`, "su").test(name);
  } catch {
    return glob === name;
  }
}
