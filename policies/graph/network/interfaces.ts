/** Network interfaces, the hosts they belong to, and the addresses and groups that separate resources put on them. */
import { ofType } from "../../core/graph";
import type { Graph, Resource } from "../../core/types";
import { asArray, asProps } from "../../core/values";
import { groupList } from "./groups";
import * as kinds from "./kinds";
import type { Leg } from "./legs";
import { nestedTargets } from "./legs";
import { property, target, targetOf } from "./targets";
import type { Target } from "./targets";

/** Host to the interfaces attached to it by the interface itself or by an attachment resource. */
export function attachedInterfaces(graph: Graph): Map<Resource, Resource[]> {
  const attached = new Map<Resource, Resource[]>();
  const note = (host: Resource | undefined, card: Resource | undefined): void => {
    if (!host || !card) return;
    attached.set(host, [...new Set([...(attached.get(host) ?? []), card])]);
  };
  for (const link of ofType(graph, "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment"))
    for (const host of all(targetOf(graph, link, "instanceId", kinds.INSTANCE)))
      for (const card of all(targetOf(graph, link, "networkInterfaceId", kinds.NETWORK_INTERFACE))) note(host, card);
  for (const card of ofType(graph, kinds.NETWORK_INTERFACE))
    for (const item of asArray(property(card, "attachments")) ?? [])
      for (const host of all(target(graph, card, "attachments", asProps(item)?.instance, kinds.INSTANCE))) note(host, card);
  for (const host of ofType(graph, kinds.INSTANCE))
    for (const key of ["networkInterfaces", "primaryNetworkInterface"])
      for (const card of nestedTargets(graph, host, key, /^networkInterfaceId$/, kinds.NETWORK_INTERFACE)?.certain ?? []) note(host, card);
  return attached;
}

/** Interface or instance to the lists of groups that attachment resources add to it. */
export function attachedGroups(graph: Graph): Map<Resource, Leg["groups"][]> {
  const groups = new Map<Resource, Leg["groups"][]>();
  for (const link of ofType(graph, "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment")) {
    const list = groupList(graph, link, "securityGroupId", property(link, "securityGroupId"));
    const owner = targetOf(graph, link, "networkInterfaceId", kinds.INTERFACE_OR_INSTANCE);
    if (list) for (const one of all(owner)) groups.set(one, [...(groups.get(one) ?? []), list]);
  }
  return groups;
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
