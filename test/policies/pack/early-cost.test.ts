/** What is evaluated before each resource at an update grows with the stack and not with its square. */
import { workOf } from "../core/work";
import { enginePolicies } from "../../../policies/pack/policies";
import { policies, policyIds } from "../../../policies/rules";
import { hubGraph, largeGraph } from "../../../bench/policies-graph";
import { program } from "../core/builder";
import type { PlainGraph } from "../core/builder";

jest.setTimeout(120_000);

type Validate = (args: object, report: () => void) => Promise<void> | void;

/** Has every policy that can evaluate each resource before it is created, as the SDK does at an update. */
async function updateOf(plain: PlainGraph): Promise<void> {
  const around = { ci: false, updating: true, today: () => "2030-01-01", say: () => undefined };
  const asked = enginePolicies(policies, policyIds, around) as unknown as { validateResource?: Validate }[];
  for (const { urn, type, inputs, options } of plain.resources) {
    const args = { urn, type, name: urn.split("::").pop() ?? "", props: inputs, opts: options, getConfig: () => ({}) };
    for (const { validateResource } of asked) await validateResource?.(args, () => undefined);
  }
}

const SMALL = 100;
/** Four, and what the first 40 resources save: they have fewer around them than later ones. Quadratic work would be sixteen times. */
const LIMIT = 8;

test.each([
  ["many workloads", largeGraph],
  ["everything at one hub", hubGraph],
] as const)("%s: four times the resources are not much more than four times the work", async (_, make) => {
  const work = (size: number): Promise<number> => {
    const graph = program(make(size, "known")).plain("known");
    return workOf(() => updateOf(graph));
  };
  await work(SMALL); // what is done once
  const [small, large] = [await work(SMALL), await work(4 * SMALL)];
  expect(small).toBeGreaterThan(100 * SMALL);
  expect(large / small).toBeLessThan(LIMIT);
});
