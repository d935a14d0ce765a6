import type { Finding, Graph, Policy, Resource } from "../../core/types";
import { asProps, asString } from "../../core/values";
import { callerAccounts } from "../../graph/iam-condition";
import type { Statement } from "../../graph/iam-document";
import { actionAnswer } from "../../graph/iam-match";
import { ownAccounts, reachOf } from "../../graph/iam-principal";
import { blocks } from "../../graph/join";
import { policyTexts } from "./bucket-policy-text";
import type { PolicyText } from "./bucket-policy-text";
import { attached, BUCKET_TYPES, finding, modelBuckets, nameOf, only } from "./model";

const FIX = "keep the models within the account: name roles of it, and share by copies where that is wanted";
/** What nobody outside may do even where the own account's number is not known. */
const WRITES = ["s3:PutObject", "s3:DeleteObject", "s3:PutObjectAcl", "s3:PutBucketPolicy", "s3:DeleteBucket"];

export const policy: Policy = {
  id: "bucket-own-account",
  severity: "high",
  control: "MODEL-3",
  tags: ["bucket", "public-access"],
  description: "No other account gets rights on the models bucket, and none gets copies of it.",
  why: "Another account's administrators decide who uses its rights, and a writable model is code that runs on the backend.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  early: BUCKET_TYPES,
  bad: 'Principal: { AWS: "arn:aws:iam::999999999999:root" }, Action: "s3:*"',
  good: 'Principal: { AWS: backendRole.arn }, Action: "s3:GetObject"',
  evaluate: (graph, settings) => [
    ...policyTexts(graph, settings).flatMap((text) => text.document.statements.flatMap((statement) => shared(graph, text, statement))),
    ...modelBuckets(graph, settings).flatMap((bucket) => [...copies(graph, bucket), ...inventories(graph, bucket)]),
  ],
};

function shared(graph: Graph, text: PolicyText, statement: Statement): Finding[] {
  if (statement.effect === "Deny") return [];
  const named = reachOf(statement).flatMap((reach) => (reach.who === "account" ? [reach.account] : []));
  const callers = callerAccounts(statement);
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

/** Undefined where the own account's number is not known. */
function isOwn(graph: Graph, account: string): boolean | undefined {
  const own = ownAccounts(graph);
  return own.size === 0 ? undefined : own.has(account);
}

function copies(graph: Graph, bucket: Resource): Finding[] {
  const found = attached(graph, bucket, /^aws:s3\/bucketReplicationConfig:/);
  const inline = asProps(only(bucket.inputs.replicationConfiguration));
  const sets = [
    ...found.certain.map((resource) => ({ resource, rules: resource.inputs.rules })),
    ...(inline ? [{ resource: bucket, rules: inline.rules }] : []),
  ];
  return sets.flatMap(({ resource, rules }) =>
    blocks(rules).flatMap((rule) => {
      if (asString(asProps(rule)?.status) === "Disabled") return [];
      const target = asProps(only(asProps(rule)?.destination));
      const account = asString(target?.account ?? target?.accountId);
      return account === undefined ? [] : elsewhere(graph, resource, bucket, account, "replicates it");
    }),
  );
}

function inventories(graph: Graph, bucket: Resource): Finding[] {
  return attached(graph, bucket, /^aws:s3\/(inventory|analyticsConfiguration):/).certain.flatMap((resource) => {
    const destination = asProps(only(asProps(only(resource.inputs.destination))?.bucket)) ?? {};
    const account = asString(destination.accountId);
    return account === undefined ? [] : elsewhere(graph, resource, bucket, account, "lists its objects");
  });
}

function elsewhere(graph: Graph, resource: Resource, bucket: Resource, account: string, how: string): Finding[] {
  const own = isOwn(graph, account);
  const about = { resource, bucket, certain: true };
  const what = `"${resource.name}" ${how} (${nameOf(bucket)}) in account ${account}`;
  if (own === undefined) return [finding(about, `${what}, and whether that is the own account is not known yet: ${FIX}`, "unknown")];
  return own ? [] : [finding(about, `${what}: ${FIX}`)];
}
