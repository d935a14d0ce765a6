/** Modules that lie in the application's folder and are left out of what the hosts get: on the author's machine the import works. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { neverPacked } from "./ignored";
import { isWellKnown } from "./imports";
import { bringsOf } from "./packages";
import { normalized, type Requirement } from "./requirements";
import type { Imported } from "./syntax";
import type { AppTree } from "./tree";

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

/** The end of a sentence about a file that is left out. */
export function leftOutWords(tree: AppTree, file: string): string {
  return `is left out of the application by .gitignore or app.exclude, so the service could not start; add ${patterns(tree, file)} at the end of app.exclude`;
}

/** The file on this machine's disk by which Python finds a module that the application does not have. */
export function leftOutModule(tree: AppTree, name: string): string | undefined {
  const parts = name.split(".");
  const places = ["", "src/"].flatMap((root) =>
    parts.flatMap((_, index) => {
      const path = `${root}${parts.slice(0, index + 1).join("/")}`;
      return [`${path}/__init__.py`, `${path}.py`];
    }),
  );
  return places.find((path) => isLeftOut(tree, path));
}

function isLeftOut(tree: AppTree, path: string): boolean {
  if (tree.entries.some((entry) => entry.path === path) || path.split("/").some(neverPacked)) return false;
  return statSync(join(tree.root, path), { throwIfNoEntry: false })?.isFile() === true;
}

/** What brings a file back. Of a folder that is left out as a whole no file is asked for, so the folder comes first. */
function patterns(tree: AppTree, file: string): string {
  const parts = file.split("/");
  const folders = parts.slice(0, -1).map((_, index) => `${parts.slice(0, index + 1).join("/")}/`);
  const folder = folders.find((one) => !tree.entries.some(({ path }) => path.startsWith(one)));
  return folder === undefined ? `"!${file}"` : `"!${folder}" and "!${folder}**"`;
}
