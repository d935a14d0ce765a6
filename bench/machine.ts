/** Where something was measured. */
import { spawnSync } from "node:child_process";
import { cpus, loadavg, totalmem } from "node:os";
import { ROOT } from "./program";
import type { Machine } from "./result";

export function machine(): Machine {
  return {
    node: process.version,
    processor: (cpus()[0]?.model ?? "unknown").trim(),
    cores: cpus().length,
    memoryGiB: totalmem() / 2 ** 30,
    load: loadavg()[0] ?? 0,
  };
}

/** "unknown" outside of a git checkout; with a plus sign where files differ from it. */
export function commitOf(): string {
  const git = (...args: string[]): string | undefined => {
    const { status, stdout } = spawnSync("git", args, { cwd: ROOT, encoding: "utf8" });
    return status === 0 ? stdout.trim() : undefined;
  };
  const head = git("rev-parse", "--short=10", "HEAD");
  return head === undefined ? "unknown" : `${head}${git("status", "--porcelain", "--untracked-files=no") === "" ? "" : "+"}`;
}
