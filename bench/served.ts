/** Loads on hosts of a lab that the program has set up, and what is kept of them. */
import { EXIT, Problem } from "../policies/cli";
import { ensureHostTools, unsupported } from "../test/lab/host-tools";
import { removeLab, type Lab } from "../test/lab/lab";
import { up, type UpResult } from "../test/lab/system";
import { hostNamespace } from "../test/lab/topology";
import type { Around } from "./bench";
import { processorSeconds, startLoad, type Kind, type Load } from "./load";
import type { Row } from "./result";

const NAME = "bench";
export const SECONDS = 2;
export const MODES = ["application", "proxy"] as const;
export const KINDS: readonly Kind[] = ["health", "predict"];
/** What `workers: auto` gives a t3.micro with the sample's models. */
export const DEFAULT_WORKERS = 2;
/** Longer than any release takes. */
const LONG_SECONDS = 600;

export interface Setting {
  readonly workers: number;
  readonly mode: (typeof MODES)[number];
  /** Seconds that a prediction is kept; another value is another release. @default 300 */
  readonly ttl?: number;
  /** @default 0 */
  readonly bakeSeconds?: number;
}

/** Limits of one client would end the measurement: all of the load comes from one address. */
const configuration = ({ workers, mode, ttl = 300, bakeSeconds = 0 }: Setting): Record<string, string> => ({
  "ml-gateway:requests": JSON.stringify({ perSecond: 100_000, burst: 100_000, connections: 1000 }),
  "ml-gateway:backend": JSON.stringify({ workers }),
  "ml-gateway:gateway": JSON.stringify({ mode }),
  "ml-gateway:env": JSON.stringify({ CACHE_TTL: String(ttl) }),
  "ml-gateway:release": JSON.stringify({ bakeSeconds }),
});

/** Where a load enters. */
export interface Entry {
  readonly what: string;
  readonly inside: readonly string[];
  readonly base: string;
}

interface Taken {
  readonly load: Load;
  /** Microseconds of processor time for one request, by host and program. */
  readonly cost: number;
}

export const label = (what: string, kind: Kind): string => `${what}, /${kind}`;
export const own = (what: string, workers: number): string => `${what}, ${String(workers)} ${workers === 1 ? "worker" : "workers"}`;
export const throughGateway = (mode: Setting["mode"], workers = DEFAULT_WORKERS): string => own(`gateway:80, ${mode} mode`, workers);

export async function inLab(around: Around, measure: (around: Around, found: Found) => Promise<void>): Promise<Row[]> {
  const [reason] = unsupported();
  if (reason !== undefined) throw new Problem(reason, EXIT.cannotTell);
  await ensureHostTools({ wrk: "wrk" });
  const found = new Found();
  try {
    await measure(around, found);
  } finally {
    await removeLab(NAME);
  }
  return found.rows();
}

/** What was measured, in the order of its first measurement. */
export class Found {
  readonly #taken = new Map<string, Taken[]>();
  readonly #mayFail = new Set<string>();

  /** @param mayFail failures are counted, and end the measurement otherwise */
  take(what: string, taken: Taken, mayFail: boolean): void {
    if (mayFail) this.#mayFail.add(what);
    else if (taken.load.failed + taken.load.closed > 0)
      throw new Problem(
        `${what}: ${String(taken.load.failed + taken.load.closed)} of ${String(taken.load.requests)} requests failed`,
        EXIT.bug,
      );
    this.#taken.set(what, [...(this.#taken.get(what) ?? []), taken]);
  }

  rows(): Row[] {
    return [...this.#taken].flatMap(([what, taken]): Row[] => [
      { what: `${what}: rate`, unit: "requests/s", more: true, values: taken.map(({ load }) => load.requestsPerSecond) },
      { what: `${what}: p50`, unit: "ms", values: taken.map(({ load }) => load.p50) },
      { what: `${what}: p99`, unit: "ms", values: taken.map(({ load }) => load.p99) },
      ...(this.#mayFail.has(what)
        ? [
            { what: `${what}: failed`, unit: "requests", values: taken.map(({ load }) => load.failed) },
            { what: `${what}: closed`, unit: "requests", values: taken.map(({ load }) => load.closed) },
          ]
        : // A release ends the processes that have counted.
          [{ what: `${what}: processor`, unit: "µs", values: taken.map(({ cost }) => cost) }]),
    ]);
  }
}

const costOf = (lab: string): number =>
  ["gateway", "backend"].map((host) => processorSeconds(lab, host)).reduce((sum, { nginx, application }) => sum + nginx + application, 0);

/** @param meanwhile the load lasts as long as this does. @default two seconds */
export async function take(found: Found, lab: Lab, entry: Entry, kind: Kind, meanwhile?: () => Promise<unknown>): Promise<void> {
  const before = costOf(lab.name);
  const running = startLoad(entry.inside, `${entry.base}/${kind}`, kind, meanwhile === undefined ? SECONDS : LONG_SECONDS);
  if (meanwhile !== undefined) await meanwhile().finally(running.stop);
  const load = await running.ended;
  found.take(label(entry.what, kind), { load, cost: ((costOf(lab.name) - before) / load.requests) * 1e6 }, meanwhile !== undefined);
}

export async function inTurns(around: Around, found: Found, lab: Lab, entries: readonly Entry[]): Promise<void> {
  for (let turn = 0; turn < around.runs; turn += 1)
    for (const kind of KINDS)
      for (const entry of entries) {
        around.say(`${label(entry.what, kind)}, ${String(turn + 1)} of ${String(around.runs)}`);
        await take(found, lab, entry, kind);
      }
}

/** Sets up the lab, or makes a running one follow. */
export async function follow(around: Around, setting: Setting): Promise<UpResult> {
  around.say(`a release: ${JSON.stringify(setting)}`);
  return up({ name: NAME, config: configuration(setting), say: () => undefined });
}

export const backendEntry = (what: string, port: number): Entry => ({
  ...{ what, inside: ["ip", "netns", "exec", hostNamespace(NAME, "backend")], base: `http://127.0.0.1:${String(port)}` },
});

export async function gatewayEntry(
  around: Around,
  mode: Setting["mode"],
  workers = DEFAULT_WORKERS,
): Promise<{ readonly lab: Lab; readonly entry: Entry }> {
  const { lab, outputs } = await follow(around, { workers, mode });
  const base = `http://${String(outputs["gatewayAddress"])}`;
  return { lab, entry: { what: throughGateway(mode, workers), inside: lab.outside([]), base } };
}
