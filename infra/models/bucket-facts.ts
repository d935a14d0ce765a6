/** What AWS answered about a model bucket that is there already, as plain values. Pure. */
import type { Asked } from "../network/facts";
import type { HostId } from "../release/types";

/** Properties of `AWS::S3::Bucket`, as Cloud Control answers with them; what a bucket does not have is left out. */
export interface CloudBucket {
  readonly VersioningConfiguration?: { readonly Status?: string };
  readonly PublicAccessBlockConfiguration?: Readonly<Partial<Record<Guard, boolean>>>;
  readonly BucketEncryption?: { readonly ServerSideEncryptionConfiguration?: readonly EncryptionRule[] };
  readonly OwnershipControls?: { readonly Rules?: readonly { readonly ObjectOwnership?: string }[] };
  readonly LifecycleConfiguration?: { readonly Rules?: readonly LifecycleRule[] };
  readonly CorsConfiguration?: {
    readonly CorsRules?: readonly { readonly AllowedMethods?: string[]; readonly AllowedOrigins?: string[] }[];
  };
  readonly WebsiteConfiguration?: object;
  readonly ReplicationConfiguration?: { readonly Rules?: readonly { readonly Destination?: Destination }[] };
  readonly LoggingConfiguration?: { readonly DestinationBucketName?: string };
  readonly InventoryConfigurations?: readonly { readonly Id?: string; readonly Destination?: Destination }[];
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
}

export const GUARDS = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"] as const;
export type Guard = (typeof GUARDS)[number];

interface EncryptionRule {
  readonly BucketKeyEnabled?: boolean;
  readonly ServerSideEncryptionByDefault?: { readonly SSEAlgorithm?: string; readonly KMSMasterKeyID?: string };
}

export interface LifecycleRule {
  readonly Id?: string;
  readonly Status?: string;
  readonly Prefix?: string;
  readonly TagFilters?: readonly { readonly Key: string; readonly Value: string }[];
  readonly ExpirationInDays?: number;
  readonly ExpirationDate?: string;
  readonly NoncurrentVersionExpiration?: { readonly NoncurrentDays?: number; readonly NewerNoncurrentVersions?: number };
  readonly Transitions?: readonly { readonly StorageClass?: string }[];
}

/** Of replication (`Bucket`, `Account`) and of inventories (`BucketArn`, `BucketAccountId`). */
interface Destination {
  readonly Bucket?: string;
  readonly Account?: string;
  readonly BucketArn?: string;
  readonly BucketAccountId?: string;
}

export interface BucketFacts {
  /** Region in which it is. */
  readonly region: Asked<string>;
  /** Whether it is among the account's own. */
  readonly own: Asked<boolean>;
  readonly settings: Asked<CloudBucket>;
  /** JSON of its policy; absent where it has none. */
  readonly policy: Asked<string>;
  /** Hosts of this stack below whose names backups lie already. */
  readonly backups: Asked<readonly HostId[]>;
}
