/** `npm run models`: keeps the manifest of the models, compares it with the files, and publishes these. */
import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { asProblems, command, EXIT, fitted, start, UsageProblem } from "../policies/cli";
import type { ExitCode, Given, Group, Io } from "../policies/cli";
import {
  ADD_OPTIONS,
  chosenFormat,
  chosenPins,
  MANIFEST,
  MANIFEST_NOTE,
  manifestPath,
  OWN_MANIFEST,
  ownPath,
  telling,
  type Surroundings,
} from "./arguments";
import { describeFile, withFile } from "./edit";
import { fingerprintFile } from "./files";
import { writeManifest } from "./format";
import { isPickled } from "./formats";
import { publish, PUBLISH_OPTIONS } from "./publish-command";
import { RECORD_OPTIONS, recordChecks } from "./record-command";
import { remove, REMOVE_OPTIONS } from "./remove-command";
import { askGate } from "./gate";
import { rowsFor } from "../policies/cli/words";
import {
  checkManifest,
  contentKey,
  loadManifest,
  ManifestError,
  readManifest,
  type LoadedFile,
  type Manifest,
  type ManifestFile,
} from "./manifest";

/** The manifest to add to: the one at `path`, or a new one of this release. */
function manifestToEdit(path: string, root: string, release: string | undefined): Manifest {
  if (existsSync(resolve(root, path))) return readManifest(path, root);
  if (release !== undefined) return { release, runtime: {}, files: [] };
  throw new UsageProblem(`${path} does not exist yet. Name its first release with --release, or another file with --manifest.`);
}

const NO_PYTHON =
  "What pickles import and do was not looked at: there is no Python 3.10 or later here. Each host's gate does it before it uses them.";

function add({ options, words }: Given<typeof ADD_OPTIONS>, { root, python }: Surroundings, io: Io): ExitCode {
  const path = manifestPath(options.manifest, root, io.from, false);
  const entry = { role: options.role, format: chosenFormat(options.format), required: !options.optional };
  const { release } = options;
  const before = manifestToEdit(path, root, release);
  const place = ownPath(words[0]!, "FILE", io.from);
  const file = describeFile(place, root, entry, (bytes) => telling(io)(basename(place), bytes));
  const runtime = { ...before.runtime, ...chosenPins(options.pin) };
  if (isPickled(file.format) && Object.keys(runtime).length === 0) {
    throw new UsageProblem(
      `${path} pins no package. Say which version wrote ${basename(file.path)}: --pin scikit-learn==VERSION (or the package that did).`,
    );
  }
  const imports = [...new Set([...(before.imports ?? []), ...options.import])];
  const after = withFile({ ...before, release: release ?? before.release, runtime, ...(imports.length > 0 ? { imports } : {}) }, file);
  const manifest = checkManifest(after, path);
  refuseWhatGateRefuses(file, manifest, root, python, io);
  writeManifest(resolve(root, path), manifest);
  io.out(`${path}: ${file.path} ${file.size} bytes sha256 ${file.sha256}, format ${file.format}`);
  if (file.format === "other")
    io.out(`Nothing of ${basename(file.path)} was checked but that it is no pickle that does something: "other" is only copied.`);
  return EXIT.ok;
}

/** Of a file that is being entered, and of it alone: the others were looked at when they were entered. */
function refuseWhatGateRefuses(file: ManifestFile, manifest: Manifest, root: string, python: string | undefined, io: Io): void {
  const one: LoadedFile = { ...file, name: basename(file.path), key: contentKey(file), localPath: resolve(root, file.path) };
  const gate = askGate({ manifest, files: [one], digest: "" }, python);
  if (gate.verdict === "refused") throw new ManifestError(gate.lines);
  if (gate.verdict === "unknown" && isPickled(file.format)) io.err(NO_PYTHON);
}

function verify(given: string | undefined, { root, python }: Surroundings, io: Io): ExitCode {
  const path = manifestPath(given, root, io.from, true);
  const manifest = readManifest(path, root);
  if (given === undefined && path !== OWN_MANIFEST)
    io.err(`${OWN_MANIFEST} does not exist, so this is about the sample's: ${path}. Another one: --manifest FILE`);
  let loaded;
  try {
    loaded = loadManifest(path, root, { tell: telling(io) });
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    error.problems.forEach((line) => io.out(line));
    return EXIT.wrong;
  }
  const absent = loaded.files.filter((file) => file.absent !== undefined);
  absent.forEach((file) => io.out(`${file.path}: is missing, but optional.`));
  io.progress.say("looking at what the pickles import");
  const gate = askGate(loaded, python);
  if (gate.verdict === "unknown") io.err(NO_PYTHON);
  if (gate.verdict === "refused") {
    gate.lines.forEach((line) => io.out(line));
    return EXIT.wrong;
  }
  const files = `${loaded.files.length - absent.length} files as listed`;
  io.out(fitted(`${path}: release ${manifest.release}, ${files}, set ${loaded.digest.slice(0, 16)}`, io.screen));
  return EXIT.ok;
}

function stateOf(file: ManifestFile, root: string, io: Io): string {
  const place = resolve(root, file.path);
  if (!existsSync(place)) return "missing";
  return fingerprintFile(place, (bytes) => telling(io)(file.path, bytes)).sha256 === file.sha256 ? "as listed" : "altered";
}

function list(given: string | undefined, { root }: Surroundings, io: Io): ExitCode {
  const path = manifestPath(given, root, io.from, true);
  const manifest = readManifest(path, root);
  const head = ["ROLE", "FILE", "BYTES", "REQUIRED", "FORMAT", "SHA256", "HERE"];
  const rows = manifest.files.map((file) => [
    file.role,
    file.path,
    String(file.size),
    file.required ? "yes" : "no",
    file.format,
    file.sha256.slice(0, 12),
    stateOf(file, root, io),
  ]);
  const pins = Object.entries(manifest.runtime).map(([name, version]) => `${name} ${version}`);
  io.out(fitted(`${path}: release ${manifest.release} (${pins.join(", ")})`, io.screen));
  for (const line of rowsFor([head, ...rows], io.screen).flat()) io.out(line);
  return EXIT.ok;
}

/** A mistake in the manifest or in a file that is to be added is the user's. */
const asked = (work: () => ExitCode | Promise<ExitCode>): Promise<ExitCode> => asProblems([ManifestError], work);

/** The commands for one project. */
export function modelsCommand(around: Surroundings): Group {
  const notes = [MANIFEST_NOTE];
  return {
    name: "models",
    summary: "Keeps the manifest of the models, compares it with the files, and publishes them.",
    commands: {
      add: command({
        name: "models add",
        summary: "Enters or replaces a file; makes the manifest where there is none.",
        options: ADD_OPTIONS,
        words: { value: "FILE", help: "the file to enter", min: 1, max: 1 },
        examples: [
          "models/x.pkl --role model --release r1 --pin scikit-learn==1.7.2",
          "models/scaler.pkl --role scaler",
          "models/boosted.joblib --role model --pin xgboost==3.2.0 --import xgboost",
          "models/net.onnx --role model --release r2",
        ],
        notes: [
          "The default manifest is models-manifest/models.json.",
          "Pickles are followed by the hosts' own gate where there is a Python 3.10 or later; docs/models.md lists the formats and what is checked of each.",
        ],
        run: (given, io) => asked(() => add(given, around, io)),
      }),
      remove: command({
        name: "models remove",
        summary: "Takes a file out of the manifest: the next release is without it. Nothing is deleted, here or in the bucket.",
        options: REMOVE_OPTIONS,
        words: { value: "FILE", help: "the file to take out, by its path or its name", min: 1, max: 1 },
        examples: ["models/scaler.pkl", "net.onnx --manifest models-manifest/earlier.json"],
        notes: ["The default manifest is models-manifest/models.json. A file that the checks or another model need stays."],
        run: (given, io) => asked(() => remove(given, around, io)),
      }),
      verify: command({
        name: "models verify",
        summary: "Compares every file with the manifest, and looks at what the pickles import.",
        options: { manifest: MANIFEST },
        examples: ["", "--manifest models-manifest/earlier.json"],
        notes,
        exitCodes: { 1: "a file is missing, altered or imports what it may not" },
        run: ({ options }, io) => asked(() => verify(options.manifest, around, io)),
      }),
      "record-checks": command({
        name: "models record-checks",
        summary: "Fills a file of checks with what the models answer that serve now: a release whose models answer otherwise never serves.",
        options: RECORD_OPTIONS,
        words: {
          value: "FILE",
          help: "the file of checks; without it the manifest's, with it the manifest names it from now on",
          min: 0,
          max: 1,
        },
        examples: ["models-manifest/checks.json --stack dev", "--stack dev --all", "--url http://127.0.0.1:8000"],
        notes: [
          ...notes,
          "With --stack the backend is asked over SSH, on its own port and past the gateway, as a release's candidate will be. Each row is asked twice; what differs between the two answers is left out and named.",
          "docs/models.md describes the file.",
        ],
        exitCodes: { 1: "a row has no answer, or another one each time", 3: "the host could not be asked" },
        run: (given, io) => asked(() => recordChecks(given, around, io)),
      }),
      publish: command({
        name: "models publish",
        summary: "Uploads what the bucket does not have yet, with the standard AWS configuration; nothing is ever overwritten.",
        options: PUBLISH_OPTIONS,
        examples: ['--bucket "$(pulumi stack output modelBucket)"', "--bucket team-models-123456789012 --prefix ml-gateway/"],
        notes,
        exitCodes: {
          1: "a file, or an object in the bucket, is not what the manifest says",
          3: "S3 could not be asked or did not take a file",
        },
        run: (given, io) => asked(() => publish(given, around, io)),
      }),
      list: command({
        name: "models list",
        summary: "Shows the files of the manifest, and whether they are here.",
        options: { manifest: MANIFEST },
        examples: ["", "--manifest models-manifest/sample.json"],
        notes,
        run: ({ options }, io) => asked(() => list(options.manifest, around, io)),
      }),
    },
  };
}

if (require.main === module) start(modelsCommand({ root: resolve(__dirname, "..") }));
