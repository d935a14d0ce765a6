/** `npm run check`: everything that CI runs, in stages. */
import { mkdirSync } from "node:fs";
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

async function runStages(stages: readonly Stage[], io: Io): Promise<number> {
  mkdirSync(join(ROOT, ".cache"), { recursive: true });
  const lines: string[] = [];
  const sum = { passed: 0, failed: 0 };
  for (const stage of stages) {
    const started = Date.now();
    io.out(`\n== ${stage.title}`);
    const { passed, failed } = await runStage(stage, io);
    sum.passed += passed;
    sum.failed += failed;
    const seconds = `${((Date.now() - started) / 1000).toFixed(0)} s`;
    lines.push(`${failed === 0 ? "ok    " : "FAILED"} ${stage.name.padEnd(8)} ${passed} passed, ${failed} failed, ${seconds}`);
    io.out(`-- ${lines.at(-1) ?? ""}`);
  }
  io.progress.end();
  io.out(`\n${lines.join("\n")}\n\n${sum.passed} passed, ${sum.failed} failed`);
  return sum.failed === 0 && sum.passed > 0 ? EXIT.ok : EXIT.wrong;
}

async function runStage(stage: Stage, io: Io): Promise<Count> {
  const sum = { passed: 0, failed: 0 };
  for (const step of stage.steps()) {
    const { passed, failed } = await runStep(step, io);
    sum.passed += passed;
    sum.failed += failed;
    if (failed > 0 && stage.independent !== true) break;
  }
  return sum;
}

async function runStep({ argv, into }: Step, io: Io): Promise<Count> {
  try {
    const output = into === undefined ? ("shown" as const) : { file: join(ROOT, into) };
    io.progress.say(argv.slice(0, 6).join(" "));
    const { code, said } = await runTool(argv, { output, show: (line) => io.out(line) });
    io.progress.hide();
    if (code !== 0) io.out(`${argv.join(" ")} ended with ${code}`);
    return tally(code, said);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    io.out(error.message);
    return { passed: 0, failed: 1 };
  }
}

export const checkAllCommand = checkAll(STAGES);

if (require.main === module) start(checkAllCommand);
