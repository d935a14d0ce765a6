/** Security groups and what stands for one: a resource, the default group of a VPC, or an id from elsewhere. */
import { ofType } from "../../core/graph";
import { dependenciesOf } from "../../core/references";
import { selectRoles } from "../../core/select";
import type { Graph, Resource, Settings, Value } from "../../core/types";
import { DEFAULT_SECURITY_GROUP, GROUP_OR_VPC, SECURITY_GROUP, VPC } from "./kinds";
import { target, targetOf, targets } from "./targets";
import type { Listed, Target, Targets } from "./targets";

export interface Group {
  /** URN, or `default of <URN of the VPC>`: a VPC's default group is one group, however it is named. */
  readonly key: string;
  /** For messages. */
  readonly label: string;
  readonly resource: Resource;
}

/** What a place that names a group points at. */
export interface GroupRef {
  readonly is?: Group;
  readonly maybe: readonly Group[];
  readonly literal?: string;
}

export type GroupList = Listed<Group>;

/** The group that a group resource is, or that a VPC has by default. */
export function groupOf(graph: Graph, resource: Resource): Group {
  if (VPC.test(resource.type)) return { key: `default of ${resource.urn}`, label: `the default group of ${resource.name}`, resource };
  const vpc = resource.type === DEFAULT_SECURITY_GROUP ? targetOf(graph, resource, "vpcId", VPC)?.is : undefined;
  return vpc ? { key: `default of ${vpc.urn}`, label: resource.name, resource } : { key: resource.urn, label: resource.name, resource };
}

/** Resolves a place that names one group. `undefined`: nothing is given. */
export function groupRef(graph: Graph, resource: Resource, key: string, value: Value | undefined): GroupRef | undefined {
  const found = target(graph, resource, key, ownerless(value), GROUP_OR_VPC);
  return found && (isBlind(found) ? (carried(graph, resource, key) ?? { maybe: [] }) : refOf(graph, found));
}

/** An id of another account's group is written `account/sg-id`. */
function ownerless(value: Value | undefined): Value | undefined {
  return typeof value === "string" ? value.replace(/^\d{12}\//, "") : value;
}

function isBlind(found: Target): boolean {
  return found.is === undefined && found.maybe.length === 0 && found.literal === undefined;
}

function refOf(graph: Graph, found: Target): GroupRef {
  const maybe = found.maybe.map((one) => groupOf(graph, one));
  return { maybe, ...(found.is && { is: groupOf(graph, found.is) }), ...(found.literal !== undefined && { literal: found.literal }) };
}

/** `instance.vpcSecurityGroupIds[0]` and the like: one of the groups that the resource it comes from carries. */
function carried(graph: Graph, resource: Resource, key: string): GroupRef | undefined {
  const groups = dependenciesOf(graph, resource, key).flatMap((owner) =>
    ["vpcSecurityGroupIds", "securityGroups"].flatMap((list) => {
      const found = targets(graph, owner, list, owner.inputs[list], GROUP_OR_VPC);
      return found ? [...found.certain, ...found.maybe].map((one) => groupOf(graph, one)) : [];
    }),
  );
  if (groups.length === 0) return undefined;
  return groups.length === 1 ? { is: groups[0], maybe: [] } : { maybe: groups };
}

/** Resolves a place that names several groups. `undefined`: nothing is given. */
export function groupList(graph: Graph, resource: Resource, key: string, value: Value | undefined): GroupList | undefined {
  const found = targets(graph, resource, key, value, GROUP_OR_VPC);
  return found && listOf(graph, found);
}

function listOf(graph: Graph, found: Targets): GroupList {
  return {
    certain: found.certain.map((one) => groupOf(graph, one)),
    maybe: found.maybe.map((one) => groupOf(graph, one)),
    literals: found.literals,
    blind: found.blind,
    lost: found.lost,
  };
}

/** The groups that play a role, by the configured selectors. */
export interface GroupRoles {
  readonly backend: ReadonlyMap<string, Group>;
  readonly gateway: ReadonlyMap<string, Group>;
}

export function groupRoles(graph: Graph, { roles }: Settings): GroupRoles {
  const select = (selector: Settings["roles"]["backendGroup"]): Map<string, Group> => {
    const { certain, possible } = selectRoles(graph, selector, SECURITY_GROUP);
    // A role that only an id stands for is no role: it would be every role at once.
    const found = [...certain, ...possible.filter(({ idOnly }) => idOnly !== true)];
    return new Map(found.map((resource) => groupOf(graph, resource)).map((group) => [group.key, group]));
  };
  return { backend: select(roles.backendGroup), gateway: select(roles.gatewayGroup) };
}

/** True where the place may name one of these groups. */
export function mayBeIn(ref: GroupRef, groups: ReadonlyMap<string, Group>): boolean {
  return ref.is ? groups.has(ref.is.key) : ref.maybe.some((group) => groups.has(group.key));
}

/** For messages. */
export function describeGroup(ref: GroupRef): string {
  if (ref.is) return ref.is.label;
  if (ref.literal !== undefined) return ref.literal;
  if (ref.maybe.length > 0) return `one of ${ref.maybe.map((group) => group.label).join(", ")}`;
  return "a group that is not known yet";
}

/** All groups of a program, one entry a group even where a default group and its VPC are both registered. */
export function allGroups(graph: Graph): Map<string, Group> {
  return new Map(
    ofType(graph, SECURITY_GROUP)
      .map((resource) => groupOf(graph, resource))
      .map((group) => [group.key, group]),
  );
}
