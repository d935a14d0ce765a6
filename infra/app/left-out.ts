/** Modules that lie in the application's folder and are left out of what the hosts get: on the author's machine the import works. */
import { isWellKnown } from "./imports";
import { leftOutModule, leftOutWords } from "./left-out-files";
import { bringsOf } from "./packages";
import { normalized, type Requirement } from "./requirements";
import type { Imported } from "./syntax";
import { contentOf, foldersAbove, plainFiles, textOf, type AppTree } from "./tree";

/** Imports that a submodule would have which was not fetched. */
export function submoduleImports(tree: AppTree, requirements: readonly Requirement[], imported: readonly Imported[]): string[] {
  const paths = [...(textOf(tree, ".gitmodules") ?? "").matchAll(/^\s*path\s*=\s*(\S+)\s*$/gm)].map(([, path = ""]) => path);
  return ofEach(requirements, imported, (top) => {
    const found = paths.find((path) => topOf(path) === top);
    return found === undefined
      ? undefined
      : `and the submodule ${found} is empty here, so the service could not start; run \`git submodule update --init\` in the application's folder`;
  });
}

/** Imports of what has other letters in the folder: some file systems take them for the same. A package may bear that name as well. */
export function otherLetters(tree: AppTree, requirements: readonly Requirement[], imported: readonly Imported[]): string[] {
  const own = new Map(tree.entries.map(({ path }) => topOf(path)).map((name) => [name.toLowerCase(), name]));
  return ofEach(requirements, imported, (top) => {
    const other = own.get(top.toLowerCase());
    return other === undefined || other === top
      ? undefined
      : `and the folder has ${other}, which is another name on Linux; write the same letters in both places, unless a package brings ${top}`;
  });
}

/** Imports of what lies in a folder of the application that Python does not look into: beside a program it does, and uvicorn starts at the folder's top. */
export function deeperImports(tree: AppTree, requirements: readonly Requirement[], imported: readonly Imported[]): string[] {
  const paths = new Set(tree.entries.map(({ path }) => path));
  const named = requirements.map(({ name = "" }) => name);
  const deeper = ofEach(requirements, imported, (top, importer) => {
    // The nearest first.
    const found = foldersAbove(importer)
      .reverse()
      .filter((folder) => folder !== "src")
      .flatMap((folder) => [`${folder}/${top}.py`, `${folder}/${top}/__init__.py`])
      .find((path) => paths.has(path));
    if (found === undefined || found === importer || named.some((name) => name.includes(normalized(top)))) return undefined;
    // A package that is not known may bear the name as well: what is taken of it has to be there.
    const taken = imported.flatMap(({ name, path }) => (path === importer && name.startsWith(`${top}.`) ? [name.split(".")[1] ?? ""] : []));
    const place = found.replace(/(\/__init__)?\.py$/, "");
    const text = textOf(tree, found) ?? "";
    const has = (name: string): boolean =>
      new RegExp(`\\b${name}\\b`).test(text) || paths.has(`${place}/${name}.py`) || paths.has(`${place}/${name}/__init__.py`);
    return taken.every(has) ? `which lies at ${found}, ${instead(place)}` : undefined;
  });
  return deeper.length > 0 && addsToPath(tree) ? [] : deeper;
}

/** Whoever adds to Python's path may look anywhere. Every file is read for that. */
function addsToPath(tree: AppTree): boolean {
  const code = plainFiles(tree).filter(({ path }) => path.endsWith(".py"));
  return code.some((file) => /\bsys\.path\b|\bsite\.addsitedir\b/.test(contentOf(tree, file).toString("utf8")));
}

function instead(place: string): string {
  const folder = place.split("/").slice(0, -1).join("/");
  const dotted = place.replace(/^src\//, "").split("/");
  const write = dotted.every((part) => /^[A-Za-z_]\w*$/.test(part)) ? `write ${dotted.join(".")} in its place, or ` : "";
  return `and Python looks at the top of the application's folder (and in src/) alone, so the service could not start; ${write}give ${folder} as app.path, with its requirements and app.module`;
}

/** One sentence for each module that no package is known to bring, and of which something is to be said. */
function ofEach(
  requirements: readonly Requirement[],
  imported: readonly Imported[],
  said: (top: string, importer: string) => string | undefined,
): string[] {
  const brought = new Set(requirements.flatMap(bringsOf));
  const tops = imported.map(({ name, ...place }) => ({ ...place, top: name.split(".", 1)[0] ?? "" }));
  const first = tops.filter(({ top }, index) => tops.findIndex((one) => one.top === top) === index);
  return first.flatMap(({ path, line, top }) => {
    const text = brought.has(normalized(top)) || isWellKnown(top) ? undefined : said(top, path);
    return text === undefined ? [] : [`${path}, line ${line}: imports ${top}, ${text}`];
  });
}

/** The name by which Python imports the first part of a path. */
function topOf(path: string): string {
  return (path.replace(/^src\//, "").split("/", 1)[0] ?? "").replace(/\.py$/, "");
}

/**
 * @param tree of which nothing else has the imported names @param requirements packages whose modules may bear them
 * @returns one sentence for each module
 */
export function leftOutImports(tree: AppTree, requirements: readonly Requirement[], imported: readonly Imported[]): string[] {
  const brought = new Set(requirements.flatMap(bringsOf));
  const found = imported.flatMap(({ path, line, name }) => {
    const [top = ""] = name.split(".");
    const file = brought.has(normalized(top)) || isWellKnown(top) ? undefined : leftOutModule(tree, name);
    return file === undefined ? [] : [{ top, text: `${path}, line ${line}: imports ${top}, and ${file} ${leftOutWords(tree, file)}` }];
  });
  return found.filter(({ top }, index) => found.findIndex((one) => one.top === top) === index).map(({ text }) => text);
}
