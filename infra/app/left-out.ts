/** Modules that lie in the application's folder and are left out of what the hosts get: on the author's machine the import works. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { isWellKnown } from "./imports";
import { leftOutModule, leftOutWords } from "./left-out-files";
import { bringsOf } from "./packages";
import { normalized, type Requirement } from "./requirements";
import { statsAt } from "./stats-at";
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

/** Imports of what lies beside the application in its repository, as libraries of a monorepo do: a host gets the application's folder alone. */
export function outsideImports(tree: AppTree, requirements: readonly Requirement[], imported: readonly Imported[]): string[] {
  // An installation from a file or an address may bring any module.
  if (requirements.some(({ url }) => url !== undefined)) return [];
  const named = requirements.map(({ name = "" }) => name);
  let folders: readonly string[] | undefined;
  const outside = ofEach(requirements, imported, (top, importer) => {
    if (named.some((name) => name.includes(normalized(top)) || normalized(top).includes(name))) return undefined;
    folders ??= librariesAround(tree.root);
    const found = folders.flatMap((folder) => [join(folder, top, "__init__.py"), join(folder, `${top}.py`)]).find((file) => isFileAt(file));
    if (found === undefined) return undefined;
    const place = relative(tree.root, found).split(sep).join("/");
    // A package that nobody knows may bear the name as well: what is taken of it has to be there.
    const taken = imported.flatMap(({ name, path }) => (path === importer && name.startsWith(`${top}.`) ? [name.split(".")[1] ?? ""] : []));
    return taken.every((name) => hasName(found, name))
      ? `which lies at ${place}, outside of the application's folder, and the hosts get that folder alone, so the service could not start; copy it into the folder, give the folder above both as app.path, or build a wheel of it (pip wheel --no-deps), put that into the folder and name it in the requirements`
      : undefined;
  });
  return outside.length > 0 && addsToPath(tree) ? [] : outside;
}

const isFileAt = (file: string): boolean => statsAt(file)?.isFile() === true;

function hasName(file: string, name: string): boolean {
  const beside = [`${name}.py`, join(name, "__init__.py")].map((one) => join(dirname(file), one));
  return (file.endsWith("__init__.py") && beside.some(isFileAt)) || new RegExp(`\\b${name}\\b`).test(readFileSync(file, "utf8"));
}

/** Folders of the application's repository in which libraries lie: those above it, what is in these, and `src` of that. None without a repository. */
function librariesAround(root: string): string[] {
  const above: string[] = [];
  const isTop = (folder: string): boolean => statsAt(join(folder, ".git")) !== undefined;
  for (let folder = root; !isTop(folder); above.push(folder)) {
    if (folder === dirname(folder) || above.length >= MOST_ABOVE) return [];
    folder = dirname(folder);
  }
  return above.flatMap((one) => [one, ...foldersIn(one).flatMap((inner) => [inner, ...foldersIn(inner)])]);
}

const MOST_ABOVE = 4;
const MOST_FOLDERS = 100;

function foldersIn(folder: string): string[] {
  const found = readdirSync(folder, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !/^\.|^(node_modules|venv|env|dist|build)$/.test(entry.name),
  );
  return found.length > MOST_FOLDERS ? [] : found.map(({ name }) => join(folder, name));
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
