import type { Finding, Policy, Resource } from "../../core/types";
import type { Host } from "../../graph/network/hosts";
import { strayGroups } from "../../graph/network/interfaces";
import type { StrayGroup } from "../../graph/network/interfaces";
import type { Leg } from "../../graph/network/legs";
import { describe, networkOf } from "../../graph/network/model";
import type { Network } from "../../graph/network/model";
import { backendLegs, isPublicByRoute } from "../../graph/network/placement";
import { distinct, finding, NETWORK_TYPES } from "./report";

export const policy: Policy = {
  id: "backend-in-private-subnet",
  severity: "critical",
  checklist: "Only private subnet placement",
  description: "Every interface of every backend host, and of whatever carries the backend's group, stands in a private subnet.",
  why: "A leg in a public subnet, or a copy of the backend there, is one address away from the Internet.",
  mend: "Give subnetId one of the private subnets; do not use the default VPC for the backend.",
  level: "mandatory",
  early: NETWORK_TYPES,
  bad: `new aws.ec2.Instance("backend", { vpcSecurityGroupIds: [backendGroup.id] }); // no subnet: default VPC`,
  good: `new aws.ec2.Instance("backend", { subnetId: privateSubnet.id, vpcSecurityGroupIds: [backendGroup.id] });`,
  evaluate(graph, settings) {
    const network = networkOf(graph, settings);
    return distinct([
      ...strayGroups(graph).flatMap((stray) => judgeStray(network, stray)),
      ...backendLegs(network).flatMap(({ host, leg }) => {
        const found = judgeLeg(network, host, leg);
        return host.backend === "maybe" ? found.map((one): Finding => ({ ...one, verdict: "unknown" })) : found;
      }),
    ]);
  },
};

/** The backend's group on an interface that is not part of the program. */
function judgeStray({ roles }: Network, { resource, groups, on }: StrayGroup): Finding[] {
  const ours = [...groups.certain, ...groups.maybe].find(({ key }) => roles.backend.has(key));
  const text = `${describe(resource)} puts the backend's group ${ours?.label ?? ""} on ${on}: whether that stands in a private subnet cannot be told.`;
  return ours ? [finding("unknown", resource, text)] : [];
}

function judgeLeg(network: Network, host: Host, leg: Leg): Finding[] {
  const part = leg.path === "" ? "" : ` (${leg.path})`;
  const other = leg.resource === host.resource ? "" : `, an interface of ${describe(host.resource)},`;
  const who = `${describe(leg.resource)}${part}${other}${host.backend === "role" ? "" : ", which carries the backend's group,"}`;
  if (leg.subnets === "open") return [];
  if (leg.subnets === "default-vpc")
    return [
      finding("violation", leg.resource, `${who} names no subnet, so AWS takes a public one of the default VPC. Name a private subnet.`),
    ];
  const { certain, maybe, literals, blind } = leg.subnets;
  const lost = blind || literals.length > 0;
  return [
    ...certain.flatMap((subnet) => judgeSubnet(network, who, leg, subnet, true)),
    ...maybe.flatMap((subnet) => judgeSubnet(network, who, leg, subnet, false)),
    ...(lost
      ? [
          finding(
            "unknown",
            leg.resource,
            `${who} stands in the subnet ${literals.join(", ") || "that is not known yet"}, which is not part of this program: whether it is private cannot be told.`,
          ),
        ]
      : []),
  ];
}

function judgeSubnet(network: Network, who: string, leg: Leg, resource: Resource, certain: boolean): Finding[] {
  const subnet = network.subnets.get(resource.urn);
  if (!subnet) return [];
  const why = subnet.isPublic
    ? "a public subnet by its role"
    : subnet.isDefault
      ? "a default subnet, which is public"
      : !subnet.isPrivate && isPublicByRoute(subnet)
        ? "a subnet with a route to an internet gateway"
        : undefined;
  if (why === undefined) return [];
  const stands = certain ? "stands in" : "may stand in";
  return [finding(certain ? "violation" : "unknown", leg.resource, `${who} ${stands} ${resource.name}, ${why}. Use a private subnet.`)];
}
