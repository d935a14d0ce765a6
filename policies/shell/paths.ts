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

const memo = new Map<string, RegExp>();
function cached(pattern: string, holes: "literal" | "anything"): RegExp {
  const key = `${holes[0] ?? ""}${pattern}`;
  let found = memo.get(key);
  if (!found) {
    if (memo.size > 5000) memo.clear();
    memo.set(key, (found = regexOf(pattern, holes)));
  }
  return found;
}

/**
 * How the paths that `pattern` stands for relate to those of `key`: it names all of them, may name some, or none.
 */
export function relation(pattern: string, key: string): "covers" | "overlaps" | "apart" {
  if (pattern === key) return "covers";
  const holes = holesOf(pattern).some((h) => h.kind !== "fresh");
  if (!holes && !isPattern(pattern) && !isPattern(key) && holesOf(key).length === 0) return "apart";
  if (cached(pattern, "literal").test(key)) return "covers";
  const target = mapHoles(key, (h) => (h.kind === "fresh" ? h.label : "x"));
  if (cached(pattern, "anything").test(target) || cached(key, "anything").test(mapHoles(pattern, () => "x"))) return "overlaps";
  return "apart";
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
