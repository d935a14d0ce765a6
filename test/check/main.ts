/** `npm run check`: everything that CI runs, in stages. */
import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { command, EXIT, Problem, start, UsageProblem } from "../../policies/cli";
import type { Command, Io } from "../../policies/cli";
import { tally } from "./count";
import type { Count } from "./count";
import { STAGES } from "./stages";
import type { Stage, Step } from "./stages";
import { ROOT, runTool } from "./tool";

const OPTIONS = {
  fast: { kind: "flag", help: "leave out the stages on real hosts" },
  only: { kind: "texts", value: "NAME", help: "run this stage alone; may be given several times" },
  list: { kind: "flag", help: "name the stages and run none" },
} as const;

/** @param stages in their order; tests have their own */
export function checkAll(stages: readonly Stage[]): Command<typeof OPTIONS> {
  return command({
    name: "check",
    summary: "Runs what CI runs, in stages: all of them run, whatever an earlier one finds.",
    options: OPTIONS,
    examples: ["", "--fast", "--only lint --only unit"],
    notes: [
      `Stages: ${stages.map(({ name }) => name).join(", ")}. The last ${stages.filter(({ hosts }) => hosts === true).length} need Linux and root.`,
      "Stages that keep one core busy run two at a time; what they say is shown as each ends.",
      'The last line is "N passed, N failed": tests, and programs that count none as one each.',
    ],
    exitCodes: { 0: "everything passed", 1: "something failed" },
    run: ({ options: { fast, only, list } }, io) => {
      const unknown = only.find((name) => !stages.some((stage) => stage.name === name));
      if (unknown !== undefined) throw new UsageProblem(`--only ${unknown}: the stages are ${stages.map(({ name }) => name).join(", ")}`);
      const chosen = stages.filter(({ name, hosts }) => (only.length > 0 ? only.includes(name) : !(fast && hosts === true)));
      if (!list) return runStages(chosen, io);
      for (const { name, title } of chosen) io.out(`${name.padEnd(8)} ${title}`);
      return EXIT.ok;
    },
  });
}

type Show = (line: string) => void;

interface Outcome extends Count {
  readonly line: string;
}

async function runStages(stages: readonly Stage[], io: Io): Promise<number> {
  mkdirSync(join(ROOT, ".cache"), { recursive: true });
  const outcomes = new Map<Stage, Outcome>();
  for (const group of groups(stages)) {
    const waiting = [...group];
    const lane = async (): Promise<void> => {
      for (let stage = waiting.shift(); stage !== undefined; stage = waiting.shift())
        outcomes.set(stage, await (group.length > 1 ? runKept(stage, io) : runStage(stage, io, (line) => io.out(line))));
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }
  io.progress.end();
  const all = stages.flatMap((stage) => outcomes.get(stage) ?? []);
  const [passed, failed] = [sumOf(all.map((one) => one.passed)), sumOf(all.map((one) => one.failed))];
  io.out(`\n${all.map(({ line }) => line).join("\n")}\n\n${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? EXIT.ok : EXIT.wrong;
}

const LANES = Math.min(2, availableParallelism());

/** Stages that run at once stand together, every other by itself. */
function groups(stages: readonly Stage[]): Stage[][] {
  const made: Stage[][] = [];
  for (const stage of stages) {
    const last = made.at(-1);
    if (stage.oneCore === true && last?.[0]?.oneCore === true) last.push(stage);
    else made.push([stage]);
  }
  return made;
}

/** What it says is shown when it has ended, so that the lines of two stages do not mix. */
async function runKept(stage: Stage, io: Io): Promise<Outcome> {
  const lines: string[] = [];
  // So that a run that hangs, or is ended from outside, has said what it was at.
  io.out(`.. begun: ${stage.name}`);
  try {
    return await runStage(stage, io, (line) => lines.push(line));
  } finally {
    if (lines.length > 0) io.out(lines.join("\n"));
  }
}

async function runStage(stage: Stage, io: Io, show: Show): Promise<Outcome> {
  const started = Date.now();
  show(`\n== ${stage.title}`);
  const counts: Count[] = [];
  for (const step of stage.steps()) {
    const count = await runStep(step, io, show);
    counts.push(count);
    if (count.failed > 0 && stage.independent !== true) break;
  }
  const [passed, failed] = [sumOf(counts.map((one) => one.passed)), sumOf(counts.map((one) => one.failed))];
  const seconds = `${((Date.now() - started) / 1000).toFixed(0)} s`;
  const line = `${failed === 0 ? "ok    " : "FAILED"} ${stage.name.padEnd(8)} ${passed} passed, ${failed} failed, ${seconds}`;
  show(`-- ${line}`);
  return { passed, failed, line };
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);

async function runStep({ argv, into }: Step, io: Io, show: Show): Promise<Count> {
  try {
    const output = into === undefined ? ("shown" as const) : { file: join(ROOT, into) };
    io.progress.say(argv.slice(0, 6).join(" "));
    const { code, said } = await runTool(argv, { output, show });
    io.progress.hide();
    if (code !== 0) show(`${argv.join(" ")} ended with ${code}`);
    return tally(code, said);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    show(error.message);
    return { passed: 0, failed: 1 };
  }
}

export const checkAllCommand = checkAll(STAGES);

if (require.main === module) start(checkAllCommand);
