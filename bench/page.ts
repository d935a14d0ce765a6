/** docs/benchmarks.md, from the values of one run. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseReport } from "./report-file";
import { machineLine, resultSection } from "./tables";

const FILE = "bench/results.json";

export function benchmarksPage(): string {
  const report = parseReport(FILE, readFileSync(join(__dirname, "..", FILE), "utf8"));
  return `${[
    "# Benchmarks",
    `What \`npm run bench -- --json ${FILE}\` measured: ${machineLine(report)}. This page is made of that file (\`npm run docs\`); edit neither.`,
    "Everything is measured side by side in one run on one machine, so ratios say more than milliseconds: yours will differ. Nothing here is a timed test. " +
      "`npm run bench -- --compare FILE` says what became slower since an earlier run.",
    ...report.results.map(resultSection),
  ].join("\n\n")}\n`;
}
