/** Runs programs and says what they used. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT, Problem } from "../policies/cli";

export const ROOT = join(__dirname, "..");

export interface Used {
  readonly wallMs: number;
  /** Of all threads, and of all processes that it waited for. */
  readonly cpuMs: number;
  /** Of the largest process. */
  readonly peakMiB: number;
}

export interface Ran extends Used {
  readonly out: string;
}

export interface Where {
  /** For what the measurement itself writes. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** @throws Problem when it cannot be started, or ends otherwise than it should */
export function run(argv: readonly string[], { folder, env = {} }: Where): Ran {
  const usage = join(folder, "usage.json");
  const python = ["-I", "-S", join(__dirname, "run.py"), usage, ...argv];
  const found = spawnSync("python3", python, { cwd: ROOT, encoding: "utf8", maxBuffer: 2 ** 29, env: { ...process.env, ...env } });
  if (found.error !== undefined)
    throw new Problem("python3 is needed: it says what the measured programs used. Install it.", EXIT.cannotTell);
  if (found.status !== 0) {
    const said = `${found.stdout}\n${found.stderr}`.trim().split("\n").slice(-5).join("\n");
    throw new Problem(`${argv.slice(0, 6).join(" ")} ended with ${String(found.status)}:\n${said}`, EXIT.cannotTell);
  }
  return { ...(JSON.parse(readFileSync(usage, "utf8")) as Used), out: found.stdout };
}

/** Node with what npm's scripts put before their program. */
export const script = (...words: readonly string[]): string[] => [process.execPath, "-r", "./tools/register.js", ...words];

/**
 * Every program `runs` times, in turns, so that what else the machine does falls on all of them; each once before that, unmeasured, which fills the caches.
 */
export function inTurns(
  programs: Readonly<Record<string, readonly string[]>>,
  runs: number,
  where: Where,
  say: (what: string) => void,
): Map<string, Used[]> {
  const found = new Map<string, Used[]>(Object.keys(programs).map((name) => [name, []]));
  for (let turn = 0; turn <= runs; turn += 1)
    for (const [name, argv] of Object.entries(programs)) {
      say(`${name}, ${turn === 0 ? "warming up" : `${String(turn)} of ${String(runs)}`}`);
      const used = run(argv, where);
      if (turn > 0) found.get(name)?.push(used);
    }
  return found;
}
