/** evaluate-graph.ts FILE: evaluates a graph twice in a process of its own and prints how long each took, milliseconds. */
import { readFileSync } from "node:fs";
import { DEFAULT_CONFIG } from "../policies/core/config";
import { evaluate } from "../policies/core/evaluate";
import { loadGraph } from "../policies/graph/load";
import { policies } from "../policies/rules";

async function main(file: string): Promise<void> {
  const text = readFileSync(file, "utf8");
  const times: number[] = [];
  for (let turn = 0; turn < 2; turn += 1) {
    const begin = performance.now();
    await evaluate(policies, loadGraph(text, "bench").graph, DEFAULT_CONFIG, "2030-01-01");
    times.push(performance.now() - begin);
  }
  process.stdout.write(JSON.stringify(times));
}

void main(process.argv[2] ?? "");
