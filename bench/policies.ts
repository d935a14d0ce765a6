/**
 * How long the pack takes on large graphs: `npm run bench -- policies [SIZE...]`.
 * Prints, a size: medians of wall and processor time of five runs on fresh graphs (nothing cached), the first run apart
 * (it starts the shell parser), and at the end the five slowest policies.
 */
import { command, EXIT } from "../policies/cli";
import type { Io } from "../policies/cli";
import { DEFAULT_CONFIG } from "../policies/core/config";
import { evaluate, evaluatePolicy } from "../policies/core/evaluate";
import { loadGraph } from "../policies/graph/load";
import { policies } from "../policies/rules";
import { hubGraph, largeGraph } from "./policies-graph";

const RUNS = 5;

interface Time {
  readonly wall: number;
  readonly cpu: number;
}

async function timed(work: () => Promise<unknown>): Promise<Time> {
  const wall = performance.now();
  const cpu = process.cpuUsage();
  await work();
  const used = process.cpuUsage(cpu);
  return { wall: performance.now() - wall, cpu: (used.user + used.system) / 1000 };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const ms = (value: number): string => `${value.toFixed(0).padStart(7)} ms`;

async function measure(shape: string, make: typeof largeGraph, size: number, io: Io): Promise<void> {
  const text = JSON.stringify(make(size, "unknown"));
  const resources = loadGraph(text, "bench").graph.resources.length;
  const run = (): Promise<Time> => timed(() => evaluate(policies, loadGraph(text, "bench").graph, DEFAULT_CONFIG, "2030-01-01"));
  const first = await run();
  const times: Time[] = [];
  for (let index = 0; index < RUNS; index += 1) times.push(await run());
  io.out(
    `${shape} ${String(resources).padStart(6)} resources: wall ${ms(median(times.map((time) => time.wall)))}, processor ${ms(median(times.map((time) => time.cpu)))}, first run ${ms(first.wall)}`,
  );
}

async function slowest(size: number, io: Io): Promise<void> {
  const { graph } = loadGraph(JSON.stringify(largeGraph(size, "unknown")), "bench");
  const rows: { id: string; cpu: number }[] = [];
  for (const policy of policies)
    rows.push({
      id: policy.id,
      cpu: (await timed(() => evaluatePolicy(policy, policy.enforcementLevel, graph, DEFAULT_CONFIG.settings))).cpu,
    });
  rows.sort((a, b) => b.cpu - a.cpu);
  // The first of several policies that share a model pays for it.
  for (const { id, cpu } of rows.slice(0, 5)) io.out(`${ms(cpu)}  ${id}`);
}

const GIVEN = [250, 500, 1000, 2000, 4000];

export const policiesBench = command({
  name: "bench policies",
  summary: "Measures how long the policy pack takes on large graphs of two shapes, and names the five slowest policies.",
  options: {},
  words: {
    value: "SIZE",
    help: `resources of a graph (default: ${GIVEN.join(" ")})`,
    min: 0,
    max: 20,
    form: { pattern: /^[1-9]\d{1,4}$/, what: "a whole number from 10 to 99999" },
  },
  examples: ["", "1000 2000"],
  run: async ({ words }, io) => {
    const sizes = words.length > 0 ? words.map(Number) : GIVEN;
    for (const size of sizes) await measure("many workloads", largeGraph, size, io);
    for (const size of sizes) await measure("one hub       ", hubGraph, size, io);
    await slowest(sizes.at(-1) ?? 1000, io);
    return EXIT.ok;
  },
});
