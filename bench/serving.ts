/** Requests a second and how long they take, on hosts of a lab: the stack's own set-up beside uvicorn alone and the settings that were asked for. */
import { EXIT, Problem } from "../policies/cli";
import { unsupported } from "../test/lab/host-tools";
import { removeLab, type Lab } from "../test/lab/lab";
import { up, type UpResult } from "../test/lab/system";
import { hostNamespace } from "../test/lab/topology";
import type { Around, Bench } from "./bench";
import { documentedPorts, startDocumented } from "./documented";
import { CONNECTIONS, processorSeconds, underLoad, type Kind, type Load } from "./load";
import type { Limit, Row, Target } from "./result";

const NAME = "bench";
const SECONDS = 2;
const WORKERS = [1, 2, 4] as const;
const MODES = ["application", "proxy"] as const;
const KINDS: readonly Kind[] = ["health", "predict"];
/** What `workers: auto` gives a t3.micro with the sample's models. */
const DEFAULT_WORKERS = 2;

interface Setting {
  readonly workers: number;
  readonly mode: "application" | "proxy";
}

/** Limits of one client would end the measurement: all of the load comes from one address. */
const configuration = ({ workers, mode }: Setting): Record<string, string> => ({
  "ml-gateway:requests": JSON.stringify({ perSecond: 100_000, burst: 100_000, connections: 1000 }),
  "ml-gateway:backend": JSON.stringify({ workers }),
  "ml-gateway:gateway": JSON.stringify({ mode }),
  "ml-gateway:release": JSON.stringify({ bakeSeconds: 0 }),
});

/** Where a load enters. */
interface Entry {
  readonly what: string;
  readonly inside: readonly string[];
  readonly base: string;
}

interface Taken {
  readonly load: Load;
  /** Microseconds of processor time for one request, by host and program. */
  readonly cost: number;
}

async function inLab(around: Around): Promise<Row[]> {
  const [reason] = unsupported();
  if (reason !== undefined) throw new Problem(reason, EXIT.cannotTell);
  const found = new Found();
  try {
    await measureAll(around, found);
  } finally {
    await removeLab(NAME);
  }
  return found.rows();
}

export const servingBench: Bench = {
  name: "serving",
  summary: "requests a second through the hosts of a lab (Linux, root, wrk), beside uvicorn alone and the documented settings",
  measure: async (around) => ({ title: "Serving", method: METHOD, rows: await inLab(around), targets: TARGETS }),
};

const METHOD =
  `A gateway and a backend of test/lab with the sample application, set up by the program as for the dev stack; wrk with ${String(CONNECTIONS)} connections for ${String(SECONDS)} s each, in turns. ` +
  "/health is as little as an application can do; each /predict has other features, so that it is computed. `uvicorn alone`: the service's own port 8000, nothing in front. `as documented`: four workers " +
  "with uvicorn's own settings behind an nginx without connections that are kept, on the same backend. Load and both hosts share the machine's cores: rates are lower than on hosts of their own, and " +
  "`processor` (nginx and application of both hosts, for one request) says what a host's core has to do.";
const label = (what: string, kind: Kind): string => `${what}, /${kind}`;
const own = (what: string, workers: number): string => `${what}, ${String(workers)} ${workers === 1 ? "worker" : "workers"}`;
const DOCUMENTED = "as documented: nginx";
const DOCUMENTED_ALONE = "as documented: uvicorn alone";
const throughGateway = (mode: Setting["mode"]): string => own(`gateway:80, ${mode} mode`, DEFAULT_WORKERS);
const PROXY = throughGateway("proxy");

/** py-spy, 3 s under this load: 46 of 100 samples in uvicorn's and FastAPI's way to the function, 19 in cache and model. */
const SHARED = "uvicorn and FastAPI take 2.4 times as long as cache and model (py-spy), and both sides have them";

const TARGETS: readonly (Target | Limit)[] = KINDS.flatMap((kind): (Target | Limit)[] => {
  const of = label(own("backend's nginx", DEFAULT_WORKERS), kind);
  const shared = kind === "predict" ? { because: SHARED } : {};
  return [
    {
      what: `/${kind}: the backend's nginx beside the documented settings`,
      of: `${of}: rate`,
      by: `${label(DOCUMENTED, kind)}: rate`,
      atLeast: 2.2,
      ...shared,
    },
    {
      what: `/${kind}: the same by processor time`,
      of: `${label(DOCUMENTED, kind)}: processor`,
      by: `${of}: processor`,
      atLeast: 2.2,
      ...shared,
    },
    {
      what: `/${kind}: proxy mode beside uvicorn alone`,
      of: `${label(PROXY, kind)}: rate`,
      by: `${label(own("uvicorn alone", DEFAULT_WORKERS), kind)}: rate`,
      atLeast: 0.85,
    },
    { what: `/${kind}: the backend's nginx, p99 in ms`, of: `${of}: p99`, atMost: 50 },
  ];
});

/** What was measured, in the order of its first measurement. */
class Found {
  readonly #taken = new Map<string, Taken[]>();

  take(what: string, taken: Taken): void {
    if (taken.load.failed > 0)
      throw new Problem(`${what}: ${String(taken.load.failed)} of ${String(taken.load.requests)} requests failed`, EXIT.bug);
    this.#taken.set(what, [...(this.#taken.get(what) ?? []), taken]);
  }

  rows(): Row[] {
    return [...this.#taken].flatMap(([what, taken]): Row[] => [
      { what: `${what}: rate`, unit: "requests/s", more: true, values: taken.map(({ load }) => load.requestsPerSecond) },
      { what: `${what}: p50`, unit: "ms", values: taken.map(({ load }) => load.p50) },
      { what: `${what}: p99`, unit: "ms", values: taken.map(({ load }) => load.p99) },
      { what: `${what}: processor`, unit: "µs", values: taken.map(({ cost }) => cost) },
    ]);
  }
}

const costOf = (lab: string): number =>
  ["gateway", "backend"].map((host) => processorSeconds(lab, host)).reduce((sum, { nginx, application }) => sum + nginx + application, 0);

async function take(found: Found, lab: Lab, { what, inside, base }: Entry, kind: Kind): Promise<void> {
  const before = costOf(lab.name);
  const load = await underLoad(inside, `${base}/${kind}`, kind, SECONDS);
  found.take(label(what, kind), { load, cost: ((costOf(lab.name) - before) / load.requests) * 1e6 });
}

async function inTurns(around: Around, found: Found, lab: Lab, entries: readonly Entry[]): Promise<void> {
  for (let turn = 0; turn < around.runs; turn += 1)
    for (const kind of KINDS)
      for (const entry of entries) {
        around.say(`${label(entry.what, kind)}, ${String(turn + 1)} of ${String(around.runs)}`);
        await take(found, lab, entry, kind);
      }
}

/** Sets up the lab, or makes a running one follow. */
async function follow(around: Around, setting: Setting): Promise<UpResult> {
  around.say(`a release: ${JSON.stringify(setting)}`);
  return up({ name: NAME, config: configuration(setting), say: () => undefined });
}

const backendEntry = (what: string, port: number): Entry => ({
  ...{ what, inside: ["ip", "netns", "exec", hostNamespace(NAME, "backend")], base: `http://127.0.0.1:${String(port)}` },
});

async function gatewayEntry(around: Around, mode: Setting["mode"]): Promise<{ readonly lab: Lab; readonly entry: Entry }> {
  const { lab, outputs } = await follow(around, { workers: DEFAULT_WORKERS, mode });
  const base = `http://${String(outputs["gatewayAddress"])}`;
  return { lab, entry: { what: throughGateway(mode), inside: lab.outside([]), base } };
}

async function measureAll(around: Around, found: Found): Promise<void> {
  for (const workers of WORKERS) {
    const { lab } = await follow(around, { workers, mode: "application" });
    const documented = workers === DEFAULT_WORKERS ? await startDocumented(lab) : undefined;
    await inTurns(around, found, lab, [
      backendEntry(own("uvicorn alone", workers), 8000),
      backendEntry(own("backend's nginx", workers), 9000),
      ...(documented === undefined
        ? []
        : [backendEntry(DOCUMENTED_ALONE, documentedPorts.uvicorn), backendEntry(DOCUMENTED, documentedPorts.nginx)]),
    ]);
    await documented?.();
  }
  for (const mode of MODES) {
    const { lab, entry } = await gatewayEntry(around, mode);
    await inTurns(around, found, lab, [entry]);
  }
}
