/** Asks AWS about a bucket that is there already, with the provider's own credentials. Nothing is decided here (examine-bucket.ts does). */
import * as aws from "../aws";
import { BACKUP_PREFIX } from "../hosts/permissions";
import type { Asked } from "../network/facts";
import { asked } from "../network/look-up";
import type { BucketFacts, CloudBucket } from "./bucket-facts";

export interface WantedBucket {
  readonly bucket: string;
  readonly prefix: string;
}

export async function lookUpBucket({ bucket, prefix }: WantedBucket): Promise<BucketFacts> {
  const [region, own, settings, policy, backups] = await Promise.all([
    asked(async () => (await aws.s3.getBucket({ bucket })).bucketRegion),
    // S3 lists what the account itself owns, and reads what another account shares as if it were one's own.
    asked(async () => (await aws.s3.getBuckets({ prefix: bucket })).buckets.some(({ name }) => name === bucket)),
    settingsOf(bucket),
    asked(async () => (await aws.s3.getBucketPolicy({ bucket })).policy),
    asked(async () => (await aws.s3.getObjects({ bucket, prefix: prefix + BACKUP_PREFIX, maxKeys: 1 })).keys.length > 0),
  ]);
  return { region, own, settings, policy: policy === "" ? "absent" : policy, backups };
}

/** The provider has no question for versioning, ownership and the public access block of a bucket: Cloud Control answers for all of them at once. */
async function settingsOf(bucket: string): Promise<Asked<CloudBucket>> {
  const answer = await asked(async () => (await aws.getResource({ typeName: "AWS::S3::Bucket", identifier: bucket })).properties);
  if (typeof answer !== "string" || answer === "absent") return answer;
  try {
    return JSON.parse(answer) as CloudBucket;
  } catch {
    return { unknown: "Cloud Control answered with no JSON" };
  }
}
