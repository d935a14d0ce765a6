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
  const name = `${project}-${stack}-models-${accountId}-${region}`.toLowerCase().replace(/[^a-z0-9-]+/g, "-");
  if (name.length > 63) {
    throw new RunError(
      `${project}:models.bucket: not set, and the name that is made from project, stack, account and region, "${name}", has ${name.length} characters; S3 allows 63. Set the key, or choose a shorter stack name`,
    );
  }
  return name;
}

/** Of the region, as ARNs name it: `aws`, `aws-cn`, `aws-us-gov`, ... */
export function partition(region: string): string {
  const found = partitionOf(region);
  if (found === undefined) {
    throw new RunError(`aws:region: found "${region}", which has the form of no region`);
  }
  return found.id;
}
