/** What a role may do: every document attached to it, in whichever of the many ways, and what cannot be read. */
import { once } from "../core/graph";
import { dependenciesOf, ofType } from "../core/references";
import type { Graph, Resource, Value } from "../core/types";
import { asArray, asProps, asString, isUnknown, leaves } from "../core/values";
import { readDocument } from "./iam-document";
import type { Document, Statement } from "./iam-document";
import { attachedTo, blocks, targetsOf } from "./join";

export const ROLE = /^aws:iam\/role:Role$/;
export const ROLE_KIND = { type: ROLE, names: ["name"] };
const POLICY_KIND = { type: /^aws:iam\/policy:Policy$/, names: ["name"] };
const PROFILE_KIND = { type: /^aws:iam\/instanceProfile:InstanceProfile$/, names: ["name"] };

export interface Grant {
  /** The resource that attaches it: a finding stands there. */
  readonly resource: Resource;
  readonly document: Document;
  /** Resources whose outputs flow into the text: unknown ARNs in it are theirs. Empty: nobody knows whose. */
  readonly flows: readonly Resource[];
}

export interface Rights {
  readonly grants: readonly Grant[];
  /** AWS-managed policies, by ARN. */
  readonly managed: readonly { readonly arn: string; readonly resource: Resource }[];
  /** What is attached and cannot be read. */
  readonly open: readonly { readonly resource: Resource; readonly what: string }[];
}

export function statementsOf(rights: Rights): Statement[] {
  return rights.grants.flatMap((grant) => grant.document.statements);
}

export function rightsOf(graph: Graph, role: Resource): Rights {
  const inline = blocks(role.inputs.inlinePolicies).map((block) => grant(graph, role, "inlinePolicies", asProps(block)?.policy ?? block));
  const own = attachedTo(graph, role, /^aws:iam\/rolePolicy:RolePolicy$/, "role", ROLE_KIND);
  const attachments = [
    ...attachedTo(graph, role, /^aws:iam\/rolePolicyAttachment:/, "role", ROLE_KIND).certain.map((resource) => ({
      resource,
      key: "policyArn",
    })),
    ...attachedTo(graph, role, /^aws:iam\/policyAttachment:/, "roles", ROLE_KIND).certain.map((resource) => ({
      resource,
      key: "policyArn",
    })),
    ...attachedTo(graph, role, /^aws:iam\/rolePolicyAttachmentsExclusive:/, "roleName", ROLE_KIND).certain.map((resource) => ({
      resource,
      key: "policyArns",
    })),
    { resource: role, key: "managedPolicyArns" },
  ].map(({ resource, key }) => byArn(graph, resource, key));
  const grants = [
    ...inline,
    ...own.certain.map((resource) => grant(graph, resource, "policy")),
    ...attachments.flatMap((found) => found.grants),
  ];
  const unread = grants
    .filter(({ document }) => !document.complete)
    .map(({ resource }) => ({ resource, what: `the document in "${resource.name}" is not known yet` }));
  const doubtful = own.possible.map((resource) => ({ resource, what: `whether "${resource.name}" is attached is not known yet` }));
  return {
    grants,
    managed: attachments.flatMap((found) => found.managed),
    open: [...unread, ...doubtful, ...attachments.flatMap((found) => found.open)],
  };
}

export function grant(graph: Graph, resource: Resource, property: string, value: Value | undefined = resource.inputs[property]): Grant {
  return { resource, document: readDocument(value), flows: dependenciesOf(graph, resource, property) };
}

/** Policies attached by ARN: AWS's own by their well-known ARN, the program's by reference. */
export function byArn(graph: Graph, resource: Resource, key: string): Rights {
  const rights: { grants: Grant[]; managed: Rights["managed"][number][]; open: Rights["open"][number][] } = {
    grants: [],
    managed: [],
    open: [],
  };
  for (const leaf of leaves(resource.inputs[key])) {
    const arn = asString(leaf);
    if (arn !== undefined && /^arn:[^:]*:iam::aws:policy\//.test(arn)) {
      rights.managed.push({ arn, resource });
      continue;
    }
    if (arn === undefined && !isUnknown(leaf)) continue;
    const found = targetsOf(graph, resource, key, POLICY_KIND, leaf);
    const policies = found.certain.length > 0 ? found.certain : found.possible;
    rights.grants.push(...policies.map((policy) => ({ ...grant(graph, policy, "policy"), resource })));
    if (policies.length === 0)
      rights.open.push({
        resource,
        what: arn === undefined ? "the attached policy is not known yet" : `${arn} is not part of this program`,
      });
  }
  return rights;
}

export interface HostRole {
  readonly host: Resource;
  readonly role: Resource | undefined;
  /** Why the role is not known, where it is not. */
  readonly open: string | undefined;
}

const HOSTS = /^aws:ec2\/(instance|spotInstanceRequest|launchTemplate|launchConfiguration|spotFleetRequest):/;

/** The roles that machines of the program run with. */
export function hostRoles(graph: Graph): HostRole[] {
  return [...new Set(graph.resources.filter((resource) => HOSTS.test(resource.type) && !resource.external))].flatMap((host) =>
    profilesOf(host).flatMap(({ property, value }) => rolesOf(graph, host, property, value)),
  );
}

function profilesOf(host: Resource): { property: string; value: Value }[] {
  const own = host.inputs.iamInstanceProfile;
  const block = asProps(asArray(own)?.[0] ?? own);
  const direct = block ? [block.arn ?? block.name] : [own];
  const fleet = blocks(host.inputs.launchSpecifications).map(
    (specification) => asProps(specification)?.iamInstanceProfile ?? asProps(specification)?.iamInstanceProfileArn,
  );
  return [
    ...direct.map((value) => ({ property: "iamInstanceProfile", value })),
    ...fleet.map((value) => ({ property: "launchSpecifications", value })),
  ].filter((place): place is { property: string; value: Value } => place.value !== undefined && place.value !== null && place.value !== "");
}

function rolesOf(graph: Graph, host: Resource, property: string, value: Value): HostRole[] {
  const profiles = targetsOf(graph, host, property, PROFILE_KIND, value);
  const all = profiles.certain.length > 0 ? profiles.certain : profiles.possible;
  if (all.length === 0) {
    const name = asString(value);
    return [
      {
        host,
        role: undefined,
        open: name === undefined ? "its instance profile is not known yet" : `its instance profile "${name}" is not part of this program`,
      },
    ];
  }
  return all.flatMap((profile): HostRole[] => {
    const roles = targetsOf(graph, profile, "role", ROLE_KIND);
    const found = roles.certain.length > 0 ? roles.certain : roles.possible;
    if (found.length > 0) return found.map((role) => ({ host, role, open: undefined }));
    const name = asString(profile.inputs.role);
    return profile.inputs.role === undefined
      ? []
      : [{ host, role: undefined, open: `its role ${name === undefined ? "is not known yet" : `"${name}" is not part of this program`}` }];
  });
}

/** Roles that other resources of AWS run with (functions, tasks, builds, jobs), and those of an application's users. Each role once, with the first that has it. */
export function serviceRoles(graph: Graph): RoleUser[] {
  const found = new Map<Resource, Resource>();
  for (const { role, user } of usersOfRoles(graph)) found.set(role, found.get(role) ?? user);
  return [...found].map(([role, user]) => ({ role, user }));
}

export interface RoleUser {
  readonly role: Resource;
  /** The role itself where only its trust says what takes it. */
  readonly user: Resource;
}

/** Hosts are read apart; buckets, snapshots, backups, recorders and scans for malware have a role that AWS's own code uses, for that alone. */
const NO_CODE = /^aws:((iam|ec2|s3|kms|guardduty|dlm|backup)\/|cfg\/(recorder|configurationAggregator):)/;

/** Every resource that runs with a role, with that role. */
export const usersOfRoles = once((graph: Graph): readonly RoleUser[] => {
  const found: RoleUser[] = [];
  const roles = ofType(graph, ROLE);
  for (const user of roles.length === 0 ? [] : graph.resources) {
    if (!user.type.startsWith("aws:") || user.external === true || NO_CODE.test(user.type)) continue;
    for (const [key, value] of Object.entries(user.inputs))
      for (const place of rolePlaces(key, value))
        for (const role of targetsOf(graph, user, key, ROLE_KIND, place).certain) found.push({ role, user });
  }
  // Whoever gives hosts and code of theirs this role by its name alone is not in the program: the trust says which kind of user it has.
  const used = new Set(found.map(({ role }) => role));
  for (const role of roles) if (!used.has(role) && role.external !== true && runsCode(role)) found.push({ role, user: role });
  return found;
});

const CODE =
  /^(ec2|ssm|lambda|ecs-tasks|codebuild|glue|sagemaker|batch|states|tasks\.apprunner|build\.apprunner|emr-serverless|elasticmapreduce|bedrock|pods\.eks)\.amazonaws\.com/;

/** A role that services take which run somebody's code, or the users of an application, with code of their own. */
const runsCode = (role: Resource): boolean => takenBy(role, "Service", CODE) || isOfUsers(role);

/** Identity providers with which the users of an application sign in; Cognito gives guests a role as well. */
const USERS =
  /(^|:oidc-provider\/)(cognito-identity\.amazonaws\.com|cognito-idp\.[\w-]+\.amazonaws\.com|accounts\.google\.com|graph\.facebook\.com|www\.amazon\.com|appleid\.apple\.com|api\.twitter\.com)/;

export const isOfUsers = (role: Resource): boolean => takenBy(role, "Federated", USERS);

const takenBy = (role: Resource, wanted: string, names: RegExp): boolean =>
  readDocument(role.inputs.assumeRolePolicy).statements.some(
    ({ effect, principals }) =>
      effect === "Allow" &&
      (principals?.entries ?? []).some(({ kind, values }) => kind === wanted && values.known.some((name) => names.test(name))),
  );

/** `role`, `roleArn`, `taskRoleArn`, `serviceRole`, also inside a block. */
function rolePlaces(key: string, value: Value): Value[] {
  if (/role(arn|name|id)?$/i.test(key)) return [value];
  const props = asProps(value);
  if (props) return Object.entries(props).flatMap(([name, inner]) => rolePlaces(name, inner));
  return (asArray(value) ?? []).flatMap((item) => (asProps(item) ? rolePlaces("", item) : []));
}
