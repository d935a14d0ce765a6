/** From what the program registers to IAM statements. Pure. */
import type { GraphResource } from "../offline/engine";
import type { Grant, Limit, Row } from "./grants";
import { fill, type Scope, type Subject } from "./names";
import { NOT_AWS, QUESTIONS, ROWS } from "./rows";
import { SSM_SESSIONS } from "./rows-access";
import { driftGrants } from "./rows-watch";

export type Purpose = "preview" | "up" | "destroy";
export const PURPOSES: readonly Purpose[] = ["preview", "up", "destroy"];

export type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** A statement with what the reader is told of it. */
export interface Allowed {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: Conditions;
  /** Why it is wider than the stack. */
  readonly why?: string;
}

export interface Question {
  readonly token: string;
  readonly args: Subject["inputs"];
}

/** What a program registered and asked. */
export interface Seen {
  readonly resources: readonly GraphResource[];
  readonly questions: readonly Question[];
}

export interface Wanted {
  readonly purposes: readonly Purpose[];
  /** A preview reads what stands, as `pulumi preview --refresh` does. */
  readonly refresh: boolean;
}

/** Resources that no row is for, as one list. */
export class NoRow extends Error {
  constructor(readonly types: readonly string[]) {
    super(types.join(", "));
  }
}

/** @throws NoRow, UnknownName */
export function allowed(seen: Seen, scope: Scope, wanted: Wanted): Allowed[] {
  return merge(needed(seen, scope, wanted));
}

/** Each right by itself. @throws NoRow, UnknownName */
export function needed({ resources, questions }: Seen, scope: Scope, { purposes, refresh }: Wanted): Allowed[] {
  const aws = resources.filter(({ type }) => type.startsWith("aws:") && !NOT_AWS.test(type));
  const missing = [
    ...aws.filter(({ type }) => ROWS[type] === undefined).map(({ type, name }) => `${type} "${name}"`),
    ...questions.filter(({ token }) => token.startsWith("aws:") && QUESTIONS[token] === undefined).map(({ token }) => token),
  ];
  if (missing.length > 0) throw new NoRow([...new Set(missing)]);
  const asked = purposes.includes("preview") || purposes.includes("up") ? questions : [];
  // The sessions of instance-connect are in the row of its endpoint; those of Systems Manager have no resource.
  const bySsm =
    purposes.includes("up") && aws.some(({ inputs }) => (inputs.tags as { SshAccess?: unknown } | undefined)?.SshAccess === "ssm");
  return [
    ...(bySsm ? SSM_SESSIONS.flatMap((grant) => expand(grant, { inputs: {} }, scope)) : []),
    ...(purposes.includes("preview") ? driftGrants(aws).flatMap((grant) => expand(grant, { inputs: {} }, scope)) : []),
    ...asked.flatMap(({ token, args }) => (QUESTIONS[token] ?? []).flatMap((grant) => expand(grant, { inputs: args }, scope))),
    ...aws.flatMap((resource) => {
      const subject = { inputs: resource.inputs, resource };
      return grantsOf(ROWS[resource.type] as Row, resource, { purposes, refresh }).flatMap((grant) => expand(grant, subject, scope));
    }),
  ];
}

/** A resource that stays when the stack goes is never deleted; a preview reads only what is taken over. */
function grantsOf(row: Row, { options }: GraphResource, { purposes, refresh }: Wanted): readonly Grant[] {
  const changes = purposes.includes("up");
  const removes = (changes || purposes.includes("destroy")) && options.retainOnDelete !== true;
  const reads = changes || purposes.includes("destroy") || refresh || options.imports === true;
  return [...(reads ? row.read : []), ...(changes ? [...row.create, ...row.update] : []), ...(removes ? row.delete : [])];
}

/** What is there already, by its id in the inputs, bears no tag of the stack and is named by its ARN. */
const IDS: Readonly<Record<string, string>> = {
  vpc: "vpc-",
  subnet: "subnet-",
  "security-group": "sg-",
  "route-table": "rtb-",
  "internet-gateway": "igw-",
  "elastic-ip": "eipalloc-",
};

/** The account in the ARN is the owner's, who may be another one. */
const SHARED = ["vpc", "subnet"];

function expand(grant: Grant, subject: Subject, scope: Scope): Allowed[] {
  const resources = grant.on.flatMap((pattern) => (pattern === "*" ? ["*"] : fill(`arn:${scope.partition}:${pattern}`, subject, scope)));
  if (resources.length === 0) return [];
  const conditions = { ...limits(grant.limits ?? [], subject, scope) };
  const equal = Object.entries(grant.equal ?? {}).map(
    ([key, values]) => [key, values.flatMap((one) => fill(one, subject, scope))] as const,
  );
  const given = Object.fromEntries(equal.filter(([, values]) => values.length > 0));
  if (Object.keys(given).length > 0) conditions["StringEquals"] = { ...conditions["StringEquals"], ...given };
  Object.assign(conditions, grant.more);
  if (grant.every !== undefined) {
    const every = Object.entries(grant.every).map(([key, values]) => [key, values.flatMap((one) => fill(one, subject, scope))] as const);
    const patterns = every.some(([, values]) => values.some((one) => one.includes("*")));
    conditions[patterns ? "ForAllValues:StringLike" : "ForAllValues:StringEquals"] = Object.fromEntries(every);
    // A request that does not say what it changes would pass: all values of none are as wanted.
    conditions["Null"] = Object.fromEntries(Object.keys(grant.every).map((key) => [key, ["false"]]));
  }
  const isNarrow =
    grant.why !== undefined && ((grant.limits?.includes("vpc") === true && scope.vpc !== undefined) || !/\*/.test(resources.join()));
  const own: Allowed = {
    actions: grant.actions,
    resources,
    conditions,
    ...(grant.why === undefined || isNarrow ? {} : { why: grant.why }),
  };
  return [own, ...(grant.limits?.includes("own") === true ? existing(grant, resources, subject) : [])];
}

function existing(grant: Grant, resources: readonly string[], { inputs }: Subject): Allowed[] {
  const ids = strings(inputs);
  const named = resources.flatMap((arn) => {
    const [, start = "", type = ""] = /^(.*:)([a-z-]+)\/\*$/.exec(arn) ?? [];
    const prefix = IDS[type];
    const place = SHARED.includes(type) ? start.split(":").with(4, "*").join(":") : start;
    return prefix === undefined ? [] : ids.filter((id) => id.startsWith(prefix)).map((id) => `${place}${type}/${id}`);
  });
  return named.length === 0 ? [] : [{ actions: grant.actions, resources: [...new Set(named)], conditions: {} }];
}

function strings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return value === null || typeof value !== "object" ? [] : Object.values(value).flatMap(strings);
}

function limits(all: readonly Limit[], { inputs, resource }: Subject, scope: Scope): Record<string, Record<string, readonly string[]>> {
  const is = (limit: Limit): boolean => all.includes(limit);
  const stack = [scope.stack];
  const equals: Record<string, readonly string[]> = {
    ...(is("new") || is("claims") ? { "aws:RequestTag/Stack": stack } : {}),
    ...(is("own") ? { "aws:ResourceTag/Stack": stack } : {}),
    ...(is("region") ? { "ec2:Region": [scope.region] } : {}),
    ...(is("bounded") ? bounded(inputs, resource, scope) : {}),
  };
  const vpc = `arn:${scope.partition}:ec2:${scope.region}:${scope.account}:vpc/${scope.vpc ?? ""}`;
  return {
    ...(Object.keys(equals).length > 0 ? { StringEquals: equals } : {}),
    ...(is("marks") ? { StringEqualsIfExists: { "aws:RequestTag/Stack": stack } } : {}),
    ...(is("keeps") ? { "ForAllValues:StringNotEquals": { "aws:TagKeys": ["Stack"] } } : {}),
    ...(is("keeps") ? { Null: { "aws:TagKeys": ["false"] } } : {}),
    ...(is("claims") ? { Null: { "aws:ResourceTag/Stack": ["true"] } } : {}),
    ...(is("vpc") && scope.vpc !== undefined ? { ArnEquals: { "ec2:Vpc": [vpc] } } : {}),
  };
}

/** The boundary of the role, or of the role that an inline policy is for. */
function bounded(inputs: Subject["inputs"], resource: GraphResource | undefined, scope: Scope): Record<string, readonly string[]> {
  const role = (resource?.propertyDependencies["role"] ?? []).map((urn) => scope.byUrn.get(urn)?.inputs["permissionsBoundary"] as unknown);
  const found = [inputs["permissionsBoundary"] as unknown, ...role].find((one) => typeof one === "string");
  return typeof found === "string" ? { "iam:PermissionsBoundary": [found] } : {};
}

/** One statement for what has the same conditions and resources, or the same conditions and actions: that says the same. */
function merge(all: readonly Allowed[]): Allowed[] {
  const byResources = joined(all.map(sorted), groupOf);
  const byActions = joined(byResources, ({ actions, conditions, why }) => JSON.stringify([actions, conditions, why]));
  return byActions.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

function joined(all: readonly Allowed[], groupOf: (one: Allowed) => string): Allowed[] {
  const groups = new Map<string, Allowed>();
  for (const one of all) {
    const old = groups.get(groupOf(one));
    groups.set(groupOf(one), old === undefined ? one : join(old, one));
  }
  return [...groups.values()];
}

/**
 * Whatever is asked of resources that bear the stack's tag may be asked of all of them, so actions and resources join. What makes resources joins
 * only with what makes the same: the action on the made and on the used resource have different conditions.
 */
function groupOf({ actions, resources, conditions, why }: Allowed): string {
  const service = actions[0]?.split(":")[0] ?? "";
  const { "ec2:CreateAction": making, ...equals } = conditions["StringEquals"] ?? {};
  const joins = making !== undefined || "aws:ResourceTag/Stack" in equals;
  return JSON.stringify([service, joins ? [] : [...resources].sort(), { ...conditions, StringEquals: equals }, making !== undefined, why]);
}

function join(a: Allowed, b: Allowed): Allowed {
  const [one, other] = [a.conditions["StringEquals"] ?? {}, b.conditions["StringEquals"] ?? {}];
  const values = (key: string): string[] => union(one[key] ?? [], other[key] ?? []);
  const equals = Object.fromEntries(union(Object.keys(one), Object.keys(other)).map((key) => [key, values(key)]));
  const conditions = Object.keys(equals).length > 0 ? { ...a.conditions, StringEquals: equals } : a.conditions;
  return { ...a, actions: union(a.actions, b.actions), resources: union(a.resources, b.resources), conditions };
}

function sorted(one: Allowed): Allowed {
  return { ...one, actions: union(one.actions, []), resources: union(one.resources, []) };
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort();
}

const nameOf = ({ actions, resources }: Allowed): string => `${actions[0] ?? ""} ${resources[0] ?? ""}`;
