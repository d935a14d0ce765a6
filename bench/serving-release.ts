/** The same load while a release is deployed, with 1, 2 and 4 workers and in both modes of the gateway, and on a host as slow as a t3.micro. */
import type { Around, Bench } from "./bench";
import { CONNECTIONS } from "./load";
import { boundProcessors, canBound } from "./processors";
import type { Limit } from "./result";
import {
  backendEntry,
  DEFAULT_WORKERS,
  follow,
  gatewayEntry,
  inLab,
  inTurns,
  label,
  MODES,
  take,
  throughGateway,
  type Found,
} from "./served";

const SLOW = "half of two cores: backend's nginx, 2 workers";
const WORKERS = [DEFAULT_WORKERS, 1, 4] as const;

const during = (mode: (typeof MODES)[number], workers: number): string => `${throughGateway(mode, workers)}, during a release`;

const TARGETS: readonly Limit[] = [
  ...MODES.flatMap((mode) =>
    WORKERS.map((workers) => ({
      what: `${during(mode, workers)}: requests that fail`,
      of: `${label(during(mode, workers), "predict")}: failed`,
      atMost: 0,
    })),
  ),
  { what: "half of two cores: p50 of /predict, ms", of: `${label(SLOW, "predict")}: p50`, atMost: 50 },
  { what: "half of two cores: p99 of /predict, ms", of: `${label(SLOW, "predict")}: p99`, atMost: 200 },
  { what: "half of two cores: requests/s of /predict", of: `${label(SLOW, "predict")}: rate`, atLeast: 1000 },
];

export const servingReleaseBench: Bench = {
  name: "serving-release",
  summary: "the same while a release is deployed, and on a backend with half of two cores",
  targets: TARGETS,
  measure: async (around) => ({
    title: "Serving during a release",
    method:
      `${String(CONNECTIONS)} connections on /predict for as long as a release of the backend takes (another value in .env, watched for ten seconds with two workers), candidate and old release beside each other; with ` +
      "1 and with 4 workers it is not watched. `closed`: requests on a kept connection that the server closed meanwhile. An nginx that takes a new site closes idle connections, and a request may be on its way; clients send it again on another one, which wrk does not. " +
      "`half of two cores`: the backend has as much processor time as one core has, and 1 GiB as always; the load comes from the other half.",
    rows: await inLab(around, measureReleases),
  }),
};

async function measureReleases(around: Around, found: Found): Promise<void> {
  let ttl = 300;
  for (const mode of MODES)
    for (const workers of WORKERS) {
      const { lab, entry } = await gatewayEntry(around, mode, workers);
      const usual = workers === DEFAULT_WORKERS;
      for (let turn = around.runs; turn > 0; turn -= 1) {
        const released = { workers, mode, ttl: (ttl += 1), bakeSeconds: usual ? 10 : 0 };
        await take(found, lab, { ...entry, what: during(mode, workers) }, "predict", () => follow(around, released));
      }
      if (usual && mode === "application") await bounded(around, found);
    }
}

async function bounded(around: Around, found: Found): Promise<void> {
  if (!canBound()) return around.note("a host with less processor time is left out: it needs control groups of version 1");
  const { lab } = await follow(around, { workers: DEFAULT_WORKERS, mode: "application" });
  const lift = boundProcessors(lab.name, "backend", 1);
  try {
    await inTurns(around, found, lab, [backendEntry(SLOW, 9000)]);
  } finally {
    lift();
  }
}
