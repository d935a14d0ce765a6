/** Modules that lie in the application's folder and are left out of what the hosts get: on the author's machine the import works. */
import { isWellKnown } from "./imports";
import { leftOutModule, leftOutWords } from "./left-out-files";
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
