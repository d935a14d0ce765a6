/** What stands in the braces of a grant, from the resource that it is for. Pure. */
import { partitionOf } from "../partitions";
import type { GraphResource, Properties } from "../offline/engine";

/** A resource, or a question of the program, with all that its names may come from. */
export interface Subject {
  readonly inputs: Properties;
  /** Undefined for a question. */
  readonly resource?: GraphResource;
}

export interface Scope {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly stack: string;
  /** Of the stack, once there is one. */
  readonly vpc?: string;
  /** Accounts whose newest image the program looks for. */
  readonly imageOwners: readonly string[];
  readonly byUrn: ReadonlyMap<string, GraphResource>;
}

/** Why a name cannot be told. */
export class UnknownName extends Error {}

type Resolve = (subject: Subject, scope: Scope) => readonly string[];

const NAMES: Readonly<Record<string, Resolve>> = {
  region: (_, scope) => [scope.region],
  account: (_, scope) => [scope.account],
  role: (subject, scope) => of(subject, scope, "aws:iam/role:Role", ["role", "iamInstanceProfile"]),
  boundedRole: ({ resource }) =>
    resource !== undefined && text(resource.inputs, "permissionsBoundary") !== undefined ? [physical(resource)] : [],
  // Of the resource itself, where it is elsewhere than the stack.
  own: ({ inputs }, scope) => [text(inputs, "region") ?? scope.region],
  self: ({ resource }) => (resource === undefined ? [] : [physical(resource)]),
  topic: (subject, scope) => of(subject, scope, "aws:sns/topic:Topic", ["topic"]),
  balancer: (subject, scope) => of(subject, scope, "aws:lb/loadBalancer:LoadBalancer", ["loadBalancerArn"]),
  targets: (subject, scope) => of(subject, scope, "aws:lb/targetGroup:TargetGroup", ["targetGroupArn"]),
  scalingGroup: (subject, scope) => of(subject, scope, "aws:autoscaling/group:Group", ["autoscalingGroupName"]),
  parameter: ({ inputs, resource }) => [(text(inputs, "name") ?? unknown(resource, "name")).replace(/^\//, "")],
  recordName: ({ inputs, resource }, { byUrn }) => [
    (text(inputs, "name") ?? proofOf(resource, byUrn) ?? unknown(resource, "name")).toLowerCase(),
  ],
  recordType: ({ inputs, resource }, { byUrn }) => [
    text(inputs, "type") ?? (proofOf(resource, byUrn) === undefined ? unknown(resource, "type") : "CNAME"),
  ],
  // A zone that is there has an id; one that the program makes gets it from Route 53.
  zone: ({ inputs }) => [text(inputs, "zoneId") ?? "*"],
  logGroup: ({ inputs, resource }) => [text(inputs, "name") ?? unknown(resource, "name")],
  dashboard: ({ inputs, resource }) => [text(inputs, "dashboardName") ?? unknown(resource, "dashboardName")],
  profile: (subject, scope) => of(subject, scope, "aws:iam/instanceProfile:InstanceProfile", []),
  bucket: ({ inputs, resource }) => [text(inputs, "bucket") ?? unknown(resource, "bucket")],
  // A bucket that goes with all that is in it.
  emptied: ({ inputs, resource }) => (inputs.forceDestroy === true ? [text(inputs, "bucket") ?? unknown(resource, "bucket")] : []),
  // Of a question to Cloud Control.
  identifier: ({ inputs, resource }) => [text(inputs, "identifier") ?? unknown(resource, "identifier")],
  vpcId: ({ inputs, resource }) => [text(inputs, "id") ?? unknown(resource, "id")],
  suffix: (_, scope) => [partitionOf(scope.region)?.dnsSuffix ?? ""],
  key: ({ inputs }) => keysIn(inputs),
  boundary: ({ inputs }) => (text(inputs, "arn") ?? "").split(":policy/").slice(1),
  objects: ({ inputs, resource }) => [folder(text(inputs, "key") ?? text(inputs, "prefix") ?? unknown(resource, "key"))],
  image: ({ inputs, resource }) => [follows(resource) ? "*" : (text(inputs, "ami") ?? unknown(resource, "ami"))],
  // AWS's own aliases count beside the account, and no condition is needed where the image itself is named.
  imageOwner: ({ resource }, scope) => (follows(resource) ? [...scope.imageOwners, "amazon"] : []),
};

/** Every way to fill the braces in. @throws UnknownName */
export function fill(pattern: string, subject: Subject, scope: Scope): string[] {
  const [whole, name] = /\{(\w+)\}/.exec(pattern) ?? [];
  if (whole === undefined || name === undefined) return [pattern];
  const resolve = NAMES[name];
  if (resolve === undefined) throw new Error(`no name {${name}}`);
  return resolve(subject, scope).flatMap((value) => fill(pattern.replace(whole, value), subject, scope));
}

/** ACM makes the name of the record that proves a certificate's: an underscore, letters and digits, and that name. */
function proofOf(resource: GraphResource | undefined, byUrn: Scope["byUrn"]): string | undefined {
  const from = (resource?.propertyDependencies["name"] ?? []).flatMap((urn) => byUrn.get(urn) ?? []);
  const domain = from.flatMap(({ type, inputs }) =>
    type === "aws:acm/certificate:Certificate" ? (text(inputs, "domainName") ?? []) : [],
  )[0];
  return domain === undefined ? undefined : `_*.${domain}`;
}

/** The newest image is looked for at each run, and a host or a launch template that stands does not follow it. */
function follows(resource: GraphResource | undefined): boolean {
  return ["ami", "imageId"].some((key) => resource?.options.ignoreChanges?.includes(key) ?? false);
}

/** Ids of the keys of KMS in some inputs. An alias says only in AWS which key it is. */
function keysIn(value: unknown): string[] {
  if (typeof value === "string")
    return /^arn:[a-z-]+:kms:.*:key\//.test(value) ? [value.slice(value.lastIndexOf("/") + 1)] : /(^|:)alias\//.test(value) ? ["*"] : [];
  return value === null || typeof value !== "object" ? [] : [...new Set(Object.values(value).flatMap(keysIn))];
}

function text(inputs: Properties, key: string): string | undefined {
  const value: unknown = inputs[key];
  return typeof value === "string" && value !== "" && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value) ? value : undefined;
}

function unknown(resource: GraphResource | undefined, key: string): never {
  throw new UnknownName(
    `${resource?.type ?? "a question"} "${resource?.name ?? ""}": its ${key} is not known before an update, so that no ARN can be made of it`,
  );
}

/** Names of a type, of the resource itself or of those that its inputs come from, at any distance. */
function of({ resource }: Subject, scope: Scope, type: string, inputs: readonly string[]): readonly string[] {
  if (resource === undefined) return [];
  if (resource.type === type) return [physical(resource)];
  const from = inputs.flatMap((key) => resource.propertyDependencies[key] ?? []).flatMap((urn) => scope.byUrn.get(urn) ?? []);
  const found = [...new Set(from.flatMap((next) => of({ inputs: next.inputs, resource: next }, scope, type, inputs)))];
  if (found.length > 0) return found;
  if (text(resource.inputs, "iamInstanceProfile") !== undefined) {
    throw new UnknownName(
      `${resource.type} "${resource.name}": its instance profile is none of this program, so which role it passes on is not known`,
    );
  }
  const role = text(resource.inputs, "role");
  return role === undefined ? [] : [role];
}

/** Path and name; without a name of its own Pulumi appends a dash and seven random digits to the resource's. */
function physical({ name, inputs }: GraphResource): string {
  const folder = (text(inputs, "path") ?? "/").slice(1);
  const prefix = text(inputs, "namePrefix");
  return folder + (text(inputs, "name") ?? (prefix === undefined ? `${name}-*` : `${prefix}*`));
}

/** Keys are made of contents: what the folder of models or backups holds, perhaps below a prefix of the stack's own. */
function folder(key: string): string {
  const place = /^(?:.*?\/)?(?:models|backups)\//.exec(key)?.[0] ?? /^[^/]*\//.exec(key)?.[0];
  return place === undefined ? key : `${place}*`;
}
