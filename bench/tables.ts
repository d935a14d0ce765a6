/** A report as Markdown, for a terminal and for docs/benchmarks.md. Pure. */
import { table } from "../infra/config/docs-words";
import { compareReports, spreadOf, verdicts } from "./result";
import type { Hardware, Report, Result, Row, Run, Spread } from "./result";

/** Three digits say all that such a measurement knows. */
export function figure(value: number): string {
  if (value >= 1000) return String(Math.round(value));
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export const lines = (head: readonly string[], rows: readonly (readonly string[])[]): string => table([head, ...rows]).join("\n");

const range = ({ least, most }: Spread): string => `${figure(least)} to ${figure(most)}`;

function rowCells({ what, unit, values }: Row): string[] {
  const spread = spreadOf(values);
  return [what, `${figure(spread.median)} ${unit}`, range(spread), String(values.length)];
}

/** Ten digits, and the sign that files differed from it. */
const shortCommit = (commit: string): string => `${commit.slice(0, 10)}${commit.endsWith("+") ? "+" : ""}`;

export function machineLine({ at, commit, machine }: Report): string {
  return `${at.slice(0, 10)}, commit ${shortCommit(commit)}; ${hardware(machine)}; load before: ${machine.load.toFixed(1)}`;
}

const hardware = ({ node, processor, cores, memoryGiB }: Hardware): string =>
  `${processor}, ${String(cores)} cores, ${figure(memoryGiB)} GiB, Node ${node}`;

function runLine({ at, commit, load, machine }: Run): string {
  const other = machine === undefined ? "" : `another machine (${hardware(machine)}); `;
  return `Measured on ${at.slice(0, 10)}, commit ${shortCommit(commit)}; ${other}load before: ${load.toFixed(1)}.`;
}

export function resultSection(result: Result): string {
  const found = verdicts(result);
  const judged = found.map(({ what, value, limit, met, because = "" }) => [what, figure(value), limit, met ? "met" : "not met", because]);
  return [
    `## ${result.title}`,
    [result.method, ...(result.run === undefined ? [] : [runLine(result.run)])].join("\n\n"),
    lines(["what", "median", "least to most", "runs"], result.rows.map(rowCells)),
    ...(judged.length === 0 ? [] : [lines(["target", "found", "limit", "", "why"], judged)]),
  ].join("\n\n");
}

export const reportText = (report: Report): string => [machineLine(report), ...report.results.map(resultSection)].join("\n\n");

/** What became better, worse or stayed the same. */
export function comparisonText(before: Report, after: Report): string {
  const rows = compareReports(before, after).map(({ what, before: a, after: b, ratio, verdict }) => [
    ...[what, figure(a.median), figure(b.median), figure(ratio), verdict],
  ]);
  if (rows.length === 0) return "Nothing was measured in both.";
  return [`Before: ${machineLine(before)}`, `After: ${machineLine(after)}`, "", lines(["what", "before", "after", "ratio", ""], rows)].join(
    "\n",
  );
}
