/** Growth to 200 backends: measured where it is processor time, by simulation and arithmetic where it would be AWS. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_FLEET, warmUpSeconds } from "../infra/fleet/limits";
import { DEFAULT_HEALTH } from "../infra/release/health";
import { DEFAULT_LIMITS } from "../infra/release/limits";
import { EXIT, Problem } from "../policies/cli";
import type { Around, Bench } from "./bench";
import { backendsGraph } from "./policies-graph";
import { ROOT, run, script } from "./program";
import { KEPT, keptReport } from "./report-file";
import { spreadOf, type Target } from "./result";
import { Rows } from "./rows";
import { arrivals, follow, refreshSeconds, type Fleet } from "./scaling";

export const BACKENDS = [1, 10, 50, 200] as const;
export const BURSTS = [2, 5, 10] as const;
const SERVED = "backend's nginx, 2 workers, /predict: processor";
/** docs: a first set-up takes 5 to 10 minutes on AWS, which nobody has measured here. */
export const HOST_SECONDS = 480;
/** A stopped host starts, verifies itself and is found healthy twice. */
const WARM_SECONDS = 60;
/** requests.timeoutSeconds, as it is by default: a request that would wait longer is lost. */
const PATIENCE_SECONDS = DEFAULT_LIMITS.timeoutSeconds;
const HOURS = 6;

export const backends = (count: number): string => `${String(count)} ${count === 1 ? "backend" : "backends"}`;
export const burstName = (burst: number, warm: boolean): string => `bursts of ${String(burst)} times${warm ? ", warm pool" : ""}`;

const method = (us: number): string =>
  "The pack: a process of its own on a graph with that many backends behind one gateway, each an instance, a rule and two Commands, twice, nothing kept from earlier processes. A fleet is one group, however many hosts it has: its plan does not grow. " +
  `By simulation (bench/scaling.ts, ${String(HOURS)} hours, another seed each run): hosts with one core's processor time answer a /predict in ${us.toFixed(0)} µs of it, which the measurement of serving found; ` +
  `the fleet has 2 to 100 hosts and requestsPerTarget is half of what one can; the two are busy to four tenths outside of bursts, which last 10 minutes and come once an hour; a new host serves after ${String(HOST_SECONDS)} s ` +
  `(5 to 10 minutes are what a first set-up takes on AWS; not measured), one of the warm pool (10) after ${String(WARM_SECONDS)} s; a request that would wait over ${String(PATIENCE_SECONDS)} s is lost. ` +
  "By arithmetic: no group was made on AWS.";

const TARGETS: readonly Target[] = [
  {
    what: "four times the backends (200 beside 50), pack, processor time",
    of: `${backends(200)}: pack, processor`,
    by: `${backends(50)}: pack, processor`,
    atMost: 4,
  },
];

export const scaleBench: Bench = {
  name: "scale",
  summary: "the pack on 1, 10, 50 and 200 backends, an instance refresh by arithmetic, and the scaling policy under bursts by simulation",
  targets: TARGETS,
  measure: (around) => {
    const rows = new Rows();
    packs(around, rows);
    const us = serviceTime();
    simulate(around, rows, 1e6 / us);
    for (const count of BACKENDS)
      rows.take(
        `${backends(count)}: a release, by arithmetic`,
        "min",
        refreshSeconds(count, HOST_SECONDS, warmUpSeconds(DEFAULT_HEALTH.startSeconds), DEFAULT_FLEET.bakeSeconds) / 60,
      );
    return Promise.resolve({ title: "Scale", method: method(us), rows: rows.all() });
  },
};

function packs({ runs, folder, say }: Around, rows: Rows): void {
  const files = BACKENDS.map((count): [number, string] => {
    const file = join(folder, `backends-${String(count)}.json`);
    writeFileSync(file, JSON.stringify(backendsGraph(count, "unknown")));
    return [count, file];
  });
  for (let turn = 1; turn <= runs; turn += 1)
    for (const [count, file] of files) {
      say(`${backends(count)}, ${String(turn)} of ${String(runs)}`);
      const used = run(["env", "POLICIES_CACHE=off", ...script("bench/evaluate-graph.ts", file)], { folder });
      const [first = 0, second = 0] = JSON.parse(used.out.trim().split("\n").at(-1) ?? "[]") as number[];
      rows.take(`${backends(count)}: pack, processor`, "ms", used.cpuMs);
      rows.take(`${backends(count)}: first evaluation`, "ms", first);
      rows.take(`${backends(count)}: second evaluation`, "ms", second);
      rows.take(`${backends(count)}: peak memory`, "MiB", used.peakMiB);
    }
}

/** Microseconds of processor time for one prediction, as the kept report has it. @throws Problem where it was not measured */
function serviceTime(): number {
  const report = existsSync(join(ROOT, KEPT)) ? keptReport() : undefined;
  const row = report?.results.flatMap(({ rows }) => rows).find(({ what }) => what === SERVED);
  if (row === undefined)
    throw new Problem(`${KEPT} has no "${SERVED}": measure it first (npm run bench -- serving --json ${KEPT})`, EXIT.cannotTell);
  return spreadOf(row.values).median;
}

function simulate({ runs }: Around, rows: Rows, perHost: number): void {
  const fleet: Fleet = {
    ...{ min: 2, max: 100, perHost, requestsPerTarget: (perHost * 60) / 2 },
    ...{ startSeconds: HOST_SECONDS, warm: 0, warmSeconds: WARM_SECONDS, patienceSeconds: PATIENCE_SECONDS },
  };
  const base = fleet.min * perHost * 0.4;
  for (const burst of BURSTS)
    for (const warm of [false, true])
      for (let seed = 1; seed <= runs; seed += 1) {
        const traffic = arrivals({ seconds: HOURS * 3600, base, burst, burstSeconds: 600, everySeconds: 3600 }, seed);
        const { requests, lost, p99, mostHosts, hostHours } = follow({ ...fleet, warm: warm ? 10 : 0 }, traffic);
        const what = burstName(burst, warm);
        rows.take(`${what}: lost`, "of 100", (lost / requests) * 100);
        rows.take(`${what}: p99 of the wait`, "s", p99);
        rows.take(`${what}: most hosts`, "hosts", mostHosts);
        rows.take(`${what}: host hours`, "h", hostHours);
      }
}
