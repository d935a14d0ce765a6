/** Where the hosts of any program stand: VPC, zone, subnet; alike ones in one box. Pure. */
import { ofType } from "../../policies/core/graph";
import type { Resource } from "../../policies/core/types";
import { vpcOf } from "../../policies/explain/between";
import type { Group } from "../../policies/graph/network/groups";
import type { Host } from "../../policies/graph/network/hosts";
import * as kinds from "../../policies/graph/network/kinds";
import { TEMPLATE } from "../../policies/graph/network/launch";
import type { Network } from "../../policies/graph/network/model";
import { isPublicByRoute } from "../../policies/graph/network/placement";
import type { Subnet } from "../../policies/graph/network/subnets";
import { targetOf, targetsOf } from "../../policies/graph/network/targets";
import type { Box } from "../picture/model";
import { plain, shown } from "./text";

/** Hosts that nothing but their names distinguishes. */
export interface Crowd {
  readonly id: string;
  readonly label: string;
  readonly hosts: readonly Host[];
  readonly groups: readonly Group[];
  /** Where it stands: one subnet, or several. */
  readonly subnets: readonly Subnet[];
}

/** More boxes than this are no picture. */
const MOST = 24;

/** @param notes gets a sentence for whatever the picture draws together */
export function crowdsOf(network: Network, notes: string[]): Crowd[] {
  const hosts = network.hosts.filter((host) => !isMould(network, host));
  const fine = gather(network, hosts, (host) => host.resource.urn);
  if (fine.length <= MOST) return fine;
  const alike = gather(network, hosts, (host) => keyOf(network, host, true));
  if (alike.length <= MOST) {
    notes.push(`${String(hosts.length)} hosts; those that stand in the same subnet with the same security groups are one box.`);
    return alike;
  }
  notes.push(
    `${String(hosts.length)} hosts; those of one type in the same subnet are one box, whose arrows are those of the first of them.`,
  );
  const coarse = gather(network, hosts, (host) => keyOf(network, host, false));
  if (coarse.length <= MOST) return coarse;
  notes.push(`Only the first ${String(MOST)} of ${String(coarse.length)} boxes are drawn; the resources below are complete.`);
  return coarse.slice(0, MOST);
}

/** A launch template is no host of its own where a scaling group or an instance is made from it. */
function isMould({ graph }: Network, { resource }: Host): boolean {
  return TEMPLATE.test(resource.type) && graph.resources.some((one) => one !== resource && one.dependencies.includes(resource.urn));
}

function gather(network: Network, hosts: readonly Host[], key: (host: Host) => string): Crowd[] {
  const byKey = new Map<string, Host[]>();
  for (const host of hosts) byKey.set(key(host), [...(byKey.get(key(host)) ?? []), host]);
  return [...byKey.values()].map((all, index) => {
    const [first] = all as [Host, ...Host[]];
    const name = shown(first.resource.name);
    return {
      id: `host-${String(index)}`,
      label: all.length === 1 ? name : `${name} and ${String(all.length - 1)} more`,
      hosts: all,
      groups: groupsOf(first),
      subnets: subnetsOf(network, first),
    };
  });
}

const keyOf = (network: Network, host: Host, groups: boolean): string =>
  JSON.stringify([
    host.resource.type,
    subnetsOf(network, host)
      .map(({ resource }) => resource.urn)
      .sort(),
    ...(groups
      ? [
          groupsOf(host)
            .map(({ key }) => key)
            .sort(),
          host.networkInterfaces.map(({ publicIp }) => publicIp),
          plain(host.resource, "instanceType"),
        ]
      : []),
  ]);

export function groupsOf(host: Host): Group[] {
  return host.networkInterfaces.flatMap(({ groups }) => (typeof groups === "string" ? [] : groups.certain));
}

function subnetsOf(network: Network, host: Host): Subnet[] {
  const urns = host.networkInterfaces.flatMap(({ subnets }) => (typeof subnets === "string" ? [] : subnets.certain.map(({ urn }) => urn)));
  const all = urns.length > 0 ? urns : subnetGroupOf(network, host).map(({ urn }) => urn);
  return [...new Set(all)].flatMap((urn) => network.subnets.get(urn) ?? []);
}

/** Of a database or a cache, which names a group of subnets. */
const SUBNET_GROUPS = ["dbSubnetGroupName", "subnetGroupName", "clusterSubnetGroupName", "neptuneSubnetGroupName"];

function subnetGroupOf({ graph }: Network, { resource }: Host): readonly Resource[] {
  return SUBNET_GROUPS.flatMap((name) => {
    const group = targetOf(graph, resource, name, /SubnetGroup$/)?.is;
    return group === undefined ? [] : (targetsOf(graph, group, "subnetIds", kinds.SUBNET)?.certain ?? []);
  });
}

/** The boxes of all VPCs, and of what stands in none. */
export function placeBoxes(network: Network, crowds: readonly Crowd[], hostBox: (crowd: Crowd) => Box, notes: string[]): Box[] {
  const subnets = drawnSubnets(network, crowds, notes);
  const vpcs = new Map<string, Resource | undefined>(ofType(network.graph, kinds.VPC).map((vpc) => [vpc.urn, vpc]));
  for (const subnet of subnets) {
    const key = vpcOf(network, subnet);
    if (key !== undefined && !vpcs.has(key)) vpcs.set(key, undefined);
  }
  const homeOf = (crowd: Crowd): string | undefined => {
    const keys = new Set(crowd.subnets.map((subnet) => vpcOf(network, subnet)));
    return keys.size === 1 ? [...keys][0] : undefined;
  };
  const boxes = [...vpcs].map(([key, vpc], index): Box => {
    const own = subnets.filter((subnet) => vpcOf(network, subnet) === key);
    const across = crowds.filter((crowd) => crowd.subnets.length > 1 && homeOf(crowd) === key);
    const cidr = vpc === undefined ? "" : plain(vpc, "cidrBlock");
    return {
      id: `vpc-${String(index)}`,
      kind: "vpc",
      lines: [`VPC ${vpc === undefined ? shown(key) : shown(vpc.name)}${cidr === "" ? "" : `, ${cidr}`}`],
      children: [...zones(own, index, crowds, hostBox, across.length === 0), ...across.map(hostBox)],
    };
  });
  const homeless = crowds.filter(
    (crowd) => homeOf(crowd) === undefined && !(crowd.subnets.length === 1 && subnets.includes(crowd.subnets[0] as Subnet)),
  );
  const lost = subnets.filter((subnet) => vpcOf(network, subnet) === undefined);
  return [...boxes, ...zones(lost, vpcs.size, crowds, hostBox, true), ...homeless.map(hostBox)];
}

/** Many empty subnets would hide the others. */
function drawnSubnets(network: Network, crowds: readonly Crowd[], notes: string[]): Subnet[] {
  const all = [...network.subnets.values()];
  if (all.length <= MOST) return all;
  const used = all.filter((subnet) => crowds.some((crowd) => crowd.subnets.length === 1 && crowd.subnets[0] === subnet));
  notes.push(`${String(all.length - used.length)} subnets that hold no host of their own are not drawn.`);
  return used;
}

/** @param boxed a box around each zone; without, each subnet says its zone: what stands in several zones would have no place between two hosts of one */
function zones(subnets: readonly Subnet[], index: number, crowds: readonly Crowd[], hostBox: (crowd: Crowd) => Box, boxed: boolean): Box[] {
  const byZone = new Map<string, Subnet[]>();
  for (const subnet of subnets) {
    const zone = plain(subnet.resource, "availabilityZone");
    byZone.set(zone, [...(byZone.get(zone) ?? []), subnet]);
  }
  return [...byZone].flatMap(([zone, own], order): Box[] => {
    const children = own.map((subnet, place) => subnetBox(subnet, `subnet-${[index, order, place].join("-")}`, crowds, hostBox));
    if (!boxed && zone !== "") return children.map((box) => ({ ...box, lines: [...box.lines, shown(zone)] }));
    return zone === "" ? children : [{ id: `zone-${String(index)}-${String(order)}`, kind: "zone", lines: [shown(zone)], children }];
  });
}

/** By its tag, else by the name in the program. */
export function subnetName({ resource }: Subnet): string {
  const { tags } = resource.inputs;
  const tagged = plain({ ...resource, inputs: typeof tags === "object" && tags !== null ? (tags as Resource["inputs"]) : {} }, "Name");
  return tagged === "" ? shown(resource.name) : tagged;
}

function subnetBox(subnet: Subnet, id: string, crowds: readonly Crowd[], hostBox: (crowd: Crowd) => Box): Box {
  const kind = subnet.isDefault || isPublicByRoute(subnet) ? "public" : subnet.tableUnknown === undefined ? "private" : "subnet";
  const word = kind === "subnet" ? "route table not known" : kind;
  const cidr = plain(subnet.resource, "cidrBlock");
  return {
    id,
    kind,
    lines: [subnetName(subnet), cidr === "" ? word : `${word}, ${cidr}`],
    children: crowds.filter((crowd) => crowd.subnets.length === 1 && crowd.subnets[0]?.resource.urn === subnet.resource.urn).map(hostBox),
  };
}
