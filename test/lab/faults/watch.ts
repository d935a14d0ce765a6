/** A constant load from the operator's side, and what became of it since the last look. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Lab } from "../lab";
import { typescript } from "../paths";
import type { Counts } from "./load";

export interface Watch {
  /** Counts since the last call. */
  look(): Promise<Counts>;
  stop(): void;
}

/** The counts as one line, without each request that failed. */
export function brief(counts: Counts): string {
  return JSON.stringify({ ...counts, failures: counts.failures.length });
}

/** @param rate requests a second @param seconds upper bound of its life */
export function startWatch(lab: Lab, url: string, rate: number, seconds: number): Watch {
  const [program = "", ...args] = lab.outside([
    process.execPath,
    "-r",
    typescript,
    join(__dirname, "load.ts"),
    url,
    `${rate}`,
    `${seconds}`,
  ]);
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const waiting: ((line: string) => void)[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => waiting.shift()?.(line));
  return {
    look: () =>
      new Promise((resolve, reject) => {
        if (child.exitCode !== null) return reject(new Error(`the load generator ended with status ${child.exitCode}`));
        waiting.push((line) => resolve(JSON.parse(line) as Counts));
        child.stdin.write("\n");
      }),
    stop: () => void child.stdin.end(),
  };
}
