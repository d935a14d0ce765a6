import type { Finding, Policy } from "../../core/types";
import { mayBeIn } from "../../graph/network/groups";
import { networkOf } from "../../graph/network/model";
import { publicSources, widest, widestWritten } from "../../graph/network/exposure";
import { covers } from "../../graph/network/ports";
import { place } from "../../graph/network/reach";
import type { Rule } from "../../graph/network/rules";
import { distinct, finding } from "./report";

const SSH = 22;

export const policy: Policy = {
  id: "gateway-ssh-restricted",
  severity: "medium",
  control: "NET-4",
  tags: ["network", "security-group", "ssh"],
  description:
    "Port 22 of the gateway is open to few public addresses: all its rules together hold no block as wide as sshWidestPrefix (default /15; IPv6 /38).",
  why: "An SSH port open to everybody is tried by everybody. Two halves of the Internet are the Internet, and a /9 of a cloud provider is everybody who rents a host there.",
  remediationSteps: "Allow the addresses of your offices or your VPN alone (configuration key gateway.sshFrom).",
  enforcementLevel: "advisory",
  bad: `["0.0.0.0/1", "128.0.0.0/1"].map((cidrIpv4) => new aws.vpc.SecurityGroupIngressRule(..., { fromPort: 22, toPort: 22, cidrIpv4 }));`,
  good: `new aws.vpc.SecurityGroupIngressRule("ssh", { securityGroupId: gateway.id, ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIpv4: "198.51.100.7/32" });`,
  evaluate(graph, settings) {
    const { rules, gateways } = networkOf(graph, settings);
    const ssh = rules.filter(
      ({ direction, group, traffic }) => direction !== "egress" && mayBeIn(group, gateways) && covers(traffic, SSH) !== "no",
    );
    return distinct([...checkKnown(ssh, settings.sshWidestPrefix), ...checkUnknown(ssh, settings.sshWidestPrefix)]);
  },
};

/** Evaluates the union; names each rule that has a part in it. */
function checkKnown(rules: readonly Rule[], prefix: number): Finding[] {
  const sure = rules.filter(({ traffic, direction }) => covers(traffic, SSH) === "yes" && direction === "ingress");
  const block = widestWritten(sure, prefix);
  if (block === undefined) return [];
  const own = sure.filter((rule) => widest(publicSources([rule]), prefix) !== undefined);
  return (own.length > 0 ? own : sure.filter((rule) => publicSources([rule]).v4.length + publicSources([rule]).v6.length > 0)).map((rule) =>
    finding(
      "violation",
      rule.resource,
      `${place(rule)} opens port 22 of the gateway to ${rule.source.text}${block === rule.source.text ? "" : `; all rules together open it to ${block}`}. Allow fewer addresses.`,
    ),
  );
}

/** Rules that may open the port, and with which all of them together would be too many. */
function checkUnknown(all: readonly Rule[], prefix: number): Finding[] {
  const doubtful = all.filter(({ traffic, direction }) => covers(traffic, SSH) === "maybe" || direction === "unknown");
  const wide = widest(publicSources(all), prefix) !== undefined;
  const lost = all.filter(({ source }) => source.kind === "unknown" || (source.kind === "prefix-list" && source.set === undefined));
  return [...(wide ? doubtful : []), ...lost].map((rule) =>
    finding(
      "unknown",
      rule.resource,
      `${place(rule)} may open port 22 of the gateway to ${rule.source.text}: how many addresses that covers is not known.`,
    ),
  );
}
