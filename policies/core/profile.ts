/** Which policies concern a program: those for a gateway and its backend where it has them, and what makes sense for any program. */
import { ofType } from "./graph";
import { selectRoles } from "./select";
import { DEFAULT_SETTINGS } from "./settings";
import type { Graph, Policy, Roles, Settings } from "./types";

const INSTANCES =
  /^(aws:ec2\/(instance:Instance|spotInstanceRequest:SpotInstanceRequest|launchTemplate:LaunchTemplate|launchConfiguration:LaunchConfiguration|spotFleetRequest:SpotFleetRequest|fleet:Fleet)|aws:autoscaling\/group:Group)$/;
const GROUPS = /^aws:ec2\/(default)?securityGroup:(Default)?SecurityGroup$/i;
const SUBNETS = /^aws:ec2\/(default)?subnet:(Default)?Subnet$/i;
const BUCKETS = /^aws:s3\/bucket(V2)?:Bucket(V2)?$/;

/** What may play each part. `needed` roles have to be found; the others only where the configuration names them. */
export const ROLE_PARTS: Readonly<Record<keyof Roles, { readonly noun: string; readonly type: RegExp; readonly needed: boolean }>> = {
  backendInstances: { noun: "instance plays the backend", type: INSTANCES, needed: true },
  gatewayInstances: { noun: "instance plays the gateway", type: INSTANCES, needed: true },
  backendGroup: { noun: "security group is the backend's", type: GROUPS, needed: true },
  gatewayGroup: { noun: "security group is the gateway's", type: GROUPS, needed: true },
  privateSubnets: { noun: "subnet is a private one", type: SUBNETS, needed: false },
  publicSubnets: { noun: "subnet is a public one", type: SUBNETS, needed: false },
  modelBuckets: { noun: "bucket holds the models", type: BUCKETS, needed: true },
};

const ROLES = Object.keys(ROLE_PARTS) as (keyof Roles)[];

/**
 * Is this a program of another kind, without the roles? Not while more may be registered, and not where somebody configured a role: then one
 * that is played by nobody is a mistake.
 */
export function isGeneral(graph: Graph, settings: Settings): boolean {
  if (settings.profile === "general") return true;
  if (settings.profile === "gateway-backend" || graph.partial === true) return false;
  const configured = ROLES.some((role) => JSON.stringify(settings.roles[role]) !== JSON.stringify(DEFAULT_SETTINGS.roles[role]));
  return !configured && !ROLES.some((role) => ROLE_PARTS[role].needed && isPlayed(graph, settings, role));
}

/** Has the graph anything that the policy is about? */
export function hasSubject({ subject }: Policy, graph: Graph, settings: Settings): boolean {
  if (subject === undefined || graph.partial === true) return true;
  if (subject.types && ofType(graph, subject.types).length > 0) return true;
  return subject.roles?.some((role) => isPlayed(graph, settings, role)) === true;
}

const answers = new WeakMap<Graph, WeakMap<Roles, Map<keyof Roles, boolean>>>();

/** By a resource, or perhaps by one whose tags are not known yet. */
function isPlayed(graph: Graph, { roles }: Settings, role: keyof Roles): boolean {
  const byRoles = answers.get(graph) ?? new WeakMap<Roles, Map<keyof Roles, boolean>>();
  answers.set(graph, byRoles);
  const known = byRoles.get(roles) ?? new Map<keyof Roles, boolean>();
  byRoles.set(roles, known);
  const before = known.get(role);
  if (before !== undefined) return before;
  const { certain, possible } = selectRoles(graph, roles[role], ROLE_PARTS[role].type);
  const answer = certain.length + possible.length > 0;
  known.set(role, answer);
  return answer;
}
