/** A thousand resources are evaluated in less than a second, ten thousand in about ten times that. */
import { DEFAULT_SETTINGS } from "../../../policies/core/settings";
import { makeGraph } from "../../../policies/core/graph";
import type { Finding, Graph } from "../../../policies/core/types";
import { policies } from "../../../policies/rules/network";
import { ownStack } from "./stack";

/** The clean stack and `copies` of what a larger program would have beside it: five resources each. */
function large(copies: number): Graph {
  const { p, vpc, publicTable, publicSubnet } = ownStack();
  const base = p.graph("known");
  const [first] = base.resources;
  const at = (type: string, name: string, inputs: object): Graph["resources"][number] => ({
    ...(first as Graph["resources"][number]),
    urn: `urn:pulumi:dev::demo::${type}::${name}`,
    type,
    name,
    custom: true,
    id: `${type.slice(8, 12)}-${name}`,
    inputs: inputs as Graph["resources"][number]["inputs"],
    outputs: {},
    dependencies: [vpc.urn],
    propertyDependencies: { subnetId: [publicSubnet.urn], routeTableId: [publicTable.urn] },
  });
  const more = Array.from({ length: copies }, (_, index) => {
    const n = String(index);
    return [
      at("aws:ec2/securityGroup:SecurityGroup", n, {
        ingress: [{ protocol: "tcp", fromPort: 1, toPort: 65535, cidrBlocks: ["10.0.0.0/8"] }],
      }),
      at("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", n, {
        securityGroupId: `secu-${n}`,
        ipProtocol: "-1",
        cidrIpv4: "0.0.0.0/0",
      }),
      at("aws:ec2/instance:Instance", n, { subnetId: "subn-gateway-a", vpcSecurityGroupIds: [`secu-${n}`] }),
      at("aws:ec2/subnet:Subnet", n, { cidrBlock: "10.0.5.0/24", tags: { Role: "private" } }),
      at("aws:ec2/eip:Eip", n, { instance: `inst-${n}` }),
    ];
  });
  return makeGraph([...base.resources, ...more.flat()], true);
}

/** CPU time, so that a busy machine does not count. */
async function secondsFor(graph: Graph): Promise<number> {
  const start = process.cpuUsage();
  const found: Finding[] = [];
  for (const policy of policies) found.push(...(await policy.evaluate(graph, DEFAULT_SETTINGS)));
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

test("linear in the number of resources", async () => {
  await secondsFor(large(20));
  const small = await secondsFor(large(200));
  const big = await secondsFor(large(2000));
  expect(small).toBeLessThan(1);
  // Ten times the resources; the rest is room for the garbage collector.
  expect(big).toBeLessThan(Math.max(30 * small, 2));
});
