/** What a stack of each size costs and serves: the costs of the program's own resources, and what was measured of one host's processor time. */
import { costLines } from "../infra/cli/cost";
import { runReadable } from "../infra/cli/preview-stack";
import { placeholderKey } from "../infra/offline/placeholder-key";
import { previewProvider } from "../infra/offline/preview-provider";
import { readStackFile } from "../infra/offline/stack-file";
import { program } from "../infra/program";

export interface Size {
  readonly name: string;
  /** USD a month, without what goes by use. */
  readonly month: number;
  /** Requests for a prediction in a second, with the whole of one core of each host. */
  readonly served: number;
  /** The same as long as one likes. */
  readonly lasting: number;
  /** What ends first. */
  readonly first: "the gateways" | "the backends";
}

/** Microseconds of one core for a request for a prediction. */
export interface Served {
  readonly application: number;
  readonly proxy: number;
  readonly backend: number;
}

/**
 * Of a t3.micro, as a share of one core: 10 % of each of its two, for good; beyond that it spends credits ("Key concepts for burstable performance
 * instances", EC2 User Guide).
 */
const BASELINE = 0.2;

type Sections = Readonly<Record<string, object | string>>;
interface Wanted {
  readonly name: string;
  readonly sections: Sections;
  readonly gateways: number;
  readonly backends: number;
}

const proxy = { mode: "proxy" };
const balanced = { loadBalancer: true };
const front = {
  domain: "ml.your-company.com",
  tls: { acm: "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef" },
};
const fleet = (min: number): Sections => ({
  network: { egress: "managed" },
  backend: { ...balanced, mode: "fleet", fleet: { min, max: 2 * min } },
});
const fleets = (gateways: number, backends: number): Sections => ({
  ...{ ...front, ...fleet(backends), access: "none" },
  gateway: { ...proxy, ...balanced, fleet: { min: gateways, max: 2 * gateways } },
});

const WANTED: readonly Wanted[] = [
  { name: "one gateway, one backend", sections: {}, gateways: 1, backends: 1 },
  { name: "the same, `gateway.mode: proxy`", sections: { gateway: proxy }, gateways: 1, backends: 1 },
  { name: "`backend.count: 3`, proxy", sections: { gateway: proxy, backend: { ...balanced, count: 3 } }, gateways: 1, backends: 3 },
  { name: "one gateway, a fleet of 2, proxy", sections: { ...fleet(2), gateway: proxy }, gateways: 1, backends: 2 },
  { name: "fleets of 2 gateways and 2 backends, proxy", sections: fleets(2, 2), gateways: 2, backends: 2 },
  { name: "fleets of 4 and 4", sections: fleets(4, 4), gateways: 4, backends: 4 },
  { name: "fleets of 10 and 10", sections: fleets(10, 10), gateways: 10, backends: 10 },
];

/** The dev stack with other sections, and with what a section of it says beside them. */
async function costOf(root: string, sections: Sections): Promise<number> {
  const file = readStackFile(root, "dev", { privateKey: placeholderKey });
  const region = file.config["aws:region"] ?? "";
  const config = { ...file.config };
  for (const [name, given] of Object.entries(sections)) {
    const key = `${file.project}:${name}`;
    const before = typeof given === "string" ? {} : (JSON.parse(config[key] ?? "{}") as object);
    config[key] = typeof given === "string" ? given : JSON.stringify({ ...before, ...given });
  }
  if (sections.access === "none") config[`${file.project}:gateway`] = JSON.stringify(sections.gateway);
  const run = {
    root,
    preview: true,
    provider: previewProvider(region),
    program: async () => ({ ...(await program(root, { warn: () => Promise.resolve() })) }),
  };
  const { resources } = await runReadable({ ...file, config }, run);
  return costLines(resources, region).reduce((sum, { month }) => sum + (month ?? 0), 0);
}

export async function sizes(root: string, { application, proxy: passing, backend }: Served): Promise<Size[]> {
  const all: Size[] = [];
  for (const { name, sections, gateways, backends } of WANTED) {
    const passes = (sections.gateway as { mode?: string } | undefined)?.mode === "proxy" ? passing : application;
    const [front, behind] = [(gateways * 1e6) / passes, (backends * 1e6) / backend];
    const served = Math.min(front, behind);
    const first = front < behind ? "the gateways" : "the backends";
    all.push({ name, month: await costOf(root, sections), served, lasting: served * BASELINE, first });
  }
  return all;
}
