import { ofType } from "../../core/references";
import type { Finding, Graph, Policy, Resource, Settings, Value } from "../../core/types";
import { asBoolean, asString, isAbsent, isUnknown } from "../../core/values";
import { ownAccounts } from "../../graph/iam-principal";
import { attached, attachment, BUCKET_TYPES, finding, missing, modelBuckets, nameOf } from "./model";

const GUARDS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];
const FIX = `attach a BucketPublicAccessBlock with ${GUARDS.join(", ")} all true`;

export const policy: Policy = {
  id: "bucket-public-access-block",
  severity: "critical",
  control: "MODEL-3",
  tags: ["bucket", "public-access"],
  description: "All four public access guards are on for the models bucket (on the bucket, or for the whole account).",
  why: "With one of them off a later ACL or policy can publish the models.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  early: BUCKET_TYPES,
  bad: 'new aws.s3.BucketPublicAccessBlock("models", { bucket: bucket.id, blockPublicAcls: true });',
  good: 'new aws.s3.BucketPublicAccessBlock("models", { bucket: bucket.id, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true });',
  evaluate: check,
};

function check(graph: Graph, settings: Settings): Finding[] {
  // What is on for the account is on for each of its buckets.
  const account = ofType(graph, /^aws:s3\/accountPublicAccessBlock:/).filter(
    (resource) => !resource.external && isOwnAccount(graph, resource.inputs.accountId),
  );
  const rest = GUARDS.filter((guard) => !account.some((resource) => asBoolean(resource.inputs[guard]) === true));
  if (rest.length === 0) return [];
  return modelBuckets(graph, settings).flatMap((bucket) => {
    const blocks = attached(graph, bucket, attachment("bucketPublicAccessBlock"));
    const one = blocks.certain.flatMap((resource) => guards(resource, bucket, rest));
    if (blocks.certain.length > 0) return one;
    if (blocks.possible.length > 0)
      return [
        {
          verdict: "unknown",
          pending: true,
          urn: bucket.urn,
          message: `whether a public access block is attached to ${nameOf(bucket)} is not known yet: ${FIX}`,
        },
      ];
    return [missing(bucket, `${nameOf(bucket)} has no public access block: ${FIX}`)];
  });
}

function guards(resource: Resource, bucket: Resource, wanted: readonly string[]): Finding[] {
  return wanted.flatMap((guard) => {
    const value = resource.inputs[guard];
    if (asBoolean(value) === true) return [];
    const about = { resource, bucket, certain: true };
    if (isUnknown(value)) return [finding(about, `${guard} of ${nameOf(bucket)} is not known yet: ${FIX}`, "pending")];
    return [finding(about, `${guard} of ${nameOf(bucket)} is ${asBoolean(value) === false ? "false" : "not set (false)"}: ${FIX}`)];
  });
}

/** Left out, it is the account that the program deploys to. A number that is not known to be its own may be another's. */
function isOwnAccount(graph: Graph, account: Value | undefined): boolean {
  const text = asString(account);
  return isAbsent(account) || isUnknown(account) || (text !== undefined && ownAccounts(graph).has(text));
}
