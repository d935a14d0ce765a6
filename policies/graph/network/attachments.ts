/** Network interfaces, the hosts they belong to, and the addresses and groups that separate resources put on them. */
import { ofType } from "../../core/graph";
import type { Graph, Resource } from "../../core/types";
import { asArray, asProps } from "../../core/values";
import { groupList } from "./groups";
import type { GroupList } from "./groups";
import * as kinds from "./kinds";
import type { NetworkInterface } from "./network-interface";
import { nestedTargets } from "./network-interface";
import { isLost, property, target, targetOf } from "./targets";
import type { Target } from "./targets";

export interface Attached {
  /** Host to the interfaces attached to it by the interface itself or by an attachment resource. */
  readonly to: ReadonlyMap<Resource, readonly Resource[]>;
  /** Interfaces attached to nobody knows what, and hosts that nobody knows what is attached to. */
  readonly strayCards: ReadonlySet<Resource>;
  readonly strayHosts: ReadonlySet<Resource>;
}

export function attachedInterfaces(graph: Graph): Attached {
  const attached = new Map<Resource, Resource[]>();
  const [strayCards, strayHosts] = [new Set<Resource>(), new Set<Resource>()];
  const note = (host: Resource | undefined, card: Resource | undefined): void => {
    if (!host || !card) return;
    attached.set(host, [...new Set([...(attached.get(host) ?? []), card])]);
  };
  for (const link of ofType(graph, "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment")) {
    const host = targetOf(graph, link, "instanceId", kinds.INSTANCE);
    const card = targetOf(graph, link, "networkInterfaceId", kinds.NETWORK_INTERFACE);
    for (const one of all(host)) for (const other of all(card)) note(one, other);
    if (isLost(graph, link, "instanceId", host)) for (const one of all(card)) strayCards.add(one);
    if (isLost(graph, link, "networkInterfaceId", card)) for (const one of all(host)) strayHosts.add(one);
  }
  for (const card of ofType(graph, kinds.NETWORK_INTERFACE))
    for (const item of asArray(property(card, "attachments")) ?? [])
      for (const host of all(target(graph, card, "attachments", asProps(item)?.instance, kinds.INSTANCE))) note(host, card);
  for (const host of ofType(graph, kinds.INSTANCE))
    for (const key of ["networkInterfaces", "primaryNetworkInterface"])
      for (const card of nestedTargets(graph, host, key, /^networkInterfaceId$/, kinds.NETWORK_INTERFACE)?.certain ?? []) note(host, card);
  return { to: attached, strayCards, strayHosts };
}

/** Interface or instance to the lists of groups that attachment resources add to it. */
export function attachedGroups(graph: Graph): Map<Resource, NetworkInterface["groups"][]> {
  const groups = new Map<Resource, NetworkInterface["groups"][]>();
  for (const link of ofType(graph, "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment")) {
    const list = groupList(graph, link, "securityGroupId", property(link, "securityGroupId"));
    const owner = targetOf(graph, link, "networkInterfaceId", kinds.INTERFACE_OR_INSTANCE);
    if (list) for (const one of all(owner)) groups.set(one, [...(groups.get(one) ?? []), list]);
  }
  return groups;
}

/** A group that is put on an interface of which nobody knows whose it is. */
export interface StrayGroup {
  readonly resource: Resource;
  readonly groups: GroupList;
  /** For messages. */
  readonly on: string;
}

export function strayGroups(graph: Graph): StrayGroup[] {
  const type = "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment";
  return ofType(graph, type).flatMap((resource): StrayGroup[] => {
    const groups = groupList(graph, resource, "securityGroupId", property(resource, "securityGroupId"));
    const owner = targetOf(graph, resource, "networkInterfaceId", kinds.INTERFACE_OR_INSTANCE);
    const stray = owner?.literal !== undefined || isLost(graph, resource, "networkInterfaceId", owner);
    return groups && stray ? [{ resource, groups, on: owner?.literal ?? "an interface that is not known yet" }] : [];
  });
}

/** An elastic address and where it is put. */
export interface Address {
  readonly resource: Resource;
  /** The property that says so. */
  readonly path: string;
  /** An instance or an interface. */
  readonly on: Target;
}

/** Elastic addresses, put on hosts by themselves or by an association. One entry for each host they are put on. */
export function allAddresses(graph: Graph): Address[] {
  const read = (type: string, keys: readonly string[]): Address[] =>
    ofType(graph, type).flatMap((resource) =>
      keys.flatMap((path): Address[] => {
        const on = targetOf(graph, resource, path, kinds.INTERFACE_OR_INSTANCE);
        return on ? [{ resource, path, on }] : [];
      }),
    );
  return [
    ...read(kinds.EIP, ["instance", "networkInterface"]),
    ...read("aws:ec2/eipAssociation:EipAssociation", ["instanceId", "networkInterfaceId"]),
  ];
}

function all(found: Target | undefined): readonly Resource[] {
  return found?.is ? [found.is] : (found?.maybe ?? []);
}
