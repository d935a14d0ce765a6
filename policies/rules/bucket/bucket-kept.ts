import type { Finding, Graph, Policy, Settings } from "../../core/types";
import { modelBuckets, nameOf } from "./model";

const FIX = "give the bucket the resource option protect: true or retainOnDelete: true";

export const policy: Policy = {
  id: "bucket-kept",
  severity: "medium",
  control: "MODEL-2",
  tags: ["bucket", "models"],
  description: "The models bucket outlives the stack: it is protected, or kept on delete.",
  why: "Otherwise `pulumi destroy`, or a change that replaces the bucket, takes the models along.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: 'new aws.s3.Bucket("models", {});',
  good: 'new aws.s3.Bucket("models", {}, { retainOnDelete: true });',
  evaluate: check,
};

function check(graph: Graph, settings: Settings): Finding[] {
  return modelBuckets(graph, settings).flatMap((bucket): Finding[] => {
    if (bucket.external || bucket.options.protect === true || bucket.options.retainOnDelete === true) return [];
    if (graph.notShown?.includes("retainOnDelete"))
      return [
        {
          verdict: "unknown",
          urn: bucket.urn,
          message: `${nameOf(bucket)} is not protected, and this source does not show whether it is kept on delete: ${FIX}`,
          notShown: "retainOnDelete",
        },
      ];
    return [{ verdict: "violation", urn: bucket.urn, message: `${nameOf(bucket)} is neither protected nor kept on delete: ${FIX}` }];
  });
}
