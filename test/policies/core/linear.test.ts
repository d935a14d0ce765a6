/** Four times the resources may not cost much more than four times the work (quadratic work would be sixteen times). */
import { hubGraph, largeGraph } from "../../../bench/policies-graph";
import { DEFAULT_CONFIG } from "../../../policies/core/config";
import { evaluate } from "../../../policies/core/evaluate";
import { loadGraph } from "../../../policies/graph/load";
import { policies } from "../../../policies/rules";

jest.setTimeout(120_000);
const SMALL = 750;
const LIMIT = 9;

/** Processor time of the cheapest of some runs, in ms: other load on the machine counts little. */
async function cost(text: string): Promise<number> {
  const runs: number[] = [];
  for (let index = 0; index < 4; index += 1) {
    const before = process.cpuUsage();
    await evaluate(policies, loadGraph(text, "graph").graph, DEFAULT_CONFIG, "2030-01-01");
    const { user, system } = process.cpuUsage(before);
    runs.push((user + system) / 1000);
  }
  return Math.min(...runs);
}

test.each([
  ["many workloads", largeGraph],
  ["one hub", hubGraph],
] as const)("%s: the work grows as the graph does", async (_, make) => {
  const small = await cost(JSON.stringify(make(SMALL, "unknown")));
  const large = await cost(JSON.stringify(make(4 * SMALL, "unknown")));
  expect(large / small).toBeLessThan(LIMIT);
});
