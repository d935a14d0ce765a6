/** Who may reach whom, from the pack's reading of a graph: rules of the hosts' groups, public addresses and routes. Pure. */
import { DEFAULT_SETTINGS } from "../../policies/core/settings";
import type { Graph, Settings } from "../../policies/core/types";
import { asString } from "../../policies/core/values";
import { networkOf } from "../../policies/graph/network/model";
import { contains, parseCidrs, subtract, toCidrs, type IpSet } from "../../policies/graph/network/ip-set";
import { describeTraffic } from "../../policies/graph/network/ports";

/** One direction of one kind of traffic at one place. */
export interface Flow {
  /** `tcp 22 into gateway-instance` */
  readonly what: string;
  readonly cidrs: readonly string[];
  /** Groups, prefix lists and what is not known, in words. */
  readonly others: readonly string[];
}

export function flowsOf(graph: Graph, settings: Settings = DEFAULT_SETTINGS): Flow[] {
  const found = new Map<string, { cidrs: Set<string>; others: Set<string> }>();
  const at = (what: string): { cidrs: Set<string>; others: Set<string> } => {
    const known = found.get(what) ?? { cidrs: new Set<string>(), others: new Set<string>() };
    found.set(what, known);
    return known;
  };
  const network = networkOf(graph, settings);
  for (const { resource, networkInterfaces } of network.hosts) {
    if (networkInterfaces.some(({ publicIp }) => publicIp === true)) at(`public address of ${resource.name}`).others.add("yes");
    const groups = new Set(
      networkInterfaces.flatMap((one) => (typeof one.groups === "string" ? [] : one.groups.certain.map(({ key }) => key))),
    );
    for (const rule of network.rules) {
      if (rule.direction === "unknown" || !groups.has(rule.group.is?.key ?? "")) continue;
      const place = rule.direction === "ingress" ? "into" : "out of";
      const flow = at(`${describeTraffic(rule.traffic)} ${place} ${resource.name}`);
      if (rule.source.kind === "addresses") for (const cidr of toCidrs(rule.source.set)) flow.cidrs.add(cidr);
      else flow.others.add(rule.source.text);
    }
  }
  for (const [what, to] of routes(graph)) at(what).others.add(to);
  return [...found].map(([what, { cidrs, others }]) => ({ what, cidrs: [...cidrs].sort(), others: [...others].sort() }));
}

const TARGETS = {
  gatewayId: "the internet gateway",
  natGatewayId: "a managed NAT gateway",
  networkInterfaceId: "a host's interface (NAT instance)",
  vpcPeeringConnectionId: "a VPC peering",
  transitGatewayId: "a transit gateway",
} as const;

function routes(graph: Graph): [what: string, to: string][] {
  return graph.resources
    .filter(({ type }) => type === "aws:ec2/route:Route")
    .map(({ name, inputs }) => {
      const target = Object.entries(TARGETS).find(([key]) => inputs[key] !== undefined)?.[1] ?? "a target of another kind";
      return [`route to ${asString(inputs.destinationCidrBlock) ?? "addresses not known yet"} (${name})`, target];
    });
}

export interface Reach {
  readonly opened: readonly string[];
  readonly closed: readonly string[];
}

/** By meaning: a block that lies in another, which was open before, opens nothing. */
export function compareFlows(before: readonly Flow[], after: readonly Flow[]): Reach {
  return { opened: beyond(before, after), closed: beyond(after, before) };
}

/** What `flows` let through and `known` do not. */
function beyond(known: readonly Flow[], flows: readonly Flow[]): string[] {
  const byWhat = new Map(known.map((flow) => [flow.what, flow]));
  return flows.flatMap(({ what, cidrs, others }) => {
    const old = byWhat.get(what);
    const set = parseCidrs(old?.cidrs ?? []).set;
    const blocks = cidrs.filter((cidr) => !contains(set, parseCidrs([cidr]).set)).map((cidr) => block(cidr, set));
    const names = others.filter((other) => !(old?.others ?? []).includes(other));
    return [...blocks, ...names].map((peer) => sentence(what, peer));
  });
}

/** A block of which a part was open already. */
function block(cidr: string, known: IpSet): string {
  const rest = subtract(parseCidrs([cidr]).set, known);
  const parts = toCidrs(rest);
  return stable(parts, [cidr]) || parts.length > 4 ? cidr : parts.join(", ");
}

const stable = (a: readonly string[], b: readonly string[]): boolean => a.join() === b.join();

function sentence(what: string, peer: string): string {
  if (peer === "yes") return what;
  if (what.startsWith("route ")) return `${what} by ${peer}`;
  return `${what} ${what.includes(" into ") ? "from" : "to"} ${peer}`;
}
