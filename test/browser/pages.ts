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
import { database, service, site } from "../infra/report/programs";
import { EMPTY, large, ODD } from "../infra/report/strangers";
import { certificate } from "../certificates";
import { ROOT } from "../check/tool";

const QUIET = { say: () => undefined };
const TODAY = new Date("2026-11-27");

export type PageName = "dev" | "full" | "fleet" | "fleets" | "service" | "site" | "database" | "odd" | "large" | "empty";

/** A stack of this program, with these sections of its configuration; `secret` stands in as a secret would. */
async function ownReport(stack: string, sections: object, secret: Readonly<Record<string, object>> = {}): Promise<Report> {
  const config = {
    "aws:region": "us-east-1",
    ...Object.fromEntries(
      Object.entries({ app: { path: "templates/sample-app" }, models: { manifest: "models-manifest/sample.json" }, ...sections }).map(
        ([name, value]) => [`ml-gateway:${name}`, value as unknown],
      ),
    ),
  };
  const file = stackFileFromText(ROOT, stack, JSON.stringify({ config }), { privateKey: placeholderKey });
  const hidden = Object.fromEntries(Object.entries(secret).map(([name, value]) => [`ml-gateway:${name}`, JSON.stringify(value)]));
  const whole = { ...file, config: { ...file.config, ...hidden }, secretKeys: [...file.secretKeys, ...Object.keys(hidden)] };
  const policies = policyConfigOf(undefined, "");
  return previewReport(await previewFile(ROOT, whole, policies, QUIET), policies, { today: TODAY, live: {} });
}

/** What dev leaves out: HTTPS, a load balancer before the backend, alarms, an address that stays. */
export function fullReport(): Promise<Report> {
  const { certificate: own, key } = certificate("ml.example.org", { names: ["ml.example.org"] });
  return ownReport(
    "full",
    {
      gateway: { sshFrom: ["198.51.100.7/32"], elasticIp: true },
      backend: { loadBalancer: true },
      domain: "ml.example.org",
      watch: { enabled: true, emails: ["operations@your-company.com"] },
    },
    { tls: { certificate: own, privateKey: key } },
  );
}

const BACKENDS = { network: { egress: "managed" }, backend: { loadBalancer: true, mode: "fleet" } };

/** Backends that come and go, behind one gateway. */
const fleetReport = (): Promise<Report> => ownReport("fleet", { ...BACKENDS, gateway: { sshFrom: ["198.51.100.7/32"] } });

/** Gateways as well, behind a load balancer of their own with a certificate of AWS. */
const fleetsReport = (): Promise<Report> =>
  ownReport("fleets", {
    ...BACKENDS,
    gateway: { loadBalancer: true, fleet: { min: 2, max: 4 } },
    access: "none",
    domain: "ml.your-company.com",
    tls: { acm: "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef" },
    dns: { zone: "Z0123456789ABCDEF" },
    watch: { enabled: true, emails: ["operations@your-company.com"] },
  });

export async function writePages(folder: string): Promise<Readonly<Record<PageName, string>>> {
  const of = { config: undefined, today: TODAY };
  const live = { verify: VERIFY, releases: RELEASES };
  const reports: Readonly<Record<PageName, Report>> = {
    dev: await stackReport(ROOT, { ...of, stack: "dev", live }, QUIET),
    full: await fullReport(),
    fleet: await fleetReport(),
    fleets: await fleetsReport(),
    service: await exportReport(service(), of, QUIET),
    site: await exportReport(site(), of, QUIET),
    database: await exportReport(database(), of, QUIET),
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
