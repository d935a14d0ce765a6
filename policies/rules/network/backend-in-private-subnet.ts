import type { Finding, Policy, Resource } from "../../core/types";
import type { Host } from "../../graph/network/hosts";
import { strayGroups } from "../../graph/network/attachments";
import type { StrayGroup } from "../../graph/network/attachments";
import type { NetworkInterface } from "../../graph/network/network-interface";
import { describe, networkOf } from "../../graph/network/model";
import type { Network } from "../../graph/network/model";
import { backendInterfaces, isPublicByRoute } from "../../graph/network/placement";
import { distinct, finding, NETWORK_TYPES } from "./report";

export const policy: Policy = {
  id: "backend-in-private-subnet",
  severity: "critical",
  control: "NET-3",
  tags: ["network", "instance", "subnet"],
  description: "Every interface of every backend host, and of whatever carries the backend's group, is in a private subnet.",
  why: "A network interface in a public subnet, or a copy of the backend there, is one address away from the Internet.",
  remediationSteps: "Give subnetId one of the private subnets; do not use the default VPC for the backend.",
  enforcementLevel: "mandatory",
  early: NETWORK_TYPES,
  bad: `new aws.ec2.Instance("backend", { vpcSecurityGroupIds: [backendGroup.id] }); // no subnet: default VPC`,
  good: `new aws.ec2.Instance("backend", { subnetId: privateSubnet.id, vpcSecurityGroupIds: [backendGroup.id] });`,
  evaluate(graph, settings) {
    const network = networkOf(graph, settings);
    return distinct([
      ...strayGroups(graph).flatMap((stray) => checkStray(network, stray)),
      ...backendInterfaces(network).flatMap(({ host, networkInterface }) => {
        const found = checkInterface(network, host, networkInterface);
        return host.backend === "maybe" ? found.map((one): Finding => ({ ...one, verdict: "unknown" })) : found;
      }),
    ]);
  },
};

/** The backend's group on an interface that is not part of the program. */
function checkStray({ roles }: Network, { resource, groups, on }: StrayGroup): Finding[] {
  const ours = [...groups.certain, ...groups.maybe].find(({ key }) => roles.backend.has(key));
  const text = `${describe(resource)} puts the backend's group ${ours?.label ?? ""} on ${on}: whether that is in a private subnet is not known.`;
  return ours ? [finding("unknown", resource, text)] : [];
}

function checkInterface(network: Network, host: Host, networkInterface: NetworkInterface): Finding[] {
  const part = networkInterface.path === "" ? "" : ` (${networkInterface.path})`;
  const other = networkInterface.resource === host.resource ? "" : `, an interface of ${describe(host.resource)},`;
  const who = `${describe(networkInterface.resource)}${part}${other}${host.backend === "role" ? "" : ", which carries the backend's group,"}`;
  if (networkInterface.subnets === "open") return [];
  if (networkInterface.subnets === "default-vpc")
    return [
      finding(
        "violation",
        networkInterface.resource,
        `${who} names no subnet, so AWS takes a public one of the default VPC. Name a private subnet.`,
      ),
    ];
  const { certain, maybe, literals, blind } = networkInterface.subnets;
  const lost = blind || literals.length > 0;
  return [
    ...certain.flatMap((subnet) => checkSubnet(network, who, networkInterface, subnet, true)),
    ...maybe.flatMap((subnet) => checkSubnet(network, who, networkInterface, subnet, false)),
    ...(lost
      ? [
          finding(
            "unknown",
            networkInterface.resource,
            `${who} is in the subnet ${literals.join(", ") || "that is not known yet"}, which is not part of this program: whether it is private is not known.`,
          ),
        ]
      : []),
  ];
}

function checkSubnet(network: Network, who: string, networkInterface: NetworkInterface, resource: Resource, certain: boolean): Finding[] {
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
  const located = certain ? "is in" : "may be in";
  return [
    finding(
      certain ? "violation" : "unknown",
      networkInterface.resource,
      `${who} ${located} ${resource.name}, ${why}. Use a private subnet.`,
    ),
  ];
}
