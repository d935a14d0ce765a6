import type { Finding, Policy, Resource, Value } from "../../core/types";
import { ofType } from "../../core/graph";
import { asBoolean, asProps, asString, isAbsent, isUnknown } from "../../core/values";
import { blocks } from "../../graph/join";

export const DATABASES =
  /^aws:(rds\/(instance|clusterInstance|cluster|reservedInstance):|redshift\/cluster:|redshiftserverless\/workgroup:|dms\/(replicationInstance|instanceProfile):|mq\/broker:|docdb\/|neptune\/clusterInstance:|neptunegraph\/graph:|lightsail\/database:|timestreaminfluxdb\/|msk\/cluster:|opensearch\/serverlessSecurityPolicy:)/;

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

/** Where a type says that it is public: the property's name, whether it says so, and the value that closes it. */
interface Place {
  readonly property: string;
  readonly open: boolean | undefined;
  readonly closed: string;
}

function placeOf({ type, inputs }: Resource): Place {
  if (type.startsWith("aws:msk/")) return { property: "publicAccess", open: brokers(inputs.brokerNodeGroupInfo), closed: '"DISABLED"' };
  if (type.startsWith("aws:opensearch/")) return { property: "AllowFromPublic", open: collections(inputs.policy), closed: "false" };
  const property = type.startsWith("aws:neptunegraph/") ? "publicConnectivity" : "publiclyAccessible";
  const given = inputs[property];
  return { property, open: isUnknown(given) ? undefined : asBoolean(given) === true, closed: "false" };
}

function check(resource: Resource): Finding[] {
  const { urn, name, type } = resource;
  const { property, open, closed } = placeOf(resource);
  const what = `${property} of ${type.split(":").pop() ?? type} "${name}"`;
  if (open === undefined) return [{ verdict: "unknown", urn, message: `${what} is not known yet: write a plain ${closed}` }];
  if (!open) return [];
  return [{ verdict: "violation", urn, message: `${what} gives it a public address: set it to ${closed}` }];
}

/** Brokers of Kafka: elastic addresses where `publicAccess` has another type than DISABLED, which it is without the block. */
function brokers(group: Value | undefined): boolean | undefined {
  let known = true;
  let value: Value | undefined = group;
  for (const key of ["connectivityInfo", "publicAccess", "type"]) {
    if (isUnknown(value)) known = false;
    value = asProps(blocks(value)[0] ?? null)?.[key];
  }
  if (!known || isUnknown(value)) return undefined;
  return !isAbsent(value) && asString(value) !== "DISABLED";
}

/** The network policy of collections of OpenSearch: a list of rules in JSON. A policy of another type (encryption) has no such key. */
function collections(policy: Value | undefined): boolean | undefined {
  if (isUnknown(policy)) return undefined;
  const text = asString(policy);
  return text !== undefined && /"AllowFromPublic"\s*:\s*true\b/.test(text);
}
