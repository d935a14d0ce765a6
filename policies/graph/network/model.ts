/** The network that a program registers, read once and shared by all policies of the area. */
import type { Graph, Resource, Settings } from "../../core/types";
import { defaultRules } from "./default-groups";
import { groupRoles } from "./groups";
import type { Group, GroupRoles } from "./groups";
import { allHosts } from "./hosts";
import type { Host } from "./hosts";
import { allAddresses, strayGroups } from "./attachments";
import type { Address } from "./attachments";
import { allRules } from "./rules";
import type { Rule } from "./rules";
import { nativeRules } from "./rules-native";
import { allSubnets } from "./subnets";
import type { Subnet } from "./subnets";

export interface Network {
  readonly graph: Graph;
  readonly settings: Settings;
  readonly roles: GroupRoles;
  readonly hosts: readonly Host[];
  /** Hosts that are the backend, or that carry its group and so count as one. */
  readonly backends: readonly Host[];
  readonly rules: readonly Rule[];
  readonly subnets: ReadonlyMap<string, Subnet>;
  readonly addresses: readonly Address[];
  /** Groups whose rules decide who reaches the backend: by role, and by being on the backend. */
  readonly guards: ReadonlyMap<string, Group>;
  /** Groups that may be on the backend. */
  readonly maybeGuards: ReadonlyMap<string, Group>;
  /** Groups that a source may be: by role, else those that the gateway carries. */
  readonly gateways: ReadonlyMap<string, Group>;
}

const models = new WeakMap<Graph, WeakMap<Settings, Network>>();

/** The network of a graph. Reads the graph once for each settings object. */
export function networkOf(graph: Graph, settings: Settings): Network {
  const bySettings = models.get(graph) ?? new WeakMap<Settings, Network>();
  models.set(graph, bySettings);
  const known = bySettings.get(settings);
  if (known) return known;
  const network = build(graph, settings);
  bySettings.set(settings, network);
  return network;
}

function build(graph: Graph, settings: Settings): Network {
  const roles = groupRoles(graph, settings);
  const hosts = allHosts(graph, settings, roles);
  const backends = hosts.filter(({ backend }) => backend !== undefined);
  const certain = new Map(roles.backend);
  const maybe = new Map<string, Group>();
  // A gateway that carries the backend's group by mistake does not make its own group the backend's.
  for (const host of backends.filter(({ backend, gateway }) => backend === "role" || (backend === "carries" && !gateway)))
    collect(host, certain, maybe);
  // A group on an interface of nobody knows whom may be on the backend's.
  for (const { groups } of strayGroups(graph)) for (const group of [...groups.certain, ...groups.maybe]) maybe.set(group.key, group);
  return {
    graph,
    settings,
    roles,
    hosts,
    backends,
    rules: [...allRules(graph), ...nativeRules(graph), ...defaultRules(graph, [...certain.values(), ...maybe.values()])],
    subnets: allSubnets(graph, settings),
    addresses: allAddresses(graph),
    guards: certain,
    maybeGuards: maybe,
    gateways: gatewayGroups(graph, roles, hosts),
  };
}

function collect(host: Host, certain: Map<string, Group>, maybe: Map<string, Group>): void {
  for (const { groups } of host.networkInterfaces) {
    if (typeof groups === "string") continue;
    for (const group of groups.certain) certain.set(group.key, group);
    for (const group of groups.maybe) maybe.set(group.key, group);
  }
}

/** Without a group of that role, the groups that the gateway carries; while more may be registered, such a group may still come. */
function gatewayGroups(graph: Graph, roles: GroupRoles, hosts: readonly Host[]): ReadonlyMap<string, Group> {
  if (roles.gateway.size > 0 || graph.partial === true) return roles.gateway;
  const found = new Map<string, Group>();
  for (const host of hosts.filter(({ gateway }) => gateway)) collect(host, found, new Map());
  return found;
}

/** For messages: `ml-gateway-backend (aws:ec2/instance:Instance)`. */
export function describe(resource: Resource): string {
  return `${resource.name} (${resource.type.split(":").pop() ?? resource.type})`;
}
