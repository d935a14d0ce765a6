import type { Finding, Policy } from "../../core/types";
import { describeGroup, mayBeIn } from "../../graph/network/groups";
import { isEmpty, publicPart } from "../../graph/network/ip-set";
import { networkOf } from "../../graph/network/model";
import { covers } from "../../graph/network/ports";
import { place } from "../../graph/network/reach";
import type { Rule } from "../../graph/network/rules";
import { distinct, finding, NETWORK_TYPES } from "./report";

/** The ports that the gateway is there for. */
const PUBLIC_PORTS = [80, 443];

export const policy: Policy = {
  id: "gateway-no-service-port",
  severity: "high",
  control: "NET-1",
  tags: ["network", "security-group"],
  description: "The gateway's security group does not open the backend's service port to the Internet.",
  why: "A process or a forwarding rule on that port of the gateway would be the backend, in public.",
  remediationSteps: "Open 80 and 443 alone.",
  enforcementLevel: "mandatory",
  early: NETWORK_TYPES,
  bad: `new aws.vpc.SecurityGroupIngressRule("x", { securityGroupId: gateway.id, ipProtocol: "tcp", fromPort: 9000, toPort: 9000, cidrIpv4: "0.0.0.0/0" });`,
  good: `new aws.vpc.SecurityGroupIngressRule("x", { securityGroupId: gateway.id, ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0" });`,
  evaluate(graph, settings) {
    const { rules, gateways, guards } = networkOf(graph, settings);
    if (PUBLIC_PORTS.includes(settings.servicePort)) return [];
    const onGateway = rules.filter(
      ({ group, direction }) => direction !== "egress" && mayBeIn(group, gateways) && !(group.is && guards.has(group.is.key)),
    );
    return distinct(onGateway.flatMap((rule) => check(rule, settings.servicePort)));
  },
};

function check(rule: Rule, port: number): Finding[] {
  const opens = covers(rule.traffic, port);
  const { source } = rule;
  if (opens === "no" || source.kind === "group") return [];
  const known = source.kind === "unknown" ? undefined : source.set;
  if (known && isEmpty(publicPart(known))) return [];
  const certain = opens === "yes" && known !== undefined && rule.group.is !== undefined && rule.direction === "ingress";
  const text = `${place(rule)} ${certain ? "opens" : "may open"} port ${String(port)} of ${describeGroup(rule.group)} to ${source.text}`;
  return [finding(certain ? "violation" : "unknown", rule.resource, `${text}. The gateway serves 80 and 443.`)];
}
