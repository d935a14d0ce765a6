/** The reports that a browser is shown, written into a folder: the dev stack with a live state, and programs of others. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { policyConfigOf } from "../../infra/cli/policy-config";
import { previewFile } from "../../infra/cli/preview-stack";
import { placeholderKey } from "../../infra/offline/placeholder-key";
import { stackFileFromText } from "../../infra/offline/stack-file";
import { exportReport, previewReport, stackReport } from "../../infra/report/make";
import { reportPage } from "../../infra/report/page";
import type { Report } from "../../infra/report/types";
import { RELEASES, VERIFY } from "../infra/report/live-files";
import { EMPTY, large, ODD } from "../infra/report/strangers";
import { certificate } from "../certificates";
import { ROOT } from "../check/tool";

const QUIET = { say: () => undefined };
const TODAY = new Date("2026-11-27");

export type PageName = "dev" | "full" | "odd" | "large" | "empty";

/** A stack with what dev leaves out: HTTPS, a load balancer before the backend, alarms, an address that stays. */
export async function fullReport(): Promise<Report> {
  const { certificate: own, key } = certificate("ml.example.org", { names: ["ml.example.org"] });
  const config = {
    "aws:region": "us-east-1",
    "ml-gateway:gateway": { sshFrom: ["198.51.100.7/32"], elasticIp: true },
    "ml-gateway:backend": { loadBalancer: true },
    "ml-gateway:domain": "ml.example.org",
    "ml-gateway:watch": { enabled: true, emails: ["operations@your-company.com"] },
    "ml-gateway:app": { path: "templates/sample-app" },
    "ml-gateway:models": { manifest: "models-manifest/sample.json" },
  };
  const file = stackFileFromText(ROOT, "full", JSON.stringify({ config }), { privateKey: placeholderKey });
  const secret = { "ml-gateway:tls": JSON.stringify({ certificate: own, privateKey: key }) };
  const whole = { ...file, config: { ...file.config, ...secret }, secretKeys: [...file.secretKeys, ...Object.keys(secret)] };
  const policies = policyConfigOf(undefined, "");
  return previewReport(await previewFile(ROOT, whole, policies, QUIET), policies, { today: TODAY, live: {} });
}

export async function writePages(folder: string): Promise<Readonly<Record<PageName, string>>> {
  const of = { config: undefined, today: TODAY };
  const live = { verify: VERIFY, releases: RELEASES };
  const reports: Readonly<Record<PageName, Report>> = {
    dev: await stackReport(ROOT, { ...of, stack: "dev", live }, QUIET),
    full: await fullReport(),
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
