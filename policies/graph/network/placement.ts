/** Where the backend is placed. */
import type { Resource } from "../../core/types";
import type { Host } from "./hosts";
import type { NetworkInterface } from "./network-interface";
import type { Network } from "./model";
import type { Subnet } from "./subnets";

const cache = new WeakMap<Network, readonly Subnet[]>();

/** The subnets that have to be private: by role, and because a backend host stands there (unless their role is public: see the placement policy). */
export function backendSubnets(network: Network): readonly Subnet[] {
  const known = cache.get(network);
  if (known) return known;
  const { subnets, backends } = network;
  const urns = new Set([...subnets.values()].filter(({ isPrivate }) => isPrivate).map(({ resource }) => resource.urn));
  for (const { resource } of backends
    .filter(({ backend }) => backend === "role")
    .flatMap(({ networkInterfaces }) => networkInterfaces.flatMap(certainSubnets)))
    if (subnets.get(resource.urn)?.isPublic === false && subnets.get(resource.urn)?.isDefault === false) urns.add(resource.urn);
  const found = [...urns].flatMap((urn) => subnets.get(urn) ?? []);
  cache.set(network, found);
  return found;
}

/** Subnets that a network interface is certainly in. */
function certainSubnets({ subnets }: NetworkInterface): { readonly resource: Resource }[] {
  return typeof subnets === "string" ? [] : subnets.certain.map((resource) => ({ resource }));
}

/** True where a table of the subnet leads to an internet gateway for sure. */
export function isPublicByRoute({ tables }: Subnet): boolean {
  return tables.some(({ table, certain }) => certain && table.routes.some(({ ways }) => ways.every((way) => way === "internet")));
}

/** Every network interface of a backend host. */
export function backendInterfaces({ backends }: Network): { readonly host: Host; readonly networkInterface: NetworkInterface }[] {
  return backends.flatMap((host) => host.networkInterfaces.map((networkInterface) => ({ host, networkInterface })));
}
