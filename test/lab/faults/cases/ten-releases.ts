/** Releases of different kinds under a constant load through both hosts, quick or as long as requests may be: not one may fail. */
import type { HttpLimits } from "../../../../infra/release/types";
import { sleep } from "../../process";
import type { Bench } from "../bench";
import { URL_ABOUT } from "../bench";
import type { Case } from "../case";
import { check, expectSuccess } from "../case";
import type { Outcome } from "../operator";
import { plainModel } from "../variants";
import type { Counts } from "../load";
import { startWatch, type Watch } from "../watch";

/** Requests a second, half of them on new connections. */
const RATE = 100;

type Kind = readonly [name: string, release: (bench: Bench) => Promise<Outcome>];

const GATEWAY = { perSecond: 1000, burst: 1000, connections: 500 } as const;

/** @param time of both hosts' requests; without it the default */
function kinds(time: Pick<Partial<HttpLimits>, "timeoutSeconds"> = {}): readonly Kind[] {
  const nginx = { limits: { bodyMiB: 3, ...time } };
  const gateway = { limits: { ...GATEWAY, ...time } };
  const requirements = "uvicorn\npython-dotenv\nh11\n";
  return [
    ["backend code", (bench) => bench.deploy({ app: { label: bench.label() }, spec: { limits: time } })],
    ["backend .env", (bench) => bench.deploy({ ttl: "901" })],
    ["backend model", (bench) => bench.deploy({ models: [plainModel("stage2.pkl", bench.label()), ...bench.good().models.slice(1)] })],
    ["backend requirements", (bench) => bench.deploy({ app: { label: bench.label(), requirements } })],
    ["backend nginx", (bench) => bench.deploy({ spec: nginx })],
    ["backend unit (workers)", (bench) => bench.deploy({ spec: { workers: 2, ...nginx } })],
    ["gateway code", (bench) => bench.deployGateway({ label: bench.label() }, gateway)],
    [
      "gateway nginx",
      (bench) => bench.deployGateway({ label: "gateway" }, { limits: { ...gateway.limits, perSecond: 2000, burst: 2000 } }),
    ],
    ["gateway unit (workers)", (bench) => bench.deployGateway({ label: "gateway" }, { workers: 2, ...gateway })],
    [
      "everything on the backend",
      (bench) =>
        bench.deploy({
          app: { label: bench.label() },
          ttl: "902",
          models: [plainModel("stage2.pkl", bench.label())],
          spec: { limits: time },
        }),
    ],
  ];
}

type Total = Pick<Counts, "sent" | "failed" | "repeated" | "slowest">;

function add(total: Total, { sent, failed, repeated, slowest }: Counts): void {
  total.sent += sent;
  total.failed += failed;
  total.repeated += repeated;
  total.slowest = Math.max(total.slowest, slowest);
}

/** @param watches each of which sends its own requests meanwhile @param lastMs how long the last of them may take */
async function throughAll(
  bench: Bench,
  releases: readonly Kind[],
  watches: readonly Watch[],
  lastMs: number,
): Promise<{ readonly said: string; readonly slowest: number }> {
  const total: Total = { sent: 0, failed: 0, repeated: 0, slowest: 0 };
  try {
    await sleep(1500);
    for (const [kind, release] of releases) {
      const outcome = await release(bench);
      const counts = await Promise.all(watches.map((watch) => watch.look()));
      console.log(`     ${kind}: ${outcome.ran.join(", ")}; ${counts.map(inWords).join("; ")}`);
      for (const one of counts) add(total, one);
      expectSuccess(outcome);
    }
    await sleep(lastMs);
    for (const watch of watches) add(total, await watch.look());
  } finally {
    for (const watch of watches) watch.stop();
  }
  check(total.failed === 0, `${total.failed} of ${total.sent} requests failed`);
  const said = `${releases.length} releases: ${total.sent} requests sent, 0 failed, ${total.repeated} repeated by the client`;
  return { said, slowest: total.slowest };
}

const inWords = ({ sent, failed, repeated, slowest, reasons }: Counts): string =>
  `${sent} sent, ${failed} failed, ${repeated} repeated, slowest ${Math.round(slowest)} ms ${JSON.stringify(reasons)}`;

/** How long a request may take. A release waits for those at work several times, so it is short. */
const TIME = { timeoutSeconds: 12 } as const;
const SHORT_TIME = { timeoutSeconds: 5 } as const;
/** Requests a second: about twenty are at work at any moment. */
const LONG_RATE = 4;

const toProxy = (bench: Bench, limits: Partial<HttpLimits>): Promise<Outcome> =>
  bench.deployGateway({ label: "gateway" }, { gatewayMode: "proxy", limits: { ...GATEWAY, ...TIME, ...limits } });

/** As many with a gateway that has no application: it has releases of its site only. */
function proxyKinds(): readonly Kind[] {
  const backend = kinds(TIME).filter(([kind]) => !kind.startsWith("gateway"));
  return [
    ...backend,
    ["gateway site", (bench) => toProxy(bench, { bodyMiB: 3 })],
    ["gateway limits", (bench) => toProxy(bench, { perSecond: 2000, burst: 2000 })],
    ["backend .env once more", (bench) => bench.deploy({ ttl: "904" })],
  ];
}

/** The service as it is when requests may take that long, and again as it was. */
async function withTime(bench: Bench, { timeoutSeconds }: typeof TIME | typeof SHORT_TIME, work: () => Promise<string>): Promise<string> {
  const limits = { timeoutSeconds };
  expectSuccess(await bench.deployGateway({ label: "gateway" }, { limits: { ...GATEWAY, ...limits } }));
  expectSuccess(await bench.deploy({ spec: { limits } }));
  const said = await work();
  expectSuccess(await bench.deployGateway({ label: "gateway" }));
  expectSuccess(await bench.deploy({ spec: {} }));
  return said;
}

/** Releases under requests that take anything up to a second before the limit, which the answer itself needs on a busy machine. */
async function underLong(bench: Bench, releases: readonly Kind[], { timeoutSeconds }: Pick<HttpLimits, "timeoutSeconds">): Promise<string> {
  const longest = timeoutSeconds - 1;
  const url = URL_ABOUT.replace("/about", `/slow/{0-${longest}}`);
  const { said, slowest } = await throughAll(bench, releases, [startWatch(bench.lab, url, LONG_RATE, 1200)], 1000 * (timeoutSeconds + 1));
  check(slowest > 900 * longest, `the longest request took ${Math.round(slowest)} ms: none came near the limit of ${timeoutSeconds} s`);
  return `${said}; the longest took ${(slowest / 1000).toFixed(1)} of ${timeoutSeconds} s`;
}

export const loadCases: readonly Case[] = [
  {
    name: `ten releases of different kinds under ${RATE} requests a second`,
    run: async (bench) => (await throughAll(bench, kinds(), [startWatch(bench.lab, URL_ABOUT, RATE, 400)], 1000)).said,
  },
  {
    name: `three releases under requests that last up to the timeout, each another time: ${SHORT_TIME.timeoutSeconds} s at most`,
    run: (bench) => withTime(bench, SHORT_TIME, () => underLong(bench, kinds(SHORT_TIME).slice(0, 3), SHORT_TIME)),
  },
  {
    name: `ten releases of different kinds under requests that last up to the timeout, each another time: ${TIME.timeoutSeconds} s at most`,
    byName: true,
    run: (bench) => withTime(bench, TIME, () => underLong(bench, kinds(TIME), TIME)),
  },
  {
    name: `ten releases beside a gateway without application, under requests that last up to the timeout: ${TIME.timeoutSeconds} s at most`,
    byName: true,
    run: (bench) =>
      withTime(bench, TIME, async () => {
        expectSuccess(await toProxy(bench, {}));
        return underLong(bench, proxyKinds(), TIME);
      }),
  },
];
