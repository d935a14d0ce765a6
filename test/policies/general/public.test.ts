/** What is public by a property of its own: databases, brokers, and nodes that AWS opens a port of. */
import { DEFAULT_SETTINGS } from "../../../policies/core/settings";
import type { Finding, Policy } from "../../../policies/core/types";
import { policy as adminPorts } from "../../../policies/rules/general/admin-ports-not-open";
import { policy as databases } from "../../../policies/rules/general/databases-not-public";
import { withSubject } from "../../../policies/rules/subjects";
import { computed, program } from "../core/builder";

async function verdicts(policy: Policy, type: string, inputs: object): Promise<Finding["verdict"][]> {
  const p = program(undefined, "dev", "shop");
  p.add(type, "it", { ...inputs });
  // What is looked at is counted as passed, not as nothing to evaluate.
  expect(type).toMatch(withSubject(policy).subject?.types ?? /^$/);
  return (await policy.evaluate(p.graph("unknown"), DEFAULT_SETTINGS)).map(({ verdict }) => verdict);
}

const kafka = (publicAccess: unknown): object => ({ brokerNodeGroupInfo: { connectivityInfo: { publicAccess } } });
const collection = (rules: object): object => ({ type: "network", policy: JSON.stringify([{ Rules: [], ...rules }]) });

describe("databases and brokers", () => {
  test.each<[string, string, object, readonly string[]]>([
    ["a database", "aws:rds/instance:Instance", { publiclyAccessible: true }, ["violation"]],
    ["a private one", "aws:rds/instance:Instance", { publiclyAccessible: false }, []],
    ["one that does not say", "aws:rds/instance:Instance", {}, []],
    ["one that is not known yet", "aws:rds/instance:Instance", { publiclyAccessible: computed() }, ["unknown"]],
    ["Lightsail's", "aws:lightsail/database:Database", { publiclyAccessible: true }, ["violation"]],
    ["InfluxDB", "aws:timestreaminfluxdb/dbInstance:DbInstance", { publiclyAccessible: true }, ["violation"]],
    ["a graph of Neptune Analytics", "aws:neptunegraph/graph:Graph", { publicConnectivity: true }, ["violation"]],
    ["Kafka", "aws:msk/cluster:Cluster", kafka({ type: "SERVICE_PROVIDED_EIPS" }), ["violation"]],
    ["Kafka, switched off", "aws:msk/cluster:Cluster", kafka({ type: "DISABLED" }), []],
    ["Kafka, not known yet", "aws:msk/cluster:Cluster", kafka({ type: computed() }), ["unknown"]],
    ["Kafka without the block", "aws:msk/cluster:Cluster", { brokerNodeGroupInfo: { instanceType: "kafka.m5.large" } }, []],
    [
      "collections",
      "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy",
      collection({ AllowFromPublic: true }),
      ["violation"],
    ],
    [
      "collections of a VPC",
      "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy",
      collection({ AllowFromPublic: false }),
      [],
    ],
  ])("%s", async (_, type, inputs, expected) => {
    expect(await verdicts(databases, type, inputs)).toEqual(expected);
  });
});

describe("nodes of EKS", () => {
  test.each<[string, object, readonly string[]]>([
    ["with a key and no sources", { remoteAccess: { ec2SshKey: "ops" } }, ["violation"]],
    ["with an empty list", { remoteAccess: { ec2SshKey: "ops", sourceSecurityGroupIds: [] } }, ["violation"]],
    ["with a group", { remoteAccess: { ec2SshKey: "ops", sourceSecurityGroupIds: ["sg-0123456789abcdef0"] } }, []],
    ["with a group that is not known yet", { remoteAccess: { ec2SshKey: "ops", sourceSecurityGroupIds: computed() } }, []],
    ["without a key", { remoteAccess: {} }, []],
    ["without remote access", {}, []],
  ])("%s", async (_, inputs, expected) => {
    expect(await verdicts(adminPorts, "aws:eks/nodeGroup:NodeGroup", inputs)).toEqual(expected);
  });
});
