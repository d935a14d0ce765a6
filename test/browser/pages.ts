/** The reports that a browser is shown, written into a folder: the dev stack with a live state, and programs of others. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportReport, stackReport } from "../../infra/report/make";
import { reportPage } from "../../infra/report/page";
import type { Report } from "../../infra/report/types";
import { RELEASES, VERIFY } from "../infra/report/live-files";
import { EMPTY, large, ODD } from "../infra/report/strangers";
import { ROOT } from "../check/tool";

const QUIET = { say: () => undefined };
const TODAY = new Date("2026-11-27");

export type PageName = "dev" | "odd" | "large" | "empty";

export async function writePages(folder: string): Promise<Readonly<Record<PageName, string>>> {
  const of = { config: undefined, today: TODAY };
  const live = { verify: VERIFY, releases: RELEASES };
  const reports: Readonly<Record<PageName, Report>> = {
    dev: await stackReport(ROOT, { ...of, stack: "dev", live }, QUIET),
    odd: await exportReport(ODD, of, QUIET),
    large: await exportReport(large(), of, QUIET),
    empty: await exportReport(EMPTY, of, QUIET),
  };
  const files: Record<string, string> = {};
  for (const [name, report] of Object.entries(reports)) {
    files[name] = join(folder, `${name}.html`);
    writeFileSync(files[name], await reportPage(report));
  }
  return files as Record<PageName, string>;
}
