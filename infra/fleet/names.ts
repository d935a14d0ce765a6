/**
 * Names that are chosen and not left to Pulumi: the user data and the role's policy name them before the resources are there, and the group comes last.
 * Pure.
 */

import type { HostRole } from "../release/types";

/** Bundles of a fleet's releases lie below it, named by their digests. */
const RELEASE_PREFIX = "releases/";

/** Type of the component. */
export const FLEET = "ml-gateway:infra:Fleet";

/** Roles whose hosts may come as a fleet. The first part of the names of its resources, which never change. */
export const FLEETS = { backend: "fleet", gateway: "gateways" } as const satisfies Readonly<Record<HostRole, string>>;

export interface FleetNames {
  /** Of the Auto Scaling group. */
  readonly group: string;
  /** Of the SecureString. The first part is no word that SSM keeps for itself (aws, ssm). */
  readonly parameter: string;
  /** Of the lifecycle hook that a host completes when it serves. */
  readonly hook: string;
  /** What the keys of its bundles begin with, in the bucket. The policy of its role takes a digest behind it and nothing else, and so no other fleet's. */
  readonly releases: string;
}

export function fleetNames({ project, stack }: { readonly project: string; readonly stack: string }, role: HostRole): FleetNames {
  return {
    group: `${project}-${stack}-${role}`,
    parameter: `/fleet/${project}/${stack}/${role}`,
    hook: "set-up",
    releases: role === "backend" ? RELEASE_PREFIX : `${RELEASE_PREFIX}${role}/`,
  };
}
