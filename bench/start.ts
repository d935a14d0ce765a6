/** How long the offline commands take from the start of a process to its end. Wall time is a person's wait; processor time counts all threads. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inTurns, run, script } from "./program";
import type { Bench } from "./bench";
import type { Row } from "./result";

const PREVIEW = ["infra/cli/preview.ts", "--json"];
/** What every program of Pulumi loads, in this project's way. */
const EMPTY = "require('@pulumi/pulumi'); require('@pulumi/aws'); require('@pulumi/command');";

export const startBench: Bench = {
  name: "start",
  summary: "the offline commands, from the start of the process to its end",
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
      targets: [
        { what: "preview:offline, processor ms", of: "preview:offline: processor", atMost: 2500 },
        { what: "policies:check, processor ms", of: "policies:check: processor", atMost: 1500 },
      ],
    });
  },
};
