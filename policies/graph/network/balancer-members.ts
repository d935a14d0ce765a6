/**
 * Groups whose only members are load balancers. A rule of the backend that names such a group lets in whoever reaches these balancers: that is
 * fine where only the allowed groups do, and a violation with the whole path where others do as well.
 */
import { ofType } from "../../core/graph";
import type { Resource } from "../../core/types";
import { asArray, asNumber, asProps, asString, isAbsent } from "../../core/values";
import { strayGroups } from "./attachments";
import type { Group, GroupList } from "./groups";
import * as kinds from "./kinds";
import type { Network } from "./model";
import { covers, describeTraffic } from "./ports";
import type { Rule } from "./rules";
import { switchOf } from "./subnets";
import { isLost, mayBe, property, targetOf } from "./targets";

export type MemberVerdict = "fine" | "bad" | "unknown";

export interface ThroughMembers {
  readonly verdict: MemberVerdict;
  /** The path of whoever should not come through, or what is not known; of those who may, where nobody else does. */
  readonly text: string;
}

/** How the sources of rules are evaluated; `seen` ends circles of balancers. */
export type SourceCheck = (rule: Rule, seen: ReadonlySet<string>) => ThroughMembers;

export const isBalancer = ({ type }: Resource): boolean => kinds.LOAD_BALANCER.test(type) || kinds.CLASSIC_LOAD_BALANCER.test(type);

interface Members {
  readonly balancers: { readonly resource: Resource; readonly groups: GroupList }[];
  others: boolean;
  /** Why the members are not all known. */
  doubt?: string;
}

interface Index {
  readonly byGroup: ReadonlyMap<string, Members>;
  /** Something whose groups are not known at all. */
  readonly lost: string | undefined;
}

const indexes = new WeakMap<Network, Index>();

/** The members of every group, read once. */
function indexOf(network: Network): Index {
  const known = indexes.get(network);
  if (known) return known;
  const byGroup = new Map<string, Members>();
  const at = ({ key }: Group): Members => {
    const members = byGroup.get(key) ?? { balancers: [], others: false };
    byGroup.set(key, members);
    return members;
  };
  let lost: string | undefined;
  for (const { resource, networkInterfaces } of network.hosts)
    for (const { groups } of networkInterfaces) {
      if (typeof groups === "string") continue;
      const balancer = isBalancer(resource);
      for (const group of groups.certain)
        if (balancer) at(group).balancers.push({ resource, groups });
        else at(group).others = true;
      for (const group of groups.maybe) at(group).doubt = `whether ${resource.name} carries ${group.label} is not known`;
      if (groups.lost) lost ??= `which groups ${resource.name} carries is not known`;
    }
  for (const { resource, groups, on } of strayGroups(network.graph))
    for (const group of [...groups.certain, ...groups.maybe]) at(group).doubt = `${resource.name} puts ${group.label} on ${on}`;
  const index = { byGroup, lost };
  indexes.set(network, index);
  return index;
}

function membersOf(network: Network, { key }: Group): Readonly<Members> {
  const { byGroup, lost } = indexOf(network);
  const found = byGroup.get(key) ?? { balancers: [], others: false };
  return lost === undefined || found.doubt !== undefined ? found : { ...found, doubt: lost };
}

/** `undefined`: the group has other members than load balancers, or none. */
export function throughMembers(network: Network, group: Group, seen: ReadonlySet<string>, check: SourceCheck): ThroughMembers | undefined {
  const { balancers, others, doubt } = membersOf(network, group);
  if (others || balancers.length === 0) return undefined;
  const found = balancers.flatMap((balancer) => throughBalancer(network, balancer, seen, check));
  const bad = found.find(({ verdict }) => verdict === "bad");
  if (bad) return bad;
  if (doubt !== undefined) return { verdict: "unknown", text: doubt };
  return found.find(({ verdict }) => verdict === "unknown") ?? { verdict: "fine", text: found.map(({ text }) => text).join("; ") };
}

/** True where load balancers, and nothing else, carry the group. */
export function onlyBalancers(network: Network, group: Group): boolean {
  const { balancers, others } = membersOf(network, group);
  return balancers.length > 0 && !others;
}

/** True while a group may still come to be one of a load balancer: nothing else carries it yet. */
export function mayBecomeBalancers(network: Network, group: Group): boolean {
  return network.graph.partial === true && !membersOf(network, group).others;
}

function throughBalancer(
  network: Network,
  { resource, groups }: Readonly<Members["balancers"][number]>,
  seen: ReadonlySet<string>,
  check: SourceCheck,
): ThroughMembers[] {
  const internal = switchOf(property(resource, "internal"));
  const ports = listenerPorts(network, resource);
  const at =
    `${resource.name} ${ports.map((port) => (port === undefined ? "a port not known yet" : `tcp ${String(port)}`)).join(", ")}`.trim();
  if (internal === "unknown") return [{ verdict: "unknown", text: `whether ${resource.name} is internal is not known` }];
  if (internal !== true) return [{ verdict: "bad", text: `internet -> ${at} (it faces the Internet: internal is not true)` }];
  if (groups.blind || groups.literals.length > 0)
    return [
      {
        verdict: "unknown",
        text: `${resource.name} carries ${groups.literals.join(", ") || "a group that is not known yet"}, which is not part of this program`,
      },
    ];
  const keys = new Set([...groups.certain, ...groups.maybe].map(({ key }) => key));
  return network.rules.flatMap((rule): ThroughMembers[] => {
    const owned = belongs(rule, keys);
    const opens = ports.map((port) => (port === undefined ? "maybe" : covers(rule.traffic, port))).find((answer) => answer !== "no");
    if (rule.direction === "egress" || owned === "no" || opens === undefined) return [];
    const { verdict, text } = check(rule, seen);
    const path = `${text} -> ${at}`;
    // A port that is not known yet may be any, so a wrong source counts for it; a rule that may be somebody else's does not.
    const certain = owned === "yes" && rule.direction === "ingress" && (opens === "yes" || ports.includes(undefined));
    return [verdict === "bad" && !certain ? { verdict: "unknown", text: `perhaps ${path}` } : { verdict, text: path }];
  });
}

function belongs({ group }: Rule, keys: ReadonlySet<string>): "yes" | "no" | "maybe" {
  if (group.is) return keys.has(group.is.key) ? "yes" : "no";
  if (group.literal !== undefined || group.maybe.length === 0) return "maybe";
  return group.maybe.some(({ key }) => keys.has(key)) ? "maybe" : "no";
}

/** Ports on which a load balancer listens; `undefined` for one that is not known. */
export function listenerPorts({ graph }: Network, balancer: Resource): (number | undefined)[] {
  if (kinds.CLASSIC_LOAD_BALANCER.test(balancer.type)) {
    const list = property(balancer, "listeners");
    const items = asArray(list);
    return items ? items.map((item) => asNumber(asProps(item)?.lbPort)) : isAbsent(list) ? [] : [undefined];
  }
  const own = ofType(graph, kinds.LISTENER).filter((listener) => {
    const owner = targetOf(graph, listener, "loadBalancerArn", kinds.LOAD_BALANCER);
    return mayBe(owner, balancer) || isLost(graph, listener, "loadBalancerArn", owner);
  });
  return [...new Set(own.map((listener) => asNumber(property(listener, "port"))))];
}

/** Network load balancers without groups: whoever reaches their address is passed on, with the client's address or the balancer's. */
export function isOpenBalancer(balancer: Resource): boolean {
  const kind = asString(property(balancer, "loadBalancerType"));
  const groups = property(balancer, "securityGroups");
  return kinds.LOAD_BALANCER.test(balancer.type) && kind === "network" && (isAbsent(groups) || asArray(groups)?.length === 0);
}

/** `10.0.0.0/16 -> inner-in tcp 80 of inner-sg`. */
export function stepOf(source: string, rule: Rule): string {
  const where = rule.path === "" ? rule.resource.name : `${rule.resource.name} ${rule.path}`;
  return `${source} -> ${where} (${describeTraffic(rule.traffic)})`;
}
