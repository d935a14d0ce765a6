/** Resources that open what is guarded, which the policies did not know when they were written down: found, or said to be unknown; neighbours are left alone. */
import { DEFAULT_CONFIG } from "../../../policies/core/config";
import { evaluate } from "../../../policies/core/evaluate";
import { policies } from "../../../policies/rules";
import { program } from "../core/builder";
import { cleanGraph } from "../mutations/clean";
import { BAD_GRAPHS, GOOD_GRAPHS } from "./graphs";
import type { GraphCase } from "./graphs";

/** What is mandatory and no pass. */
async function answers({ add }: GraphCase): Promise<string[]> {
  const p = program(await cleanGraph("unknown"));
  add(p);
  const { outcomes } = await evaluate(policies, p.graph("unknown"), DEFAULT_CONFIG, "2030-01-01");
  return outcomes
    .filter(({ verdict, level }) => verdict !== "pass" && level === "mandatory")
    .map(({ policy, verdict, message }) => `${verdict} ${policy}: ${message}`);
}

beforeAll(async () => {
  await answers({ name: "the clean stack", add: () => undefined });
}, 120_000);

test.each(BAD_GRAPHS)("is no pass: $name", async (one) => {
  expect(await answers(one)).not.toEqual([]);
});
test.each(GOOD_GRAPHS)("is left alone: $name", async (one) => {
  expect(await answers(one)).toEqual([]);
});
