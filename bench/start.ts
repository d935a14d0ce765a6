/** How long the offline commands take from the start of a process to its end. Wall time is a person's wait; processor time counts all threads. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inTurns, run, script } from "./program";
import type { Bench } from "./bench";
import type { Row } from "./result";

const PREVIEW = ["infra/cli/preview.ts", "--json"];
/** What every program of Pulumi loads, in this project's way. */
const EMPTY = "require('@pulumi/pulumi'); require('@pulumi/aws'); require('@pulumi/command');";

/** node --cpu-prof, of the samples that were not idle: 16 of 100 the loading of modules, 12 programs that are waited for, 7 scrypt. */
const DOES_MORE =
  "it reads the application with Python, digests .env slowly on purpose, registers and judges every resource; loading of modules is the largest part, 16 of 100 (cpu-prof)";

export const startBench: Bench = {
  name: "start",
  summary: "the offline commands, from the start of the process to its end",
  targets: [
    { what: "preview:offline, processor ms", of: "preview:offline: processor", atMost: 2500 },
    {
      what: "preview:offline beside an empty program",
      of: "preview:offline",
      by: "an empty Pulumi program",
      atMost: 1.3,
      because: DOES_MORE,
    },
    { what: "policies:check, processor ms", of: "policies:check: processor", atMost: 1200 },
  ],
  measure: ({ runs, folder, say }) => {
    const graph = join(folder, "graph.json");
    writeFileSync(graph, run(script(...PREVIEW), { folder }).out);
    const programs = {
      "an empty Pulumi program": script("-e", EMPTY),
      "preview:offline": script(...PREVIEW),
      "preview:offline, scripts followed anew": ["env", "POLICIES_CACHE=off", ...script(...PREVIEW)],
      "policies:check": script("policies/check.ts", "--graph", graph),
      "policies:check, scripts followed anew": ["env", "POLICIES_CACHE=off", ...script("policies/check.ts", "--graph", graph)],
      "policies:check --help": script("policies/check.ts", "--help"),
    };
    const found = inTurns(programs, runs, { folder }, say);
    const rows = [...found].flatMap(([name, used]): Row[] => [
      { what: name, unit: "ms", values: used.map(({ wallMs }) => wallMs) },
      { what: `${name}: processor`, unit: "ms", values: used.map(({ cpuMs }) => cpuMs) },
      { what: `${name}: peak memory`, unit: "MiB", values: used.map(({ peakMiB }) => peakMiB) },
    ]);
    return Promise.resolve({
      title: "Start of the offline commands",
      method:
        "The dev stack, each command as a process of its own, once unmeasured, then in turns. `scripts followed anew`: POLICIES_CACHE=off, as at " +
        "a first run or after a change of a host's script.",
      rows,
    });
  },
};
