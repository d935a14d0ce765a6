import * as aws from "../aws";
import * as pulumi from "@pulumi/pulumi";
import { partition, tags } from "../naming";

export interface ModelBucketArgs {
  /** Physical name. */
  readonly bucketName: string;
  readonly region: string;
  /** Take over a bucket of that name that a destroyed stack left behind. */
  readonly adopt: boolean;
  /** ARN of the KMS key that encrypts it. @default S3's own encryption */
  readonly key?: string;
  /** The engine may not let go of it. */
  readonly protect: boolean;
  /** What this stack uploads; models that are in the bucket already are not among them (uploads.ts). */
  readonly files: readonly ModelFile[];
}

export interface ModelFile {
  /** File name on the host. */
  readonly name: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** Content-addressed key. */
  readonly key: string;
  /** Where the bytes lie on this machine; undefined when they do not, and were published before. */
  readonly localPath?: string;
  readonly contentType: string;
}

/** Days that a version stays after it was deleted or replaced by hand; current versions never expire. */
const NONCURRENT_DAYS = 365;

/**
 * The versioned, private bucket of the models. Everything in it outlives `pulumi destroy`: the bucket, its guards and the models are released
 * from the state and stay as they are (docs/how-to/destroy.md says how to take them over again or delete them).
 */
export class ModelBucket extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;

  constructor(name: string, args: ModelBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ml-gateway:infra:ModelBucket", name, {}, opts);
    const kept = { parent: this, retainOnDelete: true };
    const bucket = new aws.s3.Bucket(
      `${name}-bucket`,
      { bucket: args.bucketName, forceDestroy: false, tags: tags(args.bucketName, "models") },
      { ...kept, import: args.adopt ? args.bucketName : undefined, protect: args.protect },
    );
    const target = { bucket: bucket.bucket };
    const versioning = new aws.s3.BucketVersioning(
      `${name}-versioning`,
      { ...target, versioningConfiguration: { status: "Enabled" } },
      kept,
    );
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      { ...target, rules: [{ applyServerSideEncryptionByDefault: encryption(args.key), bucketKeyEnabled: true }] },
      kept,
    );
    const guard = new aws.s3.BucketPublicAccessBlock(
      `${name}-private`,
      { ...target, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      kept,
    );
    const owner = new aws.s3.BucketOwnershipControls(
      `${name}-owner`,
      { ...target, rule: { objectOwnership: "BucketOwnerEnforced" } },
      kept,
    );
    // S3 refuses parallel changes of one bucket's settings now and then; the policy waits for the others.
    new aws.s3.BucketPolicy(`${name}-tls`, { ...target, policy: tlsOnly(args) }, { ...kept, dependsOn: [guard, owner] });
    new aws.s3.BucketLifecycleConfiguration(`${name}-lifecycle`, { ...target, rules: lifecycle() }, { ...kept, dependsOn: [versioning] });
    for (const file of args.files) {
      new aws.s3.BucketObjectv2(
        // Named by content: a changed model is a new object beside the old one, which stays.
        `${name}-object-${file.sha256.slice(0, 12)}-${file.name}`,
        { ...target, key: file.key, source: new pulumi.asset.FileAsset(file.localPath ?? ""), contentType: file.contentType },
        // The key says which bytes these are: a file that moved, or another type of it, is no reason to upload them again.
        { ...kept, dependsOn: [versioning], ignoreChanges: ["source", "contentType"] },
      );
    }
    this.bucketName = bucket.bucket;
    this.registerOutputs({ bucketName: this.bucketName });
  }
}

function encryption(key: string | undefined): { sseAlgorithm: string; kmsMasterKeyId?: string } {
  return key === undefined ? { sseAlgorithm: "AES256" } : { sseAlgorithm: "aws:kms", kmsMasterKeyId: key };
}

function tlsOnly(args: ModelBucketArgs): string {
  const arn = `arn:${partition(args.region)}:s3:::${args.bucketName}`;
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "DenyPlainHttp",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
}

function lifecycle(): aws.types.input.s3.BucketLifecycleConfigurationRule[] {
  return [
    {
      id: "abandoned-uploads",
      status: "Enabled",
      filter: { prefix: "" },
      abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
    },
    {
      id: "replaced-versions",
      status: "Enabled",
      filter: { prefix: "" },
      noncurrentVersionExpiration: { noncurrentDays: NONCURRENT_DAYS, newerNoncurrentVersions: 3 },
    },
  ];
}
