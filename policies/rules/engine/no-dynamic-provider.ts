import type { Policy } from "../../core/types";
import { ofType } from "../../core/references";

const MEND = "use typed resources of the aws provider";

export const policy: Policy = {
  id: "no-dynamic-provider",
  severity: "high",
  checklist: "everything in this list, checkable",
  description: "The program has no dynamic provider.",
  why: "Its code calls the cloud's API during `up`; what it changes there has no typed inputs that anybody could check.",
  mend: MEND,
  level: "mandatory",
  local: true,
  bad: "class OpenPort extends pulumi.dynamic.Resource { ... ec2.authorizeSecurityGroupIngress(...) ... }",
  good: 'new aws.vpc.SecurityGroupIngressRule("service", { ... });',
  evaluate: (graph) =>
    ofType(graph, /^pulumi-(nodejs|python|dotnet|go|java|yaml)[:\w-]*:dynamic\b|^pulumi-nodejs:dynamic/).map((resource) => ({
      verdict: "violation",
      urn: resource.urn,
      message: `"${resource.name}" (${resource.type}) is made by a dynamic provider, whose calls cannot be judged: ${MEND}`,
    })),
};
