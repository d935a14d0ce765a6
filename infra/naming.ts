/**
 * Names that are not left to Pulumi's auto-naming. Pure.
 */
import { RunError } from "@pulumi/pulumi";
import { partitionOf } from "./partitions";

/** Tags shared by everything lie in `aws:defaultTags`, and `Stack` is added by stack-tag.ts; these tell a reader, and the policy pack, what a resource is for. */
export type RoleTag = "gateway" | "backend" | "public" | "private" | "models";

export function tags(name: string, role?: RoleTag): Record<string, string> {
  return role === undefined ? { Name: name } : { Name: name, Role: role };
}

/**
 * The model bucket's physical name. It is the one name that we choose ourselves: every policy text that names the bucket is then known at
 * preview, so that it can be evaluated before anything exists.
 *
 * @throws RunError when the name would be longer than the 63 characters that S3 allows.
 */
export function modelBucketName(project: string, stack: string, accountId: string, region: string): string {
  const made = `${project}:models.bucket: not set, and the name that is made from project, stack, account and region`;
  return bucketName([project, stack, "models", accountId, region], made, "Set the key");
}

/**
 * Of the bucket for a load balancer's logs, which its policy names as well.
 *
 * @throws RunError when the name would be longer than the 63 characters that S3 allows.
 */
export function logBucketName(project: string, stack: string, accountId: string, region: string): string {
  const made = `${project}:gateway.accessLogs: is given, and the name that is made for its bucket from project, stack, account and region`;
  return bucketName([project, stack, "logs", accountId, region], made, "Remove the key");
}

/** @param made begins the sentence about a name that is too long, @param instead what to do about it */
function bucketName(parts: readonly string[], made: string, instead: string): string {
  const name = parts
    .join("-")
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-");
  if (name.length <= MOST_OF_A_NAME) return name;
  throw new RunError(
    `${made}, "${name}", has ${name.length} characters; S3 allows ${MOST_OF_A_NAME}. ${instead}, or choose a shorter stack name`,
  );
}

const MOST_OF_A_NAME = 63;

/** Of the region, as ARNs name it: `aws`, `aws-cn`, `aws-us-gov`, ... */
export function partition(region: string): string {
  const found = partitionOf(region);
  if (found === undefined) {
    throw new RunError(`aws:region: found "${region}", which has the form of no region`);
  }
  return found.id;
}
