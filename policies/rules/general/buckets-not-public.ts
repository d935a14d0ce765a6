import type { Graph, Policy, Settings } from "../../core/types";
import { ofType } from "../../core/graph";
import { isGeneral } from "../../core/profile";
import { policy as aclPrivate } from "../bucket/bucket-acl-private";
import { letsInAll } from "../bucket/bucket-not-public";
import { BUCKET, modelBuckets } from "../bucket/model";

export const policy: Policy = {
  id: "buckets-not-public",
  severity: "high",
  control: "MODEL-3",
  tags: ["bucket", "public-access"],
  description:
    "No policy and no ACL of a bucket lets everybody in. (In programs without roles; the models bucket has stricter policies of its own.)",
  why: "A public bucket gives away whatever is put into it later as well; most data leaks from S3 began with one that was meant for something harmless.",
  remediationSteps:
    "Name the principals that may read it. For a website put CloudFront in front, with an origin access control, and keep the bucket private.",
  enforcementLevel: "mandatory",
  bad: 'policy: { Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `${arn}/*` }] }',
  good: 'policy: { Statement: [{ Effect: "Allow", Principal: { Service: "cloudfront.amazonaws.com" }, Action: "s3:GetObject", Resource: `${arn}/*`, Condition: { StringEquals: { "AWS:SourceArn": distribution.arn } } }] }',
  async evaluate(graph, settings) {
    // Beside a gateway and a backend a bucket of another purpose may be a website's: the configuration says which bucket is guarded.
    const others = isGeneral(graph, settings) ? asModels(graph, settings) : undefined;
    if (others === undefined) return [];
    const found = [...letsInAll(graph, others, true), ...(await aclPrivate.evaluate(graph, others))];
    // Only what is open for sure: a bucket of any program may have a policy that nobody knows before `up`.
    return found.filter(({ verdict }) => verdict === "violation");
  },
};

/** The same questions, asked of every bucket that holds no models. */
function asModels(graph: Graph, settings: Settings): Settings | undefined {
  const models = new Set(modelBuckets(graph, settings));
  const names = ofType(graph, BUCKET)
    .filter((bucket) => !models.has(bucket))
    .map(({ urn }) => urn);
  return names.length === 0 ? undefined : { ...settings, roles: { ...settings.roles, modelBuckets: { names } } };
}
