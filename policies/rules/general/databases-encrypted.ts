import type { Finding, Policy, Props, Resource, Value } from "../../core/types";
import { ofType } from "../../core/graph";
import { asBoolean, asString, isAbsent, isUnknown } from "../../core/values";

/** Types by the property that says it. Left out it means false; engines that have it on by default are left out below. */
const STORES: readonly (readonly [RegExp, string])[] = [
  [/^aws:rds\/(instance|cluster):/, "storageEncrypted"],
  [/^aws:(docdb|neptune)\/cluster:/, "storageEncrypted"],
  [/^aws:efs\/fileSystem:/, "encrypted"],
  [/^aws:elasticache\/replicationGroup:/, "atRestEncryptionEnabled"],
];

/** What the disk is made from decides: a snapshot, a replica's source, the cluster. */
const TAKEN_OVER = [
  "snapshotIdentifier",
  "replicateSourceDb",
  "replicationSourceIdentifier",
  "globalClusterIdentifier",
  "restoreToPointInTime",
];

/** Valkey is encrypted, and so is Aurora Serverless v1, unless somebody says no. */
const isByDefault = ({ engine, engineMode }: Props): boolean => asString(engine) === "valkey" || asString(engineMode) === "serverless";

export const policy: Policy = {
  id: "databases-encrypted",
  severity: "medium",
  control: "SECRET-2",
  tags: ["disk"],
  description: "Databases, caches and file systems encrypt what they keep.",
  why: "A copy of the disk, a snapshot that is shared by mistake or a replaced drive gives away everything that was ever written.",
  remediationSteps:
    "Set storageEncrypted: true (encrypted, atRestEncryptionEnabled) when it is made; later it is a copy by way of a snapshot.",
  enforcementLevel: "advisory",
  local: true,
  bad: 'new aws.rds.Instance("db", { engine: "postgres", ... }); // storageEncrypted is false by default',
  good: 'new aws.rds.Instance("db", { engine: "postgres", storageEncrypted: true, ... });',
  evaluate: (graph) => STORES.flatMap(([type, key]) => ofType(graph, type).flatMap((one) => check(one, key))),
};

function check({ urn, name, type, inputs, external }: Resource, key: string): Finding[] {
  const given = inputs[key];
  if (external === true || asBoolean(given) === true || TAKEN_OVER.some((source) => !isAbsent(inputs[source]))) return [];
  if (isAbsent(given) && isByDefault(inputs)) return [];
  const what = `${key} of ${type.split(":").pop() ?? type} "${name}"`;
  if (isUnknown(given)) return [{ verdict: "unknown", urn, message: `${what} is not known yet: write a plain true` }];
  return [{ verdict: "violation", urn, message: `${what} is ${said(given)}, so what it keeps lies on its disk in plain: set it to true` }];
}

const said = (given: Value | undefined): string => (isAbsent(given) ? "not set, which means false" : "false");
