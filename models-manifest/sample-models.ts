import { existsSync } from "node:fs";
import { basename, isAbsolute, join, relative, resolve, sep } from "node:path";
import { command, EXIT, start, UsageProblem } from "../policies/cli";
import type { ExitCode, Given, Io } from "../policies/cli";
import { writeAtomically } from "./files";
import { writeManifest } from "./format";
import type { Manifest } from "./manifest";
import { buildSample, parseSampleSpec, SAMPLE_RUNTIME, sampleWord, type SampleSpec } from "./sample/build";

/** Where the sample of models-manifest/sample.json lies, relative to the project's root. */
export const SAMPLE_DIRECTORY = ".cache/sample-models";
const SAMPLE_MANIFEST = "models-manifest/sample.json";

/**
 * Makes the files of a sample manifest that are missing; others stay as they are, for the loader to check. Needs Node alone and, for the small sample,
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

const OPTIONS = {
  size: { kind: "text", value: "SIZE", help: "size of the model, such as 100MB; without it a few kilobytes" },
  seed: {
    kind: "text",
    value: "N",
    help: "another number, another sample",
    form: { pattern: /^[1-9]\d*$/, what: "a whole number from 1" },
  },
  out: { kind: "text", value: "DIR", help: "the folder for the files; must be inside the project" },
  manifest: { kind: "text", value: "FILE", help: "the manifest to write" },
} as const;

export const sampleCommand = command({
  name: "models:sample",
  summary: "Makes sample models (the same bytes on every machine) and their manifest.",
  options: OPTIONS,
  examples: ["", "--size 100MB --seed 7"],
  notes: [
    `Without --size and --seed: ${SAMPLE_MANIFEST} in ${SAMPLE_DIRECTORY}. With them, the defaults are .cache/<release> and .cache/<release>.json.`,
  ],
  run: ({ options }, io) => makeNamed(options, resolve(__dirname, ".."), io),
});

type SampleOptions = Given<typeof OPTIONS>["options"];

function makeNamed(options: SampleOptions, root: string, io: Io): ExitCode {
  const word = [
    "sample",
    options.size === undefined ? "" : `:${options.size}`,
    options.seed === undefined ? "" : `:seed${options.seed}`,
  ].join("");
  const spec = specOf(word, options);
  const release = sampleWord(spec).replaceAll(":", "-");
  const usual = release === "sample";
  const outside = (path: string): boolean => path.startsWith("..") || isAbsolute(path);
  const given = (path: string | undefined): string | undefined => (path === undefined ? undefined : relative(root, resolve(io.from, path)));
  const directory = given(options.out) ?? (usual ? SAMPLE_DIRECTORY : join(".cache", release));
  if (outside(directory)) throw new UsageProblem(`--out ${options.out ?? ""} is outside the project. Choose a folder inside it.`);
  const moved = options.out !== undefined;
  const manifestPath =
    given(options.manifest) ?? (moved ? `${directory}.json` : usual ? SAMPLE_MANIFEST : join(".cache", `${release}.json`));
  io.progress.say(`making ${sampleWord(spec)}`);
  const manifest = makeSample(spec, directory, root);
  writeManifest(resolve(root, manifestPath), manifest);
  const bytes = manifest.files.reduce((sum, file) => sum + file.size, 0);
  io.out(`${manifest.files.length} files, ${bytes} bytes in ${directory}; manifest ${manifestPath}`);
  return EXIT.ok;
}

function specOf(word: string, options: SampleOptions): SampleSpec {
  try {
    return parseSampleSpec(word);
  } catch (error) {
    throw error instanceof RangeError
      ? new UsageProblem(`--size ${options.size ?? ""} --seed ${options.seed ?? ""}: ${error.message}`)
      : error;
  }
}

if (require.main === module) start(sampleCommand);
