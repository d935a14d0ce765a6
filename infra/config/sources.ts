/**
 * What the configuration points at on this machine: the application's folder and the models of the manifest.
 */
import * as path from "path";
import { loadManifest, ManifestError, readManifest, type LoadedManifest } from "../../models-manifest/manifest";
import { ensureSampleModels } from "../../models-manifest/sample-models";
import type { Sections } from "./structure";
import { buildBundle } from "../release/bundle";
import type { CodeSource } from "../release/types";

export interface Sources {
  readonly code: CodeSource;
  readonly models: LoadedManifest;
}

/** Reads both; every problem is added to `problems`, one line each, and what could not be read is left out. */
export function readSources(project: string, root: string, sections: Sections, problems: string[]): Partial<Sources> {
  return {
    code: readCode(project, root, sections.app as Sections | undefined, problems),
    models: readModels(project, root, sections, problems),
  };
}

function readCode(project: string, root: string, app: Sections | undefined, problems: string[]): CodeSource | undefined {
  if (app?.git !== undefined) {
    return { kind: "git", ...(app.git as { url: string; commit: string }) };
  }
  if (app?.bundle !== undefined) {
    return { kind: "s3", ...(app.bundle as { uri: string; sha256: string }) };
  }
  if (typeof app?.path !== "string") {
    return undefined;
  }
  try {
    return { kind: "bundle", bundle: buildBundle(path.resolve(root, app.path)) };
  } catch (error) {
    problems.push(`${project}:app.path: ${(error as Error).message}`);
    return undefined;
  }
}

function readModels(project: string, root: string, sections: Sections, problems: string[]): LoadedManifest | undefined {
  const { manifest: file, published } = (sections.models ?? {}) as { manifest?: unknown; published?: unknown };
  if (typeof file !== "string") {
    return undefined;
  }
  try {
    // The sample's models are made from their seed where they are missing; a manifest of one's own names files that are there.
    ensureSampleModels(readManifest(file, root), root);
    return loadManifest(file, root, { published: published === true });
  } catch (error) {
    if (error instanceof ManifestError) {
      problems.push(...error.problems.map((problem) => `${project}:models.manifest: ${problem}`));
    } else {
      problems.push(`${project}:models.manifest: ${(error as Error).message}`);
    }
    return undefined;
  }
}
