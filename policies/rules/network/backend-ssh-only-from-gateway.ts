import type { Policy } from "../../core/types";
import { networkOf } from "../../graph/network/model";
import { intrusions } from "../../graph/network/reach";
import { distinct, finding, NETWORK_TYPES } from "./report";

const SSH = 22;

export const policy: Policy = {
  id: "backend-ssh-only-from-gateway",
  severity: "high",
  control: "NET-4",
  tags: ["network", "security-group", "ssh"],
  description: "Port 22 of the backend is reachable from members of the gateway's security group (the bastion) and from nobody else.",
  why: "The bastion is the one place where logins are checked and logged. A second way to port 22 makes it worthless.",
  remediationSteps: "Let the rule name the gateway's group as its only source, or drop the rule.",
  enforcementLevel: "mandatory",
  early: NETWORK_TYPES,
  bad: `new aws.vpc.SecurityGroupIngressRule("ssh", { securityGroupId: backend.id, ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIpv4: "0.0.0.0/0" });`,
  good: `new aws.vpc.SecurityGroupIngressRule("ssh", { securityGroupId: backend.id, ipProtocol: "tcp", fromPort: 22, toPort: 22, referencedSecurityGroupId: gateway.id });`,
  evaluate(graph, settings) {
    // Where the service itself listens on port 22, the other policy speaks.
    if (settings.servicePort === SSH) return [];
    const network = networkOf(graph, settings);
    const found = intrusions(network, SSH, network.gateways);
    return distinct(
      found.map(({ rule, verdict, text }) => finding(verdict, rule.resource, `${text}. Only the gateway's group may be the source.`)),
    );
  },
};
