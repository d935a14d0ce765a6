/** Programs that go on after the one that started them: always members of the lab's control groups, output in a log file. */
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { makeGroups } from "./cgroup";
import { repositoryRoot, typescript } from "./paths";

export interface DaemonOptions {
  readonly lab: string;
  /** Control group below the lab's, and name in messages. */
  readonly part: string;
  readonly logFile: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a program in its own session, in the lab's control groups from its first instruction on. */
export function startDaemon(argv: readonly string[], options: DaemonOptions): void {
  const groups = makeGroups(options.lab, options.part);
  const join = 'while read -r file; do echo $$ >"$file"; done <<<"$0"; exec "$@"';
  const log = openSync(options.logFile, "a");
  const child = spawn("bash", ["-c", join, groups.join("\n"), ...argv], {
    cwd: repositoryRoot,
    detached: true,
    stdio: ["ignore", log, log],
    env: { ...process.env, ...options.env },
  });
  child.unref();
  closeSync(log);
}

/** How a TypeScript file of this directory is run as a program of its own inside a namespace. */
export const scriptInNamespace = (namespace: string, script: string, ...args: readonly string[]): string[] => [
  ...["ip", "netns", "exec", namespace],
  ...[process.execPath, "-r", typescript, script, ...args],
];
