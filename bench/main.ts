/**
 * `npm run bench [-- NAME...]`: measures the project on this machine, beside what people would use instead. Nothing of it is a test.
 * Tables on standard output; `--json FILE` keeps the values, `--compare FILE` says what became slower since such a file.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { command, EXIT, Problem, readNamed, start, UsageProblem } from "../policies/cli";
import type { Io } from "../policies/cli";
import type { Bench } from "./bench";
import { BENCHES } from "./benches";
import { commitOf, machine } from "./machine";
import { parseReport } from "./report-file";
import { compareReports, mergeReports } from "./result";
import type { Report, Result } from "./result";
import { comparisonText, reportText } from "./tables";

const NAMES = BENCHES.map(({ name }) => name);

export const benchCommand = command({
  name: "bench",
  summary: "Measures the project on this machine, beside what people would use instead. Nothing of it is a test.",
  options: {
    runs: {
      ...{ kind: "text", value: "N", default: "3", help: "how often each thing is measured; below 3 there is no median" },
      form: { pattern: /^[1-9]\d?$/, what: "a whole number from 1 to 99" },
    },
    json: {
      kind: "text",
      value: "FILE",
      help: "keep all values in this file; what it has of other measurements stays, with where those were made",
    },
    compare: {
      kind: "text",
      value: "FILE",
      help: "say what differs from the values of an earlier --json; exit 1 where something became worse",
    },
  },
  words: { value: "NAME", help: `what to measure (default: all): ${NAMES.join(", ")}`, min: 0, max: NAMES.length },
  examples: ["", "start --runs 9", "policies --compare before.json", "serving --json bench/results.json"],
  notes: BENCHES.map(({ name, summary }) => `${name}: ${summary}`),
  exitCodes: { 0: "measured", 1: "with --compare: something became worse", 3: "something could not be measured" },
  run: async ({ options: { runs, json, compare }, words }, io) => {
    const unknown = words.find((word) => !NAMES.includes(word));
    if (unknown !== undefined) throw new UsageProblem(`"${unknown}" is not measured; there are: ${NAMES.join(", ")}`);
    const before = compare === undefined ? undefined : parseReport(compare, readNamed(compare, "--compare", io.from));
    const chosen = words.length === 0 ? BENCHES : BENCHES.filter(({ name }) => words.includes(name));
    const head = { at: new Date().toISOString(), commit: commitOf(), machine: machine() };
    const results: Result[] = [];
    const failed: string[] = [];
    for (const bench of chosen) {
      try {
        results.push(await measured(bench, Number(runs), io));
        // Whatever ends a later one, by hand too, takes nothing of this.
        if (json !== undefined) keep(resolve(io.from, json), { ...head, results });
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        failed.push(`${bench.name}: ${error.message}`);
      }
    }
    io.progress.end();
    const report: Report = { ...head, results };
    io.out(reportText(report));
    if (before !== undefined) io.out(`\n${comparisonText(before, report)}`);
    if (failed.length > 0) throw new Problem(failed.join("\n"), EXIT.cannotTell);
    const worse = before !== undefined && compareReports(before, report).some(({ verdict }) => verdict === "worse");
    return worse ? EXIT.wrong : EXIT.ok;
  },
});

function keep(file: string, report: Report): void {
  const before = existsSync(file) ? parseReport(file, readFileSync(file, "utf8")) : undefined;
  const whole = before === undefined ? report : mergeReports(before, report, NAMES);
  writeFileSync(file, `${JSON.stringify(whole, null, 2)}\n`);
}

async function measured(bench: Bench, runs: number, io: Io): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), `bench-${bench.name}-`));
  try {
    const say = (what: string): void => io.progress.say(`${bench.name}: ${what}`);
    const result = await bench.measure({ runs, folder, say, note: (line) => io.err(line) });
    const empty = result.rows.find(({ values }) => values.length === 0);
    if (empty !== undefined) throw new Problem(`${bench.name}: "${empty.what}" was never measured`, EXIT.bug);
    return { name: bench.name, ...result, targets: bench.targets };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (require.main === module) start(benchCommand);
