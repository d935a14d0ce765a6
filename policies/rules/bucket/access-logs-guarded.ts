import { ofType } from "../../core/references";
import type { Finding, Graph, Policy, Props, Resource, Settings } from "../../core/types";
import { asBoolean, asNumber, asProps, asString, isAbsent, isUnknown } from "../../core/values";
import { blocks, targetsOf } from "../../graph/join";
import { policy as encryption } from "./bucket-encryption";
import { policy as notPublic } from "./bucket-not-public";
import { policy as accessBlock } from "./bucket-public-access-block";
import { policy as tlsOnly } from "./bucket-tls-only";
import { attached, attachment, BUCKET_KIND, missing, nameOf, only } from "./model";

const FIX =
  "attach encryption by S3, a public access block with all four guards, a policy that denies requests without TLS, and a lifecycle rule with an expiration";

export const policy: Policy = {
  id: "access-logs-guarded",
  severity: "medium",
  control: "MODEL-3",
  tags: ["bucket", "public-access"],
  description:
    "A bucket of the program that a load balancer writes access logs to is private, encrypted, asks for TLS, and lets logs expire.",
  why: "Access logs hold the addresses of clients, and paths with all that stands in their queries; what nobody deletes is there for whoever finds the bucket.",
  remediationSteps: FIX,
  enforcementLevel: "advisory",
  bad: 'new aws.lb.LoadBalancer("front", { accessLogs: { enabled: true, bucket: plainBucket.bucket } });',
  good: 'new aws.s3.BucketLifecycleConfiguration("logs", { bucket: logs.bucket, rules: [{ id: "old", status: "Enabled", expiration: { days: 90 } }] });',
  evaluate: check,
};

const GUARDS = [encryption, notPublic, accessBlock, tlsOnly];
export const BALANCER = /^aws:(lb|alb|elb)\/loadBalancer:/;

async function check(graph: Graph, settings: Settings): Promise<Finding[]> {
  const buckets = [...new Set(ofType(graph, BALANCER).flatMap((balancer) => bucketsOf(graph, balancer)))];
  if (buckets.length === 0) return [];
  const asModels = { ...settings, roles: { ...settings.roles, modelBuckets: { names: buckets.map(({ urn }) => urn) } } };
  const found = await Promise.all(GUARDS.map(async (guard) => guard.evaluate(graph, asModels)));
  // Log delivery acts for any account, and its keys name the account: what nobody can tell of that is no finding here.
  const sure = found.flat().filter(({ verdict, pending }) => verdict === "violation" || pending === true);
  return [...sure, ...buckets.flatMap((bucket) => kept(graph, bucket))];
}

/** Those of others are others' matter. */
function bucketsOf(graph: Graph, balancer: Resource): readonly Resource[] {
  const logs = asProps(only(balancer.inputs.accessLogs));
  if (logs === undefined || asBoolean(logs.enabled) === false || isAbsent(logs.bucket)) return [];
  return targetsOf(graph, balancer, "accessLogs", BUCKET_KIND, logs.bucket).certain.filter(({ external }) => external !== true);
}

function kept(graph: Graph, bucket: Resource): Finding[] {
  const found = attached(graph, bucket, attachment("bucketLifecycleConfiguration"));
  const rules = [...found.certain.map(({ inputs }) => inputs.rules), bucket.inputs.lifecycleRules];
  const expires = rules.flatMap((value) => blocks(value)).some((rule) => isExpiring(asProps(rule)));
  if (expires) return [];
  if (rules.some(isUnknown) || found.possible.length > 0)
    return [
      { verdict: "unknown", pending: true, urn: bucket.urn, message: `whether logs in ${nameOf(bucket)} expire is not known yet: ${FIX}` },
    ];
  return [missing(bucket, `access logs in ${nameOf(bucket)} never expire: ${FIX}`)];
}

function isExpiring(rule: Props | undefined): boolean {
  if (asString(rule?.status) === "Disabled" || asBoolean(rule?.enabled) === false) return false;
  const days = asProps(only(rule?.expiration))?.days;
  return isUnknown(days) || (asNumber(days) ?? 0) > 0;
}
