import type { Finding, Graph, Policy, Props, Resource } from "../../core/types";
import { asProps, asString, isAbsent, isUnknown } from "../../core/values";
import { ownAccounts } from "../../graph/iam-principal";
import { blocks } from "../../graph/join";
import { attached, attachment, BUCKET_TYPES, missing, modelBuckets, nameOf, only } from "./model";

const FIX = 'attach a BucketServerSideEncryptionConfiguration with sseAlgorithm "AES256" or "aws:kms"';
const STRONG = /^(AES256|aws:kms(:dsse)?)$/;

export const policy: Policy = {
  id: "bucket-encryption",
  severity: "medium",
  control: "MODEL-3",
  tags: ["bucket"],
  description: "The models bucket declares how its objects are encrypted, and not with a key of another account.",
  why: "Declared encryption can be checked and cannot change unseen. Whoever owns the key decides who reads the models, and whether anybody does.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  early: BUCKET_TYPES,
  bad: 'new aws.s3.Bucket("models", {});',
  good: 'new aws.s3.BucketServerSideEncryptionConfiguration("models", { bucket: bucket.id, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] });',
  evaluate: (graph, settings) => modelBuckets(graph, settings).flatMap((bucket) => check(graph, bucket)),
};

function check(graph: Graph, bucket: Resource): Finding[] {
  const found = attached(graph, bucket, attachment("bucketServerSideEncryptionConfiguration"));
  const inline = bucket.inputs.serverSideEncryptionConfiguration ?? bucket.inputs.serverSideEncryptionConfigurations;
  const declared = [
    ...found.certain.map((resource) => ({ resource, rules: resource.inputs.rules })),
    ...(isAbsent(inline)
      ? []
      : [{ resource: bucket, rules: isUnknown(inline) ? inline : (asProps(only(inline))?.rule ?? asProps(only(inline))?.rules) }]),
  ];
  const problems = declared.flatMap(({ resource, rules }): Finding[] => {
    const defaults = blocks(rules).map((rule) => asProps(only(asProps(rule)?.applyServerSideEncryptionByDefault)));
    const algorithms = defaults.map((one) => one?.sseAlgorithm);
    if (algorithms.some((algorithm) => STRONG.test(asString(algorithm) ?? ""))) return strangeKeys(graph, bucket, resource, defaults);
    const open = isUnknown(rules) || blocks(rules).some(isUnknown) || algorithms.some(isUnknown);
    if (open)
      return [{ verdict: "unknown", pending: true, urn: resource.urn, message: `how ${nameOf(bucket)} encrypts is not known yet: ${FIX}` }];
    const given = algorithms.map((algorithm) => asString(algorithm) ?? "no algorithm").join(", ");
    return [
      {
        verdict: "violation",
        urn: resource.urn,
        message: `the encryption of ${nameOf(bucket)} says "${given === "" ? "no rule" : given}": ${FIX}`,
      },
    ];
  });
  if (declared.length > 0) return problems;
  if (found.possible.length > 0)
    return [
      {
        verdict: "unknown",
        pending: true,
        urn: bucket.urn,
        message: `whether encryption is attached to ${nameOf(bucket)} is not known yet: ${FIX}`,
      },
    ];
  return [missing(bucket, `${nameOf(bucket)} declares no encryption: ${FIX}`)];
}

/** A key by its ARN says whose it is. */
function strangeKeys(graph: Graph, bucket: Resource, resource: Resource, defaults: readonly (Props | undefined)[]): Finding[] {
  const own = ownAccounts(graph);
  return defaults.flatMap((one): Finding[] => {
    const key = asString(one?.kmsMasterKeyId) ?? "";
    const account = /^arn:[^:]*:kms:[^:]*:(\d{12}):/.exec(key)?.[1];
    if (account === undefined || own.has(account)) return [];
    const message = `the key of ${nameOf(bucket)} is one of account ${account}, and whether that is your own cannot be told: use a key of this account, or exempt this finding with the reason`;
    return [{ verdict: "unknown", urn: resource.urn, message }];
  });
}
