/** Modules that lie in the application's folder and are left out of what the hosts get: on the author's machine the import works. */
import { isWellKnown } from "./imports";
import { leftOutModule, leftOutWords } from "./left-out-files";
import { bringsOf } from "./packages";
import { normalized, type Requirement } from "./requirements";
import type { Imported } from "./syntax";
import { textOf, type AppTree } from "./tree";

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

/** One sentence for each module that no package is known to bring, and of which something is to be said. */
function ofEach(requirements: readonly Requirement[], imported: readonly Imported[], said: (top: string) => string | undefined): string[] {
  const brought = new Set(requirements.flatMap(bringsOf));
  const tops = imported.map(({ name, ...place }) => ({ ...place, top: name.split(".", 1)[0] ?? "" }));
  const first = tops.filter(({ top }, index) => tops.findIndex((one) => one.top === top) === index);
  return first.flatMap(({ path, line, top }) => {
    const text = brought.has(normalized(top)) || isWellKnown(top) ? undefined : said(top);
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
