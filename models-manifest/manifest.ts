import { createHash } from "node:crypto";
import { realpathSync, statSync } from "node:fs";
import { basename, isAbsolute, relative, resolve, sep } from "node:path";
import { validator } from "../policies/cli/validator";
import { readChecks, type Checks } from "./checks";
import { contradiction, notAFile, readContent } from "./content";
import { externalData } from "./whole";
import { fingerprintFile } from "./files";
import { isPickled, type ModelFormat } from "./formats";
import { importProblems } from "./imports";
import { ManifestError } from "./manifest-error";
import { readJson } from "./read-json";
import { describeSchemaErrors } from "./schema-errors";
import schema from "./schema.json";

export { ManifestError } from "./manifest-error";

/** One file of a release, as schema.json has it. */
export interface ManifestFile {
  /** Relative to the project's root; its last part is the name on the host. */
  readonly path: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** A missing optional file is left out of the deploy; a missing required one is an error. */
  readonly required: boolean;
  /** What it is to the application, in words of the user's own. */
  readonly role: string;
  readonly format: ModelFormat;
}

export interface Manifest {
  readonly $schema?: string;
  readonly release: string;
  readonly generated?: string;
  /** Python package -> exact version that may load the files. */
  readonly runtime: Readonly<Record<string, string>>;
  /** Top-level modules beside scikit-learn whose classes pickles may hold. @default none */
  readonly imports?: readonly string[];
  /** File with the answers that the models have to give, relative to the project's root (checks.ts). @default none */
  readonly checks?: string;
  readonly files: readonly ManifestFile[];
}

/** A file that was checked (or is absent and optional), with its place in S3. */
export interface LoadedFile extends ManifestFile {
  /** File name on the host. */
  readonly name: string;
  /** `models/<sha256>/<name>`: content-addressed, so never overwritten. */
  readonly key: string;
  /** Absolute path where the file is on this disk; without it, it is absent or published before. */
  readonly localPath?: string;
  readonly absent?: true;
}

export interface LoadedManifest {
  readonly manifest: Manifest;
  readonly files: readonly LoadedFile[];
  /** sha256 of what the host gets: names, contents and pins of the files that are there. The release's name does not count. */
  readonly digest: string;
  /** What the models have to answer before they serve. They do not count in the digest: the files are the same without them. */
  readonly checks?: Checks;
}

/** What the host steps need of it. */
export type ManifestFiles = LoadedManifest;

export interface LoadOptions {
  /** Files that are not on this disk are taken as published before: no error, and not `absent`. Those on disk are checked. @default false */
  readonly published?: boolean;
  /** Hears now and then how many bytes of which file were read. */
  readonly tell?: (path: string, bytes: number) => void;
}

const validate = validator<Manifest>("manifest", schema, { allErrors: true, strict: true, allowUnionTypes: true, verbose: true });

/** Reads and checks a manifest, but not the files it lists. `path` may be relative to `root`. Throws ManifestError. */
export function readManifest(path: string, root: string): Manifest {
  return checkManifest(readJson(path, root), path);
}

/** `value` as a manifest. `path` is for the messages. Throws ManifestError. */
export function checkManifest(value: unknown, path: string): Manifest {
  if (!validate(value)) throw new ManifestError(describeSchemaErrors(path, validate.errors ?? []));
  const problems = contentProblems(path, value);
  if (problems.length > 0) throw new ManifestError(problems);
  return value;
}

/** Reads and checks a manifest and every file it lists. Paths are relative to `root`. Throws ManifestError with all problems at once. */
export function loadManifest(path: string, root: string, options: LoadOptions = {}): LoadedManifest {
  const manifest = readManifest(path, root);
  const checked = manifest.files.map((file) => checkFile(file, path, root, manifest, options));
  const problems = checked.flatMap((result) => (typeof result === "string" ? [result] : []));
  const checks = collected(problems, () => (manifest.checks === undefined ? undefined : readChecks(manifest.checks, root)));
  if (problems.length > 0) throw new ManifestError(problems);
  const files = checked as LoadedFile[];
  return { manifest, files, digest: digestOf(manifest, files), ...(checks === undefined ? {} : { checks }) };
}

/** What `read` returns; what it finds wrong is added to the problems. */
function collected<T>(problems: string[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

/** The S3 key of a file's content. */
export const contentKey = (file: ManifestFile): string => `models/${file.sha256}/${basename(file.path)}`;

/** What a schema cannot say: paths that climb out, names twice, pins that must be there. */
function contentProblems(path: string, manifest: Manifest): string[] {
  const { files, runtime } = manifest;
  const climbs = (way: string): boolean => way.split("/").some((part) => part === ".." || part === ".");
  const climbing = files.filter((file) => climbs(file.path));
  const names = files.map((file) => basename(file.path));
  const twice = [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
  const models = files.filter((file) => file.role === "model");
  const unpinned = Object.keys(runtime).length === 0 ? files.find((file) => isPickled(file.format)) : undefined;
  return [
    ...climbing.map((file) => `${path}: files: the path ${file.path} has "." or ".." in it. Write it as a plain path inside the project.`),
    ...(manifest.checks !== undefined && climbs(manifest.checks)
      ? [`${path}: checks: the path ${manifest.checks} has "." or ".." in it. Write it as a plain path inside the project.`]
      : []),
    ...twice.map(
      (name) => `${path}: files: the name ${name} is there more than once, but a host has one folder of models. Keep one of them.`,
    ),
    ...models
      .slice(1)
      .map(
        (file) =>
          `${path}: files: ${file.path} has the role model, and so has ${models[0]?.path ?? ""}; MODEL_PATH can name one of them alone. ` +
          "Remove the one that is no longer served, or give it a role of its own, such as model-b.",
      ),
    ...importProblems(path, manifest.imports ?? []),
    ...(unpinned !== undefined
      ? [
          `${path}: runtime names no package, but ${unpinned.path} is a pickle, which loads safely only with the version that wrote it. ` +
            'Pin that, for example "runtime": {"scikit-learn": "1.7.2"}.',
        ]
      : []),
  ];
}

/** The file with its key, or one sentence about what is wrong with it. */
function checkFile(file: ManifestFile, manifestPath: string, root: string, manifest: Manifest, options: LoadOptions): LoadedFile | string {
  const place = resolve(root, file.path);
  const loaded: LoadedFile = { ...file, name: basename(file.path), key: contentKey(file) };
  const stats = statSync(place, { throwIfNoEntry: false });
  if (stats === undefined) {
    if (options.published === true) return loaded;
    return file.required ? `${file.path}: is missing, and ${manifestPath} requires it. ${remedy(manifest)}` : { ...loaded, absent: true };
  }
  if (outside(realpathSync(root), realpathSync(place)))
    return `${file.path}: leads outside the project through a link. Put the file itself there.`;
  if (!stats.isFile()) return `${file.path}: is not a regular file. ${remedy(manifest)}`;
  const content = readContent(place);
  const broken = notAFile(content);
  if (broken !== undefined) return `${file.path}: ${broken}`;
  if (stats.size !== file.size) {
    const kind = stats.size > file.size ? "larger" : "smaller";
    return `${file.path}: has ${stats.size} bytes, ${kind} than the ${file.size} of ${manifestPath}. ${remedy(manifest)}`;
  }
  const { sha256 } = fingerprintFile(place, (bytes) => options.tell?.(file.path, bytes));
  if (sha256 !== file.sha256)
    return `${file.path}: was altered: its sha256 is ${sha256}, ${manifestPath} has ${file.sha256}. ${remedy(manifest)}`;
  const wrong = contradiction(place, file.format, content) ?? missingData(externalData(place, file.format, content), file, manifest);
  return wrong === undefined ? { ...loaded, localPath: place } : `${file.path}: ${wrong}`;
}

/** On a host all models lie in one folder, and a model finds there what it names. */
function missingData(names: readonly string[], { format }: ManifestFile, { files }: Manifest): string | undefined {
  const known = files.map((file) => basename(file.path));
  const missing = names.filter((name) => !known.includes(name));
  if (missing.length === 0) return undefined;
  const instead = missing.some((name) => name.includes("/") || name.includes("\\"))
    ? `and on a host all models lie in one folder. ${format === "onnx" ? "Write it as one file: onnx.save_model(model, FILE, save_as_external_data=False)" : "Put the files beside it, and let it name them without folders"}`
    : `which the manifest does not list. Enter ${missing.length === 1 ? "it" : "each"}: npm run models -- add FILE --role weights${format === "onnx" ? " --format other" : ""}`;
  return `keeps its weights in ${missing.slice(0, 3).join(", ")}, ${instead}.`;
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
  const imports = manifest.imports ?? [];
  const byName = (a: readonly unknown[], b: readonly unknown[]): number => (String(a[0]) < String(b[0]) ? -1 : 1);
  return (
    createHash("sha256")
      // A set without imports keeps the digest that it had before there were any.
      .update(JSON.stringify([present.sort(byName), pins.sort(byName), ...(imports.length === 0 ? [] : [[...imports].sort()])]))
      .digest("hex")
  );
}
