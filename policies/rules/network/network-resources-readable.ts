import type { Policy } from "../../core/types";
import { describe } from "../../graph/network/model";
import { unreadable } from "../../graph/network/unreadable";
import { distinct, finding } from "./report";

export const policy: Policy = {
  id: "network-resources-readable",
  severity: "high",
  checklist: "Port 9000 only from gateway-sg",
  description:
    "Security groups, routes, instances and load balancers are written with the AWS provider, where they can be judged: not inside CloudFormation templates, Cloud Control or other packages.",
  why: "A rule in a template body opens a port as well as any other, and none of the other policies sees it.",
  mend: "Write the resource with @pulumi/aws, or exempt the finding with the reason why it is harmless.",
  level: "mandatory",
  bad: `new aws.cloudformation.Stack("extra", { templateBody: JSON.stringify({ Resources: { Open: { Type: "AWS::EC2::SecurityGroupIngress", ... } } }) });`,
  good: `new aws.vpc.SecurityGroupIngressRule("extra", { securityGroupId: backend.id, ... });`,
  evaluate: (graph) =>
    distinct(
      unreadable(graph).map(({ resource, what }) =>
        finding(
          "unknown",
          resource,
          `${describe(resource)} of ${resource.type} holds ${what}: whom it lets reach the backend cannot be told. Write it with the AWS provider.`,
        ),
      ),
    ),
};
