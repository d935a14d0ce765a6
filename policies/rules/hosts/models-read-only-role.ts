import { selectRole } from "../../core/select";
import type { Finding, Graph, Policy, Resource, Settings } from "../../core/types";
import { hostRoles, isOfUsers, rightsOf, serviceRoles } from "../../graph/iam-role";
import type { Rights } from "../../graph/iam-role";
import { pathsFrom } from "../../graph/iam-takeover";
import { BUCKET } from "../bucket/model";
import { grantsOfBucket } from "./bucket-grants";
import { MODEL_TYPES, report } from "./hosts";
import { mayWriteAtAll, modelReads, modelWrites } from "./model-writes";

const FIX = "let hosts read models (s3:GetObject on their prefix); uploads are the deployment's, backups go under a prefix of their own";

export const policy: Policy = {
  id: "models-read-only-role",
  severity: "critical",
  control: "MODEL-1",
  tags: ["iam", "models"],
  description:
    "No host's role may change or delete models in the bucket, or the bucket's own guards: not itself, nor as a role that it can become, nor by code of others that it can change. Roles of functions, tasks and builds that may are reported as well, and no user of an application may, or fetch them.",
  why: "Whoever takes over a host could replace the model that every other host loads next; a pickle is code.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  early: MODEL_TYPES,
  bad: '{ Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject"], Resource: `${bucketArn}/*` }',
  good: '{ Effect: "Allow", Action: "s3:GetObject", Resource: `${bucketArn}/models/*` }',
  evaluate: check,
};

/** AWS's own policies that let their holder write to S3. */
const WRITERS =
  /\/(AdministratorAccess|PowerUserAccess|AmazonS3FullAccess|AmazonS3ObjectLambdaExecutionRolePolicy|AmazonEC2RoleforSSM|DataScientist|SystemAdministrator|DatabaseAdministrator|AmazonElasticMapReduce\w*|AmazonSageMakerFullAccess|AWSLambda_FullAccess)$/;

function check(graph: Graph, settings: Settings): Finding[] {
  const buckets = selectRole(graph, settings.roles.modelBuckets, BUCKET);
  if (buckets.length === 0) return [];
  const roles = new Map<Resource, Resource>();
  const strangers: Finding[] = [];
  for (const { host, role, open } of hostRoles(graph)) {
    if (role) roles.set(role, roles.get(role) ?? host);
    else
      strangers.push(
        report(host, "unknown", `what "${host.name}" may do to models is not known: ${open ?? ""}; make its role in the program`),
      );
  }
  const hosts = [...roles].flatMap(([role, host]) => [...ofRole(graph, role, host, buckets), ...ofOthers(graph, role, host, buckets)]);
  return [...strangers, ...hosts, ...ofServices(graph, roles, buckets)];
}

function ofRole(graph: Graph, role: Resource, host: Resource, buckets: readonly Resource[]): Finding[] {
  const rights = rightsOf(graph, role);
  const who = `role "${role.name}" of "${host.name}"`;
  const managed = rights.managed
    .filter(({ arn }) => WRITERS.test(arn))
    .map(({ arn, resource }) => report(resource, "violation", `${who} may write and delete models by ${arn}: ${FIX}`));
  return [...managed, ...written(graph, role, who, buckets), ...byBuckets(graph, role, who, buckets), ...open(role, who, rights)];
}

/** What the policy of the bucket itself lets the role do. */
function byBuckets(graph: Graph, role: Resource, who: string, buckets: readonly Resource[]): Finding[] {
  return buckets.flatMap((bucket) => {
    const found = grantsOfBucket(graph, role, bucket);
    if (!found || !mayWriteAtAll(found.rights)) return [];
    return writes(graph, role, `by the policy of the bucket "${bucket.name}" ${who}`, found.rights, bucket).map((one) =>
      found.certain ? one : { ...one, verdict: "unknown" as const },
    );
  });
}

/** Most roles only read: no bucket has to be looked at for them. */
function written(graph: Graph, role: Resource, who: string, buckets: readonly Resource[]): Finding[] {
  const rights = rightsOf(graph, role);
  return mayWriteAtAll(rights) ? buckets.flatMap((bucket) => writes(graph, role, who, rights, bucket)) : [];
}

/** Roles that the host can become, or whose code it can change or start. */
function ofOthers(graph: Graph, role: Resource, host: Resource, buckets: readonly Resource[]): Finding[] {
  return pathsFrom(graph, role).flatMap((path): Finding[] => {
    if (!path.role) return [];
    const how = `role "${role.name}" of "${host.name}" may ${path.how}`;
    const rights = rightsOf(graph, path.role);
    const managed = rights.managed.find(({ arn }) => WRITERS.test(arn));
    if (managed) return [report(role, path.certain ? "violation" : "unknown", `${how}, which may write models by ${managed.arn}: ${FIX}`)];
    return written(graph, path.role, "that role", buckets).map(({ verdict, message }) =>
      report(role, path.certain ? verdict : "unknown", `${how}; ${message}`),
    );
  });
}

/** Functions, tasks and builds run code of others; one of them may be what uploads models. */
function ofServices(graph: Graph, hosts: ReadonlyMap<Resource, Resource>, buckets: readonly Resource[]): Finding[] {
  return serviceRoles(graph)
    .filter(({ role }) => !hosts.has(role))
    .flatMap(({ role, user }) => {
      const who = `role "${role.name}"${user === role ? "" : ` of "${user.name}"`}`;
      const ways = [{ role, how: "" }, ...pathsFrom(graph, role).map((path) => ({ role: path.role, how: ` may ${path.how}; that role` }))];
      const [first] = ways.flatMap((way) => (way.role ? written(graph, way.role, `${who}${way.how}`, buckets) : []));
      if (!first) return isOfUsers(role) ? read(graph, role, who, buckets) : [];
      const what = first.message.slice(0, first.message.lastIndexOf(`: ${FIX}`));
      if (isOfUsers(role)) return [report(role, first.verdict, `${what}, and the users of an application take it: ${FIX}`)];
      return [
        report(
          role,
          "unknown",
          `${what}. Cannot tell whether that is the deployment, which uploads models: ${FIX}; exempt the one that uploads`,
        ),
      ];
    });
}

/** What guests and users of an application may fetch is published. */
function read(graph: Graph, role: Resource, who: string, buckets: readonly Resource[]): Finding[] {
  return buckets.flatMap((bucket): Finding[] => {
    const answer = modelReads(graph, rightsOf(graph, role), bucket);
    if (answer === "no") return [];
    const what = `${who}, which the users of an application take, ${answer === "yes" ? "may" : "may perhaps"} fetch models of "${bucket.name}"`;
    return [report(role, answer === "yes" ? "violation" : "unknown", `${what}: let the application fetch them, and hand out answers`)];
  });
}

function writes(graph: Graph, role: Resource, who: string, rights: Rights, bucket: Resource): Finding[] {
  const { certain, possible } = modelWrites(graph, role, rights, bucket);
  if (certain.length > 0) return [report(role, "violation", `${who} may ${certain.slice(0, 4).join(", ")}: ${FIX}`)];
  return possible.length > 0
    ? [report(role, "unknown", `${who} may perhaps ${possible.slice(0, 4).join(", ")}; what decides is not known yet: ${FIX}`)]
    : [];
}

function open(role: Resource, who: string, rights: Rights): Finding[] {
  return rights.open.map(({ resource, what }) =>
    report(resource.urn === role.urn ? role : resource, "unknown", `what ${who} may do to models is not known: ${what}`),
  );
}
