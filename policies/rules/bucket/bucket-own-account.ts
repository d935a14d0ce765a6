import type { Finding, Graph, Policy, Resource, Value } from "../../core/types";
import { dependenciesOf, ofType } from "../../core/references";
import { asProps, asString } from "../../core/values";
import { callerAccounts, narrowedTo } from "../../graph/iam-condition";
import type { Statement } from "../../graph/iam-document";
import { actionAnswer } from "../../graph/iam-match";
import { ownAccounts, reachOf } from "../../graph/iam-principal";
import { accountMadeIn, hostAccounts } from "../../graph/provider-account";
import { targetsOf } from "../../graph/join";
import { fieldsNamed } from "../../graph/network/network-interface";
import { policyTexts } from "./bucket-policy-text";
import type { PolicyText } from "./bucket-policy-text";
import { outsideRoles } from "./outside-roles";
import { attached, BUCKET_KIND, BUCKET_TYPES, finding, modelBuckets, nameOf } from "./model";

const FIX = "keep the models within the account: name roles of it, and share by copies where that is wanted";
/** What nobody outside may do even where the own account's number is not known. */
const WRITES = ["s3:PutObject", "s3:DeleteObject", "s3:PutObjectAcl", "s3:PutBucketPolicy", "s3:DeleteBucket"];

export const policy: Policy = {
  id: "bucket-own-account",
  severity: "high",
  control: "MODEL-3",
  tags: ["bucket", "public-access"],
  description:
    "No other account gets rights on the models bucket, by its policy or by a role that it may take, and none gets copies of it.",
  why: "Another account's administrators decide who uses its rights, and a writable model is code that runs on the backend.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  early: BUCKET_TYPES,
  bad: 'Principal: { AWS: "arn:aws:iam::999999999999:root" }, Action: "s3:*"',
  good: 'Principal: { AWS: backendRole.arn }, Action: "s3:GetObject"',
  evaluate: (graph, settings) => [
    ...policyTexts(graph, settings).flatMap((text) => text.document.statements.flatMap((statement) => shared(graph, text, statement))),
    ...modelBuckets(graph, settings).flatMap((bucket) => [
      ...madeElsewhere(graph, bucket),
      ...outsideRoles(graph, bucket, FIX),
      ...copies(graph, bucket),
      ...received(graph, bucket),
    ]),
  ],
};

function shared(graph: Graph, text: PolicyText, statement: Statement): Finding[] {
  if (statement.effect === "Deny") return [];
  const named = reachOf(statement).flatMap((reach) => (reach.who === "account" ? [reach.account] : []));
  const everybody = reachOf(statement).some(({ who }) => who === "everybody");
  const callers = [...callerAccounts(statement), ...(everybody ? narrowedTo(statement) : [])];
  const writes = WRITES.some((action) => actionAnswer(statement, action) === "yes");
  return [...new Set([...named, ...callers])].flatMap((account) => {
    const own = isOwn(graph, account);
    if (own === true || (own === undefined && callers.length > 0 && !writes)) return [];
    const what = `${statement.sid === undefined ? "a statement" : `statement "${statement.sid}"`} of the policy on ${nameOf(text.bucket)} gives account ${account} ${writes ? "the right to write" : "access"}`;
    if (own === undefined && !writes)
      return [finding(text, `${what}, and whether that is the own account is not known yet: ${FIX}`, "unknown")];
    return [finding(text, `${what}: ${FIX}`)];
  });
}

/** A bucket whose provider acts in another account than the hosts' is that account's, whatever its policy says. */
function madeElsewhere(graph: Graph, bucket: Resource): Finding[] {
  const account = accountMadeIn(graph, bucket);
  const hosts = hostAccounts(graph);
  if (account === undefined || hosts.has(account)) return [];
  const what = `${nameOf(bucket)} is made in account ${account} by its provider`;
  const about = { resource: bucket, bucket, certain: true };
  return hosts.size > 0
    ? [finding(about, `${what}, and the hosts are in account ${[...hosts].join(", ")}: ${FIX}`)]
    : [finding(about, `${what}, and whether the hosts are in it is not known yet: give both the same provider`, "unknown")];
}

/** Undefined where the own account's number is not known. */
function isOwn(graph: Graph, account: string): boolean | undefined {
  const own = ownAccounts(graph);
  return own.size === 0 ? undefined : own.has(account);
}

/** Whatever carries the bucket's content or lists somewhere: to which account, or else to which bucket. */
function copies(graph: Graph, bucket: Resource): Finding[] {
  const places = DESTINATIONS.flatMap(({ type, key, how }) =>
    attached(graph, bucket, type).certain.map((resource) => ({ resource, key, value: resource.inputs[key], how })),
  );
  const inline = [
    { resource: bucket, key: "replicationConfiguration", value: bucket.inputs.replicationConfiguration, how: "replicates it" },
    { resource: bucket, key: "logging", value: bucket.inputs.logging, how: "sends its access logs" },
  ];
  return [...places, ...inline].flatMap((place) => destination(graph, bucket, place)).concat(notified(graph, bucket));
}

/** What a notification names, by the property that holds it. */
const NOTIFIED = [
  { key: "queues", type: /^aws:sqs\/queue:/ },
  { key: "topics", type: /^aws:sns\/topic:/ },
  { key: "lambdaFunctions", type: /^aws:lambda\/(function|alias):/ },
];
const NOTIFIED_ARN = /^(queue|topic|lambdaFunction)Arn$/;

/** Each change of an object is told, with its key, to the queue, topic or function of an ARN, which names its account. What the program makes is its own. */
function notified(graph: Graph, bucket: Resource): Finding[] {
  // What flows into it is told at the end alone.
  if (graph.partial === true) return [];
  return attached(graph, bucket, /^aws:s3\/bucketNotification:/).certain.flatMap((resource) => {
    const accounts = NOTIFIED.flatMap(({ key, type }) => {
      const arns = new Set(fieldsNamed({ [key]: resource.inputs[key] ?? null }, NOTIFIED_ARN).flatMap((arn) => asString(arn) ?? []));
      const made = dependenciesOf(graph, resource, key, type);
      return arns.size <= made.length ? [] : [...arns].map((arn) => arn.split(":")[4] ?? "");
    });
    return [...new Set(accounts)]
      .filter((account) => /^\d{12}$/.test(account))
      .flatMap((account) => elsewhere(graph, resource, bucket, account, "tells each change of its objects", "to"));
  });
}

/** A bucket of others that is replicated into this one: whoever writes there writes models here. */
function received(graph: Graph, bucket: Resource): Finding[] {
  return ofType(graph, /^aws:s3\/bucketReplicationConfig:/).flatMap((resource) => {
    const into = fieldsNamed({ rules: resource.inputs.rules ?? null }, /^bucket$/).some((item) =>
      targetsOf(graph, resource, "rules", BUCKET_KIND, item).certain.includes(bucket),
    );
    const from = targetsOf(graph, resource, "bucket", BUCKET_KIND);
    if (!into || from.certain.length > 0 || from.possible.length > 0) return [];
    const source = asString(resource.inputs.bucket) ?? "that is not known yet";
    return [
      finding(
        { resource, bucket, certain: true },
        `"${resource.name}" replicates the bucket ${source}, which is not part of this program, into ${nameOf(bucket)}: whoever writes there writes models. Upload models by the deployment alone`,
        "unknown",
      ),
    ];
  });
}

const DESTINATIONS = [
  { type: /^aws:s3\/bucketReplicationConfig:/, key: "rules", how: "replicates it" },
  { type: /^aws:s3\/inventory:/, key: "destination", how: "lists its objects" },
  { type: /^aws:s3\/analyticsConfiguration:/, key: "storageClassAnalysis", how: "lists its objects" },
  { type: /^aws:s3\/bucketLogging(V2)?:/, key: "targetBucket", how: "sends its access logs" },
];

interface Place {
  readonly resource: Resource;
  readonly key: string;
  readonly value: Value | undefined;
  readonly how: string;
}

function destination(graph: Graph, bucket: Resource, { resource, key, value, how }: Place): Finding[] {
  const named = fieldsNamed({ [key]: value ?? null }, /^(account|accountId|bucketAccountId)$/).flatMap((item) => asString(item) ?? []);
  if (named.length > 0) return [...new Set(named)].flatMap((account) => elsewhere(graph, resource, bucket, account, how));
  const buckets = fieldsNamed({ [key]: value ?? null }, /^(bucket|bucketArn|targetBucket)$/).flatMap((item) =>
    asProps(item) || Array.isArray(item) ? fieldsNamed(item, /^bucketArn$/) : [item],
  );
  return buckets.flatMap((item) => {
    const name = asString(item)?.split(":").pop();
    if (name === undefined || name === "" || targetsOf(graph, resource, key, BUCKET_KIND, name).certain.length > 0) return [];
    return [
      finding(
        { resource, bucket, certain: true },
        `"${resource.name}" ${how} (${nameOf(bucket)}) to the bucket "${name}", and whose that is is not known: use a bucket of this program, or name its account`,
        "unknown",
      ),
    ];
  });
}

function elsewhere(graph: Graph, resource: Resource, bucket: Resource, account: string, how: string, where: "in" | "to" = "in"): Finding[] {
  const own = isOwn(graph, account);
  const about = { resource, bucket, certain: true };
  const what = `"${resource.name}" ${how} (${nameOf(bucket)}) ${where} account ${account}`;
  if (own === undefined) return [finding(about, `${what}, and whether that is the own account is not known yet: ${FIX}`, "unknown")];
  return own ? [] : [finding(about, `${what}: ${FIX}`)];
}
