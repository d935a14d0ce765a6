import type { Policy } from "../../core/types";
import { describeGroup } from "../../graph/network/groups";
import { networkOf } from "../../graph/network/model";
import { opened, widest } from "../../graph/network/exposure";
import { describeTraffic, span, TCP, UDP } from "../../graph/network/ports";
import type { Traffic } from "../../graph/network/ports";
import type { Rule } from "../../graph/network/rules";
import { publicPart } from "../../graph/network/ip-set";
import { place } from "../../graph/network/reach";
import { distinct, finding } from "./report";

/** More ports than this are not a list of services any more. */
const MANY_PORTS = 1024;

export const policy: Policy = {
  id: "backend-egress-limited",
  severity: "low",
  control: "NET-1",
  tags: ["network", "security-group"],
  description: "The backend may open connections to the Internet on the few ports it needs (packages, time), not on all.",
  why: "A broken service that may connect anywhere on any port carries models and data out, and takes orders from outside.",
  remediationSteps: "List the ports: 80 and 443 for packages, UDP 123 for time.",
  enforcementLevel: "advisory",
  bad: `new aws.vpc.SecurityGroupEgressRule("all", { securityGroupId: backend.id, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" });`,
  good: `new aws.vpc.SecurityGroupEgressRule("https", { securityGroupId: backend.id, ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0" });`,
  evaluate(graph, settings) {
    const { rules, guards, gateways } = networkOf(graph, settings);
    const isGuards = ({ group }: Rule): boolean => group.is !== undefined && guards.has(group.is.key) && !gateways.has(group.is.key);
    const out = rules.filter((rule) => rule.direction === "egress" && isGuards(rule) && unlimited(rule.traffic));
    const unclear = rules.filter(
      (rule) => rule.direction !== "ingress" && isGuards(rule) && mayBeUnlimited(rule, settings.sshWidestPrefix),
    );
    return distinct([
      ...unclear.map((rule) =>
        finding(
          "unknown",
          rule.resource,
          `${place(rule)} may let the backend send everything to ${rule.source.text}: that is not known yet.`,
        ),
      ),
      ...opened(out, settings.sshWidestPrefix).map(({ rule, block }) =>
        finding(
          "violation",
          rule.resource,
          `${place(rule)} lets ${describeGroup(rule.group)} send ${describeTraffic(rule.traffic)} to ${block}. List the ports it needs.`,
        ),
      ),
    ]);
  },
};

/** Everything to somebody unknown, or something unknown to the Internet. */
function mayBeUnlimited({ traffic, source, direction }: Rule, prefix: number): boolean {
  if (source.kind === "unknown") return unlimited(traffic);
  const unclear = traffic.protocol === undefined || traffic.from === undefined || traffic.to === undefined || direction === "unknown";
  if (!unclear || source.kind !== "addresses" || widest(publicPart(source.set), prefix) === undefined) return false;
  return traffic.protocol === undefined || unlimited({ ...traffic, from: traffic.from ?? 0, to: traffic.to ?? 65535 });
}

function unlimited(traffic: Traffic): boolean {
  if (traffic.protocol === -1) return true;
  return (traffic.protocol === TCP || traffic.protocol === UDP) && span(traffic) > MANY_PORTS;
}
