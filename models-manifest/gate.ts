import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { LoadedManifest } from "./manifest";

/** `unknown`: this machine has no Python that can tell, so only the host's gate will. */
export type GateResult = { readonly verdict: "pass" | "refused"; readonly lines: readonly string[] } | { readonly verdict: "unknown" };

const GATE = resolve(__dirname, "../templates/steps/gate.py");
const LIMIT_MS = 120_000;
/** gate.py says so of a Python that is older than the hosts' (3.10). */
const TOO_OLD = 9;

/**
 * Asks the gate that the hosts run (templates/steps/gate.py) what the files import and do, from their bytes alone, with Python's standard library:
 * nothing of them is imported or executed.
 * @param python the interpreter's name or path
 */
export function askGate(loaded: LoadedManifest, python = "python3"): GateResult {
  const folder = mkdtempSync(join(tmpdir(), "models-gate-"));
  try {
    const models = join(folder, "models");
    mkdirSync(models);
    // With `published`, files may be in the bucket alone.
    const there = loaded.files.filter((file) => file.localPath !== undefined);
    for (const file of there) symlinkSync(file.localPath!, join(models, file.name));
    const request = join(folder, "request");
    writeFileSync(request, requestText(loaded, models, there));
    return run(python, ["-I", "-S", "-B", GATE, request]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function requestText({ manifest }: LoadedManifest, models: string, files: LoadedManifest["files"]): string {
  return [
    `models ${models}`,
    ...Object.entries(manifest.runtime).map(([name, version]) => `pin ${name}==${version}`),
    ...(manifest.imports ?? []).map((name) => `import ${name}`),
    ...files.map((file) => `format ${file.format} ${file.name}`),
    "",
  ].join("\n");
}

function run(python: string, args: readonly string[]): GateResult {
  const { status, stdout, stderr, error } = spawnSync(python, args, { timeout: LIMIT_MS, encoding: "utf8", maxBuffer: 16 * 1024 * 1024 });
  const lines = (stdout ?? "").split("\n").filter((line) => line !== "");
  const missing = error !== undefined && "code" in error && error.code === "ENOENT";
  if (status === TOO_OLD || missing) return { verdict: "unknown" };
  if (status === 0) return { verdict: "pass", lines };
  if (status === 1 && lines.length > 0) return { verdict: "refused", lines };
  throw new Error(
    `${python} ${GATE} failed: ${(stderr ?? "").trim() === "" ? (error?.message ?? `status ${String(status)}`) : stderr.trim()}`,
  );
}
