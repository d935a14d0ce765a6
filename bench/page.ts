/** docs/benchmarks.md, from the values of one run. */
import { BENCHES } from "./benches";
import { KEPT, keptReport } from "./report-file";
import type { Result } from "./result";
import { machineLine, resultSection } from "./tables";

export function benchmarksPage(): string {
  const report = keptReport();
  return `${[
    "# Benchmarks",
    `What \`npm run bench -- --json ${KEPT}\` measured: ${machineLine(report)}. This page is made of that file (\`npm run docs\`); edit neither.`,
    "What a table compares was measured side by side in one run on one machine (where another than the above, it says which), so ratios say more than milliseconds: yours will differ. Nothing here is a timed test. " +
      "`npm run bench -- --compare FILE` says what became slower since an earlier run.",
    ...report.results.map((result) => resultSection(judgedToday(result))),
    "## Not measured",
    "The real engine. Where a table says that it was measured under load, other work used the machine: ratios and processor time hold, " +
      "rates and the 99th percentile are those of such an hour.",
  ].join("\n\n")}\n`;
}

/** What was recorded, by the targets of today: a target, or the reason why it is not met, is no measurement. */
function judgedToday(result: Result): Result {
  const targets = BENCHES.find(({ name }) => name === result.name)?.targets;
  return targets === undefined ? result : { ...result, targets };
}
