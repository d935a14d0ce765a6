import type { Policy } from "../../core/types";
import { connectGroups, mayBecomeConnect } from "../../graph/network/connect-endpoints";
import { networkOf, type Network } from "../../graph/network/model";
import { intrusions } from "../../graph/network/reach";
import type { Rule } from "../../graph/network/rules";
import { distinct, finding, NETWORK_TYPES } from "./report";

const SSH = 22;

/** The group is there before the endpoint that carries it. */
const waits = (network: Network, { source }: Rule): boolean =>
  source.kind === "group" && source.ref.is !== undefined && mayBecomeConnect(network, source.ref.is);

export const policy: Policy = {
  id: "backend-ssh-only-from-gateway",
  severity: "high",
  control: "NET-4",
  tags: ["network", "security-group", "ssh"],
  description:
    "Port 22 of the backend is reachable from members of the gateway's security group (the bastion), or from an EC2 Instance Connect Endpoint, and from nobody else.",
  why: "The bastion, or the endpoint, is the one place where logins are checked and logged. A second way to port 22 makes it worthless.",
  remediationSteps: "Let the rule name the gateway's group as its only source, or drop the rule.",
  enforcementLevel: "mandatory",
  early: NETWORK_TYPES,
  bad: `new aws.vpc.SecurityGroupIngressRule("ssh", { securityGroupId: backend.id, ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIpv4: "0.0.0.0/0" });`,
  good: `new aws.vpc.SecurityGroupIngressRule("ssh", { securityGroupId: backend.id, ipProtocol: "tcp", fromPort: 22, toPort: 22, referencedSecurityGroupId: gateway.id });`,
  evaluate(graph, settings) {
    // Where the service itself listens on port 22, the other policy speaks.
    if (settings.servicePort === SSH) return [];
    const network = networkOf(graph, settings);
    const found = intrusions(network, SSH, new Map([...network.gateways, ...connectGroups(network)]));
    return distinct(
      found.map(({ rule, verdict, text }) =>
        waits(network, rule)
          ? finding(
              "unknown",
              rule.resource,
              `${text}: whether its source is an Instance Connect Endpoint is not known before all is registered`,
            )
          : finding(
              verdict,
              rule.resource,
              `${text}. Only the gateway's group, or that of an EC2 Instance Connect Endpoint, may be the source.`,
            ),
      ),
    );
  },
};
