import type { Policy } from "../../core/types";
import { networkOf } from "../../graph/network/model";
import { intrusions } from "../../graph/network/reach";
import { distinct, finding, NETWORK_TYPES } from "./report";

const FIX = "Only the gateway's group may be the source.";
const BALANCER_FIX = "Make the load balancer internal: true, and let its groups in from the gateway's group alone.";

export const policy: Policy = {
  id: "service-port-only-from-gateway",
  severity: "critical",
  control: "NET-1",
  tags: ["network", "security-group"],
  description:
    "The backend's service port is reachable from members of the gateway's security group and from nobody else, also by way of an internal load balancer.",
  why: "The gateway inspects every request before it forwards it. Whoever reaches the service port in another way is not inspected.",
  remediationSteps:
    "Let the rule name the gateway's group as its only source, and the service port as its only port. An internal load balancer may stand between: then the rule names its group, and that group lets in the gateway's group alone.",
  enforcementLevel: "mandatory",
  early: NETWORK_TYPES,
  bad: `new aws.vpc.SecurityGroupIngressRule("service", { securityGroupId: backend.id, ipProtocol: "tcp", fromPort: 8000, toPort: 9999, cidrIpv4: "10.0.0.0/16" });`,
  good: `new aws.vpc.SecurityGroupIngressRule("service", { securityGroupId: backend.id, ipProtocol: "tcp", fromPort: 9000, toPort: 9000, referencedSecurityGroupId: gateway.id });`,
  evaluate(graph, settings) {
    const network = networkOf(graph, settings);
    const found = intrusions(network, settings.servicePort, network.gateways, { balancers: true });
    return distinct(
      found.map(({ rule, verdict, text, balanced }) => finding(verdict, rule.resource, `${text}. ${balanced ? BALANCER_FIX : FIX}`)),
    );
  },
};
