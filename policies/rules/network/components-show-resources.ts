import type { Policy } from "../../core/types";
import { describe } from "../../graph/network/model";
import { finding } from "./report";

export const policy: Policy = {
  id: "components-show-resources",
  severity: "medium",
  control: "NET-3",
  tags: ["network"],
  description: "Network and compute components of the awsx package show the resources that they make.",
  why: "Such a component makes load balancers, subnets and services. Where the graph lists none of them, nothing of it was evaluated.",
  remediationSteps: "Check a graph that has them (a preview by the engine lists the children), or write the resources with @pulumi/aws.",
  enforcementLevel: "mandatory",
  bad: `// a graph with awsx:lb:ApplicationLoadBalancer and no resource below it`,
  good: `// the same graph with the aws:lb/loadBalancer:LoadBalancer below the component`,
  evaluate(graph) {
    const parents = new Set(graph.resources.map(({ parent }) => parent));
    return graph.resources
      .filter(({ type, custom, urn }) => type.startsWith("awsx:") && !custom && !parents.has(urn))
      .map((resource) =>
        finding("unknown", resource, `${describe(resource)} of ${resource.type} shows no resource that it makes, so none was evaluated.`),
      );
  },
};
