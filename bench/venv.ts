/** Programs from PyPI that something is compared with, each in an environment of its own below .cache/bench. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./program";

/** @returns the environment's folder; the last line of what went wrong where it could not be made */
export function environment(name: string, packages: readonly string[]): { readonly folder: string } | { readonly wrong: string } {
  const folder = join(ROOT, ".cache/bench", name);
  const ready = join(folder, `ready-${packages.join("-").replace(/[^\w.-]/g, "_")}`);
  if (existsSync(ready)) return { folder };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const argv of [
    ["python3", "-m", "venv", folder],
    [join(folder, "bin/pip"), "install", "--quiet", "--disable-pip-version-check", ...packages],
  ]) {
    const [program = "", ...args] = argv;
    const { status, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
    if (status !== 0) return { wrong: error?.message ?? stderr.trim().split("\n").at(-1) ?? "no reason was given" };
  }
  writeFileSync(ready, "");
  return { folder };
}
