import type { Finding, Graph, Policy, Resource, Settings } from "../../core/types";
import { asBoolean, asProps, asString, isAbsent, isUnknown } from "../../core/values";
import { attached, attachment, BUCKET_TYPES, missing, modelBuckets, nameOf, only } from "./model";

const FIX = 'attach a BucketVersioning with status "Enabled"';

export const policy: Policy = {
  id: "bucket-versioning",
  severity: "high",
  control: "MODEL-3",
  tags: ["bucket", "models"],
  description: "The models bucket keeps versions.",
  why: "Without versions a replaced or deleted model is gone, and no release can go back to it.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  early: BUCKET_TYPES,
  bad: 'new aws.s3.BucketVersioning("models", { bucket: bucket.id, versioningConfiguration: { status: "Suspended" } });',
  good: 'new aws.s3.BucketVersioning("models", { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } });',
  evaluate: (graph, settings) => modelBuckets(graph, settings).flatMap((bucket) => check(graph, bucket, settings)),
};

function check(graph: Graph, bucket: Resource, _settings: Settings): Finding[] {
  const found = attached(graph, bucket, attachment("bucketVersioning"));
  const states = [...found.certain.map((resource) => ({ resource, state: status(resource) })), ...inline(bucket)];
  const off = states.filter(({ state }) => state !== "Enabled" && state !== "unknown");
  if (off.length > 0)
    return off.map(({ resource, state }) => ({
      verdict: "violation",
      urn: resource.urn,
      message: `versioning of ${nameOf(bucket)} is "${state}": ${FIX}`,
    }));
  const open = states.filter(({ state }) => state === "unknown");
  if (open.length > 0)
    return open.map(({ resource }) => ({
      verdict: "unknown",
      urn: resource.urn,
      message: `the versioning status of ${nameOf(bucket)} is not known yet: ${FIX}`,
    }));
  if (states.length > 0) return [];
  if (found.possible.length > 0)
    return [
      { verdict: "unknown", urn: bucket.urn, message: `whether versioning is attached to ${nameOf(bucket)} is not known yet: ${FIX}` },
    ];
  return [missing(bucket, `${nameOf(bucket)} has no versioning: ${FIX}`)];
}

function status(resource: Resource): string {
  const configuration = resource.inputs.versioningConfiguration;
  const value = asProps(only(configuration))?.status;
  return isUnknown(configuration) || isUnknown(value) ? "unknown" : (asString(value) ?? "not set");
}

/** `versioning: { enabled }` on the bucket itself; a separate resource counts beside it. */
function inline(bucket: Resource): { resource: Resource; state: string }[] {
  const value = bucket.inputs.versioning ?? bucket.inputs.versionings;
  if (isAbsent(value)) return [];
  const enabled = asProps(only(value))?.enabled;
  if (isUnknown(value) || isUnknown(enabled)) return [{ resource: bucket, state: "unknown" }];
  return [{ resource: bucket, state: asBoolean(enabled) === true ? "Enabled" : "Disabled" }];
}
