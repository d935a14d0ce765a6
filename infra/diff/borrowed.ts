/**
 * What a stack's configuration points at and the tree of a commit does not hold: a folder beside the project, what git ignores, models. It is
 * not under version control, so both sides have it from the working copy.
 */
import { existsSync, readFileSync } from "fs";
import * as path from "path";
import { contentKey, type ManifestFile } from "../../models-manifest/manifest";
import type { StackFile } from "../offline/stack-file";

export interface Borrowed {
  readonly config: Readonly<Record<string, string>>;
  /** Keys in the bucket of models that are nowhere on this machine. */
  readonly published: readonly string[];
  readonly notices: readonly string[];
}

/** Section and key of everything in the configuration that is a path. */
const PATHS = [
  ["app", "path"],
  ["models", "manifest"],
  ["ssh", "privateKeyFile"],
  ["ssh", "previousPrivateKeyFile"],
] as const;

export function borrow({ project, config }: StackFile, root: string, working: string): Borrowed {
  const sections = new Map<string, Record<string, unknown>>();
  const section = (name: string): Record<string, unknown> => {
    const known = sections.get(name) ?? group(config[`${project}:${name}`]);
    sections.set(name, known);
    return known;
  };
  const notices: string[] = [];
  if (root !== working) {
    for (const [name, key] of PATHS) {
      const given = section(name)[key];
      if (typeof given !== "string" || path.isAbsolute(given) || given.startsWith("~")) continue;
      const isHere = existsSync(path.join(root, given)) && !given.split("/").includes("..");
      if (isHere || !existsSync(path.resolve(working, given))) continue;
      section(name)[key] = path.resolve(working, given);
      notices.push(`${name}.${key}: ${given} is not part of that commit; the working copy's is taken`);
    }
  }
  const published = missingModels(section("models"), root, working);
  const changed = Object.fromEntries([...sections].map(([name, values]) => [`${project}:${name}`, JSON.stringify(values)]));
  const given = Object.fromEntries(Object.entries(changed).filter(([key]) => config[key] !== undefined));
  return { config: { ...config, ...given }, published, notices };
}

function group(text: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return value !== null && typeof value === "object" ? (value as Record<string, unknown>) : {};
  } catch {
    return {}; // no group: the program says so
  }
}

/** Models lie outside of git. Those that the working copy has are taken, where the bytes are those of the manifest; the others count as published. */
function missingModels(models: Record<string, unknown>, root: string, working: string): string[] {
  if (typeof models.manifest !== "string") return [];
  const file = path.resolve(root, models.manifest);
  if (!existsSync(file)) return [];
  const { files = [], generated } = group(readFileSync(file, "utf8")) as { files?: ManifestFile[]; generated?: string };
  if (generated !== undefined || !Array.isArray(files)) return [];
  const missing = files.filter(({ path: place }) => typeof place === "string" && !existsSync(path.resolve(root, place)));
  if (missing.length > 0 && root !== working) models.published = true;
  const { prefix = "" } = (models.existing ?? {}) as { prefix?: unknown };
  const place = typeof prefix === "string" ? prefix : "";
  return missing
    .filter(({ required }) => root !== working || required || models.published === true)
    .map((file) => place + contentKey(file));
}
