/** The network interfaces of a host, as the forms of a host describe them. A host has at least one. */
import type { Graph, Props, Resource, Value } from "../../core/types";
import { asArray, asNumber, asProps, isAbsent, isUnknown, leaves } from "../../core/values";
import { groupList } from "./groups";
import type { GroupList } from "./groups";
import * as kinds from "./kinds";
import { switchOf } from "./subnets";
import type { Switch } from "./subnets";
import { combine, property, targets } from "./targets";
import type { Targets } from "./targets";

export interface NetworkInterface {
  /** The resource that says so, and where in it. */
  readonly resource: Resource;
  readonly path: string;
  /** "default-vpc": nothing is said, so AWS takes a subnet of the default VPC. "open": decided by whoever launches it. */
  readonly subnets: Targets | "default-vpc" | "open";
  /** "default": nothing is said, so AWS takes the VPC's default group. "open": decided by whoever launches it. */
  readonly groups: GroupList | "default" | "open";
  /** Does it ask for a public IPv4 address? `undefined`: the subnet decides. */
  readonly publicIp: Switch;
  /** Does it ask for IPv6 addresses? `undefined`: the subnet decides. */
  readonly ipv6: Switch;
}

export const BLIND: Targets & GroupList = { certain: [], maybe: [], literals: [], blind: true, lost: false };

/** The names that the forms of a network interface use for the same things. */
export interface InterfaceFields {
  readonly subnet: readonly string[];
  readonly groups: readonly string[];
  readonly publicIp: readonly string[];
}

export const INSTANCE_FIELDS: InterfaceFields = {
  subnet: ["subnetId"],
  groups: ["vpcSecurityGroupIds", "securityGroups", "securityGroupNames"],
  publicIp: ["associatePublicIpAddress", "associateCarrierIpAddress"],
};

/** Reads a network interface from properties at `key` of the resource (at its top where `key` is not given). */
export function readInterface(
  graph: Graph,
  resource: Resource,
  props: Props,
  fields: InterfaceFields,
  path = "",
  key?: string,
): NetworkInterface {
  return {
    resource,
    path,
    subnets: firstOf(fields.subnet, (field) => targets(graph, resource, key ?? field, props[field], kinds.SUBNET)) ?? "default-vpc",
    groups: joined(fields.groups.map((field) => groupList(graph, resource, key ?? field, nonEmpty(props[field])))) ?? "default",
    publicIp: firstOf(fields.publicIp, (field) => switchOf(props[field])),
    ipv6: ipv6Switch(props),
  };
}

/** An empty list of groups is as good as none. */
function nonEmpty(value: Value | undefined): Value | undefined {
  return asArray(value)?.length === 0 ? undefined : value;
}

function firstOf<T>(fields: readonly string[], read: (field: string) => T | undefined): T | undefined {
  for (const field of fields) {
    const found = read(field);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function joined(lists: readonly (GroupList | undefined)[]): GroupList | undefined {
  const given = lists.filter((list) => list !== undefined);
  return given.length === 0 ? undefined : combine(given);
}

const IPV6_COUNTS = ["ipv6AddressCount", "ipv6PrefixCount"];
const IPV6_LISTS = ["ipv6Addresses", "ipv6AddressLists", "ipv6Prefixes"];

/** IPv6 addresses are public addresses: any count above zero and any address given asks for one. */
function ipv6Switch(props: Props): Switch {
  const values = [...IPV6_COUNTS, ...IPV6_LISTS, "enablePrimaryIpv6"].map((field) => props[field]).filter((value) => !isAbsent(value));
  const asks = (value: Value | undefined): boolean =>
    (asNumber(value) ?? 0) > 0 || (asArray(value)?.length ?? 0) > 0 || switchOf(value) === true;
  if (values.some(asks)) return true;
  return values.some((value) => isUnknown(value)) ? "unknown" : undefined;
}

/** All properties of a resource, for reading a network interface at its top. */
export function topProps(resource: Resource): Props {
  return resource.external === true ? { ...resource.outputs, ...resource.inputs } : resource.inputs;
}

/** The values of all fields with one of these names, anywhere inside. */
export function fieldsNamed(value: Value | undefined, names: RegExp): Value[] {
  const items = asArray(value);
  if (items) return items.flatMap((item) => fieldsNamed(item, names));
  const props = asProps(value);
  if (!props) return [];
  return Object.entries(props).flatMap(([name, inner]) => (names.test(name) ? [inner] : fieldsNamed(inner, names)));
}

/** Resolves every field with one of these names inside a top-level property. An unknown property is one unknown field. */
export function nestedTargets(graph: Graph, resource: Resource, key: string, names: RegExp, type: string | RegExp): Targets | undefined {
  const value = property(resource, key);
  if (isAbsent(value)) return undefined;
  const found = isUnknown(value) ? value : fieldsNamed(value, names).flatMap((inner) => leaves(inner));
  return Array.isArray(found) && found.length === 0 ? undefined : targets(graph, resource, key, found, type);
}

/** From a network interface that is a resource by itself. It gets no public IPv4 address from its subnet. */
export function readInterfaceResource(graph: Graph, resource: Resource): NetworkInterface {
  const fields = { subnet: ["subnetId"], groups: ["securityGroups"], publicIp: [] };
  const networkInterface = readInterface(graph, resource, topProps(resource), fields);
  return { ...networkInterface, subnets: networkInterface.subnets === "default-vpc" ? BLIND : networkInterface.subnets, publicIp: false };
}
