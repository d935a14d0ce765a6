/** Ten releases of different kinds under a constant load through both hosts: not one request may fail. */
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

interface Total {
  sent: number;
  failed: number;
  repeated: number;
}

function add(total: Total, { sent, failed, repeated }: Counts): void {
  total.sent += sent;
  total.failed += failed;
  total.repeated += repeated;
}

/** @param watches each of which sends its own requests meanwhile @param lastMs how long the last of them may take */
async function throughAll(bench: Bench, releases: readonly Kind[], watches: readonly Watch[], lastMs: number): Promise<string> {
  const total: Total = { sent: 0, failed: 0, repeated: 0 };
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
  return `10 releases: ${total.sent} requests sent, 0 failed, ${total.repeated} repeated by the client`;
}

const inWords = ({ sent, failed, repeated, slowest, reasons }: Counts): string =>
  `${sent} sent, ${failed} failed, ${repeated} repeated, slowest ${Math.round(slowest)} ms ${JSON.stringify(reasons)}`;

/** Seconds that an answer takes, and the limit. A release waits for the requests at work several times, so both are short. */
const LONG = [2, 6, 11] as const;
const TIME = { timeoutSeconds: 12 } as const;

export const loadCases: readonly Case[] = [
  {
    name: `ten releases of different kinds under ${RATE} requests a second`,
    run: (bench) => throughAll(bench, kinds(), [startWatch(bench.lab, URL_ABOUT, RATE, 400)], 1000),
  },
  {
    name: `ten releases of different kinds under requests that last up to the timeout: ${LONG.join(", ")} of ${TIME.timeoutSeconds} s`,
    byName: true,
    run: async (bench) => {
      expectSuccess(await bench.deployGateway({ label: "gateway" }, { limits: { ...GATEWAY, ...TIME } }));
      expectSuccess(await bench.deploy({ spec: { limits: TIME } }));
      const url = (seconds: number): string => URL_ABOUT.replace("/about", `/slow/${seconds}`);
      const watches = LONG.map((seconds) => startWatch(bench.lab, url(seconds), 1, 900));
      const said = await throughAll(bench, kinds(TIME), watches, 1000 * (TIME.timeoutSeconds + 1));
      bench.setGood({ ...bench.good(), spec: {} });
      return said;
    },
  },
];
