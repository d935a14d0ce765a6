/**
 * Names that are chosen and not left to Pulumi: the user data and the role's policy name them before the resources are there, and the group comes last.
 * Pure.
 */

/** Type of the component. */
export const FLEET = "ml-gateway:infra:Fleet";

export interface FleetNames {
  /** Of the Auto Scaling group. */
  readonly group: string;
  /** Of the SecureString. The first part is no word that SSM keeps for itself (aws, ssm). */
  readonly parameter: string;
  /** Of the lifecycle hook that a host completes when it serves. */
  readonly hook: string;
}

export function fleetNames({ project, stack }: { readonly project: string; readonly stack: string }): FleetNames {
  return { group: `${project}-${stack}-backend`, parameter: `/fleet/${project}/${stack}/backend`, hook: "set-up" };
}
