import { writeAtomically } from "./files";
import type { Manifest } from "./manifest";

/** A manifest as text: keys in the schema's order, files sorted by name, so that a change of one file is a change of a few lines. */
export function formatManifest(manifest: Manifest): string {
  const files = [...manifest.files]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, sha256, size, required, role, format }) => ({ path, sha256, size, required, role, format }));
  const runtime = Object.fromEntries(Object.entries(manifest.runtime).sort(([a], [b]) => (a < b ? -1 : 1)));
  const { $schema, release, generated, checks } = manifest;
  const imports = manifest.imports === undefined || manifest.imports.length === 0 ? undefined : [...manifest.imports].sort();
  return `${JSON.stringify({ $schema, release, generated, runtime, imports, checks, files }, null, 2)}\n`;
}

/** Writes a manifest so that a reader sees the old or the new one, never a part. */
export function writeManifest(path: string, manifest: Manifest): void {
  writeAtomically(path, [Buffer.from(formatManifest(manifest))]);
}
