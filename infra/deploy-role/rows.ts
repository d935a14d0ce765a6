/**
 * The table: type of an AWS resource -> what the provider asks for to create, read, update and delete it. A type without a row is refused, so that
 * nobody learns in the middle of an update what the role lacks. Pure.
 */
import { lists, onBucket, onKey, onObjects, onProfile, onRole, PASSES_ROLE, type Grant, type Row } from "./grants";
import { ACCESS_ROWS } from "./rows-access";
import { BALANCER_ROWS } from "./rows-balancer";
import { FLEET_ROWS } from "./rows-fleet";
import { EC2_ROWS, NETWORK_QUESTIONS } from "./rows-ec2";
import { WATCH_ROWS } from "./rows-watch";

/** Names of roles carry no stack: Pulumi makes them of the resource's name. The stack's tag tells those of this stack from others. */
const IAM_ROWS: Readonly<Record<string, Row>> = {
  "aws:iam/role:Role": {
    source: "iam/role",
    create: [onRole(["new", "bounded"], "CreateRole"), onRole(["new"], "TagRole")],
    read: [onRole([], "GetRole", "ListRolePolicies", "GetRolePolicy", "ListAttachedRolePolicies")],
    update: [
      // Not for roles without one: whoever may set any boundary may take one away.
      { ...onRole(["own", "bounded"], "PutRolePermissionsBoundary"), on: ["iam::{account}:role/{boundedRole}"] },
      onRole(["own"], "UpdateAssumeRolePolicy", "UpdateRoleDescription", "UpdateRole"),
      onRole(["own", "marks"], "TagRole"),
      onRole(["own", "keeps"], "UntagRole"),
    ],
    delete: [onRole([], "ListInstanceProfilesForRole"), onRole(["own"], "DeleteRole")],
  },
  "aws:iam/rolePolicy:RolePolicy": {
    source: "iam/role_policy",
    create: [onRole(["own", "bounded"], "PutRolePolicy")],
    read: [onRole([], "GetRolePolicy")],
    update: [onRole(["own", "bounded"], "PutRolePolicy")],
    delete: [onRole(["own"], "DeleteRolePolicy")],
  },
  "aws:iam/instanceProfile:InstanceProfile": {
    source: "iam/instance_profile",
    create: [
      onProfile(["new"], "CreateInstanceProfile", "TagInstanceProfile"),
      onProfile(["own"], "AddRoleToInstanceProfile"),
      PASSES_ROLE,
    ],
    read: [onProfile([], "GetInstanceProfile"), onRole([], "GetRole")],
    update: [
      onProfile(["own"], "AddRoleToInstanceProfile", "RemoveRoleFromInstanceProfile"),
      PASSES_ROLE,
      onProfile(["own", "marks"], "TagInstanceProfile"),
      onProfile(["own", "keeps"], "UntagInstanceProfile"),
    ],
    delete: [onProfile(["own"], "RemoveRoleFromInstanceProfile", "DeleteInstanceProfile")],
  },
};

/** One part of a bucket's settings. */
function setting(source: string, put: string, get: string, remove = put): Row {
  return { source: `s3/${source}`, create: [onBucket(put)], read: [onBucket(get)], update: [onBucket(put)], delete: [onBucket(remove)] };
}

/** Uploads are encrypted in the name of who uploads. */
function encryption(): Row {
  const row = setting("bucket_server_side_encryption_configuration", "PutEncryptionConfiguration", "GetEncryptionConfiguration");
  return { ...row, create: [...row.create, onKey("s3", "GenerateDataKey", "Decrypt")], read: [...row.read, onKey("s3", "Decrypt")] };
}

const S3_ROWS: Readonly<Record<string, Row>> = {
  "aws:s3/bucket:Bucket": {
    source: "s3/bucket",
    create: [onBucket("CreateBucket", "TagResource", "PutBucketTagging")],
    // It reads all that has a resource of its own as well; HeadBucket needs ListBucket.
    read: [
      onBucket(
        ...[
          "ListBucket",
          "ListTagsForResource",
          "GetBucketTagging",
          "GetBucketPolicy",
          "GetBucketAcl",
          "GetBucketCORS",
          "GetBucketWebsite",
        ],
        ...[
          "GetBucketVersioning",
          "GetAccelerateConfiguration",
          "GetBucketRequestPayment",
          "GetBucketLogging",
          "GetLifecycleConfiguration",
        ],
        ...["GetReplicationConfiguration", "GetEncryptionConfiguration", "GetBucketObjectLockConfiguration", "GetBucketLocation"],
      ),
    ],
    update: [onBucket("TagResource", "UntagResource", "PutBucketTagging")],
    delete: [
      onBucket("DeleteBucket"),
      { actions: ["s3:ListBucketVersions"], on: ["s3:::{emptied}"] },
      {
        ...{ actions: ["s3:DeleteObject", "s3:DeleteObjectVersion"], on: ["s3:::{emptied}/*"] },
        why: "a bucket that goes with all that is in it: what others write there has keys that nobody knows before",
      },
    ],
  },
  "aws:s3/bucketVersioning:BucketVersioning": setting("bucket_versioning", "PutBucketVersioning", "GetBucketVersioning"),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": encryption(),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": setting(
    "bucket_public_access_block",
    "PutBucketPublicAccessBlock",
    "GetBucketPublicAccessBlock",
  ),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": setting(
    "bucket_ownership_controls",
    "PutBucketOwnershipControls",
    "GetBucketOwnershipControls",
  ),
  "aws:s3/bucketPolicy:BucketPolicy": setting("bucket_policy", "PutBucketPolicy", "GetBucketPolicy", "DeleteBucketPolicy"),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": setting(
    "bucket_lifecycle_configuration",
    "PutLifecycleConfiguration",
    "GetLifecycleConfiguration",
  ),
  "aws:s3/bucketObjectv2:BucketObjectv2": {
    source: "s3/object",
    create: [onObjects("PutObject", "PutObjectTagging", "AbortMultipartUpload")],
    read: [onObjects("GetObject", "GetObjectTagging"), onBucket("ListBucket")],
    update: [onObjects("PutObject", "PutObjectTagging", "DeleteObjectTagging")],
    delete: [onObjects("DeleteObject", "DeleteObjectVersion"), onBucket("ListBucketVersions")],
  },
};

export const ROWS: Readonly<Record<string, Row>> = {
  ...EC2_ROWS,
  ...IAM_ROWS,
  ...S3_ROWS,
  ...WATCH_ROWS,
  ...ACCESS_ROWS,
  ...BALANCER_ROWS,
  ...FLEET_ROWS,
};

/**
 * About a bucket that is there already. Sources: internal/service/s3/bucket_data_source.go, buckets_data_source.go, bucket_policy_data_source.go; Cloud Control asks S3 in the
 * caller's name for what the read handler of AWS::S3::Bucket names in its schema (github.com/pulumi/pulumi-aws-native aws-cloudformation-schema/aws-s3-bucket.json
 * at 01e4de1ab22ad1b59a63103c5f6cc80952869912).
 */
const BUCKET_QUESTIONS: Readonly<Record<string, readonly Grant[]>> = {
  "aws:s3/getBucket:getBucket": [onBucket("ListBucket", "GetBucketLocation", "GetBucketWebsite")],
  "aws:s3/getBuckets:getBuckets": [
    { actions: ["s3:ListAllMyBuckets"], on: ["*"], why: "AWS has no resource for it: it lists the buckets of the account" },
  ],
  "aws:s3/getBucketPolicy:getBucketPolicy": [onBucket("GetBucketPolicy")],
  "aws:cloudcontrol/getResource:getResource": [
    { actions: ["cloudformation:GetResource"], on: ["*"], why: "AWS has no resource for it; what it reads are the rights on the bucket" },
    {
      actions: [
        ...["AccelerateConfiguration", "AnalyticsConfiguration", "BucketCORS", "BucketLogging", "BucketMetadataTableConfiguration"],
        ...["BucketNotification", "BucketObjectLockConfiguration", "BucketOwnershipControls", "BucketPublicAccessBlock", "BucketTagging"],
        ...["BucketVersioning", "BucketWebsite", "EncryptionConfiguration", "IntelligentTieringConfiguration", "InventoryConfiguration"],
        ...["LifecycleConfiguration", "MetricsConfiguration", "ReplicationConfiguration"],
      ]
        .map((name) => `s3:Get${name}`)
        .concat("s3:ListBucket"),
      on: ["s3:::{identifier}"],
    },
  ],
};

/** What the program asks before anything is registered: also needed by a preview. The provider's own first question, who it is, needs no permission. */
export const QUESTIONS: Readonly<Record<string, readonly Grant[]>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": [],
  "aws:index/getAvailabilityZones:getAvailabilityZones": [lists("AvailabilityZones")],
  "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": [lists("InstanceTypeOfferings")],
  "aws:ec2/getAmi:getAmi": [lists("Images")],
  ...NETWORK_QUESTIONS,
  "aws:kms/getKey:getKey": [{ ...onKey(undefined, "DescribeKey"), why: "an alias does not say which key it leads to; name the key's ARN" }],
  "aws:iam/getPolicy:getPolicy": [{ actions: ["iam:GetPolicy", "iam:GetPolicyVersion"], on: ["iam::{account}:policy/{boundary}"] }],
  // An object that is found is looked at.
  "aws:s3/getObjects:getObjects": [onBucket("ListBucket"), onObjects("GetObject", "GetObjectTagging")],
  ...BUCKET_QUESTIONS,
};

/** Of the engine itself. */
export const NOT_AWS = /^pulumi:/;
