/** Peak memory: of the preview and the pack here, and of hosts of 1 GiB with a model of 200 MB, at the set-up and at each kind of release. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT, Problem } from "../policies/cli";
import { heldMemory } from "../test/lab/cgroup";
import { unsupported } from "../test/lab/host-tools";
import { removeLab } from "../test/lab/lab";
import { up } from "../test/lab/system";
import type { Around, Bench } from "./bench";
import { run, script } from "./program";
import type { Limit } from "./result";
import { Rows } from "./rows";
import { CHANGES, Source } from "./source";

const NAME = "bench";
const HOSTS = ["gateway", "backend"] as const;
const SET_UP = "set-up";
const EVERY_MS = 50;

const METHOD =
  "Preview and pack: the largest process. Hosts: two machines of test/lab with the 1 GiB of a t3.micro (a control group), the sample application and a forest of 200 MB; " +
  `every ${String(EVERY_MS)} ms, what the kernel cannot take back (anonymous pages and shared memory). \`killed\`: processes that it killed for memory, of both hosts.`;

const TARGETS: readonly Limit[] = [SET_UP, ...CHANGES].map((kind) => ({
  what: `${kind}: killed for memory`,
  of: `${kind}: killed`,
  atMost: 0,
}));

export const memoryBench: Bench = {
  name: "memory",
  summary: "peak memory of preview and pack, and of hosts of 1 GiB (a lab: Linux, root) with a 200 MB model at set-up and releases",
  targets: TARGETS,
  measure: async (around) => {
    const [reason] = unsupported();
    if (reason !== undefined) throw new Problem(reason, EXIT.cannotTell);
    const rows = new Rows();
    const source = new Source();
    try {
      programs(around, rows);
      await hosts(around, rows, source);
    } finally {
      await removeLab(NAME);
      source.remove();
    }
    return { title: "Memory", method: METHOD, rows: rows.all() };
  },
};

function programs({ runs, folder, say }: Around, rows: Rows): void {
  const graph = join(folder, "graph.json");
  writeFileSync(graph, run(script("infra/cli/preview.ts", "--json"), { folder }).out);
  const argvs = { "preview:offline": ["infra/cli/preview.ts", "--json"], "policies:check": ["policies/check.ts", "--graph", graph] };
  for (const [what, argv] of Object.entries(argvs))
    for (let turn = 1; turn <= runs; turn += 1) {
      say(`${what}, ${String(turn)} of ${String(runs)}`);
      const { peakMiB } = run(["env", "POLICIES_CACHE=off", ...script(...argv)], { folder });
      rows.take(`${what}, scripts followed anew: peak`, "MiB", peakMiB);
    }
}

async function hosts({ runs, say }: Around, rows: Rows, source: Source): Promise<void> {
  for (let turn = 1; turn <= runs; turn += 1) {
    say(`${SET_UP}, ${String(turn)} of ${String(runs)}`);
    await removeLab(NAME);
    await watched(SET_UP, rows, source);
  }
  for (let turn = 1; turn <= runs; turn += 1)
    for (const kind of CHANGES) {
      say(`${kind}, ${String(turn)} of ${String(runs)}`);
      source.change(kind);
      await watched(kind, rows, source);
    }
}

/** Brings the lab to what the source says, and looks at its hosts meanwhile. */
async function watched(kind: string, rows: Rows, source: Source): Promise<void> {
  const most = { gateway: 0, backend: 0 };
  const killed = (): number => HOSTS.reduce((sum, host) => sum + heldMemory(NAME, host).killed, 0);
  const before = killed();
  const timer = setInterval(() => {
    for (const host of HOSTS) most[host] = Math.max(most[host], heldMemory(NAME, host).heldMiB);
  }, EVERY_MS);
  try {
    await up({ name: NAME, config: source.configuration(), say: () => undefined });
  } finally {
    clearInterval(timer);
  }
  for (const host of HOSTS) rows.take(`${kind}: ${host}, most held`, "MiB", most[host]);
  rows.take(`${kind}: killed`, "processes", killed() - before);
}
