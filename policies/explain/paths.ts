/** The ways of a packet to a host: from the Internet directly, from the Internet through a load balancer, and from the gateway. */
import type { Resource } from "../core/types";
import { asArray, asString, propertyOf } from "../core/values";
import { backendBalancers } from "../graph/network/balancers";
import type { Balancer } from "../graph/network/balancers";
import { listenerPorts } from "../graph/network/balancer-members";
import { groupList } from "../graph/network/groups";
import type { Group } from "../graph/network/groups";
import type { Host } from "../graph/network/hosts";
import { parseCidr, toCidrs, isEmpty, publicPart } from "../graph/network/ip-set";
import type { Network } from "../graph/network/model";
import type { NetworkInterface } from "../graph/network/network-interface";
import { covers } from "../graph/network/ports";
import type { Subnet } from "../graph/network/subnets";
import { property } from "../graph/network/targets";
import { aclHop, addressHop, groupHop, hop, routeHops } from "./hops";
import type { Sender } from "./hops";
import type { Hop, Packet, Path } from "./types";

/** An address that stands for anybody (RFC 5737). */
const ANYBODY = "203.0.113.7";
const NOBODY: ReadonlyMap<string, Group> = new Map();

/** All paths to a host on a port. */
export function pathsTo(network: Network, host: Host, port: number): Path[] {
  const places = host.networkInterfaces.flatMap((networkInterface) =>
    subnetsOf(network, networkInterface).map((subnet) => ({ networkInterface, subnet })),
  );
  return places.flatMap(({ networkInterface, subnet }) => [
    direct(network, host, port, { networkInterface, subnet }),
    ...(host.backend === undefined ? [] : balanced(network, host, port, networkInterface)),
    ...(host.backend === undefined || host.gateway ? [] : fromGateway(network, host, port, { networkInterface, subnet })),
  ]);
}

export function subnetsOf({ subnets }: Network, networkInterface: NetworkInterface): Subnet[] {
  if (typeof networkInterface.subnets === "string") return [];
  return [...networkInterface.subnets.certain, ...networkInterface.subnets.maybe].flatMap(({ urn }) => subnets.get(urn) ?? []);
}

interface At {
  readonly networkInterface: NetworkInterface;
  readonly subnet: Subnet;
}

function direct(network: Network, host: Host, port: number, at: At): Path {
  return fromAddress(network, host, port, at, admittedAddress(network, at.networkInterface, port));
}

/** The ways of a packet that this address of the Internet sends directly. */
export function pathsFromAddress(network: Network, host: Host, port: number, address: string): Path[] {
  return host.networkInterfaces.flatMap((networkInterface) =>
    subnetsOf(network, networkInterface).map((subnet) => fromAddress(network, host, port, { networkInterface, subnet }, address)),
  );
}

function fromAddress(network: Network, host: Host, port: number, { networkInterface, subnet }: At, address: string): Path {
  const packet = packetOf(host, address, port);
  const sender: Sender = { address, groups: NOBODY, text: address };
  return path(network, host, "internet", packet, [
    hop(network, "source", `internet (${address})`, undefined),
    ...routeHops(network, subnet),
    addressHop(network, host, networkInterface, subnet),
    aclHop(network, subnet, packet),
    groupHop(network, networkInterface.groups, port, sender),
  ]);
}

function balanced(network: Network, host: Host, port: number, networkInterface: NetworkInterface): Path[] {
  return backendBalancers(network).map((balancer) => {
    const own = groupList(network.graph, balancer.resource, "securityGroups", property(balancer.resource, "securityGroups"));
    const outer = listenerPorts(network, balancer.resource)[0];
    const anybody: Sender = { address: ANYBODY, groups: NOBODY, text: ANYBODY };
    const members = new Map((own?.certain ?? []).map((group) => [group.key, group]));
    const through: Sender = { address: ANYBODY, groups: members, text: balancer.resource.name };
    return path(network, host, "internet", packetOf(host, ANYBODY, port), [
      hop(network, "source", `internet (${ANYBODY})`, undefined),
      balancerHop(network, balancer, outer),
      ...(own === undefined || outer === undefined ? [] : [groupHop(network, own, outer, anybody)]),
      groupHop(network, networkInterface.groups, port, through),
    ]);
  });
}

function balancerHop(network: Network, { resource, internal, certainty }: Balancer, port: number | undefined): Hop {
  const label = `${resource.name}${port === undefined ? "" : ` tcp ${String(port)}`}`;
  if (internal === true)
    return hop(network, "load-balancer", label, resource, { verdict: "blocks", reason: "it is internal: the Internet does not reach it" });
  const doubt = internal === "unknown" ? "whether it is internal is not known" : "whether it leads to the host is not known";
  if (internal === "unknown" || certainty === "maybe")
    return hop(network, "load-balancer", label, resource, { verdict: "unknown", reason: doubt });
  return hop(network, "load-balancer", label, resource);
}

function fromGateway(network: Network, host: Host, port: number, { networkInterface, subnet }: At): Path[] {
  const [gateway] = network.hosts.filter((one) => one.gateway);
  if (!gateway) return [];
  const address = addressOf(network, gateway, "the gateway's address");
  const packet = packetOf(host, address, port);
  const sender: Sender = { address, groups: network.gateways, text: "the gateway's group" };
  return [
    path(network, host, "gateway", packet, [
      hop(network, "source", gateway.resource.name, gateway.resource),
      aclHop(network, subnet, packet),
      groupHop(network, networkInterface.groups, port, sender),
    ]),
  ];
}

/** A host's own address, or one of its subnet. @param otherwise where neither is known */
export function addressOf(network: Network, { resource, networkInterfaces }: Host, otherwise: string): string {
  const own = asString(propertyOf(resource, "privateIp"));
  if (own !== undefined) return own;
  const [subnet] = networkInterfaces.flatMap((one) => subnetsOf(network, one));
  const block = subnet && asString(property(subnet.resource, "cidrBlock"));
  const [a = "", b = "", c = "", d = ""] = (block?.split("/")[0] ?? "").split(".");
  // The first four addresses of a subnet are AWS's.
  return d === "" ? otherwise : [a, b, c, String(Number(d) + 10)].join(".");
}

/** An address of the Internet that a rule of the host lets in, so that the packet is one that comes as far as possible. */
function admittedAddress(network: Network, { groups }: NetworkInterface, port: number): string {
  if (typeof groups === "string") return ANYBODY;
  const keys = new Set(groups.certain.map(({ key }) => key));
  for (const { direction, group, traffic, source } of network.rules) {
    if (direction !== "ingress" || !group.is || !keys.has(group.is.key) || covers(traffic, port) !== "yes") continue;
    if (source.kind !== "addresses" || isEmpty(publicPart(source.set))) continue;
    const anybody = parseCidr(ANYBODY);
    if (source.text.startsWith("the whole internet") && anybody) return ANYBODY;
    const first = toCidrs(publicPart(source.set))[0]?.split("/")[0];
    if (first !== undefined) return first;
  }
  return ANYBODY;
}

export function packetOf({ resource }: Host, source: string, port: number): Packet {
  const given = asString(propertyOf(resource, "privateIp")) ?? asString(asArray(propertyOf(resource, "privateIps"))?.[0] ?? null);
  return { source, destination: given ?? resource.name, protocol: "tcp", port };
}

export function path(network: Network, { resource }: Host, from: Path["from"], packet: Packet, hops: readonly Hop[]): Path {
  const all = [...hops, hop(network, "host", resource.name, resource)];
  const verdict = hops.some((one) => one.verdict === "blocks")
    ? "blocked"
    : hops.some((one) => one.verdict === "unknown")
      ? "unknown"
      : "open";
  return { from, to: nameOf(resource), packet, verdict, hops: all, text: textOf(all) };
}

const nameOf = ({ name, urn }: Resource): Path["to"] => ({ name, urn });

function textOf(hops: readonly Hop[]): string {
  const at = hops.findIndex(({ verdict }) => verdict === "blocks");
  const shown = (at < 0 ? hops : hops.slice(0, at + 1)).map(({ label, verdict, reason }) =>
    verdict === "passes" ? label : verdict === "blocks" ? `BLOCKED at ${label}: ${reason}` : `${label} (not known: ${reason})`,
  );
  return shown.join(" -> ");
}
