/** One row of the tables of what is understood (understood.ts). */
export interface Entry {
  /** Begins of type tokens behind `aws:`, separated by spaces: `ec2/route:` is one type, `ecs/` all of a service. */
  readonly types: string;
  /** Top-level properties, separated by spaces; `*` for all. */
  readonly properties: string;
  /** Ids of the policies that evaluate them, separated by spaces. */
  readonly modelled?: string;
  /** Why the thing stays as it is. */
  readonly harmless?: string;
  /** What such a resource itself is from then on: what receives it is evaluated as well. */
  readonly becomes?: string;
}
