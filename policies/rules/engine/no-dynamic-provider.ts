import type { Policy } from "../../core/types";
import { ofType } from "../../core/references";

const FIX = "use typed resources of the aws provider";

export const policy: Policy = {
  id: "no-dynamic-provider",
  severity: "high",
  control: "PACK-1",
  tags: ["engine"],
  description: "The program has no dynamic provider.",
  why: "Its code calls the cloud's API during `up`; what it changes there has no typed inputs that anybody could check.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  local: true,
  bad: "class OpenPort extends pulumi.dynamic.Resource { ... ec2.authorizeSecurityGroupIngress(...) ... }",
  good: 'new aws.vpc.SecurityGroupIngressRule("service", { ... });',
  evaluate: (graph) =>
    ofType(graph, /^pulumi-(nodejs|python|dotnet|go|java|yaml)[:\w-]*:dynamic\b|^pulumi-nodejs:dynamic/).map((resource) => ({
      verdict: "violation",
      urn: resource.urn,
      message: `"${resource.name}" (${resource.type}) is made by a dynamic provider, whose calls cannot be evaluated: ${FIX}`,
    })),
};
