/** Running programs of this machine: nothing here goes through a shell, and no failure is silent. */
import { spawn } from "node:child_process";
import { openSync, closeSync } from "node:fs";

export interface RunOptions {
  /** Bytes for the program's standard input. @default nothing */
  readonly input?: string | Buffer;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Both output streams are appended here instead of being returned. */
  readonly logFile?: string;
  /** Milliseconds until SIGKILL. @default 10 minutes */
  readonly timeoutMs?: number;
}

export interface RunResult {
  /** Exit status; -1 when a signal or the time limit ended the program. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. @throws only when it cannot be started at all. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const [program = "", ...args] = argv;
  return new Promise((resolve, reject) => {
    const log = options.logFile === undefined ? undefined : openSync(options.logFile, "a");
    const child = spawn(program, args, {
      env: options.env ?? process.env,
      cwd: options.cwd,
      stdio: ["pipe", log ?? "pipe", log ?? "pipe"],
      timeout: options.timeoutMs ?? 600_000,
      killSignal: "SIGKILL",
    });
    if (log !== undefined) closeSync(log);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", (error) => reject(new Error(`${program} could not be started: ${error.message}`)));
    child.on("close", (code) =>
      resolve({ code: code ?? -1, stdout: Buffer.concat(out).toString("utf8"), stderr: Buffer.concat(err).toString("utf8") }),
    );
    // A program that ends without reading its input is evaluated by its exit status, not by the broken pipe.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.input ?? "");
  });
}

/** Runs a program that has to succeed. @returns its standard output @throws an error with the command and the end of its output */
export async function must(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await run(argv, options);
  if (result.code === 0) return result.stdout;
  const said = (result.stderr + result.stdout).trim().split("\n").slice(-15).join("\n");
  const where = options.logFile === undefined ? said : `see ${options.logFile}`;
  throw new Error(`${argv.slice(0, 8).join(" ")} ended with status ${result.code}: ${where}`);
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks again and again until an answer comes. @throws with `what` and the last error after `timeoutMs` */
export async function until<T>(what: string, timeoutMs: number, ask: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + timeoutMs;
  let last = "no answer";
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      last = (error as Error).message;
    }
    await sleep(150);
  }
  throw new Error(`${what} did not happen within ${timeoutMs / 1000} s: ${last}`);
}
