/**
 * The same program as somebody else would have written it: other project, stack, component types and logical names, no
 * `Role` tags. The roles are configured by name instead. Whatever depends on how this project names things shows here.
 */
import { createHash } from "node:crypto";
import { DEFAULT_CONFIG } from "../../../policies/core/config";
import type { Config } from "../../../policies/core/config";
import { selectRoles } from "../../../policies/core/select";
import { DEFAULT_SETTINGS } from "../../../policies/core/settings";
import type { Roles } from "../../../policies/core/types";
import { program } from "../core/builder";
import type { Mode, PlainGraph, PlainResource } from "../core/builder";

/** What may play each part, as in the policy roles-resolved. */
const PLAYERS: Readonly<Record<keyof Roles, RegExp>> = {
  backendInstances:
    /^aws:(ec2\/(instance|spotInstanceRequest|launchTemplate|launchConfiguration|spotFleetRequest|fleet)|autoscaling\/group):/,
  gatewayInstances:
    /^aws:(ec2\/(instance|spotInstanceRequest|launchTemplate|launchConfiguration|spotFleetRequest|fleet)|autoscaling\/group):/,
  backendGroup: /^aws:ec2\/(default)?securityGroup:/i,
  gatewayGroup: /^aws:ec2\/(default)?securityGroup:/i,
  privateSubnets: /^aws:ec2\/(default)?subnet:/i,
  publicSubnets: /^aws:ec2\/(default)?subnet:/i,
  modelBuckets: /^aws:s3\/bucket(V2)?:/,
};

/** @param own a graph in this project's names */
export function foreign(own: PlainGraph, mode: Mode): { readonly graph: PlainGraph; readonly config: Config } {
  const urns = new Map(own.resources.map(({ urn }) => [urn, foreignUrn(urn)]));
  const graph = { resources: own.resources.map((resource) => renamedOnce(resource)) };
  const evaluated = program(own).graph(mode);
  const roles = Object.fromEntries(
    (Object.keys(PLAYERS) as (keyof Roles)[]).map((role) => {
      const players = selectRoles(evaluated, DEFAULT_SETTINGS.roles[role], PLAYERS[role]).certain;
      // Nobody plays it: a name that nobody has, so that the role is configured and yet not played.
      return [role, { names: players.length > 0 ? players.map(({ urn }) => urns.get(urn) ?? urn) : ["nobody"] }];
    }),
  ) as unknown as Roles;
  return { graph, config: { ...DEFAULT_CONFIG, settings: { ...DEFAULT_SETTINGS, roles } } };
}

function foreignUrn(urn: string): string {
  const [, , types = "", ...name] = urn.split("::");
  const ownTypes = types.replace(/ml-gateway:infra:(\w+)/g, (_, kind: string) => `shop:web:${foreignName(kind)}`);
  return `urn:pulumi:live::shop::${ownTypes}::${types === "pulumi:pulumi:Stack" ? "shop-live" : foreignName(name.join("::"))}`;
}

function foreignName(name: string): string {
  return `n${createHash("sha256").update(name).digest("hex").slice(0, 10)}`;
}

/** Most resources are the same object in every mutated program. */
const known = new WeakMap<PlainResource, PlainResource>();
function renamedOnce(resource: PlainResource): PlainResource {
  const made = known.get(resource) ?? renamed(resource, foreignUrn);
  if (Object.isFrozen(resource)) known.set(resource, made);
  return made;
}

function renamed(resource: PlainResource, rename: (urn: string) => string): PlainResource {
  const urn = rename(resource.urn);
  return {
    ...resource,
    urn,
    type: (urn.split("::")[2] ?? "").split("$").pop() ?? "",
    ...(resource.parent === undefined ? {} : { parent: rename(resource.parent) }),
    ...(resource.provider === undefined ? {} : { provider: resource.provider.replace(/^.*(?=::)/, rename) }),
    inputs: withoutRole(resource.inputs),
    outputs: withoutRole(resource.outputs),
    dependencies: resource.dependencies.map(rename),
    propertyDependencies: Object.fromEntries(Object.entries(resource.propertyDependencies).map(([key, list]) => [key, list.map(rename)])),
  };
}

function withoutRole(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { tags, ...rest } = properties;
  if (typeof tags !== "object" || tags === null) return { ...properties };
  const { Role: _, ...others } = tags as Record<string, unknown>;
  return { ...rest, tags: others };
}
