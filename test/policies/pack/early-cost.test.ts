/** Asking before each resource costs little, and in proportion to the size of the stack. */
import { enginePolicies } from "../../../policies/pack/policies";
import { policies, policyIds } from "../../../policies/rules";
import { hubGraph, largeGraph } from "../../../bench/policies-graph";
import { program } from "../core/builder";
import type { PlainGraph } from "../core/builder";

jest.setTimeout(120_000);

type Validate = (args: object, report: () => void) => Promise<void> | void;

/** CPU seconds of asking every policy that can about every resource, as the SDK does at an update. */
async function seconds(plain: PlainGraph): Promise<number> {
  const around = { ci: false, updating: true, today: () => "2030-01-01", say: () => undefined };
  const asked = enginePolicies(policies, policyIds, around) as unknown as { validateResource?: Validate }[];
  const start = process.cpuUsage();
  for (const { urn, type, inputs, options } of plain.resources) {
    const args = { urn, type, name: urn.split("::").pop() ?? "", props: inputs, opts: options, getConfig: () => ({}) };
    for (const { validateResource } of asked) await validateResource?.(args, () => undefined);
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

test.each([
  ["many workloads", largeGraph],
  ["everything at one hub", hubGraph],
] as const)("%s: 1600 resources cost in proportion to 200", async (_, make) => {
  const graph = (size: number): PlainGraph => program(make(size, "known")).plain("known");
  await seconds(graph(100)); // the first run compiles
  const [small, big] = [await seconds(graph(200)), await seconds(graph(1600))];
  process.stdout.write(`early: 200 resources ${small.toFixed(2)} s, 1600 resources ${big.toFixed(2)} s\n`);
  // Eight times the resources; the rest is room for the garbage collector.
  expect(big).toBeLessThan(Math.max(20 * small, 5));
});
