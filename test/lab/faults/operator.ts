/** The operator of the tests: runs composed steps over SSH as the deployment does, skipping those whose inputs did not change. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import type { Asked } from "../../../infra/release/asked";
import { carrier } from "../../../infra/release/carrier";
import { hostSteps } from "../../../infra/release/steps";
import type { HostSpec, Step, StepFile, StepName, StepValues } from "../../../infra/release/types";
import { sshCommand } from "../cli-lab";
import type { Lab } from "../lab";
import type { RunResult } from "../process";

export interface Outcome {
  readonly ok: boolean;
  /** Steps that ran, in order; the last one failed when `ok` is false. */
  readonly ran: readonly StepName[];
  /** What the steps printed for the operator, both streams. */
  readonly said: string;
  /** The same of the last one alone. */
  readonly last: string;
}

export interface DeployOptions {
  /** Runs every step, as a repair does, whether or not its inputs changed. */
  readonly all?: boolean;
  /** Runs these only. */
  readonly only?: readonly StepName[];
  /** Called when a step, or what brings the scripts, has been started; what it does happens beside it. */
  readonly during?: (step: StepName | "scripts", kill: () => void) => void;
  /** Changes what is sent, for templates that are wrong in ways the program would not produce. */
  readonly rewrite?: (step: StepName, script: string, stdin: string) => { readonly script: string; readonly stdin: string };
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

/** A command over SSH, as the remote command resource runs it: literal script, values by stdin. */
export function startCommand(lab: Lab, host: string, create: string, stdin: string): RunningStep {
  const [program = "", ...args] = sshCommand(lab.name, host, [create]);
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

interface Sent {
  readonly name: StepName;
  readonly script: StepFile;
  readonly create: string;
  readonly stdin: string;
}

/** A step with its script changed: the create names the script by its digest. */
function sentAs(step: Step, stdin: string, rewrite: DeployOptions["rewrite"]): Sent {
  const { name, create, script } = step;
  const changed = rewrite?.(name, script.text, stdin) ?? { script: script.text, stdin };
  const sha256 = createHash("sha256").update(changed.script).digest("hex");
  const file = { name: `${name}-${sha256.slice(0, 12)}.sh`, sha256, text: changed.script };
  return { name, script: file, create: create.replaceAll(script.sha256, sha256).replaceAll(script.name, file.name), stdin: changed.stdin };
}

/** What `npm run releases` sends to a host, over SSH as it does. @param during called when it has been started */
export async function sendAsked(
  lab: Lab,
  host: string,
  { create, script, stdin }: Pick<Asked, "create" | "script" | "stdin">,
  during?: (kill: () => void) => void,
): Promise<RunResult> {
  const bring = carrier([script], { only: false });
  const brought = await startCommand(lab, host, bring.create, bring.stdin).result;
  if (brought.code !== 0) return brought;
  const running = startCommand(lab, host, create, stdin);
  during?.(() => running.kill());
  return running.result;
}

export function createOperator(lab: Lab, host: string): Operator {
  const done = new Map<StepName | "scripts", string>();
  return {
    deploy: async (spec, values, options = {}) => {
      const all = hostSteps(spec)
        .filter((step) => STEPS.includes(step.name))
        .map((step) => sentAs(step, step.stdin(values), options.rewrite));
      const scripts = { name: "scripts" as const, ...carrier(all.map(({ script }) => script)) };
      // A repair changes the inputs of every Command, so what does not succeed now runs in the next deployment, too.
      if (options.all === true) done.clear();
      const ran: StepName[] = [];
      let [said, last] = ["", ""];
      for (const sent of [scripts, ...all.filter(({ name }) => options.only?.includes(name) ?? true)]) {
        const { name } = sent;
        const inputs = fingerprint(sent.create, sent.stdin);
        if (done.get(name) === inputs) continue;
        if (name !== "scripts") ran.push(name);
        const running = startCommand(lab, host, sent.create, sent.stdin);
        options.during?.(name, () => running.kill());
        const result = await running.result;
        last = result.stdout + result.stderr;
        said += last;
        if (result.code !== 0) return { ok: false, ran, said, last };
        done.set(name, inputs);
      }
      // A step that a host has no longer leaves the state when all else has succeeded; should it come back, it runs.
      const names = new Set<string>(["scripts", ...hostSteps(spec).map(({ name }) => name)]);
      for (const name of done.keys()) if (!names.has(name)) done.delete(name);
      return { ok: true, ran, said, last };
    },
  };
}
