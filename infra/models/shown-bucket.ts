/** A bucket that is there already as resources of the provider, for the policy pack (policies/core/looked-up.ts). Pure. */
import type { BucketSetting } from "../config/existing-schema";
import type { LookedUp } from "../network/existing";
import { isKnown } from "../network/facts";
import { encryptionOf } from "./examine-bucket";
import type { BucketFacts, CloudBucket, LifecycleRule } from "./bucket-facts";

type Properties = Readonly<Record<string, unknown>>;

export interface ShownArgs {
  readonly bucket: string;
  readonly region: string;
  /** What the program makes is judged by its resources. */
  readonly manage: readonly BucketSetting[];
  /** Keys of models that are in it already. */
  readonly keys: readonly string[];
  readonly facts: BucketFacts;
}

/** The tag Role is what the program uses the bucket as; the others are its own. */
export function shownBucket({ bucket, region, manage, keys, facts: { settings, policy } }: ShownArgs): LookedUp[] {
  const part = (type: string, properties: Properties, id = bucket): LookedUp => ({ type, id, properties: { bucket, ...properties } });
  const known = isKnown(settings) ? settings : {};
  const tags = { ...Object.fromEntries((known.Tags ?? []).map(({ Key, Value }) => [Key, Value])), Role: "models" };
  const own = (setting: BucketSetting, type: string, properties: Properties | undefined): LookedUp[] =>
    manage.includes(setting) || properties === undefined ? [] : [part(type, properties)];
  return [
    part("aws:s3/bucket:Bucket", { bucketRegion: region, tags }),
    ...own("versioning", "aws:s3/bucketVersioning:BucketVersioning", versioning(known)),
    ...own("encryption", "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", encryption(known)),
    ...own("publicAccessBlock", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", guards(known)),
    ...own("ownership", "aws:s3/bucketOwnershipControls:BucketOwnershipControls", ownership(known)),
    ...own("tlsPolicy", "aws:s3/bucketPolicy:BucketPolicy", isKnown(policy) ? { policy } : undefined),
    ...others(known).map(({ type, properties, id }) => part(type, properties, id)),
    ...keys.map((key) => part("aws:s3/bucketObjectv2:BucketObjectv2", { key }, `${bucket}/${key}`)),
  ];
}

function versioning({ VersioningConfiguration: given }: CloudBucket): Properties | undefined {
  return given?.Status === undefined ? undefined : { versioningConfiguration: { status: given.Status } };
}

function encryption(settings: CloudBucket): Properties | undefined {
  const { SSEAlgorithm: sseAlgorithm, KMSMasterKeyID: kmsMasterKeyId } = encryptionOf(settings);
  if (sseAlgorithm === undefined) return undefined;
  return { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm, ...(kmsMasterKeyId === undefined ? {} : { kmsMasterKeyId }) } }] };
}

function guards({ PublicAccessBlockConfiguration: given }: CloudBucket): Properties | undefined {
  if (given === undefined) return undefined;
  const { BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets } = given;
  return {
    blockPublicAcls: BlockPublicAcls ?? false,
    blockPublicPolicy: BlockPublicPolicy ?? false,
    ignorePublicAcls: IgnorePublicAcls ?? false,
    restrictPublicBuckets: RestrictPublicBuckets ?? false,
  };
}

function ownership({ OwnershipControls: given }: CloudBucket): Properties | undefined {
  const objectOwnership = given?.Rules?.[0]?.ObjectOwnership;
  return objectOwnership === undefined ? undefined : { rule: { objectOwnership } };
}

interface Other {
  readonly type: string;
  readonly properties: Properties;
  readonly id?: string;
}

/** What the program never makes on a bucket of others, and the pack has an eye on. */
function others(settings: CloudBucket): Other[] {
  const { LifecycleConfiguration: lifecycle, CorsConfiguration: cors, WebsiteConfiguration: website } = settings;
  const { ReplicationConfiguration: replication, LoggingConfiguration: logging, InventoryConfigurations: inventories = [] } = settings;
  const corsRules = (cors?.CorsRules ?? []).map(({ AllowedMethods, AllowedOrigins }) => ({
    allowedMethods: AllowedMethods ?? [],
    allowedOrigins: AllowedOrigins ?? [],
  }));
  const copies = (replication?.Rules ?? []).map(({ Destination: to }) => ({
    destination: given({ bucket: to?.Bucket, account: to?.Account }),
  }));
  const one = (type: string, properties: Properties, isThere: boolean): Other[] => (isThere ? [{ type, properties }] : []);
  const rules = (lifecycle?.Rules ?? []).map(lifecycleRule);
  return [
    ...one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", { rules }, rules.length > 0),
    ...one("aws:s3/bucketCorsConfiguration:BucketCorsConfiguration", { corsRules }, corsRules.length > 0),
    ...one("aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration", {}, website !== undefined),
    ...one("aws:s3/bucketReplicationConfig:BucketReplicationConfig", { rules: copies }, copies.length > 0),
    ...one(
      "aws:s3/bucketLogging:BucketLogging",
      { targetBucket: logging?.DestinationBucketName },
      logging?.DestinationBucketName !== undefined,
    ),
    ...inventories.map(({ Id: name = "", Destination: to }) => ({
      type: "aws:s3/inventory:Inventory",
      id: `inventory ${name}`,
      properties: { name, destination: { bucket: given({ bucketArn: to?.BucketArn, accountId: to?.BucketAccountId }) } },
    })),
  ];
}

function lifecycleRule(rule: LifecycleRule): Properties {
  const { NoncurrentVersionExpiration: old, TagFilters: tags = [], Prefix: prefix = "" } = rule;
  const pairs = Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
  return {
    id: rule.Id ?? "",
    status: rule.Status ?? "",
    filter: tags.length === 0 ? { prefix } : { and: { prefix, tags: pairs } },
    ...(rule.ExpirationInDays === undefined && rule.ExpirationDate === undefined
      ? {}
      : { expiration: given({ days: rule.ExpirationInDays, date: rule.ExpirationDate }) }),
    ...(old === undefined
      ? {}
      : {
          noncurrentVersionExpiration: given({ noncurrentDays: old.NoncurrentDays, newerNoncurrentVersions: old.NewerNoncurrentVersions }),
        }),
  };
}

function given(properties: Readonly<Record<string, unknown>>): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
}
