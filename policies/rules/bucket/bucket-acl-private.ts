import type { Finding, Policy, Props, Resource, Value } from "../../core/types";
import { asProps, asString, isAbsent, isUnknown } from "../../core/values";
import { blocks } from "../../graph/join";
import { attached, attachment, BUCKET_TYPES, finding, modelBuckets, nameOf, OBJECT, only } from "./model";

const FIX = 'leave ACLs out (ownership "BucketOwnerEnforced" switches them off) and grant by policy';
const PRIVATE = /^(private|bucket-owner-read|bucket-owner-full-control|log-delivery-write|)$/;
const EVERYBODY = /\/groups\/global\/(AllUsers|AuthenticatedUsers)$/;

export const policy: Policy = {
  id: "bucket-acl-private",
  severity: "critical",
  control: "MODEL-3",
  tags: ["bucket", "public-access"],
  description: "No ACL of the models bucket or of an object in it lets others in.",
  why: "An ACL is a second way to publish, past every bucket policy.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  early: BUCKET_TYPES,
  bad: 'new aws.s3.BucketAcl("models", { bucket: bucket.id, acl: "public-read" });',
  good: 'new aws.s3.BucketOwnershipControls("models", { bucket: bucket.id, rule: { objectOwnership: "BucketOwnerEnforced" } });',
  evaluate: (graph, settings) =>
    modelBuckets(graph, settings).flatMap((bucket) => {
      const types = [attachment("bucketAcl"), OBJECT];
      const found = types.map((type) => attached(graph, bucket, type));
      return [
        ...check(bucket, bucket, true),
        ...found.flatMap(({ certain }) => certain).flatMap((resource) => check(bucket, resource, true)),
        ...found.flatMap(({ possible }) => possible).flatMap((resource) => check(bucket, resource, false)),
      ];
    }),
};

function check(bucket: Resource, resource: Resource, certain: boolean): Finding[] {
  const about = { resource, bucket, certain };
  const where = resource === bucket ? nameOf(bucket) : `"${resource.name}" in ${nameOf(bucket)}`;
  const acl = resource.inputs.acl;
  const canned = asString(acl);
  const found: Finding[] = [];
  if (isUnknown(acl)) found.push(finding(about, `the acl of ${where} is not known yet: ${FIX}`, "unknown"));
  if (canned !== undefined && !PRIVATE.test(canned)) found.push(finding(about, `the acl of ${where} is "${canned}": ${FIX}`));
  const control = asProps(only(resource.inputs.accessControlPolicy));
  const grants = [...blocks(resource.inputs.grants), ...blocks(control?.grants), ...headers(resource.inputs)];
  return [...found, ...grants.flatMap((grant) => checkGrant(about, where, grant))];
}

function checkGrant(about: { resource: Resource; bucket: Resource; certain: boolean }, where: string, grant: Value): Finding[] {
  const props = asProps(grant);
  const grantee = asProps(only(props?.grantee)) ?? props;
  if (!grantee || isUnknown(grantee.uri)) return [finding(about, `a grant on ${where} is not known yet: ${FIX}`, "unknown")];
  const uri = asString(grantee.uri);
  if (uri !== undefined && EVERYBODY.test(uri)) return [finding(about, `a grant on ${where} is for ${uri}: ${FIX}`)];
  const email = asString(grantee.emailAddress ?? grantee.email);
  return email === undefined || email === ""
    ? []
    : [finding(about, `a grant on ${where} is for an account named by its e-mail address: ${FIX}`)];
}

/** `grantRead: "uri=…"` of older forms. */
function headers(inputs: Props): Value[] {
  return Object.entries(inputs).flatMap(([key, value]) => {
    const text = asString(value);
    return /^grant(Read|Write|FullControl|ReadAcp|WriteAcp)$/.test(key) && text !== undefined && !isAbsent(value)
      ? [{ uri: /uri="?([^",]+)/.exec(text)?.[1] ?? "" }]
      : [];
  });
}
