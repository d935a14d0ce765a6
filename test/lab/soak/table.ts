/** What many runs came to: faults against changes, for people and as JSON. Pure. */
import { table as markdownTable } from "../../../infra/config/docs-words";
import { CHANGES, FAULTS, type ChangeName, type FaultName } from "./draw";

export interface Row {
  readonly seed: number;
  readonly run: number;
  readonly fault: FaultName;
  readonly change: ChangeName;
  readonly afterMs: number;
  readonly ok: boolean;
  readonly remark: string;
  readonly seconds: number;
  readonly sent: number;
  readonly failed: number;
}

/** How often each fault struck each change, and what came of it: "2" both held, "1/2" one of two. Only what was tried has a row or a column. */
export function table(rows: readonly Row[]): string {
  const changes = CHANGES.filter((change) => rows.some((row) => row.change === change));
  const cell = (of: readonly Row[]): string => {
    const held = of.filter(({ ok }) => ok).length;
    if (of.length === 0) return "";
    return held === of.length ? String(held) : `${held}/${of.length}`;
  };
  const lines = FAULTS.filter((fault) => rows.some((row) => row.fault === fault)).map((fault) => {
    const own = rows.filter((row) => row.fault === fault);
    return [fault, ...changes.map((change) => cell(own.filter((row) => row.change === change))), cell(own)];
  });
  const total = ["all", ...changes.map((change) => cell(rows.filter((row) => row.change === change))), cell(rows)];
  return markdownTable([["", ...changes, "all"], ...lines, total]).join("\n");
}

export function document(rows: readonly Row[]): string {
  const [sent, failed] = [rows.reduce((sum, row) => sum + row.sent, 0), rows.reduce((sum, row) => sum + row.failed, 0)];
  const held = rows.filter(({ ok }) => ok).length;
  return `${JSON.stringify({ held, broken: rows.length - held, requests: { sent, failed }, runs: rows }, null, 2)}\n`;
}
