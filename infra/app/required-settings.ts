/** Settings without which an application ends at once: those that it reads with no way out. Pure, apart from the tree. */
import { textOf, type AppTree } from "./tree";

/** `os.environ["NAME"]` raises where NAME is missing; `.get` and `getenv` do not. An assignment or a `del` reads nothing. */
const READ = /\benviron\[\s*["']([A-Za-z_]\w*)["']\s*\](?!\s*=[^=])/g;
/** What the hosts set themselves, and what every process has. */
const GIVEN = ["UPSTREAM_URL", "MODEL_PATH", "PATH", "HOME", "USER", "LANG", "PWD", "TMPDIR"];

export function requiredSettings(tree: AppTree): string[] {
  const files = tree.entries.filter(({ path }) => path.endsWith(".py") && !/(^|\/)(tests?|docs|examples?)\//.test(path));
  const names = files.flatMap(({ path }) => [...(textOf(tree, path) ?? "").matchAll(READ)].map(([, name = ""]) => name));
  return [...new Set(names)].filter((name) => !GIVEN.includes(name)).sort();
}
