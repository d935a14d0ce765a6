/** The operator of the tests: runs composed steps over SSH as the deployment does, skipping those whose inputs did not change. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { hostSteps } from "../../../infra/release/steps";
import type { HostSpec, Step, StepName, StepValues } from "../../../infra/release/types";
import { sshCommand } from "../cli-lab";
import type { Lab } from "../lab";
import type { RunResult } from "../process";

export interface Outcome {
  readonly ok: boolean;
  /** Steps that ran, in order; the last one failed when `ok` is false. */
  readonly ran: readonly StepName[];
  /** What the steps printed for the operator, both streams. */
  readonly said: string;
}

export interface DeployOptions {
  /** Runs every step, as a repair does, whether or not its inputs changed. */
  readonly all?: boolean;
  /** Runs these only. */
  readonly only?: readonly StepName[];
  /** Called when a step has been started; what it does happens beside the step. */
  readonly during?: (step: StepName, kill: () => void) => void;
  /** Changes what is sent, for templates that are wrong in ways the program would not produce. */
  readonly rewrite?: (step: StepName, create: string, stdin: string) => { readonly create: string; readonly stdin: string };
}

/** One operator's knowledge of one host: which inputs of each step have succeeded. */
export interface Operator {
  deploy(spec: HostSpec, values: StepValues, options?: DeployOptions): Promise<Outcome>;
}

/** verify looks at the other host as well; it has its own tests. */
const STEPS: readonly StepName[] = ["prepare", "code", "env", "models", "release"];

/** No step of these tests needs this long; a link that is cut for good must not hold a run. */
const STEP_LIMIT_MS = 150_000;

export interface RunningStep {
  readonly result: Promise<RunResult>;
  /** Ends the operator's side at once, as SIGKILL or a closed lid would. */
  kill(): void;
}

/** A step over SSH, as the remote command resource runs it: literal script, values by stdin. */
export function startStep(lab: Lab, host: string, step: Step, stdin: string): RunningStep {
  const [program = "", ...args] = sshCommand(lab.name, host, [step.create]);
  // A group of its own: ssh through the bastion is two processes.
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], detached: true });
  const kill = (): void => void (child.pid !== undefined && child.exitCode === null && process.kill(-child.pid, "SIGKILL"));
  const watchdog = setTimeout(kill, STEP_LIMIT_MS);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
  child.stdin.on("error", () => undefined);
  child.stdin.end(stdin);
  const result = new Promise<RunResult>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(watchdog);
      resolve({ code: code ?? -1, stdout, stderr });
    });
  });
  return { result, kill };
}

const fingerprint = (...texts: readonly string[]): string => createHash("sha256").update(texts.join("\0")).digest("hex");

export function createOperator(lab: Lab, host: string): Operator {
  const done = new Map<StepName, string>();
  return {
    deploy: async (spec, values, options = {}) => {
      const steps = hostSteps(spec).filter((step) => STEPS.includes(step.name) && (options.only?.includes(step.name) ?? true));
      const ran: StepName[] = [];
      let said = "";
      for (const step of steps) {
        const sent = options.rewrite?.(step.name, step.create, step.stdin(values)) ?? { create: step.create, stdin: step.stdin(values) };
        const inputs = fingerprint(sent.create, sent.stdin);
        if (done.get(step.name) === inputs && options.all !== true) continue;
        ran.push(step.name);
        const running = startStep(lab, host, { ...step, create: sent.create }, sent.stdin);
        options.during?.(step.name, () => running.kill());
        const result = await running.result;
        said += result.stdout + result.stderr;
        // A power cut kills the host's processes in any order, so the status may be anything then; a step that ends well says so, too.
        if (result.code !== 0 || result.stdout.trim() === "") return { ok: false, ran, said };
        done.set(step.name, inputs);
      }
      return { ok: true, ran, said };
    },
  };
}
