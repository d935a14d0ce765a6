import type { Finding, Policy } from "../../core/types";
import { describeGroup } from "../../graph/network/groups";
import { isEmpty } from "../../graph/network/ip-set";
import { networkOf } from "../../graph/network/model";
import type { Network } from "../../graph/network/model";
import { publicSources } from "../../graph/network/exposure";
import { covers, describeTraffic } from "../../graph/network/ports";
import { place } from "../../graph/network/reach";
import type { Rule } from "../../graph/network/rules";
import { distinct, finding, NETWORK_TYPES } from "./report";

export const policy: Policy = {
  id: "backend-no-public-ingress",
  severity: "high",
  control: "NET-2",
  tags: ["network", "security-group", "public-access"],
  description: "No port of the backend, whichever it is, is open to addresses on the Internet.",
  why: "Nothing on the Internet has business with a private host. Such a rule waits for the day when the host gets an address.",
  remediationSteps: "Remove the rule, or name the group or the private addresses that need the port.",
  enforcementLevel: "mandatory",
  early: NETWORK_TYPES,
  bad: `new aws.vpc.SecurityGroupIngressRule("metrics", { securityGroupId: backend.id, ipProtocol: "tcp", fromPort: 9100, toPort: 9100, cidrIpv4: "0.0.0.0/0" });`,
  good: `new aws.vpc.SecurityGroupIngressRule("metrics", { securityGroupId: backend.id, ipProtocol: "tcp", fromPort: 9100, toPort: 9100, referencedSecurityGroupId: monitoring.id });`,
  evaluate(graph, settings) {
    const network = networkOf(graph, settings);
    return distinct(network.rules.flatMap((rule) => check(network, rule)));
  },
};

function check({ guards, gateways, settings }: Network, rule: Rule): Finding[] {
  const { traffic, group, direction } = rule;
  // The gateway's group on the backend is a finding of its own; what that group opens is meant for the gateway.
  if (direction !== "ingress" || !group.is || !guards.has(group.is.key) || gateways.has(group.is.key)) return [];
  const icmp = traffic.protocol === 1 || traffic.protocol === 58;
  // Ports 9000 and 22 have policies of their own.
  if (icmp || covers(traffic, settings.servicePort) !== "no" || covers(traffic, 22) !== "no") return [];
  if (rule.source.kind === "unknown")
    return [
      finding(
        "unknown",
        rule.resource,
        `${place(rule)} opens ${describeTraffic(traffic)} of ${describeGroup(group)}, the backend's, to ${rule.source.text}: whether that is on the Internet is not known.`,
      ),
    ];
  if (isEmpty(publicSources([rule]))) return [];
  return [
    finding(
      "violation",
      rule.resource,
      `${place(rule)} opens ${describeTraffic(traffic)} of ${describeGroup(group)}, the backend's, to ${rule.source.text}. Remove it.`,
    ),
  ];
}
