import type { Finding, Graph, Policy, Settings } from "../../core/types";
import { asBoolean, isUnknown } from "../../core/values";
import { attached, BUCKET_TYPES, finding, modelBuckets, nameOf, OBJECT } from "./model";

const FIX = "leave forceDestroy out; empty the bucket by hand when it is really to go";

export const policy: Policy = {
  id: "bucket-force-destroy",
  severity: "high",
  control: "MODEL-2",
  tags: ["bucket", "models"],
  description: "Neither the models bucket nor an object in it is destroyed with all its versions.",
  why: "With forceDestroy one `pulumi destroy`, or one replacement, wipes every version of every model.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  early: BUCKET_TYPES,
  bad: 'new aws.s3.Bucket("models", { forceDestroy: true });',
  good: 'new aws.s3.Bucket("models", {}, { retainOnDelete: true });',
  evaluate: check,
};

function check(graph: Graph, settings: Settings): Finding[] {
  return modelBuckets(graph, settings).flatMap((bucket) =>
    [bucket, ...attached(graph, bucket, OBJECT).certain].flatMap((resource) => {
      const value = resource.inputs.forceDestroy;
      const about = { resource, bucket, certain: true };
      const what = resource === bucket ? nameOf(bucket) : `"${resource.name}" in ${nameOf(bucket)}`;
      if (isUnknown(value)) return [finding(about, `forceDestroy of ${what} is not known yet: ${FIX}`, "unknown")];
      return asBoolean(value) === true ? [finding(about, `forceDestroy of ${what} is true: ${FIX}`)] : [];
    }),
  );
}
