/** The layers that a packet meets on its way to a host, each evaluated by itself. */
import { sourceOf } from "../core/source";
import type { Resource } from "../core/types";
import { allAcls } from "../graph/network/acls";
import type { Acl, AclRule } from "../graph/network/acls";
import { isBalancer } from "../graph/network/balancer-members";
import type { Group } from "../graph/network/groups";
import type { Host } from "../graph/network/hosts";
import { contains, parseCidr } from "../graph/network/ip-set";
import * as kinds from "../graph/network/kinds";
import type { Network } from "../graph/network/model";
import type { NetworkInterface } from "../graph/network/network-interface";
import { covers, describeTraffic } from "../graph/network/ports";
import type { Rule } from "../graph/network/rules";
import { switchOf } from "../graph/network/subnets";
import type { Subnet, Switch } from "../graph/network/subnets";
import { property } from "../graph/network/targets";
import type { Hop, Packet } from "./types";

type Decided = Pick<Hop, "verdict" | "reason">;
const PASSES: Decided = { verdict: "passes", reason: "" };
const blocks = (reason: string): Decided => ({ verdict: "blocks", reason });
const unknown = (reason: string): Decided => ({ verdict: "unknown", reason });

export function hop({ graph }: Network, kind: Hop["kind"], label: string, resource: Resource | undefined, decided: Decided = PASSES): Hop {
  return { kind, label, ...(resource ? { urn: resource.urn, ...sourceOf(graph, resource.urn) } : {}), ...decided };
}

/** From the Internet into the subnet: the gateway and the route. */
export function routeHops(network: Network, { resource, tables, tableUnknown, isDefault }: Subnet): Hop[] {
  const routes = tables.flatMap(({ table, certain }) => table.routes.map((route) => ({ table, certain, route })));
  const open = routes.find(({ route, certain }) => certain && route.ways.every((way) => way === "internet"));
  if (open) {
    const { route, table } = open;
    return [
      hop(network, "internet-gateway", route.via, undefined),
      hop(network, "route", `route ${route.destination} of ${table.label}`, route.resource),
    ];
  }
  if (isDefault) return [hop(network, "route", `the default subnet ${resource.name}, which is public`, resource)];
  const doubtful = routes.find(({ route }) => route.ways.some((way) => way === "internet" || way === "unknown"));
  const names = tables.map(({ table }) => table.label).join(", ") || "route table";
  const why = doubtful ? `whether the route to ${doubtful.route.via} leads to an internet gateway is not known` : tableUnknown;
  const decided = why === undefined ? blocks("it has no route to an internet gateway") : unknown(why);
  return [hop(network, "route", `${names} of ${resource.name}`, doubtful?.route.resource ?? resource, decided)];
}

export function addressHop(network: Network, host: Host, networkInterface: NetworkInterface, subnet: Subnet): Hop {
  const own = new Set([host.resource, ...host.interfaceResources]);
  const elastic = network.addresses.find(({ on }) => on.is && own.has(on.is));
  if (elastic) return hop(network, "address", `elastic address ${elastic.resource.name}`, elastic.resource);
  const maybe = network.addresses.find(({ on }) => on.maybe.some((one) => own.has(one)));
  const given = facesInternet(host.resource) ?? networkInterface.publicIp ?? subnet.mapPublicIp ?? false;
  if (given === true) return hop(network, "address", `public address of ${host.resource.name}`, networkInterface.resource);
  if (given === false && !maybe)
    return hop(network, "address", `address of ${host.resource.name}`, networkInterface.resource, blocks("it has no public address"));
  const why = maybe ? `${maybe.resource.name} may give it a public address` : "whether it gets a public address is not known";
  return hop(network, "address", `address of ${host.resource.name}`, networkInterface.resource, unknown(why));
}

/** AWS gives a load balancer public addresses unless it is internal. `undefined`: it is none. */
export function facesInternet(resource: Resource): Switch {
  if (!isBalancer(resource)) return undefined;
  const internal = switchOf(property(resource, "internal"));
  return internal === "unknown" ? internal : internal !== true;
}

export function aclHop(network: Network, subnet: Subnet, { source, port }: Packet): Hop {
  const acls = allAcls(network.graph);
  const acl = acls.find(({ subnets }) => subnets.has(subnet.resource));
  const perhaps = acls.find(({ maybeSubnets }) => maybeSubnets.has(subnet.resource));
  if (!acl && perhaps)
    return hop(network, "acl", perhaps.label, perhaps.resource, unknown(`whether it belongs to ${subnet.resource.name} is not known`));
  // The ACL that AWS makes with a VPC lets everything through.
  if (!acl) return hop(network, "acl", "the VPC's default network ACL", undefined);
  const rule = firstFit(acl, source, port);
  if (rule === "none" && kinds.VPC.test(acl.resource.type)) return hop(network, "acl", acl.label, acl.resource);
  if (rule === "none") return hop(network, "acl", acl.label, acl.resource, blocks(`no rule lets ${source} in on tcp ${String(port)}`));
  const label = `ACL rule ${String(rule.rule.number ?? "without a number")} of ${acl.label}`;
  if (!rule.certain) return hop(network, "acl", label, rule.rule.resource, unknown("what it lets in is not known"));
  return hop(network, "acl", label, rule.rule.resource, rule.rule.allow === true ? PASSES : blocks(`it denies ${rule.rule.text}`));
}

/** Rules count in the order of their numbers; the first that fits decides. */
function firstFit({ ingress }: Acl, source: string, port: number): { readonly rule: AclRule; readonly certain: boolean } | "none" {
  const address = parseCidr(source);
  for (const rule of [...ingress].sort((a, b) => (a.number ?? 0) - (b.number ?? 0))) {
    const fits = covers(rule.traffic, port);
    if (fits === "no" || (rule.from && address && !contains(rule.from, address))) continue;
    return { rule, certain: fits === "yes" && rule.allow !== undefined && rule.from !== undefined && address !== undefined };
  }
  return "none";
}

/** Who a rule has to name for the packet to pass: an address, or membership in one of these groups. */
export interface Sender {
  readonly address: string;
  readonly groups: ReadonlyMap<string, Group>;
  /** For messages. */
  readonly text: string;
}

export function groupHop(network: Network, groups: NetworkInterface["groups"], port: number, sender: Sender): Hop {
  if (groups === "default" || groups === "open")
    return hop(network, "security-group", "the VPC's default group", undefined, unknown("it names no security group of its own"));
  const keys = new Set(groups.certain.map(({ key }) => key));
  const own = network.rules.filter(({ direction, group }) => direction !== "egress" && group.is && keys.has(group.is.key));
  const names = groups.certain.map(({ label }) => label).join(", ") || "its security groups";
  const yes = own.find((rule) => rule.direction === "ingress" && covers(rule.traffic, port) === "yes" && admits(rule, sender) === "yes");
  if (yes) return hop(network, "security-group", ruleLabel(yes), yes.resource);
  const maybe = own.find((rule) => covers(rule.traffic, port) !== "no" && admits(rule, sender) !== "no");
  if (maybe) return hop(network, "security-group", ruleLabel(maybe), maybe.resource, unknown("whom or what it lets in is not known"));
  const first = groups.certain[0]?.resource;
  if (groups.blind || groups.literals.length > 0 || groups.maybe.length > 0)
    return hop(network, "security-group", names, first, unknown("not all of its groups are known"));
  return hop(network, "security-group", names, first, blocks(`no rule lets ${sender.text} reach tcp ${String(port)}`));
}

/** `web-sg in[0] tcp 9000`. */
export function ruleLabel({ resource, path, traffic, group }: Rule): string {
  const owner = group.is?.label ?? resource.name;
  const where = path === "" ? `rule ${resource.name}` : path.replace("ingress", "in").replace("egress", "out");
  return `${owner} ${where} ${describeTraffic(traffic)}`;
}

function admits({ source }: Rule, sender: Sender): "yes" | "no" | "maybe" {
  if (source.kind === "unknown") return "maybe";
  if (source.kind === "group") {
    if (source.ref.is) return sender.groups.has(source.ref.is.key) ? "yes" : "no";
    return sender.groups.size > 0 ? "maybe" : "no";
  }
  const address = parseCidr(sender.address);
  if (source.set === undefined || address === undefined) return "maybe";
  return contains(source.set, address) ? "yes" : "no";
}
