/** The way of a packet from one host of the program to another, whatever roles they play. */
import type { Group } from "../graph/network/groups";
import type { Host } from "../graph/network/hosts";
import type { Network } from "../graph/network/model";
import { VPC } from "../graph/network/kinds";
import type { Subnet } from "../graph/network/subnets";
import { targetOf } from "../graph/network/targets";
import { aclHop, groupHop, hop } from "./hops";
import { addressOf, packetOf, path, subnetsOf } from "./paths";
import type { Hop, Path } from "./types";

/** One path for each subnet that the packet may arrive in. */
export function pathsBetween(network: Network, from: Host, to: Host, port: number): Path[] {
  const address = addressOf(network, from, `the address of ${from.resource.name}`);
  const packet = packetOf(to, address, port);
  const groups = new Map(from.networkInterfaces.flatMap((one) => groupsOf(one.groups)).map((group) => [group.key, group]));
  const sender = { address, groups, text: from.resource.name };
  const starts = from.networkInterfaces.flatMap((one) => subnetsOf(network, one));
  return to.networkInterfaces.flatMap((one) =>
    subnetsOf(network, one).map((subnet) =>
      path(network, to, "host", packet, [
        hop(network, "source", from.resource.name, from.resource),
        ...vpcHops(network, starts, subnet),
        aclHop(network, subnet, packet),
        groupHop(network, one.groups, port, sender),
      ]),
    ),
  );
}

function groupsOf(groups: Host["networkInterfaces"][number]["groups"]): readonly Group[] {
  return typeof groups === "string" ? [] : groups.certain;
}

/** Within one VPC every subnet reaches every other. */
function vpcHops(network: Network, starts: readonly Subnet[], to: Subnet): Hop[] {
  const end = vpcOf(network, to);
  if (starts.length === 0 || end === undefined || starts.some((start) => vpcOf(network, start) === end)) return [];
  const reason = "they are in different VPCs, and whether something joins these is not evaluated";
  return [
    hop(network, "route", `between the VPCs of ${starts[0]?.resource.name ?? ""} and ${to.resource.name}`, undefined, {
      verdict: "unknown",
      reason,
    }),
  ];
}

/** URN of the VPC, or its id where it is not part of the program. */
export function vpcOf({ graph }: Network, { resource }: Subnet): string | undefined {
  const found = targetOf(graph, resource, "vpcId", VPC);
  return found?.is?.urn ?? found?.literal;
}
