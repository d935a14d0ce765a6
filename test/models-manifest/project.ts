import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Manifest } from "../../models-manifest/manifest";
import { ensureSampleModels } from "../../models-manifest/sample-models";

/** The repository's own root. */
export const ROOT = resolve(__dirname, "../..");

/** The committed sample manifest. */
export const sampleManifest = (): Manifest => JSON.parse(readFileSync(join(ROOT, "models-manifest/sample.json"), "utf8")) as Manifest;

export interface Project {
  readonly root: string;
  /** Writes `manifest.json` with any content, also a wrong one. */
  readonly write: (manifest: unknown) => void;
  readonly remove: () => void;
}

// Once a test file. Training takes a second: what preview:offline keeps in .cache is as good, as long as it is the manifest's.
let made: string | undefined;
afterAll(() => {
  if (made !== undefined) rmSync(made, { recursive: true, force: true });
});

/** A folder with nothing but the sample models, in the places that the manifest gives them. */
export function sampleFiles(): string {
  if (made === undefined) {
    made = mkdtempSync(join(tmpdir(), "models-made-"));
    const manifest = sampleManifest();
    ensureSampleModels(manifest, ROOT);
    for (const { path, sha256 } of manifest.files) {
      const bytes = readFileSync(join(ROOT, path));
      if (createHash("sha256").update(bytes).digest("hex") !== sha256) continue;
      mkdirSync(dirname(join(made, path)), { recursive: true });
      writeFileSync(join(made, path), bytes);
    }
    ensureSampleModels(manifest, made);
  }
  return made;
}

/** A folder with the sample models in it and the sample manifest as `manifest.json`. */
export function sampleProject(): Project {
  const root = mkdtempSync(join(tmpdir(), "models-"));
  const write = (manifest: unknown): void => writeFileSync(join(root, "manifest.json"), JSON.stringify(manifest));
  cpSync(sampleFiles(), root, { recursive: true });
  write(sampleManifest());
  return { root, write, remove: () => rmSync(root, { recursive: true, force: true }) };
}
