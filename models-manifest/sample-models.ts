import { existsSync } from "node:fs";
import { basename, isAbsolute, join, relative, resolve, sep } from "node:path";
import { parseArgs } from "node:util";
import { writeAtomically } from "./files";
import { writeManifest } from "./format";
import type { Manifest } from "./manifest";
import { buildSample, parseSampleSpec, SAMPLE_RUNTIME, sampleWord, type SampleSpec } from "./sample/build";

/** Where the sample of models-manifest/sample.json lies, relative to the project's root. */
export const SAMPLE_DIRECTORY = ".cache/sample-models";
const SAMPLE_MANIFEST = "models-manifest/sample.json";

/**
 * Makes the files of a sample manifest that are missing; others stay as they are, for the loader to judge. Needs Node alone and, for the small sample,
 * about half a second. Does nothing for a manifest that is not `generated`.
 * @param root the folder that the manifest's paths are relative to
 * @returns the paths that were written
 */
export function ensureSampleModels(manifest: Manifest, root: string): string[] {
  if (manifest.generated === undefined) return [];
  const missing = manifest.files.filter((file) => !existsSync(resolve(root, file.path)));
  if (missing.length === 0) return [];
  const sample = buildSample(parseSampleSpec(manifest.generated));
  return missing.flatMap((file) => {
    const made = sample.find((candidate) => candidate.name === basename(file.path));
    if (made === undefined) return [];
    writeAtomically(resolve(root, file.path), made.chunks());
    return [file.path];
  });
}

/** Writes a whole sample into `directory` (relative to `root`) and returns its manifest. */
export function makeSample(spec: SampleSpec, directory: string, root: string): Manifest {
  const files = buildSample(spec).map((file) => {
    const path = join(directory, file.name).split(sep).join("/");
    const { sha256, size } = writeAtomically(resolve(root, path), file.chunks());
    return { path, sha256, size, required: file.required, role: file.role, format: file.format };
  });
  const generated = sampleWord(spec);
  return { release: generated.replaceAll(":", "-"), generated, runtime: SAMPLE_RUNTIME, files };
}

const USAGE = `Usage: npm run models:sample -- [--size 50MB..200MB] [--seed N] [--out DIR] [--manifest FILE]
Makes sample models (the same bytes on every machine) and their manifest. Without --size and --seed: ${SAMPLE_MANIFEST} in ${SAMPLE_DIRECTORY}.
With them, the defaults are .cache/<release> and .cache/<release>.json. DIR must be inside the project: a manifest's paths are relative to its root.`;

/** A RangeError is a mistake in the arguments. */
function run(args: string[], root: string): string {
  const { values } = parseArgs({
    args,
    options: { size: { type: "string" }, seed: { type: "string" }, out: { type: "string" }, manifest: { type: "string" } },
  });
  const spec = parseSampleSpec(
    ["sample", values.size === undefined ? "" : `:${values.size}`, values.seed === undefined ? "" : `:seed${values.seed}`].join(""),
  );
  const word = sampleWord(spec);
  const release = word.replaceAll(":", "-");
  const usual = word === "sample";
  const directory = relative(root, resolve(root, values.out ?? (usual ? SAMPLE_DIRECTORY : join(".cache", release))));
  if (directory.startsWith("..") || isAbsolute(directory))
    throw new RangeError(`--out ${values.out} is outside the project. Choose a folder inside it.`);
  const moved = values.out !== undefined && values.manifest === undefined;
  const manifestPath =
    values.manifest ?? (usual && !moved ? SAMPLE_MANIFEST : moved ? `${directory}.json` : join(".cache", `${release}.json`));
  const manifest = makeSample(spec, directory, root);
  writeManifest(resolve(root, manifestPath), manifest);
  const bytes = manifest.files.reduce((sum, file) => sum + file.size, 0);
  return `${manifest.files.length} files, ${bytes} bytes in ${directory}; manifest ${manifestPath}`;
}

if (require.main === module) {
  try {
    console.log(run(process.argv.slice(2), process.cwd()));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exitCode = 2;
  }
}
