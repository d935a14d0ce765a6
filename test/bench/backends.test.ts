/** 200 backends behind one gateway: the pack looks at all of them, finds nothing in a clean plan, and names the one that is wrong. */
import { backendsGraph } from "../../bench/policies-graph";
import { DEFAULT_CONFIG } from "../../policies/core/config";
import { evaluate } from "../../policies/core/evaluate";
import { loadGraph } from "../../policies/graph/load";
import { policies } from "../../policies/rules";

const COUNT = 200;
const WRONG = "backend-137";

interface Plan {
  readonly resources: { urn: string; type: string; inputs: Record<string, unknown> }[];
}
const planned = (): Plan => JSON.parse(JSON.stringify(backendsGraph(COUNT, "unknown"))) as Plan;

async function found(plan: Plan): Promise<string[]> {
  const { outcomes } = await evaluate(policies, loadGraph(JSON.stringify(plan), "backends").graph, DEFAULT_CONFIG, "2030-01-01");
  return outcomes
    .filter(({ verdict }) => verdict !== "pass")
    .map(({ policy, urn }) => `${policy} ${urn.split("::").at(-1) ?? ""}`)
    .sort();
}

test("of 200 planned backends the one with a public address is named, and nothing else changes", async () => {
  const before = await found(planned());
  const plan = planned();
  const hosts = plan.resources.filter(
    ({ type, inputs }) => type === "aws:ec2/instance:Instance" && JSON.stringify(inputs.tags).includes('"backend"'),
  );
  expect(hosts).toHaveLength(COUNT);
  const wrong = hosts.find(({ urn }) => urn.endsWith(`::${WRONG}`));
  if (wrong === undefined) throw new Error(`no ${WRONG}`);
  wrong.inputs.associatePublicIpAddress = true;
  const after = await found(plan);
  expect(after.filter((one) => !before.includes(one))).toEqual([`backend-no-public-address ${WRONG}`]);
});
