/** What decides a result beside what it is made of: the pack's own text, the packages that read scripts for it, and Node. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const PACK = join(__dirname, "..");
/** Files of packages, which nobody edits: any other version has another size or time. */
const PACKAGES = ["web-tree-sitter", "web-tree-sitter/web-tree-sitter.wasm", "tree-sitter-bash/tree-sitter-bash.wasm", "yaml"];

let known: string | undefined;

/** Another text of any source, package or Node is another digest. Taken once a process. */
export function digestOfSources(): string {
  return (known ??= digest());
}

function digest(): string {
  const hash = createHash("sha256").update(`${process.version}\0`);
  for (const name of PACKAGES) {
    const file = require.resolve(name);
    const { size, mtimeMs } = statSync(file);
    hash.update(`${name}\0${file}\0${String(size)}\0${String(mtimeMs)}\0`);
  }
  for (const file of sources("")) {
    const text = readFileSync(join(PACK, file));
    hash.update(`${file}\0${String(text.length)}\0`).update(text);
  }
  return hash.digest("hex");
}

function sources(folder: string): string[] {
  return readdirSync(join(PACK, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((one) => {
      const path = join(folder, one.name);
      if (one.isDirectory()) return one.name === "node_modules" ? [] : sources(path);
      return /\.[jt]s$/u.test(one.name) ? [path] : [];
    });
}
