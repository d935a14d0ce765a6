/**
 * What the configuration points at on this machine: the application's folder and the models of the manifest.
 */
import { statSync } from "fs";
import * as path from "path";
import { askGate } from "../../models-manifest/gate";
import { loadManifest, ManifestError, readManifest, type LoadedManifest } from "../../models-manifest/manifest";
import { ensureSampleModels } from "../../models-manifest/sample-models";
import { shown, unpasted } from "../../policies/cli/schema-words";
import { systemSentence } from "../../policies/cli/system-errors";
import type { Sections } from "./structure";
import { withBundle, withCommit, type AtHand } from "../app/at-hand";
import { readTree, type AppTree } from "../app/tree";
import { packTree } from "../release/bundle";
import { projectInside } from "./app-rules";
import { examine, texts, type AppKey, type Context } from "./examine";
import type { CodeSource } from "../release/types";

export interface Sources {
  readonly code: CodeSource;
  readonly models: LoadedManifest;
  /** What the reader should know of them, one line each. */
  readonly notices: readonly string[];
}

/**
 * Reads both; every problem is added to `problems`, one line each, and what could not be read is left out.
 * @param closed groups of settings of which not even the names can be seen, such as "secretEnv"
 */
export function readSources(
  project: string,
  root: string,
  sections: Sections,
  problems: string[],
  closed: readonly string[],
): Partial<Sources> {
  const models = readModels(project, root, sections, problems);
  const notices: string[] = [];
  const code = readCode({ project, root, sections, models, problems, notices, closed });
  return { code, models, notices };
}

function readCode(context: Context): CodeSource | undefined {
  const app = context.sections.app as Sections | undefined;
  if (app?.git !== undefined) return readClone(app, context);
  if (app?.bundle !== undefined) return readBundle(app, context);
  return typeof app?.path === "string" ? readFolder(app.path, app, context) : undefined;
}

/** What the hosts clone, and what is known of it where there is a clone here as well. */
function readClone(app: Sections, context: Context): CodeSource {
  const { url, commit, clone } = app.git as { url: string; commit: string; clone?: unknown };
  if (typeof clone === "string" && typeof commit === "string")
    withCommit(path.resolve(context.root, clone), commit, (found) => readAtHand("app.git.clone", clone, found, app, context));
  return { kind: "git", url, commit };
}

function readBundle(app: Sections, context: Context): CodeSource {
  const { uri, sha256, file } = app.bundle as { uri: string; sha256: string; file?: unknown };
  if (typeof file === "string" && typeof sha256 === "string")
    withBundle(path.resolve(context.root, file), sha256, (found) => readAtHand("app.bundle.file", file, found, app, context));
  return { kind: "s3", uri, sha256 };
}

function readAtHand(key: AppKey, named: string, { tree, notices }: AtHand, app: Sections, context: Context): void {
  const { project, problems } = context;
  problems.push(...tree.problems.map((problem) => `${project}:${key}: ${aboutFolder(named, problem)}`));
  context.notices.push(...notices.map((notice) => `${project}:${key}: ${notice}`));
  if (tree.problems.length === 0) examine({ tree, key, named }, app, context);
}

/** Packs the folder where nothing is wrong with it. */
function readFolder(folder: string, app: Sections, context: Context): CodeSource | undefined {
  const { project, root, problems } = context;
  const key = `${project}:app.path`;
  const own = projectInside(folder, root);
  if (own !== undefined) {
    problems.push(`${key}: found "${folder}", which ${own}; give the folder of the application alone, such as templates/sample-app`);
    return undefined;
  }
  if (/^(\w+:\/\/|git@)/.test(folder)) {
    const instead = /^s3:/i.test(folder) ? "app.bundle (uri and sha256)" : "app.git (url and commit)";
    problems.push(`${key}: found ${shown(folder)}, an address and not a folder of this machine; write it as ${instead}, or give a folder`);
    return undefined;
  }
  const tree = treeOf(path.resolve(root, folder), texts(app.exclude));
  problems.push(...tree.problems.map((problem) => `${key}: ${aboutFolder(folder, problem)}${folderHint(folder, root)}`));
  if (tree.problems.length > 0) return undefined;
  const report = examine({ tree, key: "app.path", named: folder }, app, context);
  if (report === undefined) return undefined;
  if (report.allowed.length > 0 && (context.sections.backend as Sections | undefined)?.mode === "fleet") {
    problems.push(
      `${project}:app.allow: found ${texts(app.allow).join(", ")}, and the hosts of a fleet fetch the application from the bucket, where secrets may not lie; put them into secretEnv, or set backend.mode to single`,
    );
  }
  try {
    const bundle = packTree(tree);
    return { kind: "bundle", bundle, ...(report.allowed.length > 0 ? { secret: true } : {}) };
  } catch (error) {
    problems.push(`${key}: ${folder}: ${(error as Error).message}`);
    return undefined;
  }
}

/** Folders that cannot be read have a problem, as those that are none. */
function treeOf(folder: string, exclude: readonly string[]): AppTree {
  try {
    return readTree(folder, exclude);
  } catch (error) {
    const sentence = systemSentence(error, "cannot be read");
    if (sentence === undefined) throw error;
    return { root: folder, entries: [], problems: [sentence], leaveOut: "" };
  }
}

/** What is wrong with the folder itself, or with something in it. */
function aboutFolder(folder: string, problem: string): string {
  return `${shownPath(folder)}${/^(is|holds|has|cannot|does|may) /.test(problem) ? "" : ":"} ${problem}`;
}

/** A path as it was written, in quotes where its ends would not be seen. */
export function shownPath(file: string): string {
  return /^[\w.~/-]{1,100}$/.test(file) ? file : shown(file);
}

/** What paths of a shell or of another system do not mean here. */
function folderHint(folder: string, root: string): string {
  const clean = unpasted(folder).replaceAll("\\", "/");
  if (clean !== folder && isFolder(path.resolve(root, clean))) return ` (did you mean ${clean}?)`;
  return /^[~$%]/.test(folder) ? " (~ and variables are not looked up here; write the path itself)" : "";
}

function isFolder(place: string): boolean {
  try {
    return statSync(place).isDirectory();
  } catch {
    return false; // only a suggestion
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
    const loaded = loadManifest(file, root, { published: published === true });
    // What a host's gate will refuse, as far as this machine can tell. The sample is this repository's own.
    const gate = loaded.manifest.generated === undefined ? askGate(loaded) : undefined;
    if (gate?.verdict === "refused") throw new ManifestError(gate.lines);
    problems.push(...missingSettings(project, loaded, sections));
    return loaded;
  } catch (error) {
    if (error instanceof ManifestError) {
      problems.push(...error.problems.map((problem) => `${project}:models.manifest: ${problem}`));
    } else {
      problems.push(`${project}:models.manifest: ${systemSentence(error, shownPath(file)) ?? (error as Error).message}`);
    }
    return undefined;
  }
}

/** Headers of the checks may stand on settings of the backend's .env; one that is not there would fail on the host. */
function missingSettings(project: string, { checks }: LoadedManifest, sections: Sections): string[] {
  const groups = [sections.env, sections.secretEnv].map((group) => (group ?? {}) as Sections);
  const known = [...groups.flatMap((group) => Object.keys(group)), "MODEL_PATH"];
  const missing = (checks?.settings ?? []).filter((name) => !known.includes(name));
  return missing.map(
    (name) =>
      `${project}:models.manifest: ${checks?.file ?? ""}: a header stands on the setting ${name}, which the backend does not have; add it to secretEnv (or env), or correct its name`,
  );
}
