/**
 * Ids that no property bag shows, read off the properties that hold them: a literal of the shape of a resource's id
 * (`sg-0123…` for a security group), in a property that exactly one such resource flows into, is that resource's id.
 */
import type { Resource } from "../core/types";
import { leaves } from "../core/values";

/** How AWS begins the ids of what other resources point at. */
const SHAPES: readonly (readonly [type: RegExp, id: RegExp])[] = (
  [
    [/^aws:ec2\/vpc:Vpc$/, "vpc"],
    [/^aws:ec2\/(subnet:Subnet|defaultSubnet:DefaultSubnet)$/, "subnet"],
    [/^aws:ec2\/securityGroup:SecurityGroup$/, "sg"],
    [/^aws:ec2\/instance:Instance$/, "i"],
    [/^aws:ec2\/(routeTable:RouteTable|mainRouteTable:\w+)$/, "rtb"],
    [/^aws:ec2\/internetGateway:InternetGateway$/, "igw"],
    [/^aws:ec2\/egressOnlyInternetGateway:EgressOnlyInternetGateway$/, "eigw"],
    [/^aws:ec2\/natGateway:NatGateway$/, "nat"],
    [/^aws:ec2\/networkInterface:NetworkInterface$/, "eni"],
    [/^aws:ec2\/eip:Eip$/, "eipalloc"],
    [/^aws:ec2\/launchTemplate:LaunchTemplate$/, "lt"],
    [/^aws:ec2\/vpcPeeringConnection:VpcPeeringConnection$/, "pcx"],
    [/^aws:ec2\/vpnGateway:VpnGateway$/, "vgw"],
    [/^aws:ec2\/managedPrefixList:ManagedPrefixList$/, "pl"],
    [/^aws:ec2\/networkAcl:NetworkAcl$/, "acl"],
  ] as const
).map(([type, prefix]) => [type, new RegExp(`^${prefix}-[0-9a-z]+$`)]);

/** URN to id, for resources without one. Where two properties disagree there is none. */
export function inferIds(resources: readonly Resource[]): ReadonlyMap<string, string> {
  const lacking = new Map<string, RegExp>();
  for (const resource of resources) {
    const shape = resource.id === undefined ? SHAPES.find(([type]) => type.test(resource.type))?.[1] : undefined;
    if (shape) lacking.set(resource.urn, shape);
  }
  const found = new Map<string, Set<string>>();
  if (lacking.size === 0) return new Map();
  for (const resource of resources) {
    for (const [property, urns] of Object.entries(resource.propertyDependencies)) {
      for (const [urn, id] of pairs(leaves(resource.inputs[property]), urns, lacking))
        found.set(urn, (found.get(urn) ?? new Set()).add(id));
    }
  }
  return new Map([...found].flatMap(([urn, ids]) => (ids.size === 1 ? [[urn, [...ids][0] ?? ""]] : [])));
}

function pairs(values: readonly unknown[], urns: readonly string[], lacking: ReadonlyMap<string, RegExp>): [urn: string, id: string][] {
  return urns.flatMap((urn): [string, string][] => {
    const shape = lacking.get(urn);
    if (!shape || urns.some((other) => other !== urn && lacking.get(other) === shape)) return [];
    const ids = [...new Set(values.filter((value): value is string => typeof value === "string" && shape.test(value)))];
    return ids.length === 1 && ids[0] !== undefined ? [[urn, ids[0]]] : [];
  });
}
