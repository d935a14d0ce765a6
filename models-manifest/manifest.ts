import { createHash } from "node:crypto";
import { readFileSync, realpathSync, statSync } from "node:fs";
import { basename, isAbsolute, relative, resolve, sep } from "node:path";
import Ajv from "ajv";
import { fingerprintFile } from "./files";
import { describeSchemaErrors } from "./schema-errors";
import schema from "./schema.json";

export type ModelRole = "model" | "scaler" | "label-encoder" | "metrics";

/** One file of a release, as schema.json has it. */
export interface ManifestFile {
  /** Relative to the project's root; its last part is the name on the host. */
  readonly path: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** A missing optional file is left out of the deploy; a missing required one is an error. */
  readonly required: boolean;
  readonly role: ModelRole;
  readonly format: "pickle" | "json";
}

export interface Manifest {
  readonly $schema?: string;
  readonly release: string;
  readonly generated?: string;
  /** Python package -> exact version that may load the files. */
  readonly runtime: Readonly<Record<string, string>>;
  readonly files: readonly ManifestFile[];
}

/** A file that was checked (or is absent and optional), with its place in S3. */
export interface LoadedFile extends ManifestFile {
  /** File name on the host. */
  readonly name: string;
  /** `models/<sha256>/<name>`: content-addressed, so never overwritten. */
  readonly key: string;
  readonly absent?: true;
}

export interface LoadedManifest {
  readonly manifest: Manifest;
  readonly files: readonly LoadedFile[];
  /** sha256 of what the host gets: names, contents and pins of the files that are there. The release's name does not count. */
  readonly digest: string;
}

/** What the host steps need of it. */
export type ManifestFiles = LoadedManifest;

export interface LoadOptions {
  /** Files that are not on this disk are taken as published before: no error, and not `absent`. Those on disk are checked. @default false */
  readonly published?: boolean;
}

/** Everything that is wrong with a manifest or its files, one line each: which file, what was found, what to do. */
export class ManifestError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      problems.length === 1 ? problems[0] : `${problems.length} problems with the models:\n${problems.map((p) => `  - ${p}`).join("\n")}`,
    );
    this.name = "ManifestError";
  }
}

const REQUIRED_ROLES: readonly ModelRole[] = ["model", "scaler", "label-encoder"];
const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile<Manifest>(schema);

/** Reads and checks a manifest, but not the files it lists. `path` may be relative to `root`. Throws ManifestError. */
export function readManifest(path: string, root: string): Manifest {
  return checked(parseJson(path, root), path, (manifest) => [
    ...contentProblems(path, manifest),
    ...missingRoles(manifest).map(
      (role) => `${path}: files: no required file has the role ${role}. Add one with "npm run models -- add FILE --role ${role}".`,
    ),
  ]);
}

/** Like readManifest, but files that are still to be added may be missing. */
export function readDraft(path: string, root: string): Manifest {
  return checkDraft(parseJson(path, root), path);
}

/** `value` as a manifest to which files are still to be added. `path` is for the messages. Throws ManifestError. */
export function checkDraft(value: unknown, path: string): Manifest {
  return checked(value, path, (manifest) => contentProblems(path, manifest));
}

function checked(value: unknown, path: string, problemsOf: (manifest: Manifest) => string[]): Manifest {
  if (!validate(value)) throw new ManifestError(describeSchemaErrors(path, validate.errors ?? []));
  const problems = problemsOf(value);
  if (problems.length > 0) throw new ManifestError(problems);
  return value;
}

/** The roles that a deploy needs and for which the manifest has no required file. */
export function missingRoles(manifest: Manifest): ModelRole[] {
  return REQUIRED_ROLES.filter((role) => !manifest.files.some((file) => file.role === role && file.required));
}

/** Reads and checks a manifest and every file it lists. Paths are relative to `root`. Throws ManifestError with all problems at once. */
export function loadManifest(path: string, root: string, options: LoadOptions = {}): LoadedManifest {
  const manifest = readManifest(path, root);
  const checked = manifest.files.map((file) => checkFile(file, path, root, manifest, options.published ?? false));
  const problems = checked.flatMap((result) => (typeof result === "string" ? [result] : []));
  if (problems.length > 0) throw new ManifestError(problems);
  const files = checked as LoadedFile[];
  return { manifest, files, digest: digestOf(manifest, files) };
}

/** The S3 key of a file's content. */
export const contentKey = (file: ManifestFile): string => `models/${file.sha256}/${basename(file.path)}`;

function parseJson(path: string, root: string): unknown {
  let text: string;
  try {
    text = readFileSync(resolve(root, path), "utf8");
  } catch (error) {
    throw new ManifestError([
      `${path}: cannot be read (${(error as Error).message}). Set models.manifest to a manifest made by "npm run models -- add".`,
    ]);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ManifestError([`${path}: is not JSON (${(error as Error).message}). Restore it from git or make it again.`]);
  }
}

/** What a schema cannot say: paths that climb out, names twice, roles and pins that must be there. */
function contentProblems(path: string, manifest: Manifest): string[] {
  const { files, runtime } = manifest;
  const climbing = files.filter((file) => file.path.split("/").some((part) => part === ".." || part === "."));
  const names = files.map((file) => basename(file.path));
  const twice = [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
  const unpinned = files.some((file) => file.format === "pickle") && runtime["scikit-learn"] === undefined;
  return [
    ...climbing.map((file) => `${path}: files: the path ${file.path} has "." or ".." in it. Write it as a plain path inside the project.`),
    ...twice.map(
      (name) => `${path}: files: the name ${name} is there more than once, but a host has one folder of models. Keep one of them.`,
    ),
    ...(unpinned
      ? [`${path}: runtime.scikit-learn is missing, but pickles load safely only with the version that wrote them. Pin it.`]
      : []),
  ];
}

/** The file with its key, or one sentence about what is wrong with it. */
function checkFile(file: ManifestFile, manifestPath: string, root: string, manifest: Manifest, published: boolean): LoadedFile | string {
  const place = resolve(root, file.path);
  const loaded: LoadedFile = { ...file, name: basename(file.path), key: contentKey(file) };
  const stats = statSync(place, { throwIfNoEntry: false });
  if (stats === undefined) {
    if (published) return loaded;
    return file.required ? `${file.path}: is missing, and ${manifestPath} requires it. ${remedy(manifest)}` : { ...loaded, absent: true };
  }
  if (outside(realpathSync(root), realpathSync(place)))
    return `${file.path}: leads outside the project through a link. Put the file itself there.`;
  if (!stats.isFile()) return `${file.path}: is not a regular file. ${remedy(manifest)}`;
  if (stats.size !== file.size) {
    const kind = stats.size > file.size ? "larger" : "smaller";
    return `${file.path}: has ${stats.size} bytes, ${kind} than the ${file.size} of ${manifestPath}. ${remedy(manifest)}`;
  }
  const { sha256 } = fingerprintFile(place);
  if (sha256 !== file.sha256)
    return `${file.path}: was altered: its sha256 is ${sha256}, ${manifestPath} has ${file.sha256}. ${remedy(manifest)}`;
  return loaded;
}

function outside(root: string, place: string): boolean {
  const way = relative(root, place);
  return way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way);
}

const remedy = (manifest: Manifest): string =>
  manifest.generated === undefined
    ? 'Restore the file, or enter the new one with "npm run models -- add".'
    : 'Delete it if it is there and run "npm run models:sample" again.';

function digestOf(manifest: Manifest, files: readonly LoadedFile[]): string {
  const present = files.filter((file) => file.absent === undefined).map((file) => [file.name, file.sha256, file.role, file.required]);
  const pins = Object.entries(manifest.runtime);
  const byName = (a: readonly unknown[], b: readonly unknown[]): number => (String(a[0]) < String(b[0]) ? -1 : 1);
  return createHash("sha256")
    .update(JSON.stringify([present.sort(byName), pins.sort(byName)]))
    .digest("hex");
}
