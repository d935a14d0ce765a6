import type { Policy } from "../../core/types";
import { describeGroup, mayBeIn } from "../../graph/network/groups";
import { networkOf } from "../../graph/network/model";
import { opened } from "../../graph/network/exposure";
import { describeTraffic, TCP, UDP } from "../../graph/network/ports";
import type { Traffic } from "../../graph/network/ports";
import { place } from "../../graph/network/reach";
import { distinct, finding } from "./report";

export const policy: Policy = {
  id: "gateway-public-ports",
  severity: "medium",
  control: "NET-4",
  tags: ["network", "security-group", "public-access"],
  description: "The gateway opens to the Internet what it serves (80 and 443) and nothing else. Port 22 has a policy of its own.",
  why: "Every further port is something to attack: the application server behind nginx, a debugger, a database.",
  remediationSteps: "Remove the rule, or allow the addresses that need the port.",
  enforcementLevel: "advisory",
  bad: `new aws.vpc.SecurityGroupIngressRule("app", { securityGroupId: gateway.id, ipProtocol: "tcp", fromPort: 8000, toPort: 8000, cidrIpv4: "0.0.0.0/0" });`,
  good: `new aws.vpc.SecurityGroupIngressRule("https", { securityGroupId: gateway.id, ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0" });`,
  evaluate(graph, settings) {
    const { rules, gateways, guards } = networkOf(graph, settings);
    const own = rules.filter(({ direction, group, traffic }) => direction === "ingress" && mayBeIn(group, gateways) && !served(traffic));
    const gatewaysAlone = own.filter(({ group }) => !(group.is && guards.has(group.is.key)));
    const found = opened(gatewaysAlone, settings.sshWidestPrefix).map(({ rule, block }) =>
      finding(
        rule.group.is ? "violation" : "unknown",
        rule.resource,
        `${place(rule)} opens ${describeTraffic(rule.traffic)} of ${describeGroup(rule.group)} to ${block}. The gateway serves 80 and 443.`,
      ),
    );
    const unclear = own
      .filter(({ source }) => source.kind === "unknown")
      .map((rule) =>
        finding(
          "unknown",
          rule.resource,
          `${place(rule)} opens ${describeTraffic(rule.traffic)} of the gateway to ${rule.source.text}: how many addresses that covers is not known.`,
        ),
      );
    return distinct([...found, ...unclear]);
  },
};

/** 80, 443 (TCP, and UDP for HTTP/3), 22, and ICMP. */
function served({ protocol, from, to }: Traffic): boolean {
  if (protocol === 1 || protocol === 58) return true;
  if (from === undefined || from !== to) return false;
  return protocol === TCP ? [80, 443, 22].includes(from) : protocol === UDP && from === 443;
}
