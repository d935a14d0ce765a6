/** Four times the resources may not cost much more than four times the work (quadratic work would be sixteen times). */
import { computed, program } from "./builder";
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

/** By type: what names one of its resources, by which property, and what else that is given. */
const NAMED: Readonly<Record<string, readonly (readonly [type: string, property: string, more?: Record<string, unknown>])[]>> = {
  "aws:ec2/securityGroup:SecurityGroup": [
    [
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      "securityGroupId",
      { cidrIpv4: "0.0.0.0/0", ipProtocol: "tcp", fromPort: 9000, toPort: 9000 },
    ],
    ["aws:ec2/instance:Instance", "vpcSecurityGroupIds", { tags: { Role: "backend" } }],
    ["aws:ec2/networkInterface:NetworkInterface", "securityGroups"],
  ],
  "aws:ec2/subnet:Subnet": [
    ["aws:ec2/routeTableAssociation:RouteTableAssociation", "subnetId", { routeTableId: "rtb-1" }],
    ["aws:ec2/networkInterface:NetworkInterface", "subnetId"],
  ],
  "aws:ec2/routeTable:RouteTable": [["aws:ec2/route:Route", "routeTableId", { destinationCidrBlock: "0.0.0.0/0", gatewayId: "igw-1" }]],
  "aws:iam/role:Role": [
    ["aws:iam/rolePolicy:RolePolicy", "role", { policy: "{}" }],
    ["aws:iam/instanceProfile:InstanceProfile", "role"],
  ],
  "aws:s3/bucket:Bucket": [
    ["aws:s3/bucketPolicy:BucketPolicy", "bucket", { policy: "{}" }],
    ["aws:s3/accessPoint:AccessPoint", "bucket"],
  ],
  "aws:lb/targetGroup:TargetGroup": [["aws:lb/listener:Listener", "defaultActions", { port: 443 }]],
};

/** What each may be is not tried with what each other may be: that would be thirty to the power of thirty. */
test("unknown references that may be any of thirty resources come to an end", async () => {
  const p = program();
  const thirty = Array.from({ length: 30 }, (_, index) => String(index));
  for (const [type, others] of Object.entries(NAMED)) {
    const made = thirty.map((index) => p.add(type, index, { tags: { Role: type.includes("s3/") ? "models" : "backend" } }));
    for (const [other, property, more] of others)
      for (const index of thirty) p.add(other, `${property}-${index}`, { ...more, [property]: computed(...made) });
  }
  const text = JSON.stringify(p.plain("unknown"));
  const before = process.cpuUsage();
  const { outcomes } = await evaluate(policies, loadGraph(text, "graph").graph, DEFAULT_CONFIG, "2030-01-01");
  const { user, system } = process.cpuUsage(before);
  expect(outcomes.some(({ verdict }) => verdict === "unknown")).toBe(true);
  expect((user + system) / 1e6).toBeLessThan(20);
});
