import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { LoadedManifest } from "./manifest";

/** `unknown`: this machine has no Python, so only the host's gate will tell. */
export type GateResult = { readonly verdict: "pass" | "refused"; readonly lines: readonly string[] } | { readonly verdict: "unknown" };

const GATE = resolve(__dirname, "../templates/steps/gate.py");

/**
 * Asks the gate that the hosts run (templates/steps/gate.py, Python's standard library only) about the imports of the pickles: one allow-list, not two.
 * Nothing is unpickled.
 * @param python the interpreter's name or path
 */
export async function askGate(loaded: LoadedManifest, root: string, python = "python3"): Promise<GateResult> {
  const folder = mkdtempSync(join(tmpdir(), "models-gate-"));
  try {
    const models = join(folder, "models");
    mkdirSync(models);
    for (const file of loaded.files)
      if (file.format === "pickle" && file.absent === undefined) symlinkSync(resolve(root, file.path), join(models, file.name));
    const venv = pretendedVenv(join(folder, "venv"), loaded.manifest.runtime);
    return await run(python, ["-I", "-S", GATE, "models", models, venv, ...pins(loaded.manifest.runtime)]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const pins = (runtime: Readonly<Record<string, string>>): string[] =>
  Object.entries(runtime).map(([name, version]) => `${name}==${version}`);

/** The gate compares installed versions as well; here nothing is installed, so it is shown just what the manifest pins. */
function pretendedVenv(folder: string, runtime: Readonly<Record<string, string>>): string {
  for (const [name, version] of Object.entries(runtime)) {
    const info = join(folder, "lib/python3/site-packages", `${name.replaceAll("-", "_")}-${version}.dist-info`);
    mkdirSync(info, { recursive: true });
    writeFileSync(join(info, "METADATA"), `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`);
  }
  return folder;
}

function run(python: string, args: readonly string[]): Promise<GateResult> {
  return new Promise((done, fail) => {
    execFile(python, args, { timeout: 120_000 }, (error, stdout, stderr) => {
      const lines = stdout.split("\n").filter((line) => line !== "");
      if (error === null) done({ verdict: "pass", lines });
      else if ((error as NodeJS.ErrnoException).code === "ENOENT") done({ verdict: "unknown" });
      else if (error.code === 1 && lines.length > 0) done({ verdict: "refused", lines });
      else fail(new Error(`${python} ${GATE} failed: ${stderr.trim() === "" ? error.message : stderr.trim()}`));
    });
  });
}
