/** Asks AWS about a bucket that is there already, with the provider's own credentials. Nothing is decided here (examine-bucket.ts does). */
import * as aws from "../aws";
import { backupPrefix } from "../hosts/permissions";
import { isKnown, type Asked } from "../network/facts";
import { asked } from "../network/look-up";
import { isGroup, parseJson } from "../config/values";
import type { HostId } from "../release/types";
import type { BucketFacts, CloudBucket } from "./bucket-facts";

export interface WantedBucket {
  readonly bucket: string;
  readonly prefix: string;
  /** Those that make backups. */
  readonly hosts: readonly HostId[];
}

export async function lookUpBucket({ bucket, prefix, hosts }: WantedBucket): Promise<BucketFacts> {
  const [region, own, settings, policy, backups] = await Promise.all([
    asked(async () => (await aws.s3.getBucket({ bucket })).bucketRegion),
    // S3 lists what the account itself owns, and reads what another account shares as if it were one's own.
    asked(async () => (await aws.s3.getBuckets({ prefix: bucket })).buckets.some(({ name }) => name === bucket)),
    settingsOf(bucket),
    asked(async () => (await aws.s3.getBucketPolicy({ bucket })).policy),
    asked(() => hostsWithBackups({ bucket, prefix, hosts })),
  ]);
  return { region: region === "" ? { unknown: "AWS named no region" } : region, own, settings, policy: readable(policy), backups };
}

async function hostsWithBackups({ bucket, prefix, hosts }: WantedBucket): Promise<HostId[]> {
  const found = await Promise.all(
    hosts.map(async (host) => (await aws.s3.getObjects({ bucket, prefix: prefix + backupPrefix(host), maxKeys: 1 })).keys.length > 0),
  );
  return hosts.filter((_, index) => found[index] === true);
}

/** What is read as a policy later is one. */
function readable(policy: Asked<string>): Asked<string> {
  if (policy === "") return "absent";
  if (!isKnown(policy)) return policy;
  const document = parseJson(policy);
  const statements = isGroup(document) ? [document.Statement ?? []].flat() : [undefined];
  return statements.every(isGroup) ? policy : { unknown: "it has the form of no policy" };
}

/** Lists, by the property that holds them. */
const LISTS: Readonly<Record<string, string>> = {
  BucketEncryption: "ServerSideEncryptionConfiguration",
  OwnershipControls: "Rules",
  LifecycleConfiguration: "Rules",
  CorsConfiguration: "CorsRules",
  ReplicationConfiguration: "Rules",
};

function isCloudBucket(value: unknown): value is CloudBucket {
  const isList = (list: unknown): boolean => list === undefined || list === null || (Array.isArray(list) && list.every(isGroup));
  return (
    isGroup(value) &&
    [value.Tags, value.InventoryConfigurations].every(isList) &&
    Object.entries(LISTS).every(([key, inner]) => {
      const group = value[key];
      return group === undefined || group === null || (isGroup(group) && isList(group[inner]));
    })
  );
}

/** The provider has no question for versioning, ownership and the public access block of a bucket: Cloud Control answers for all of them at once. */
async function settingsOf(bucket: string): Promise<Asked<CloudBucket>> {
  const answer = await asked(async () => (await aws.getResource({ typeName: "AWS::S3::Bucket", identifier: bucket })).properties);
  if (!isKnown(answer)) return answer;
  const answered = parseJson(answer);
  const settings = isGroup(answered) ? Object.fromEntries(Object.entries(answered).filter(([, value]) => value !== null)) : undefined;
  return isCloudBucket(settings) ? settings : { unknown: "Cloud Control answered in another form" };
}
