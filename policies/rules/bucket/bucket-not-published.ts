import { ofType } from "../../core/references";
import type { Finding, Graph, Policy, Resource } from "../../core/types";
import { asProps, asString } from "../../core/values";
import { blocks } from "../../graph/join";
import { attachment, BUCKET_TYPES, eachSetting, finding, modelBuckets, nameOf } from "./model";

const FIX = "serve sites from a bucket of their own, and let hosts read models with their role";

export const policy: Policy = {
  id: "bucket-not-published",
  severity: "high",
  control: "MODEL-3",
  tags: ["bucket", "public-access"],
  description: "The models bucket is neither a website nor the origin of a content delivery network.",
  why: "Both exist to hand objects to everybody, over plain HTTP in a website's case.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  early: BUCKET_TYPES,
  bad: 'new aws.s3.BucketWebsiteConfiguration("models", { bucket: bucket.id, indexDocument: { suffix: "index.html" } });',
  good: 'new aws.s3.Bucket("models", {}); // no website',
  evaluate: (graph, settings) => [
    ...eachSetting(graph, settings, { inline: "website", attached: attachment("bucketWebsiteConfiguration") }, (setting) => [
      finding(setting, `${nameOf(setting.bucket)} is configured as a website: ${FIX}`),
    ]),
    ...modelBuckets(graph, settings).flatMap((bucket) => origins(graph, bucket)),
  ],
};

/** CloudFront distributions that have the bucket as an origin. */
function origins(graph: Graph, bucket: Resource): Finding[] {
  return ofType(graph, /^aws:cloudfront\/(distribution|multitenantDistribution):/).flatMap((resource) => {
    const hosts = blocks(resource.inputs.origins).map((origin) => asString(asProps(origin)?.domainName));
    const name = asString(bucket.outputs.bucket) ?? asString(bucket.inputs.bucket) ?? bucket.id;
    const named = name !== undefined && hosts.some((host) => host === name || host?.startsWith(`${name}.s3`) === true);
    const flows = (resource.propertyDependencies.origins ?? []).includes(bucket.urn);
    if (!named && !flows) return [];
    return [finding({ resource, bucket, certain: true }, `"${resource.name}" has ${nameOf(bucket)} as an origin: ${FIX}`)];
  });
}
