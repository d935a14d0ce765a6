import { ofType } from "../../core/references";
import type { Finding, Graph, Policy, Resource, Settings, Value } from "../../core/types";
import { asBoolean, asProps, isAbsent, isUnknown } from "../../core/values";
import { blocks, targetsOf } from "../../graph/join";
import { attached, BUCKET_KIND, BUCKET_TYPES, finding, modelBuckets, nameOf, only } from "./model";

const GUARDS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];
const FIX = "give it a public access block of its own with all four guards true, or bind it to the VPC";

export const policy: Policy = {
  id: "bucket-access-point",
  severity: "high",
  control: "MODEL-3",
  tags: ["bucket", "public-access"],
  description: "Access points on the models bucket block public access themselves, or are bound to a VPC.",
  why: "An access point is a second door with a policy of its own.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  early: BUCKET_TYPES,
  bad: 'new aws.s3.AccessPoint("models", { bucket: bucket.id });',
  good: 'new aws.s3.AccessPoint("models", { bucket: bucket.id, vpcConfiguration: { vpcId: vpc.id } });',
  evaluate: check,
};

function check(graph: Graph, settings: Settings): Finding[] {
  return modelBuckets(graph, settings).flatMap((bucket) => {
    const points = attached(graph, bucket, /^aws:s3\/accessPoint:/);
    return [
      ...points.certain.flatMap((resource) => door(resource, bucket, resource.inputs.publicAccessBlockConfiguration, true)),
      ...points.possible.flatMap((resource) => door(resource, bucket, resource.inputs.publicAccessBlockConfiguration, false)),
      ...multiRegion(graph, bucket),
    ];
  });
}

function multiRegion(graph: Graph, bucket: Resource): Finding[] {
  return ofType(graph, /^aws:s3control\/multiRegionAccessPoint:/).flatMap((resource) => {
    const details = asProps(only(resource.inputs.details)) ?? {};
    const mine = blocks(details.regions).some((region) =>
      targetsOf(graph, resource, "details", BUCKET_KIND, asProps(region)?.bucket).certain.includes(bucket),
    );
    return mine ? door(resource, bucket, details.publicAccessBlock, true) : [];
  });
}

/** Within a given block, a guard that is left out is on; without a block nothing is declared. */
function door(resource: Resource, bucket: Resource, given: Value | undefined, certain: boolean): Finding[] {
  const about = { resource, bucket, certain };
  const what = `access point "${resource.name}" on ${nameOf(bucket)}`;
  if (!isAbsent(resource.inputs.vpcConfiguration)) return [];
  if (isAbsent(given)) return [finding(about, `${what} has no public access block: ${FIX}`)];
  if (isUnknown(given)) return [finding(about, `the public access block of ${what} is not known yet: ${FIX}`, "unknown")];
  const guards = asProps(only(given)) ?? {};
  return GUARDS.flatMap((guard) => {
    if (asBoolean(guards[guard]) === false) return [finding(about, `${guard} of ${what} is false: ${FIX}`)];
    return isUnknown(guards[guard]) ? [finding(about, `${guard} of ${what} is not known yet: ${FIX}`, "unknown")] : [];
  });
}
