/**
 * How long the offline commands take from the start of a process to its end: `npm run bench -- start [RUNS] [--json]`.
 * Each is run once unmeasured (it fills the cache of stripped types), then the commands take turns, so that load on the
 * machine falls on all of them. Wall time is a person's wait; processor time counts all threads.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { command, EXIT } from "../policies/cli";

const ROOT = join(__dirname, "..");

interface Time {
  readonly wall: number;
  readonly cpu: number;
}

/** Writes the processor time of the process into a file when it ends. */
const USAGE = `process.on("exit", () => { const { user, system } = process.cpuUsage();
  require("node:fs").writeFileSync(process.env.BENCH_USAGE, String((user + system) / 1000)); });`;

function run(folder: string, args: readonly string[]): Time & { readonly out: string } {
  const usage = join(folder, "usage");
  const begin = performance.now();
  const found = spawnSync(process.execPath, ["-r", join(folder, "usage.js"), "-r", "./tools/register.js", ...args], {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    env: { ...process.env, BENCH_USAGE: usage },
  });
  const wall = performance.now() - begin;
  if (found.status !== 0) throw new Error(`${args.join(" ")} ended with ${String(found.status)}:\n${found.stderr}`);
  return { wall, cpu: Number(readFileSync(usage, "utf8")), out: found.stdout };
}

function summary(values: readonly number[]): { readonly median: number; readonly least: number; readonly most: number } {
  const sorted = [...values].sort((a, b) => a - b).map(Math.round);
  return { median: sorted[Math.floor(sorted.length / 2)] ?? 0, least: sorted[0] ?? 0, most: sorted.at(-1) ?? 0 };
}

function measure(runs: number): { readonly runs: number; readonly machine: Machine; readonly rows: Rows } {
  const folder = mkdtempSync(join(tmpdir(), "bench-start-"));
  try {
    writeFileSync(join(folder, "usage.js"), USAGE);
    const graph = join(folder, "graph.json");
    const commands: Readonly<Record<string, readonly string[]>> = {
      "preview:offline": ["infra/cli/preview.ts", "--json"],
      "policies:check": ["policies/check.ts", "--graph", graph],
      "policies:check --help": ["policies/check.ts", "--help"],
    };
    writeFileSync(graph, run(folder, commands["preview:offline"] ?? []).out);
    const times = new Map<string, Time[]>(Object.keys(commands).map((name) => [name, []]));
    for (let index = 0; index <= runs; index += 1)
      for (const [name, args] of Object.entries(commands)) {
        const time = run(folder, args);
        if (index > 0) times.get(name)?.push(time);
      }
    const rows = [...times].map(([name, list]) => ({
      name,
      wallMs: summary(list.map(({ wall }) => wall)),
      processorMs: summary(list.map(({ cpu }) => cpu)),
    }));
    const machine = { node: process.version, cores: cpus().length, load: loadavg()[0] ?? 0 };
    return { runs, machine, rows };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Rows = readonly {
  readonly name: string;
  readonly wallMs: ReturnType<typeof summary>;
  readonly processorMs: ReturnType<typeof summary>;
}[];

interface Machine {
  readonly node: string;
  readonly cores: number;
  readonly load: number;
}

function table({ runs, machine, rows }: ReturnType<typeof measure>): string {
  const spread = ({ median, least, most }: ReturnType<typeof summary>): string => `${String(median)} (${String(least)} to ${String(most)})`;
  return [
    `${String(runs)} runs each, Node ${machine.node}, ${String(machine.cores)} cores, load ${machine.load.toFixed(1)}; medians (least to most) in ms`,
    "| command | wall | processor |",
    "| --- | --- | --- |",
    ...rows.map(({ name, wallMs, processorMs }) => `| ${name} | ${spread(wallMs)} | ${spread(processorMs)} |`),
  ].join("\n");
}

export const startBench = command({
  name: "bench start",
  summary: "Measures how long the offline commands take from the start of a process to its end, and their processor time.",
  options: { json: { kind: "flag", help: "one JSON document in place of a table" } },
  words: {
    value: "RUNS",
    help: "runs of each command (default: 5)",
    min: 0,
    max: 1,
    form: { pattern: /^([5-9]|[1-9]\d)$/, what: "a whole number from 5 to 99" },
  },
  examples: ["", "9 --json"],
  run: ({ options, words: [runs = "5"] }, io) => {
    const found = measure(Number(runs));
    io.out(options.json ? JSON.stringify(found, null, 2) : table(found));
    return EXIT.ok;
  },
});
