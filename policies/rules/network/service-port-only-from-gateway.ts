import type { Policy } from "../../core/types";
import { networkOf } from "../../graph/network/model";
import { intrusions } from "../../graph/network/reach";
import { distinct, finding, NETWORK_TYPES } from "./report";

export const policy: Policy = {
  id: "service-port-only-from-gateway",
  severity: "critical",
  control: "NET-1",
  tags: ["network", "security-group"],
  description: "The backend's service port is reachable from members of the gateway's security group and from nobody else.",
  why: "The gateway inspects every request before it forwards it. Whoever reaches the service port in another way is not inspected.",
  remediationSteps: "Let the rule name the gateway's group as its only source, and the service port as its only port.",
  enforcementLevel: "mandatory",
  early: NETWORK_TYPES,
  bad: `new aws.vpc.SecurityGroupIngressRule("service", { securityGroupId: backend.id, ipProtocol: "tcp", fromPort: 8000, toPort: 9999, cidrIpv4: "10.0.0.0/16" });`,
  good: `new aws.vpc.SecurityGroupIngressRule("service", { securityGroupId: backend.id, ipProtocol: "tcp", fromPort: 9000, toPort: 9000, referencedSecurityGroupId: gateway.id });`,
  evaluate(graph, settings) {
    const network = networkOf(graph, settings);
    const found = intrusions(network, settings.servicePort, network.gateways);
    return distinct(
      found.map(({ rule, verdict, text }) => finding(verdict, rule.resource, `${text}. Only the gateway's group may be the source.`)),
    );
  },
};
