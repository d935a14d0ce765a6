/** How the pack copes with large graphs, beside checkov on the same resources. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bench } from "./bench";
import { hubGraph, largeGraph } from "./policies-graph";
import { run, script } from "./program";
import type { Row, Target } from "./result";
import { terraformPlan } from "./terraform-plan";
import { environment } from "./venv";

const SIZES = [100, 1000, 10_000] as const;
const SHAPES = { "many workloads": largeGraph, "one hub": hubGraph } as const;
const CHECKOV = "checkov==3.3.30";
/** What checkov is asked for at most: it takes minutes for more. */
const MOST_OF_CHECKOV = 1000;

export const policiesBench: Bench = {
  name: "policies",
  summary: "the policy pack on graphs of 100, 1,000 and 10,000 resources, beside checkov",
  targets: Object.keys(SHAPES).map((shape): Target => ({
    what: `${shape}: ten times the resources, second evaluation`,
    of: `${shape}, 10000 resources: second evaluation`,
    by: `${shape}, 1000 resources: second evaluation`,
    atMost: 15,
  })),
  measure: ({ runs, folder, say, note }) => {
    const rows: Row[] = [];
    const measure = (what: string, argv: readonly string[]): void => {
      const found = Array.from({ length: runs }, (_, turn) => {
        say(`${what}, ${String(turn + 1)} of ${String(runs)}`);
        const used = run(argv, { folder });
        return { times: JSON.parse(used.out.trim().split("\n").at(-1) ?? "[]") as [number, number], used };
      });
      rows.push({ what: `${what}: first evaluation`, unit: "ms", values: found.map(({ times }) => times[0]) });
      rows.push({ what: `${what}: second evaluation`, unit: "ms", values: found.map(({ times }) => times[1]) });
      rows.push({ what: `${what}: peak memory`, unit: "MiB", values: found.map(({ used }) => used.peakMiB) });
    };
    const checkov = environment("checkov", [CHECKOV]);
    if ("wrong" in checkov) note(`checkov is left out: it could not be installed (${checkov.wrong})`);
    for (const size of SIZES) {
      for (const [shape, make] of Object.entries(SHAPES)) {
        const file = join(folder, `${shape}-${String(size)}.json`.replaceAll(" ", "-"));
        writeFileSync(file, JSON.stringify(make(size, "known")));
        measure(`${shape}, ${String(size)} resources`, script("bench/evaluate-graph.ts", file));
      }
      if ("wrong" in checkov || size > MOST_OF_CHECKOV) continue;
      const plan = join(folder, `plan-${String(size)}.json`);
      writeFileSync(plan, JSON.stringify(terraformPlan(largeGraph(size, "known"))));
      measure(`checkov, ${String(size)} resources`, [join(checkov.folder, "bin/python"), join(__dirname, "checkov_plan.py"), plan]);
    }
    return Promise.resolve({
      title: "The policy pack on large graphs",
      method:
        "Each graph in a process of its own, from its text to the last verdict, twice; nothing is kept from earlier processes. `many workloads`: " +
        `hosts with networks, roles and buckets of their own; \`one hub\`: hundreds of rules and hosts at one group. ${CHECKOV} gets the same resources as a plan of ` +
        "Terraform, within one process, its start left out, without the Commands that only the pack reads.",
      rows,
    });
  },
};
