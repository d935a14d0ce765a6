/** Circles of imports among files: each file of one needs all others of it, so none of them can be read, tested or moved alone. */
import { dirname, join, normalize } from "node:path";
import { preProcessFile } from "typescript";

/**
 * The circles, each as its files in order of name. Imports of types count as well.
 * @param sources text by path; imports of other files are left out
 */
export function importCycles(sources: ReadonlyMap<string, string>): string[][] {
  const imports = new Map([...sources].map(([path, text]) => [path, importsOf(path, text, sources)]));
  const reached = new Map([...imports.keys()].map((path) => [path, reachable(path, imports)]));
  const left = new Set([...imports.keys()].sort());
  const cycles: string[][] = [];
  for (const path of left) {
    const around = [...left].filter((other) => reached.get(path)?.has(other) && reached.get(other)?.has(path));
    for (const other of around) left.delete(other);
    if (around.length > 0) cycles.push(around);
  }
  return cycles;
}

function importsOf(path: string, text: string, sources: ReadonlyMap<string, string>): string[] {
  return preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith("."))
    .flatMap((name) => {
      const base = normalize(join(dirname(path), name));
      return [`${base}.ts`, join(base, "index.ts")].filter((file) => sources.has(file));
    });
}

/** All files that a file imports, directly or through others; itself only where it is part of a circle. */
function reachable(start: string, imports: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set(imports.get(start));
  for (const path of found) for (const next of imports.get(path) ?? []) found.add(next);
  return found;
}
