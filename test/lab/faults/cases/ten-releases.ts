/** Ten releases of different kinds under a constant load through both hosts: not one request may fail. */
import { sleep } from "../../process";
import type { Bench } from "../bench";
import { URL_ABOUT } from "../bench";
import type { Case } from "../case";
import { check, expectSuccess } from "../case";
import type { Outcome } from "../operator";
import { plainModel } from "../variants";
import { startWatch } from "../watch";

/** Requests a second, half of them on new connections. */
const RATE = 100;

type Kind = readonly [name: string, release: (bench: Bench) => Promise<Outcome>];

const KINDS: readonly Kind[] = [
  ["backend code", (bench) => bench.deploy({ app: { label: bench.label() } })],
  ["backend .env", (bench) => bench.deploy({ ttl: "901" })],
  ["backend model", (bench) => bench.deploy({ models: [plainModel("stage2.pkl", bench.label()), ...bench.good().models.slice(1)] })],
  ["backend requirements", (bench) => bench.deploy({ app: { label: bench.label(), requirements: "uvicorn\npython-dotenv\nh11\n" } })],
  ["backend nginx", (bench) => bench.deploy({ spec: { limits: { bodyMiB: 3 } } })],
  ["backend unit (workers)", (bench) => bench.deploy({ spec: { workers: 2, limits: { bodyMiB: 3 } } })],
  ["gateway code", (bench) => bench.deployGateway({ label: bench.label() })],
  ["gateway nginx", (bench) => bench.deployGateway({ label: "gateway" }, { limits: { perSecond: 2000, burst: 2000, connections: 500 } })],
  ["gateway unit (workers)", (bench) => bench.deployGateway({ label: "gateway" }, { workers: 2 })],
  [
    "everything on the backend",
    (bench) => bench.deploy({ app: { label: bench.label() }, ttl: "902", models: [plainModel("stage2.pkl", bench.label())], spec: {} }),
  ],
];

export const loadCases: readonly Case[] = [
  {
    name: `ten releases of different kinds under ${RATE} requests a second`,
    run: async (bench) => {
      const watch = startWatch(bench.lab, URL_ABOUT, RATE, 400);
      await sleep(1500);
      const total = { sent: 0, failed: 0, repeated: 0 };
      for (const [kind, release] of KINDS) {
        const outcome = await release(bench);
        const counts = await watch.look();
        console.log(
          `     ${kind}: ${outcome.ran.join(", ")}; ${counts.sent} sent, ${counts.failed} failed, ${counts.repeated} repeated, slowest ${Math.round(counts.slowest)} ms ${JSON.stringify(counts.reasons)}`,
        );
        total.sent += counts.sent;
        total.failed += counts.failed;
        total.repeated += counts.repeated;
        expectSuccess(outcome);
      }
      await sleep(1000);
      const last = await watch.look();
      watch.stop();
      check(total.failed + last.failed === 0, `${total.failed + last.failed} of ${total.sent + last.sent} requests failed`);
      return `10 releases: ${total.sent + last.sent} requests sent, 0 failed, ${total.repeated + last.repeated} repeated by the client`;
    },
  },
];
