/** Everything that runs, or may run, a process in the network: instances of every kind, what makes them, interfaces, and the rest. */
import { ofType } from "../../core/graph";
import { matches } from "../../core/select";
import type { Graph, Props, Resource, Selector, Settings } from "../../core/types";
import { asArray, asProps, asString, isAbsent } from "../../core/values";
import { attachedGroups, attachedInterfaces } from "./attachments";
import type { Attached } from "./attachments";
import type { GroupRoles } from "./groups";
import * as kinds from "./kinds";
import { templateInterfaces, templatesOf, TEMPLATE } from "./launch";
import { BLIND, INSTANCE_FIELDS, readInterfaceResource, joined, nestedTargets, readInterface, topProps } from "./network-interface";
import type { NetworkInterface } from "./network-interface";
import { otherHosts, subnetsOf } from "./other-hosts";
import { property, targetsOf } from "./targets";

export interface Host {
  readonly resource: Resource;
  readonly networkInterfaces: readonly NetworkInterface[];
  /** Interfaces of the program that belong to it. */
  readonly interfaceResources: readonly Resource[];
  /** Why it counts as a backend: its role, or because it carries the backend's group; "maybe" where that is not known. */
  readonly backend: "role" | "carries" | "maybe" | undefined;
  readonly gateway: boolean;
}

type Bare = Omit<Host, "backend" | "gateway">;

export function allHosts(graph: Graph, settings: Settings, groups: GroupRoles): Host[] {
  const attached = attachedInterfaces(graph);
  const extra = attachedGroups(graph);
  const owned = new Set([...attached.to.values()].flat());
  const bare: Bare[] = [
    ...ofType(graph, kinds.INSTANCE).map((resource) => instance(graph, resource, attached)),
    ...ofType(graph, TEMPLATE).map((resource): Bare => ({
      resource,
      networkInterfaces: templateInterfaces(graph, resource),
      interfaceResources: [],
    })),
    ...ofType(graph, "aws:autoscaling/group:Group").map((resource) => scalingGroup(graph, resource)),
    ...ofType(graph, "aws:ec2/fleet:Fleet").map((resource) => fleet(graph, resource)),
    ...ofType(graph, "aws:ec2/spotFleetRequest:SpotFleetRequest").map((resource) => fleet(graph, resource)),
    ...ofType(graph, kinds.NETWORK_INTERFACE)
      .filter((resource) => !owned.has(resource))
      .map((resource): Bare => ({ resource, networkInterfaces: [readInterfaceResource(graph, resource)], interfaceResources: [resource] })),
    ...ofType(graph, LAUNCHING).flatMap((resource) => launched(graph, resource)),
    ...otherHosts(graph).map(({ resource, networkInterface }): Bare => ({
      resource,
      networkInterfaces: [networkInterface],
      interfaceResources: [],
    })),
  ];
  return bare.map((host) => {
    const found = withRoles(graph, settings, groups, withGroups(host, extra));
    return found.backend === undefined && attached.strayCards.has(host.resource) ? { ...found, backend: "maybe" } : found;
  });
}

/** An instance has the interfaces it is given, or on one that AWS makes from its own settings. */
function instance(graph: Graph, resource: Resource, { to, strayHosts }: Attached): Bare {
  const attached = to.get(resource) ?? [];
  const props = topProps(resource);
  const given = nestedGiven(graph, resource);
  const extra = attached.filter((one) => !given.primary.some((found) => found === one)).map((one) => readInterfaceResource(graph, one));
  const known = given.primary.map((one) => readInterfaceResource(graph, one));
  const said = readInterface(graph, resource, props, INSTANCE_FIELDS);
  const lost: NetworkInterface[] =
    given.lost || strayHosts.has(resource) ? [{ ...said, subnets: BLIND, groups: BLIND, path: given.path }] : [];
  // AWS refuses settings of its own beside interfaces it is given; a program that has both is evaluated by both.
  const also: NetworkInterface[] = given.primary.length > 0 && speaks(said) ? [overlay(said, known[0])] : [];
  const own = given.primary.length > 0 || given.lost ? [] : fromTemplate(graph, resource, said, ["launchTemplate"]);
  return {
    resource,
    networkInterfaces: [...own, ...known, ...also, ...lost, ...extra],
    interfaceResources: [...new Set([...given.primary, ...attached])],
  };
}

/** Does the network interface say anything at all? */
function speaks({ subnets, groups, publicIp, ipv6 }: NetworkInterface): boolean {
  return subnets !== "default-vpc" || groups !== "default" || publicIp !== undefined || ipv6 !== undefined;
}

/** What a network interface says, and where it says nothing, is where the other is. */
function overlay(networkInterface: NetworkInterface, under: NetworkInterface | undefined): NetworkInterface {
  return {
    ...networkInterface,
    subnets: networkInterface.subnets === "default-vpc" ? (under?.subnets ?? "open") : networkInterface.subnets,
    groups: networkInterface.groups === "default" ? (under?.groups ?? "open") : networkInterface.groups,
    publicIp: networkInterface.publicIp ?? false,
  };
}

/** Interfaces that the instance names itself, in place of one of its own. */
function nestedGiven(graph: Graph, resource: Resource): { readonly primary: Resource[]; readonly lost: boolean; readonly path: string } {
  const keys = ["networkInterfaces", "primaryNetworkInterface"];
  const lists = keys.map((key) => nestedTargets(graph, resource, key, /^networkInterfaceId$/, kinds.NETWORK_INTERFACE));
  return {
    primary: lists.flatMap((list) => [...(list?.certain ?? [])]),
    lost: lists.some((list) => list !== undefined && (list.blind || list.literals.length > 0 || list.maybe.length > 0)),
    path: keys.find((_, index) => lists[index] !== undefined) ?? "",
  };
}

/** What the resource itself leaves open, its launch templates may say. */
function fromTemplate(graph: Graph, resource: Resource, own: NetworkInterface, keys: readonly string[]): NetworkInterface[] {
  const templates = templatesOf(graph, resource, keys);
  if (!templates) return [own];
  const groups = { ...BLIND, lost: templates.lost };
  if (templates.certain.length === 0) return [fill(own, { ...own, subnets: BLIND, groups, publicIp: own.publicIp ?? "unknown" })];
  return templates.certain.flatMap((template) =>
    templateInterfaces(graph, template).map((networkInterface) => fill(own, networkInterface)),
  );
}

/** The host's own word counts before the template's. */
function fill(own: NetworkInterface, template: NetworkInterface): NetworkInterface {
  return {
    resource: own.resource,
    path: own.path === "" ? template.path : own.path,
    subnets: own.subnets !== "default-vpc" ? own.subnets : template.subnets === "open" ? "default-vpc" : template.subnets,
    groups: own.groups !== "default" ? own.groups : template.groups === "open" ? "default" : template.groups,
    publicIp: own.publicIp ?? template.publicIp,
    ipv6: own.ipv6 ?? template.ipv6,
  };
}

function scalingGroup(graph: Graph, resource: Resource): Bare {
  const subnets = targetsOf(graph, resource, "vpcZoneIdentifiers", kinds.SUBNET) ?? "default-vpc";
  const own: NetworkInterface = { resource, path: "", subnets, groups: "default", publicIp: undefined, ipv6: undefined };
  const keys = ["launchTemplate", "launchConfiguration", "mixedInstancesPolicy"];
  return { resource, networkInterfaces: fromTemplate(graph, resource, own, keys), interfaceResources: [] };
}

/** Services that start hosts from a launch template of the program: nodes of a cluster, hosts of batch jobs and of games. */
const LAUNCHING = /^aws:(eks\/nodeGroup|batch\/computeEnvironment|gamelift\/gameServerGroup):/;

/** Where the template names no group the service has one of its own for them, or the resource itself says it (other-hosts.ts). */
function launched(graph: Graph, resource: Resource): Bare[] {
  const own: NetworkInterface = {
    resource,
    path: "",
    subnets: subnetsOf(graph, resource),
    groups: "default",
    publicIp: undefined,
    ipv6: undefined,
  };
  const templates = templatesOf(graph, resource, ["launchTemplate", "computeResources"])?.certain ?? [];
  const networkInterfaces = templates
    .flatMap((template) => templateInterfaces(graph, template))
    .filter(({ groups }) => groups !== "open")
    .map((networkInterface) => fill(own, networkInterface));
  return networkInterfaces.length === 0 ? [] : [{ resource, networkInterfaces, interfaceResources: [] }];
}

/** EC2 and spot fleets: subnets come from overrides or from launch specifications, all else from templates. */
function fleet(graph: Graph, resource: Resource): Bare {
  const specifications = (asArray(property(resource, "launchSpecifications")) ?? []).map((item, index): NetworkInterface => {
    const path = `launchSpecifications[${String(index)}]`;
    const props = asProps(item);
    const networkInterface = readInterface(graph, resource, props ?? {}, INSTANCE_FIELDS, path, "launchSpecifications");
    return props ? networkInterface : { ...networkInterface, subnets: BLIND, groups: BLIND, publicIp: "unknown" };
  });
  if (isAbsent(property(resource, "launchTemplateConfigs"))) return { resource, networkInterfaces: specifications, interfaceResources: [] };
  const subnets = nestedTargets(graph, resource, "launchTemplateConfigs", /^subnetId$/, kinds.SUBNET) ?? "default-vpc";
  const own: NetworkInterface = { resource, path: "", subnets, groups: "default", publicIp: undefined, ipv6: undefined };
  return {
    resource,
    networkInterfaces: [...specifications, ...fromTemplate(graph, resource, own, ["launchTemplateConfigs"])],
    interfaceResources: [],
  };
}

/** Groups that an attachment resource adds to an interface of the host. */
function withGroups(host: Bare, extra: ReadonlyMap<Resource, NetworkInterface["groups"][]>): Bare {
  const added = [host.resource, ...host.interfaceResources].flatMap((one) => extra.get(one) ?? []);
  const lists = added.filter((list) => typeof list !== "string");
  const [first, ...rest] = host.networkInterfaces;
  if (lists.length === 0 || !first) return host;
  const groups = joined([...(typeof first.groups === "string" ? [] : [first.groups]), ...lists]) ?? first.groups;
  return { ...host, networkInterfaces: [{ ...first, groups }, ...rest] };
}

function withRoles(graph: Graph, { roles }: Settings, groups: GroupRoles, host: Bare): Host {
  const backend = plays(graph, roles.backendInstances, host.resource);
  const gateway = plays(graph, roles.gatewayInstances, host.resource) === true;
  if (backend === true) return { ...host, backend: "role", gateway };
  const lists = host.networkInterfaces.map((networkInterface) => networkInterface.groups).filter((list) => typeof list !== "string");
  const carries = lists.some((list) => list.certain.some(({ key }) => groups.backend.has(key)));
  const maybe = backend === undefined || lists.some((list) => list.lost || list.maybe.some(({ key }) => groups.backend.has(key)));
  return { ...host, backend: carries ? "carries" : maybe ? "maybe" : undefined, gateway };
}

/** Tags of scaling groups are a list, and those of launch templates stand with what they are put on. */
function plays(graph: Graph, selector: Selector, resource: Resource): boolean | undefined {
  const listed = asArray(resource.inputs.tags);
  if (listed) return matches(graph, selector, { ...resource, inputs: { ...resource.inputs, tags: tagMap(listed) } });
  const specifications = asArray(resource.inputs.tagSpecifications) ?? [];
  const tags = specifications.map((item) => asProps(asProps(item)?.tags)).filter((map) => map !== undefined);
  const own = matches(graph, selector, resource);
  if (own === true || tags.length === 0) return own;
  return tags.some((map) => matches(graph, selector, { ...resource, inputs: { tags: map } }) === true) ? true : own;
}

function tagMap(tags: Props[string][]): Props {
  const pairs = tags.map((tag) => asProps(tag)).map((tag) => [asString(tag?.key) ?? "", tag?.value ?? null] as const);
  return Object.fromEntries(pairs);
}
