/** What the provider asks of AWS, as data: actions, the resources that they work on, and the conditions that keep them to one stack. Pure. */
import { EC2_PRINCIPAL } from "../external-names";

/**
 * How a grant is kept to the stack:
 * - `new`: the request marks what it makes with the stack's tag
 * - `own`: the resource bears the stack's tag
 * - `marks`: where the request sets the stack's tag, it is that of this stack
 * - `keeps`: the request does not take the stack's tag away
 * - `claims`: the resource bears no stack's tag yet, and the request gives it one
 * - `region`: the stack's region, for what has no resource
 * - `vpc`: the stack's VPC, once there is one (`--vpc`)
 * - `bounded`: roles have the permissions boundary that the program gives them, where it gives one
 */
export type Limit = "new" | "own" | "marks" | "keeps" | "claims" | "region" | "vpc" | "bounded";

export interface Grant {
  readonly actions: readonly string[];
  /**
   * ARNs behind `arn:PARTITION:`, or "*". In braces stands what is known of the stack (`{region}`, `{account}`) or of the resource (names.ts).
   */
  readonly on: readonly string[];
  readonly limits?: readonly Limit[];
  /** Further conditions that all have to be equal, by key. */
  readonly equal?: Readonly<Record<string, readonly string[]>>;
  /** Conditions on keys of AWS that have several values in a request: each of these has to be among those that are named. */
  readonly every?: Readonly<Record<string, readonly string[]>>;
  /** Conditions of other operators, as they stand. */
  readonly more?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Why it is wider than the stack; required where neither an ARN nor a tag limits it. */
  readonly why?: string;
}

/** By what the engine does with the resource. */
export interface Row {
  /** File of the Terraform AWS provider, which @pulumi/aws bridges: `internal/service/SOURCE.go`; at which commit it was read: sources.ts. */
  readonly source: string;
  readonly create: readonly Grant[];
  readonly read: readonly Grant[];
  readonly update: readonly Grant[];
  readonly delete: readonly Grant[];
}

const ec2 = (type: string): string => `ec2:{region}:{account}:${type}/*`;

const LISTS = "AWS has no resource for it: it lists what is in the region";

export const lists = (...names: readonly string[]): Grant => ({
  actions: names.map((name) => `ec2:Describe${name}`),
  on: ["*"],
  limits: ["region"],
  why: LISTS,
});

/** @param types kinds of EC2 resources that the action makes; EC2 asks for ec2:CreateTags as well, because they are tagged when they are made */
export const makes = (action: string, ...types: readonly string[]): readonly Grant[] => [
  { actions: [`ec2:${action}`], on: types.map(ec2), limits: ["new"] },
  { actions: ["ec2:CreateTags"], on: types.map(ec2), limits: ["new"], equal: { "ec2:CreateAction": [action] } },
];

export const uses = (action: string, ...types: readonly string[]): Grant => ({
  actions: [`ec2:${action}`],
  on: types.map(ec2),
  limits: ["own"],
});

/** A change of other tags. */
export const retags = (...types: readonly string[]): readonly Grant[] => [
  { actions: ["ec2:CreateTags"], on: types.map(ec2), limits: ["own", "marks"] },
  { actions: ["ec2:DeleteTags"], on: types.map(ec2), limits: ["own", "keeps"] },
];

/** Network interfaces of instances bear no tag: EC2 makes them with the instance, and the provider tags instance and volumes alone. */
export const interfaces = (action: string): Grant => ({
  actions: [`ec2:${action}`],
  on: [ec2("network-interface")],
  limits: ["vpc"],
  why: "the network interface of an instance bears no tag; --vpc limits it to the stack's VPC",
});

export const claims = (type: string): Grant => ({
  actions: ["ec2:CreateTags"],
  on: [ec2(type)],
  limits: ["claims", "vpc"],
  why: "AWS makes the default security group with the VPC, without a tag, and the program empties it: any security group without the tag Stack can be taken over so; --vpc limits it to the stack's VPC",
});

export const onBucket = (...actions: readonly string[]): Grant => ({ actions: actions.map((name) => `s3:${name}`), on: ["s3:::{bucket}"] });
export const onObjects = (...actions: readonly string[]): Grant => ({
  actions: actions.map((name) => `s3:${name}`),
  on: ["s3:::{bucket}/{objects}"],
});

/** A key of KMS that the configuration names; nothing where it names none. Through one service alone, where the service asks for the caller. */
export const onKey = (service: "ec2" | "s3" | undefined, ...actions: readonly string[]): Grant => ({
  actions: actions.map((name) => `kms:${name}`),
  on: ["kms:{region}:{account}:key/{key}"],
  ...(service === undefined ? {} : { equal: { "kms:ViaService": [`${service}.{region}.{suffix}`] } }),
});

export const onRole = (limits: readonly Limit[], ...actions: readonly string[]): Grant => ({
  actions: actions.map((name) => `iam:${name}`),
  on: ["iam::{account}:role/{role}"],
  limits,
});
export const onProfile = (limits: readonly Limit[], ...actions: readonly string[]): Grant => ({
  actions: actions.map((name) => `iam:${name}`),
  on: ["iam::{account}:instance-profile/{profile}"],
  limits,
});

/** A tag is no reliable condition for iam:PassRole (IAM's documentation says so): the names and the service limit it. */
export const PASSES_ROLE: Grant = { ...onRole([], "PassRole"), equal: { "iam:PassedToService": [EC2_PRINCIPAL] } };
