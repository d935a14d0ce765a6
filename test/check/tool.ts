/** Runs the tools that the checks consist of. */
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { EXIT, Problem, systemSentence } from "../../policies/cli";

export const ROOT = resolve(__dirname, "../..");

/** The command line of a script that a package brings, for this same Node: no shell and no PATH in between. */
export const nodeTool = (file: string, ...args: readonly string[]): string[] => [
  process.execPath,
  join(ROOT, "node_modules", file),
  ...args,
];

export interface Ended {
  readonly code: number;
  /** The end of what both streams said; empty where the terminal got it directly. */
  readonly said: string;
}

export interface ToolOptions {
  /** `terminal`: it writes to ours directly. `shown`: what it says is shown and kept. `file`: its standard output goes into that file. */
  readonly output: "terminal" | "shown" | { readonly file: string };
  /** Is given each line that is to be shown. */
  readonly show?: (line: string) => void;
  /** @default the project's folder */
  readonly cwd?: string;
  /** @default this process's */
  readonly env?: NodeJS.ProcessEnv;
  /** Whether the tool may colour what is shown; it writes to no terminal itself. @default what the surroundings say */
  readonly colours?: boolean;
}

/** Counts stand at the end of what a runner says. */
const KEPT = 64 * 1024;

/** Runs a program to its end. @throws Problem when it cannot be started, or when a signal ended it */
export function runTool(
  argv: readonly string[],
  { output, show = () => undefined, colours, cwd = ROOT, env: own = process.env }: ToolOptions,
): Promise<Ended> {
  const [program = "", ...args] = argv;
  return new Promise((done, fail) => {
    const env = colours === true ? { ...own, FORCE_COLOR: "1" } : own;
    const child = spawn(program, args, { cwd, env, stdio: output === "terminal" ? "inherit" : ["ignore", "pipe", "pipe"] });
    let said = "";
    const keep = (line: string): void => {
      show(line);
      said = `${said}${line}\n`.slice(-KEPT);
    };
    if (typeof output === "object") child.stdout?.pipe(createWriteStream(output.file).on("error", fail));
    else if (child.stdout !== null) createInterface({ input: child.stdout }).on("line", keep);
    if (child.stderr !== null) createInterface({ input: child.stderr }).on("line", keep);
    child.on("error", (error) => fail(new Problem(systemSentence(error) ?? error.message, EXIT.cannotTell)));
    child.on("close", (code, signal) => {
      if (code !== null) done({ code, said });
      else
        fail(
          new Problem(
            `${argv.slice(0, 3).join(" ")} was ended by ${signal ?? "a signal"}; if nobody did it, memory ran out`,
            EXIT.cannotTell,
          ),
        );
    });
  });
}
