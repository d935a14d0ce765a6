import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { chosenFormat, chosenPins, chosenRole, manifestPath, parse, text, USAGE, UsageError, type Surroundings } from "./arguments";
import { describeFile, withFile } from "./edit";
import { fingerprintFile } from "./files";
import { writeManifest } from "./format";
import { askGate } from "./gate";
import {
  checkDraft,
  loadManifest,
  ManifestError,
  missingRoles,
  readDraft,
  readManifest,
  type Manifest,
  type ManifestFile,
} from "./manifest";

const ADD_OPTIONS = {
  role: { type: "string" },
  format: { type: "string" },
  optional: { type: "boolean", default: false },
  release: { type: "string" },
  pin: { type: "string", multiple: true },
} as const;

/** The manifest to add to: the one at `path`, or a new one of this release. */
function manifestToEdit(path: string, root: string, release: string | undefined): Manifest {
  if (existsSync(resolve(root, path))) return readDraft(path, root);
  if (release !== undefined) return { release, runtime: {}, files: [] };
  throw new UsageError(`${path} does not exist yet. Name its first release with --release, or another file with --manifest.`);
}

function add(args: readonly string[], around: Surroundings): number {
  const { values, positionals } = parse(args, ADD_OPTIONS, 1);
  const path = manifestPath(values, around, false);
  const entry = {
    role: chosenRole(text(values["role"])),
    format: chosenFormat(text(values["format"])),
    required: values["optional"] !== true,
  };
  const release = text(values["release"]);
  const pins = chosenPins(values);
  const before = manifestToEdit(path, around.root, release);
  const file = describeFile(resolve(around.from, positionals[0]!), around.root, entry);
  const after = withFile({ ...before, release: release ?? before.release, runtime: { ...before.runtime, ...pins } }, file);
  if (file.format === "pickle" && after.runtime["scikit-learn"] === undefined) {
    throw new UsageError(
      `${path} has no pin for scikit-learn. Say which version wrote ${basename(file.path)}: --pin scikit-learn==VERSION.`,
    );
  }
  writeManifest(resolve(around.root, path), checkDraft(after, path));
  around.print(`${path}: ${file.path} ${file.size} bytes sha256 ${file.sha256}`);
  const missing = missingRoles(after);
  if (missing.length > 0) around.print(`Still to be added as required: ${missing.join(", ")}.`);
  return 0;
}

async function verify(args: readonly string[], around: Surroundings): Promise<number> {
  const { values } = parse(args, {}, 0);
  const path = manifestPath(values, around, true);
  const manifest = readManifest(path, around.root);
  let loaded;
  try {
    loaded = loadManifest(path, around.root);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    error.problems.forEach((line) => around.print(line));
    return 1;
  }
  const absent = loaded.files.filter((file) => file.absent !== undefined);
  absent.forEach((file) => around.print(`${file.path}: is missing, but optional.`));
  const gate = await askGate(loaded, around.root, around.python);
  if (gate.verdict === "unknown")
    around.print(
      `What the pickles import was not looked at: there is no ${around.python ?? "python3"} here. Each host's gate does it before it uses them.`,
    );
  if (gate.verdict === "refused") gate.lines.forEach((line) => around.print(line));
  if (gate.verdict === "refused") return 1;
  around.print(
    `${path}: release ${manifest.release}, ${loaded.files.length - absent.length} files as listed, set ${loaded.digest.slice(0, 16)}`,
  );
  return 0;
}

async function publish(args: readonly string[], around: Surroundings): Promise<number> {
  const { values } = parse(args, { bucket: { type: "string" } }, 0);
  const bucket = text(values["bucket"]);
  if (bucket === undefined) throw new UsageError('--bucket is missing: "pulumi stack output" shows its name.');
  const path = manifestPath(values, around, true);
  readManifest(path, around.root);
  // The library's version is pinned, so what it plans for a later Node concerns whoever raises the pin.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  // loaded here alone: the AWS library takes longer to load than the other commands take
  const { publishFile, PublishError, standardClient } = await import("./publish");
  const client = standardClient();
  try {
    for (const file of loadManifest(path, around.root).files) {
      const what = file.absent === undefined ? await publishFile(client, file, { bucket, root: around.root }) : "missing";
      around.print(
        `${what.padEnd(14)} ${what === "missing" ? `${file.path} (optional)` : `s3://${bucket}/${file.key}`} (${file.size} bytes)`,
      );
    }
    return 0;
  } catch (error) {
    if (!(error instanceof PublishError) && !(error instanceof ManifestError)) throw error;
    around.print(error.message);
    return 1;
  } finally {
    client.destroy();
  }
}

function stateOf(file: ManifestFile, root: string): string {
  const place = resolve(root, file.path);
  if (!existsSync(place)) return "missing";
  return fingerprintFile(place).sha256 === file.sha256 ? "as listed" : "altered";
}

function list(args: readonly string[], around: Surroundings): number {
  const { values } = parse(args, {}, 0);
  const path = manifestPath(values, around, true);
  const manifest = readDraft(path, around.root);
  const head = ["ROLE", "FILE", "BYTES", "REQUIRED", "FORMAT", "SHA256", "HERE"];
  const rows = manifest.files.map((file) => [
    file.role,
    file.path,
    String(file.size),
    file.required ? "yes" : "no",
    file.format,
    file.sha256.slice(0, 12),
    stateOf(file, around.root),
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const pins = Object.entries(manifest.runtime).map(([name, version]) => `${name} ${version}`);
  around.print(`${path}: release ${manifest.release} (${pins.join(", ")})`);
  for (const row of [head, ...rows])
    around.print(
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    );
  return 0;
}

const COMMANDS: Readonly<Record<string, (args: readonly string[], around: Surroundings) => number | Promise<number>>> = {
  add,
  verify,
  publish,
  list,
};

/** Runs one command and gives its exit code. */
export async function runCli(args: readonly string[], around: Surroundings): Promise<number> {
  const [name, ...rest] = args;
  if (name === "--help" || name === "-h") {
    around.print(USAGE);
    return 0;
  }
  try {
    const command = name === undefined || !Object.hasOwn(COMMANDS, name) ? undefined : COMMANDS[name];
    if (command === undefined) throw new UsageError(name === undefined ? "A command is missing." : `${name} is not a command.`);
    return await command(rest, around);
  } catch (error) {
    const misused = error instanceof UsageError || String((error as NodeJS.ErrnoException).code).startsWith("ERR_PARSE_ARGS");
    if (!misused && !(error instanceof ManifestError)) throw error;
    around.print(misused ? `${(error as Error).message}\n\n${USAGE}` : (error as Error).message);
    return 2;
  }
}

if (require.main === module) {
  const root = resolve(__dirname, "..");
  // npm runs scripts in the root and tells in INIT_CWD where the user is
  void runCli(process.argv.slice(2), { root, from: process.env["INIT_CWD"] ?? process.cwd(), print: (line) => console.log(line) }).then(
    (code) => (process.exitCode = code),
  );
}
