/** What doctor asks of the outside: programs, AWS and the network, each within a time limit. Tests give their own. */

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Answer {
  readonly text: string;
  /** When the other side sent it, by its own clock. */
  readonly sent?: Date;
}

export interface Instance {
  readonly type: string;
  readonly vcpus: number;
  /** Its tag `Stack`. */
  readonly stack?: string;
}

/** What is there in the region; the names are those of tags `Stack` where a resource has one. */
export interface Aws {
  identity(): Promise<{ readonly account: string; readonly arn: string }>;
  zones(): Promise<readonly string[]>;
  /** Running or pending, at list price. */
  instances(): Promise<readonly Instance[]>;
  addresses(): Promise<readonly (string | undefined)[]>;
  vpcs(): Promise<readonly (string | undefined)[]>;
  /** Where a bucket is; undefined where it is none of the account's own. */
  bucketRegion(name: string): Promise<string | undefined>;
  /** Zones that offer an instance type, by type. */
  offerings(types: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Whether the account has the role of a service of LINKED_SERVICES. */
  hasServiceRole(service: string): Promise<boolean>;
  quota(service: string, code: string): Promise<number>;
  /** What IAM would decide for the identity, by its ARN as `identity` gives it. */
  simulate(identity: string, question: Simulation): Promise<readonly Decision[]>;
}

/** Every action on every resource, in one request context. */
export interface Simulation {
  readonly actions: readonly string[];
  /** ARNs; none: everything. */
  readonly resources: readonly string[];
  readonly context: readonly { readonly key: string; readonly values: readonly string[] }[];
}

export interface Decision {
  readonly action: string;
  /** "*" where no resource was named. */
  readonly resource: string;
  readonly allowed: boolean;
  /** Keys that the policies compare and the question did not hold. */
  readonly missing: readonly string[];
}

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Such as 20.20.2. */
  readonly node: string;
  readonly now: () => Date;
  /** Rejects where the program is not there or does not end in time. */
  readonly run: (program: string, args: readonly string[]) => Promise<Ran>;
  get(url: string): Promise<Answer>;
  aws(region: string, profile: string | undefined): Promise<Aws>;
}
