/**
 * What a policy sees and what it answers. Nothing here knows of an engine: a graph comes from the policy SDK, from
 * `pulumi stack export`, from `pulumi preview --json` or from `npm run preview:offline -- --json` (see graph/load.ts).
 */
import type { ControlId, Tag } from "./framework";

/** A value that is not known before `pulumi up` creates the resource behind it. */
export class Unknown {
  static readonly instance = new Unknown();
  private constructor() {}
  toJSON(): string {
    return "[unknown]";
  }
}
export const UNKNOWN = Unknown.instance;

/** A value that the program marked as secret. `value` is UNKNOWN where only the ciphertext is at hand. Never print it. */
export class Secret {
  constructor(readonly value: Value) {}
  toJSON(): string {
    return "[secret]";
  }
}

/** An asset or archive argument (FileAsset, StringAsset, ...). */
export class Asset {
  constructor(
    readonly kind: "file" | "text" | "uri" | "archive",
    /** Path, URI or text; for an archive made of parts, undefined. */
    readonly content: string | undefined,
    /** What an archive is made of, by path; see `partsOf` of core/assets.ts. */
    readonly members?: Readonly<Record<string, Value>>,
    /** What was read of it on this machine; see graph/local/open.ts. */
    readonly opened?: Opened,
  ) {}
}

export interface Opened {
  /** The text of a file. */
  readonly text?: string;
  /** Why an archive is not opened, or not all of it: the end of a sentence that begins with its name. */
  readonly why?: string;
  /** Whether the archive is a folder, and no file. */
  readonly folder?: boolean;
}

export type Value = null | boolean | number | string | Unknown | Secret | Asset | Value[] | { [key: string]: Value };
export type Props = { [key: string]: Value };

/** A place in the program's text. */
export interface SourcePosition {
  /** Relative to the program's folder (the one of Pulumi.yaml), with forward slashes. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column?: number;
}

/** One registered resource. */
export interface Resource {
  readonly urn: string;
  /** Pulumi type token, for example `aws:ec2/instance:Instance`. */
  readonly type: string;
  /** Logical name, the last part of the URN. */
  readonly name: string;
  /** URN of the parent, if any. */
  readonly parent?: string;
  /** False for components. */
  readonly custom: boolean;
  /** True for a resource that the program only reads (`Vpc.get(...)`) and does not manage. */
  readonly external?: boolean;
  /** True where nothing but the id is known: it may play any role. Stands for a resource whose registration did not show its id. */
  readonly idOnly?: boolean;
  /** URN of the CloudFormation stack whose template makes it: findings stand there (core/template). */
  readonly within?: string;
  /** URN of the provider it is created with, where the source says so. */
  readonly provider?: string;
  readonly inputs: Props;
  /** Outputs where the resource exists already (stack export); empty at a first preview. */
  readonly outputs: Props;
  /** The physical id, where known. */
  readonly id?: string;
  /** URNs of all resources this one depends on. */
  readonly dependencies: readonly string[];
  /** Per input property (top-level key), the URNs whose outputs flow into it. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  /** Where the program registers it, where the source of the graph says so. */
  readonly sourcePosition?: SourcePosition;
  readonly options: {
    readonly protect?: boolean;
    readonly retainOnDelete?: boolean;
    readonly ignoreChanges?: readonly string[];
    readonly additionalSecretOutputs?: readonly string[];
  };
}

/**
 * What the source of a graph never shows, whatever the program does: the engine hides `retainOnDelete` and the secret
 * marks of outputs from policies, `pulumi preview --json` does not list stack outputs. A policy that needs it reports
 * `unknown` with `notShown`: it is then not evaluated on this source, which is no finding. Without `unchangedResources`
 * no policy can be evaluated: `pulumi preview --json` lists no resource of a stack in which nothing changes.
 */
export type NotShown = "retainOnDelete" | "outputSecretMarks" | "stackOutputs" | "unchangedResources";

/** All resources of one stack, in registration order. Stack outputs are the `outputs` of `pulumi:pulumi:Stack`. */
export interface Graph {
  readonly resources: readonly Resource[];
  readonly byUrn: ReadonlyMap<string, Resource>;
  /** False where the source cannot tell a secret from a plain value (the policy SDK strips the marks). */
  readonly secretsMarked: boolean;
  /** Default: nothing is hidden. */
  readonly notShown?: readonly NotShown[];
  /** True where more resources may follow: what is missing here is no fact (see `Policy.early`). */
  readonly partial?: boolean;
}

export type Level = "advisory" | "mandatory" | "disabled";
export type Verdict = "pass" | "violation" | "unknown";

/** One thing a policy has to say of one resource. No finding at all means pass. */
export interface Finding {
  readonly verdict: "violation" | "unknown";
  readonly urn: string;
  /** The offending value (never a secret one), where it is, and what to do. */
  readonly message: string;
  /** Where it stands, where that is another place than the one that registers the resource. */
  readonly source?: SourcePosition;
  /** With `unknown`: what the source of this graph can never show (see `Graph.notShown`). It is reported as not evaluated, which is no error. */
  readonly notShown?: NotShown;
  /** With `unknown`: a value decides that `pulumi up` has yet to make. */
  readonly pending?: true;
  /** True where the finding rests on something that is missing, and so holds of a whole stack only. */
  readonly whole?: boolean;
}

/** Which resources play which part, and how strict to be. The pack's configSchema and `--config` have this shape. */
export interface Settings {
  readonly roles: Roles;
  /** TCP port of the backend's front, default 9000. */
  readonly servicePort: number;
  /** Home of the service on a host, default `/home/ddos`, and the user that owns it, default `ddos`. */
  readonly home: string;
  readonly user: string;
  /** Source ranges that may never reach port 22 of the gateway are anything as wide as this prefix length or wider. IPv4, default 15: 131,072 addresses are no office and no VPN, but a part of the internet. For IPv6 see graph/network/exposure.ts. */
  readonly sshWidestPrefix: number;
  /** Which policies concern the program (core/profile.ts). Default `auto`. */
  readonly profile?: Profile;
}

/**
 * `gateway-backend`: the program has the roles, and one that nobody plays is a mandatory "cannot tell". `general`: it is another program, and
 * only what makes sense for any is evaluated. `auto`: general where no role is played and none is configured.
 */
export type Profile = "auto" | "general" | "gateway-backend";

export interface Selector {
  /** Tags that a resource must all carry, for example `{ Role: "backend" }`. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Logical names or URNs, exact. */
  readonly names?: readonly string[];
}

export interface Roles {
  readonly backendInstances: Selector;
  readonly gatewayInstances: Selector;
  readonly backendGroup: Selector;
  readonly gatewayGroup: Selector;
  readonly privateSubnets: Selector;
  readonly publicSubnets: Selector;
  readonly modelBuckets: Selector;
}

/** What a policy looks at. Where a graph has none of it, the policy has nothing to evaluate, which is counted apart from a pass. */
export interface Subject {
  /** It asks for a resource that plays one of these roles; without one it is not evaluated in the general profile. */
  readonly roles?: readonly (keyof Roles)[];
  /** Or it asks for resources of these types. */
  readonly types?: RegExp;
}

/** One policy. The metadata has the names of the policy SDK where it has one. */
export interface Policy {
  /** Kebab-case, unique, stable: enforcement levels and exemptions name it. */
  readonly id: string;
  readonly severity: "low" | "medium" | "high" | "critical";
  /** The control of the security checklist that this policy serves (core/framework.ts). */
  readonly control: ControlId;
  readonly tags: readonly Tag[];
  readonly description: string;
  readonly why: string;
  readonly remediationSteps: string;
  readonly enforcementLevel: Exclude<Level, "disabled">;
  /** A violating and a clean example, as short Pulumi TypeScript, for the reference page. */
  readonly bad: string;
  readonly good: string;
  /**
   * True where one resource alone decides: its findings do not change with what else is in the graph. Such a policy is
   * evaluated before each resource is created or changed as well, so at `pulumi up` it stops the resource itself.
   */
  readonly local?: boolean;
  /**
   * Where a resource decides together with those registered before it: the types whose registration can complete a violation. Such a policy
   * is evaluated before a resource of these types is created or changed, over what has been registered so far (`Graph.partial`). A violation that
   * it reports there, and that is not `whole`, has to hold whatever is registered later.
   */
  readonly early?: RegExp;
  /** Default: any program has it. */
  readonly subject?: Subject;
  /** Pure. Must never throw for an unknown value: it reports `unknown` instead. */
  evaluate(graph: Graph, settings: Settings): Finding[] | Promise<Finding[]>;
}

/** Is the policy evaluated before a resource is created at `pulumi up`? An advisory one stops nothing, so it is not. */
export function answersEarly(policy: Policy): boolean {
  return policy.enforcementLevel === "mandatory" && (policy.local === true || policy.early !== undefined);
}
