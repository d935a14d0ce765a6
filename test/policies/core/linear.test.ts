/** Four times the resources may not be much more than four times the work (quadratic work would be sixteen times). */
import { workOf } from "./work";
import { hubGraph, largeGraph } from "../../../bench/policies-graph";
import { DEFAULT_CONFIG } from "../../../policies/core/config";
import { evaluate } from "../../../policies/core/evaluate";
import { loadGraph } from "../../../policies/graph/load";
import { policies } from "../../../policies/rules";

jest.setTimeout(120_000);
const SMALL = 200;
/** Four, and what sorting and the rules that pair two lists of a few resources add. */
const LIMIT = 5;

test.each([
  ["many workloads", largeGraph],
  ["one hub", hubGraph],
] as const)("%s: the work grows as the graph does", async (_, make) => {
  const work = (size: number): Promise<number> => {
    const { graph } = loadGraph(JSON.stringify(make(size, "unknown")), "graph");
    return workOf(() => evaluate(policies, graph, DEFAULT_CONFIG, "2030-01-01"));
  };
  await work(SMALL); // what is done once, such as the shell parser's start
  const [small, large] = [await work(SMALL), await work(4 * SMALL)];
  expect(small).toBeGreaterThan(100 * SMALL);
  expect(large / small).toBeLessThan(LIMIT);
});
