/** docs/scale.md, from the values of a run and the limits that AWS documents. */
import { EXIT, Problem } from "../policies/cli";
import { KEPT, keptReport } from "./report-file";
import { spreadOf, type Result } from "./result";
import { BACKENDS, backends, BURSTS, burstName, HOST_SECONDS } from "./scale";
import { batchOf } from "./scaling";
import { sizes, type Size } from "./sizes";
import { figure, lines } from "./tables";

/** What ends first, and where that is written. */
const LIMITS: readonly (readonly [what: string, limit: string, means: string, source: string])[] = [
  [
    "set-up over SSH",
    "one gateway, three backends",
    "each Command connects anew, the backends' through the gateway; more hosts than this come as a fleet, which nobody logs in to",
    "infra/release/order.ts",
  ],
  ["sshd of the gateway", "10 connections that are not logged in", "the provider dials again, 18 times", "sshd_config(5), MaxStartups"],
  ["`backend.fleet.max`, `gateway.fleet.max`", "100 hosts each", "this program's own limit", "configuration.md"],
  [
    "load balancer",
    "1,000 targets, can be raised",
    "no limit at 200",
    "[quotas](https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html)",
  ],
  [
    "NAT of the gateway",
    "one instance's network",
    "the packets of its backends; a fleet needs `network.egress: managed`",
    "[run a fleet](how-to/run-a-fleet.md)",
  ],
  [
    "managed NAT gateway",
    "5 Gbit/s, up to 100 by itself",
    "packages of 20 hosts at a time",
    "[NAT gateways](https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html)",
  ],
];

/** @param root of the project, whose dev stack is evaluated in each size */
export async function scalePage(root: string): Promise<string> {
  const result = keptReport().results.find(({ name }) => name === "scale");
  if (result === undefined) throw new Problem(`${KEPT} has no measurement of scale: npm run bench -- scale --json ${KEPT}`, EXIT.bug);
  const made = await sizes(root, servedBy());
  return `${[
    "# Scale",
    `From one backend to 200: measured, simulated or worked out, as each table says. This page is made of \`${KEPT}\` (\`npm run docs\`); all values with their spread are in [benchmarks.md](benchmarks.md#scale).`,
    "## What each size costs and serves",
    "Hosts are t3.micro. Costs are the list prices of the resources that the program registers for it, without what goes by use: capacity units of load balancers, what passes a NAT, S3, answers to the Internet. Requests a second are worked out of the " +
      "processor time that one request for a prediction took on the gateway and on a backend (measured, [benchmarks.md](benchmarks.md#serving); sample application, sample models, 2 workers): with one whole core of each host, and with what a " +
      "t3.micro has for good, 10 % of each of its two. Beyond that it spends credits, or with T3's unlimited mode money. What a load balancer and a NAT take is below, in what ends first.",
    lines(["size", "USD a month", "requests/s, one core each", "requests/s, for good", "what ends first"], sizeRows(made)),
    "## The plan and the pack",
    "A fleet is one group, one template and one release, however many hosts it has: its plan does not grow. A program that registers every backend by itself grows, and the pack with it (measured):",
    lines(["backends", "pack, processor", "second evaluation", "peak memory"], packRows(result)),
    "## A release of a fleet",
    `By arithmetic, nothing was made on AWS: batches of a tenth of the group one behind the other, ${String(HOST_SECONDS)} s for a host's set-up, which is what 5 to 10 minutes on AWS mean and was not measured, its warm-up, and the waits at half and at the end.`,
    lines(["backends", "at a time", "minutes"], refreshRows(result)),
    "## Bursts",
    "By simulation, for six hours with a burst of ten minutes in each; two hosts are busy to four tenths outside of bursts:",
    lines(["bursts", "lost of 100 requests", "p99 of the wait", "most hosts", "host hours"], burstRows(result)),
    "Scaling answers growth over a quarter of an hour, not a burst: target tracking acts after three minutes above its target, and what two hosts cannot answer has filled their queue before that. A warm pool " +
      "shortens what comes after. Against bursts there is `fleet.min`, with what the burst needs.",
    "## What ends first",
    lines(["what", "limit", "what it means here", "source"], LIMITS),
    "## How it was done",
    result.method,
  ].join("\n\n")}\n`;
}

/** @throws Problem where it was not measured */
function servedBy(): { application: number; proxy: number; backend: number } {
  const serving = keptReport().results.find(({ name }) => name === "serving");
  if (serving === undefined) throw new Problem(`${KEPT} has no measurement of serving: npm run bench -- serving --json ${KEPT}`, EXIT.bug);
  const of = (what: string): number => {
    const row = serving.rows.find((one) => one.what === `${what}, 2 workers, /predict: processor`);
    if (row === undefined) throw new Problem(`${KEPT} has no "${what}": npm run bench -- serving --json ${KEPT}`, EXIT.bug);
    return spreadOf(row.values).median;
  };
  return { application: of("gateway:80, application mode"), proxy: of("gateway:80, proxy mode"), backend: of("backend's nginx") };
}

const sizeRows = (made: readonly Size[]): string[][] =>
  made.map(({ name, month, served, lasting, first }) => [name, month.toFixed(2), figure(served), figure(lasting), first]);

function value(result: Result, what: string): string {
  const row = result.rows.find((one) => one.what === what);
  if (row === undefined) throw new Problem(`${KEPT} has no "${what}": npm run bench -- scale --json ${KEPT}`, EXIT.bug);
  return `${figure(spreadOf(row.values).median)}${/^(ms|MiB|s|h)$/.test(row.unit) ? ` ${row.unit}` : ""}`;
}

const packRows = (result: Result): string[][] =>
  BACKENDS.map((count) => [
    String(count),
    ...["pack, processor", "second evaluation", "peak memory"].map((part) => value(result, `${backends(count)}: ${part}`)),
  ]);

const refreshRows = (result: Result): string[][] =>
  BACKENDS.map((count) => [String(count), String(batchOf(count)), value(result, `${backends(count)}: a release, by arithmetic`)]);

const burstRows = (result: Result): string[][] =>
  BURSTS.flatMap((burst) =>
    [false, true].map((warm) => [
      burstName(burst, warm),
      ...["lost", "p99 of the wait", "most hosts", "host hours"].map((part) => value(result, `${burstName(burst, warm)}: ${part}`)),
    ]),
  );
