/** Files of the application's folder that are left out of what the hosts get, by the name of the module that Python would find in them. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { neverPacked } from "./ignored";
import { statsAt } from "./stats-at";
import type { AppTree } from "./tree";

/** The end of a sentence about a file that is left out. */
export function leftOutWords(tree: AppTree, file: string, so = "so the service could not start"): string {
  return `is left out of the application by .gitignore or app.exclude, ${so}; add ${patterns(tree, file)} at the end of app.exclude`;
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

/** A file, or a folder with something in it, that lies on this machine's disk and that the application does not have. */
export function leftOutFile(tree: AppTree, path: string): string | undefined {
  if (isLeftOut(tree, path)) return path;
  const folder = join(tree.root, path);
  const packed = path.split("/").some(neverPacked) || tree.entries.some((entry) => entry.path.startsWith(`${path}/`));
  const isFull = !packed && statsAt(folder)?.isDirectory() === true && readdirSync(folder).length > 0;
  return isFull ? `${path}/` : undefined;
}

function isLeftOut(tree: AppTree, path: string): boolean {
  if (tree.entries.some((entry) => entry.path === path) || path.split("/").some(neverPacked)) return false;
  return statsAt(join(tree.root, path))?.isFile() === true;
}

/** What brings a file back. Of a folder that is left out as a whole no file is asked for, so the folder comes first. */
function patterns(tree: AppTree, file: string): string {
  const parts = file.split("/");
  const folders = parts.slice(0, -1).map((_, index) => `${parts.slice(0, index + 1).join("/")}/`);
  const folder = folders.find((one) => !tree.entries.some(({ path }) => path.startsWith(one)));
  return folder === undefined ? `"!${file}"` : `"!${folder}" and "!${folder}**"`;
}
