/** Git's ignore patterns. Pure. */
import ignore from "ignore";

/** Does a `.gitignore` at the root ignore this path (a file, relative to the root)? */
export function isIgnored(gitignore: string, path: string): boolean {
  return ignore({ ignorecase: false }).add(gitignore).ignores(path);
}
