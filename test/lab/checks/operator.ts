/** `up` as an operator runs it: a process of its own, that can be killed. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Os } from "../../../infra/external-names";
import type { Properties } from "../../../infra/offline/engine";
import type { Lab } from "../lab";
import { repositoryRoot, runDir, typescript } from "../paths";
import { sleep } from "../process";
import type { Event } from "../provider";

const CLI = join(__dirname, "../cli.ts");

export interface Ended {
  readonly code: number | null;
  /** Both streams. */
  readonly said: string;
}

export interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it printed until now. */
  readonly said: () => string;
}

let chosen: Os | undefined;

/** The release that every `up` from now on is given for both hosts; undefined leaves it to the stack. */
export function useOs(os: Os | undefined): void {
  chosen = os;
}
export const operatorsOs = (): Os | undefined => chosen;

/** Starts the command line with these arguments. */
export const start = (...args: readonly string[]): Run => startWith(process.env, ...args);

/** The same in another environment. */
export function startWith(env: NodeJS.ProcessEnv, ...args: readonly string[]): Run {
  const [word] = args;
  const os = word === "up" && chosen !== undefined ? ["--os", chosen] : [];
  const child = spawn(process.execPath, ["-r", typescript, CLI, ...args, ...os], {
    cwd: repositoryRoot,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => (text += part.toString("utf8")));
  const ended = new Promise<Ended>((resolve) => child.on("close", (code) => resolve({ code, said: text })));
  return { child, ended, said: () => text };
}

export interface Report {
  readonly outputs: Properties;
  readonly events: readonly Event[];
}

/** Runs `up` to its end. @throws with what it printed when it fails */
export async function upOnce(name: string, ...options: readonly string[]): Promise<Report> {
  const { code, said } = await start("up", "--name", name, ...options).ended;
  if (code !== 0) throw new Error(`up ended with status ${code ?? "signal"}:\n${said.slice(-4000)}`);
  return JSON.parse(readFileSync(join(runDir(name), "report.json"), "utf8")) as Report;
}

/** Waits until a step is at work on a host. @param step "release" */
export const untilStep = async (lab: Lab, host: string, step: string, timeoutMs: number): Promise<void> =>
  void (await lab.must(host, `until systemctl list-units --plain --no-legend 'ddos-step-${step}-*' | grep -q running; do sleep 0.1; done`, {
    timeoutMs,
  }));

/** What was done: names of all that was not left alone. @param kind @default of every kind */
export const ran = ({ events }: Pick<Report, "events">, kind?: Event["kind"]): string[] =>
  events.filter((one) => one.what !== "unchanged" && one.kind === (kind ?? one.kind)).map(({ name }) => name);

/** Waits until a run has printed something. @throws when it ends before, or after `timeoutMs` */
export async function untilSaid(run: Run, pattern: RegExp, timeoutMs: number): Promise<void> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(50)) {
    if (pattern.test(run.said())) return;
    if (run.child.exitCode !== null) throw new Error(`it ended before it said ${pattern.source}:\n${run.said().slice(-3000)}`);
  }
  throw new Error(`it did not say ${pattern.source} within ${timeoutMs / 1000} s:\n${run.said().slice(-3000)}`);
}
