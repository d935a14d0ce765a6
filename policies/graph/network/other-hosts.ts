/**
 * Resources of any other type that carry security groups: container services, functions, databases, load balancers,
 * endpoints. They are read by the names that the AWS provider uses for the same things everywhere.
 */
import type { Graph, Resource, Value } from "../../core/types";
import { asArray, asProps, isAbsent, isUnknown } from "../../core/values";
import { groupList } from "./groups";
import * as kinds from "./kinds";
import { fieldsNamed, joined } from "./network-interface";
import type { NetworkInterface } from "./network-interface";
import { switchOf } from "./subnets";
import type { Switch } from "./subnets";
import { nestedTargets } from "./network-interface";
import { combine, targetsOf } from "./targets";
import type { Targets } from "./targets";

/** Types whose groups mean something else than membership, or that are read elsewhere. */
const NOT_HOSTS =
  /^aws:(ec2\/(instance|spotInstanceRequest|launchTemplate|launchConfiguration|fleet|spotFleetRequest|networkInterface|securityGroup|defaultSecurityGroup|securityGroupRule|networkInterfaceSecurityGroupAttachment|securityGroupAssociation|subnet|defaultSubnet|vpc|networkAcl|defaultNetworkAcl|eip|route|routeTable|routeTableAssociation)|vpc\/|autoscaling\/|iam\/|s3\/|vpclattice\/serviceNetworkVpcAssociation)/;
/** `securityGroupIds`, `emrManagedMasterSecurityGroup`, `securityGroupArns`: whatever carries a group. A source of a rule carries none. */
const GROUPS = /^(?!source|referenced|destination|inputSecurity|remote)(\w*s)?ecurityGroups?(Id|Arn|Name)?s?(Lists?)?$/i;
const SUBNETS = /^(subnets?|subnetIds?|vpcZoneIdentifiers|vpcSubnetIds|subnetMappings)$/i;
const PUBLIC = /^(assignPublicIp|associatePublicIpAddress|publiclyAccessible|mapPublicIp)$/;

export function otherHosts(graph: Graph): { readonly resource: Resource; readonly networkInterface: NetworkInterface }[] {
  return graph.resources.flatMap((resource) => {
    if (!resource.custom || !resource.type.startsWith("aws:") || NOT_HOSTS.test(resource.type)) return [];
    const groups = joined(keysOf(resource).flatMap((key) => groupsAt(graph, resource, key)));
    if (!groups) return [];
    const networkInterface: NetworkInterface = {
      resource,
      path: "",
      subnets: subnetsOf(graph, resource),
      groups,
      publicIp: publicIpOf(resource),
      ipv6: undefined,
    };
    return [{ resource, networkInterface }];
  });
}

function groupsAt(graph: Graph, resource: Resource, key: string): ReturnType<typeof groupList>[] {
  const value = resource.inputs[key];
  const fields = GROUPS.test(key) || hidesGroups(key, value) ? [value] : nested(value, GROUPS);
  return fields.filter((field) => !isAbsent(field)).map((field) => groupList(graph, resource, key, field));
}

/** A group of settings that is unknown as a whole, and that has the security groups in it. */
function hidesGroups(key: string, value: Value | undefined): boolean {
  return (
    isUnknown(value) && /^(vpcConfig|vpcOptions|vpcConnection|networkConfiguration|networkConfig|computeResources|subnetGroup)$/.test(key)
  );
}

function nested(value: Value | undefined, names: RegExp): Value[] {
  return asProps(value) || asArray(value) ? fieldsNamed(value, names) : [];
}

export function subnetsOf(graph: Graph, resource: Resource): Targets | "open" {
  const lists = keysOf(resource).map((key) =>
    (SUBNETS.test(key) || hidesGroups(key, resource.inputs[key])) && !/mappings/i.test(key)
      ? targetsOf(graph, resource, key, kinds.SUBNET)
      : (asProps(resource.inputs[key]) ?? asArray(resource.inputs[key]))
        ? nestedTargets(graph, resource, key, SUBNETS, kinds.SUBNET)
        : undefined,
  );
  const given = lists.filter((list) => list !== undefined);
  if (given.length === 0) return "open";
  return combine(given);
}

function publicIpOf(resource: Resource): Switch {
  if (keysOf(resource).some((key) => key === "networkConfiguration" && isUnknown(resource.inputs[key]))) return "unknown";
  const switches = keysOf(resource)
    .flatMap((key) => (PUBLIC.test(key) ? [resource.inputs[key] ?? null] : fieldsNamed(resource.inputs[key], PUBLIC)))
    .map(switchOf);
  if (switches.includes(true)) return true;
  // Unlike an instance, these get a public address only where they ask for one.
  return switches.includes("unknown") ? "unknown" : false;
}

/** Tags may be named like anything. */
function keysOf(resource: Resource): string[] {
  return Object.keys(resource.inputs).filter((key) => key !== "tags" && key !== "tagsAll");
}
