/** Reads what `bench --json` wrote. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../policies/cli";
import type { Report, Result, Row } from "./result";

/** The report that the documentation is made of, from the root of the repository. */
export const KEPT = "bench/results.json";

/** @throws where there is none, or where it is no report */
export const keptReport = (): Report => parseReport(KEPT, readFileSync(join(__dirname, "..", KEPT), "utf8"));

const isRow = (row: Partial<Row>): boolean =>
  typeof row.what === "string" &&
  Array.isArray(row.values) &&
  row.values.length > 0 &&
  row.values.every((value) => typeof value === "number");

/** @throws Problem where the text is no such report */
export function parseReport(name: string, text: string): Report {
  let report: Partial<Report>;
  try {
    report = JSON.parse(text) as Partial<Report>;
  } catch {
    throw new Problem(`${name}: found no JSON. Give a file that "npm run bench -- --json FILE" wrote.`);
  }
  if (!isReport(report)) throw new Problem(`${name}: found no measurements in it. Give a file that "npm run bench -- --json FILE" wrote.`);
  return report;
}

function isReport(report: Partial<Report> | null): report is Report {
  if (typeof report?.at !== "string" || typeof report.machine !== "object") return false;
  const results: unknown = report.results;
  if (!Array.isArray(results) || results.length === 0) return false;
  return (results as readonly Partial<Result>[]).every(({ rows }) => Array.isArray(rows) && rows.length > 0 && rows.every(isRow));
}
