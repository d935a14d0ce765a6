import type { Policy } from "../../core/types";
import { describeGroup } from "../../graph/network/groups";
import { networkOf } from "../../graph/network/model";
import { byTraffic, publicSources, widest } from "../../graph/network/openness";
import { describeTraffic, span, TCP, UDP } from "../../graph/network/ports";
import type { Traffic } from "../../graph/network/ports";
import { place } from "../../graph/network/reach";
import { distinct, finding } from "./report";

/** More ports than this are not a list of services any more. */
const MANY_PORTS = 1024;

export const policy: Policy = {
  id: "backend-egress-limited",
  severity: "low",
  checklist: "Port 9000 only from gateway-sg",
  description: "The backend may open connections to the Internet on the few ports it needs (packages, time), not on all.",
  why: "A broken service that may connect anywhere on any port carries models and data out, and takes orders from outside.",
  mend: "List the ports: 80 and 443 for packages, UDP 123 for time.",
  level: "advisory",
  bad: `new aws.vpc.SecurityGroupEgressRule("all", { securityGroupId: backend.id, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" });`,
  good: `new aws.vpc.SecurityGroupEgressRule("https", { securityGroupId: backend.id, ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0" });`,
  evaluate(graph, settings) {
    const { rules, guards, gateways } = networkOf(graph, settings);
    const out = rules.filter(({ direction, group, traffic }) => {
      const own = group.is !== undefined && guards.has(group.is.key) && !gateways.has(group.is.key);
      return direction === "egress" && own && unlimited(traffic);
    });
    return distinct(
      byTraffic(out).flatMap((group) => {
        const block = widest(publicSources(group), settings.sshWidestPrefix);
        if (block === undefined) return [];
        return group
          .filter((rule) => publicSources([rule]).v4.length + publicSources([rule]).v6.length > 0)
          .map((rule) =>
            finding(
              "violation",
              rule.resource,
              `${place(rule)} lets ${describeGroup(rule.group)} send ${describeTraffic(rule.traffic)} to ${block}. List the ports it needs.`,
            ),
          );
      }),
    );
  },
};

function unlimited(traffic: Traffic): boolean {
  if (traffic.protocol === -1) return true;
  return (traffic.protocol === TCP || traffic.protocol === UDP) && span(traffic) > MANY_PORTS;
}
