import type { Finding, Policy, Resource } from "../../core/types";
import { ofType } from "../../core/graph";
import { asBoolean, isUnknown } from "../../core/values";

const DATABASES =
  /^aws:(rds\/(instance|clusterInstance|cluster|reservedInstance):|redshift\/cluster:|redshiftserverless\/workgroup:|dms\/replicationInstance:|mq\/broker:|docdb\/|neptune\/clusterInstance:)/;

export const policy: Policy = {
  id: "databases-not-public",
  severity: "high",
  control: "NET-2",
  tags: ["network", "public-access"],
  description: "No database and no broker has a public address.",
  why: "With a public address only a security group stands between the internet and the data, and one wrong rule is enough.",
  remediationSteps: "Set publiclyAccessible: false, place it in private subnets, and connect from inside the VPC.",
  enforcementLevel: "mandatory",
  local: true,
  bad: 'new aws.rds.Instance("db", { publiclyAccessible: true, ... });',
  good: 'new aws.rds.Instance("db", { publiclyAccessible: false, dbSubnetGroupName: privateSubnets.name, ... });',
  evaluate: (graph) => ofType(graph, DATABASES).flatMap(check),
};

function check({ urn, name, type, inputs }: Resource): Finding[] {
  const given = inputs.publiclyAccessible;
  const what = `publiclyAccessible of ${type.split(":").pop() ?? type} "${name}"`;
  if (isUnknown(given)) return [{ verdict: "unknown", urn, message: `${what} is not known yet: write a plain false` }];
  if (asBoolean(given) !== true) return [];
  return [{ verdict: "violation", urn, message: `${what} is true, so it gets a public address: set it to false` }];
}
