/** The policy documents of a models bucket and on its access points. */
import { dependenciesOf } from "../../core/references";
import type { Graph, Resource, Settings } from "../../core/types";
import { isAbsent } from "../../core/values";
import { readDocument } from "../../graph/iam-document";
import type { Document } from "../../graph/iam-document";
import { attachedTo } from "../../graph/join";
import { attached, BUCKET, modelBuckets } from "./model";

export interface PolicyText {
  readonly bucket: Resource;
  readonly resource: Resource;
  readonly document: Document;
  /** False: not known yet whether it is this bucket's. */
  readonly certain: boolean;
  /** Nothing but this bucket flows into the text, so unknown ARNs in it are its. */
  readonly ownArns: boolean;
  readonly accessPoint: boolean;
}

export function policyTexts(graph: Graph, settings: Settings): PolicyText[] {
  return modelBuckets(graph, settings).flatMap((bucket) => textsOf(graph, bucket));
}

export function textsOf(graph: Graph, bucket: Resource): PolicyText[] {
  const policies = attached(graph, bucket, /^aws:s3\/bucketPolicy:/);
  const points = attached(graph, bucket, /^aws:s3\/accessPoint:/);
  const read = (resource: Resource, certain: boolean, accessPoint: boolean): PolicyText[] => {
    if (isAbsent(resource.inputs.policy)) return [];
    const flows = dependenciesOf(graph, resource, "policy", BUCKET);
    const ownArns = flows.length === 1 && flows[0] === bucket;
    return [{ bucket, resource, document: readDocument(resource.inputs.policy), certain, ownArns, accessPoint }];
  };
  return [
    ...read(bucket, true, false),
    ...policies.certain.flatMap((resource) => read(resource, true, false)),
    ...policies.possible.flatMap((resource) => read(resource, false, false)),
    ...points.certain.flatMap((resource) => [
      ...read(resource, true, true),
      ...pointPolicies(graph, resource).flatMap((found) => read(found, true, true)),
    ]),
  ];
}

const POINT_KIND = { type: /^aws:s3\/accessPoint:/, names: ["name", "alias"] };

function pointPolicies(graph: Graph, point: Resource): readonly Resource[] {
  return attachedTo(graph, point, /^aws:s3control\/accessPointPolicy:/, "accessPointArn", POINT_KIND).certain;
}
