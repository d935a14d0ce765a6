/** Which changes of models a role's documents allow, decided request by request. */
import type { Graph, Resource } from "../../core/types";
import { asString, propertyOf } from "../../core/values";
import { actionsOf } from "../../graph/iam-actions";
import { readDocument } from "../../graph/iam-document";
import { actionAnswer, decide, matchesPattern } from "../../graph/iam-match";
import type { Answer } from "../../graph/iam-match";
import type { Statement } from "../../graph/iam-document";
import type { Grant, Rights } from "../../graph/iam-role";
import { targetsOf } from "../../graph/join";
import { isDoorOf, throughDoors } from "../bucket/doors";
import { coversModels, objectKeys } from "../bucket/model";

/** Changes of S3 that leave models and their guards as they are: the end of an upload, a copy out of an archive, what is measured. */
const HARMLESS =
  /^s3:(AbortMultipartUpload|RestoreObject|CreateBucket|PutMetricsConfiguration|PutIntelligentTieringConfiguration|PutAnalyticsConfiguration|InitiateReplication|ReplicateObject|ReplicateTags|ObjectOwnerOverrideToBucketOwner|BypassGovernanceRetention|UpdateJob\w+|PutBucketTagging|PutBucketRequestPayment|PutAccelerateConfiguration)$/;

const changing = (kind: string): string[] =>
  (actionsOf("s3") ?? [])
    .filter(({ name, level, resources }) => level !== "read" && level !== "list" && resources.includes(kind) && !HARMLESS.test(name))
    .map(({ name }) => name);

let table: { readonly objects: readonly string[]; readonly bucket: readonly string[] } | undefined;
/** Every action of S3 that changes an object or a bucket, from AWS's own reference. Read when a statement has to be asked. */
const changes = (): { readonly objects: readonly string[]; readonly bucket: readonly string[] } =>
  (table ??= { objects: changing("object"), bucket: changing("bucket") });

/** More keys than this of one bucket are alike. */
const MOST_KEYS = 20;

export interface Writes {
  /** "s3:PutObject on models/x.pkl". */
  readonly certain: readonly string[];
  readonly possible: readonly string[];
}

const NONE: Writes = { certain: [], possible: [] };

export function modelWrites(graph: Graph, role: Resource, rights: Rights, bucket: Resource): Writes {
  const writing = rights.grants
    .flatMap((grant) => grant.document.statements)
    .map((statement) => throughDoors(graph, statement, bucket, nameOf(bucket)))
    .filter(mayWrite);
  if (!writing.some((statement) => mayConcern(statement, nameOf(bucket)))) return NONE;
  const statements = statementsOn(graph, rights, bucket);
  const limit = boundary(graph, role);
  const name = nameOf(bucket);
  const arn = `arn:aws:s3:::${name}`;
  const certain: string[] = [];
  const possible: string[] = [];
  const note = (action: string, resource: string, what: string, sure: boolean): void => {
    const asked = decide(statements, { action, resource });
    const answer = limit ? and(asked, decide(limit, { action, resource })) : asked;
    if (answer === "no") return;
    (answer === "yes" && sure ? certain : possible).push(`${action} on ${what}`);
  };
  for (const { key, models } of keys(graph, bucket, statements, name))
    for (const action of changes().objects) note(action, `${arn}/${key}`, key, models);
  for (const action of changes().bucket) note(action, arn, name, true);
  return { certain, possible };
}

/** May whoever has these rights fetch models? */
export function modelReads(graph: Graph, rights: Rights, bucket: Resource): Answer {
  const name = nameOf(bucket);
  const statements = statementsOn(graph, rights, bucket);
  const answers = keys(graph, bucket, statements, name)
    .filter(({ models }) => models)
    .map(({ key }) => decide(statements, { action: "s3:GetObject", resource: `arn:aws:s3:::${name}/${key}` }));
  return answers.includes("yes") ? "yes" : answers.includes("maybe") ? "maybe" : "no";
}

/** The statements as they apply to this bucket. */
const statementsOn = (graph: Graph, rights: Rights, bucket: Resource): Statement[] =>
  rights.grants.flatMap((grant) =>
    grant.document.statements.map((statement) => throughDoors(graph, narrowed(graph, grant, statement, bucket), bucket, nameOf(bucket))),
  );

/** The physical name, or one as auto-naming would make it. */
function nameOf(bucket: Resource): string {
  return asString(propertyOf(bucket, "bucket")) ?? bucket.id ?? `${bucket.name}-0000000`;
}

export function mayWriteAtAll(rights: Rights): boolean {
  return rights.grants.some((grant) =>
    grant.document.statements.some((one) => mayWrite(one) || one.actions?.known.some((name) => /^s3-object-lambda:/i.test(name)) === true),
  );
}

/** Most statements only read: they are sorted out before requests are tried one by one. */
function mayWrite(statement: Statement): boolean {
  return (
    statement.effect !== "Deny" &&
    mayName(statement) &&
    [...changes().objects, ...changes().bucket].some((action) => actionAnswer(statement, action) !== "no")
  );
}

/** The table is read only for statements about S3. */
function mayName({ actions }: Statement): boolean {
  return !actions || actions.unknowns > 0 || actions.known.some((pattern) => /^s?3?[*?]|^s3:/i.test(pattern));
}

function mayConcern({ resources }: Statement, name: string): boolean {
  if (!resources || resources.unknowns > 0) return true;
  return resources.known.some((pattern) => {
    const [, bucket] = /^arn:[^:]*:s3:[^:]*:[^:]*:([^/]*)/.exec(pattern) ?? [];
    return bucket === undefined ? /[*?]/.test(pattern) : bucket === name || (/[*?$]/.test(bucket) && matchesPattern(bucket, name));
  });
}

/** Unknown ARNs in a text that neither this bucket nor one of its access points flows into are not its. */
function narrowed(graph: Graph, grant: Grant, statement: Statement, bucket: Resource): Statement {
  const { flows } = grant;
  if (flows.length === 0 || flows.some((one) => one === bucket || !one.type.startsWith("aws:") || isDoorOf(graph, one, bucket)))
    return statement;
  return statement.resources ? { ...statement, resources: { ...statement.resources, unknowns: 0 } } : statement;
}

/** Keys of models in the bucket, and one key for each pattern that a statement names in it. */
function keys(graph: Graph, bucket: Resource, statements: readonly Statement[], name: string): { key: string; models: boolean }[] {
  const known = objectKeys(graph, bucket);
  const models = known.filter((key) => coversModels(graph, key, known) === true).slice(0, MOST_KEYS);
  const patterns = statements.flatMap((statement) => statement.resources?.known ?? []).flatMap((pattern) => keyPattern(pattern, name));
  const derived = [...new Set(patterns)].flatMap((pattern) => {
    const covered = coversModels(graph, /^[^*?$]*/.exec(pattern)?.[0] ?? "", known);
    return covered === false ? [] : [{ key: pattern.replace(/\$\{[^}]*\}|[*?]/g, "x"), models: covered === true }];
  });
  return [
    ...(models.length > 0 ? models : ["models/x/model.pkl"]).map((key) => ({ key, models: models.length > 0 || graph.partial !== true })),
    ...derived,
  ];
}

/** The key part of an object ARN pattern in this bucket. */
function keyPattern(pattern: string, name: string): string[] {
  const [, bucket, key] = /^arn:[^:]*:s3:[^:]*:[^:]*:([^/]*)\/(.+)$/.exec(pattern) ?? [];
  return bucket !== undefined && key !== undefined && matchesPattern(bucket, name) ? [key] : [];
}

function boundary(graph: Graph, role: Resource): Statement[] | undefined {
  if (role.inputs.permissionsBoundary === undefined) return undefined;
  const kind = { type: /^aws:iam\/policy:Policy$/, names: ["name"] };
  const [policy] = targetsOf(graph, role, "permissionsBoundary", kind).certain;
  const document = policy ? readDocument(policy.inputs.policy) : undefined;
  return document?.complete === true ? [...document.statements] : undefined;
}

function and(left: Answer, right: Answer): Answer {
  if (left === "no" || right === "no") return "no";
  return left === "yes" && right === "yes" ? "yes" : "maybe";
}
