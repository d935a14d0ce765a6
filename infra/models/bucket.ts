import * as aws from "../aws";
import * as pulumi from "@pulumi/pulumi";
import { BUCKET_SETTINGS } from "../config/existing-schema";
import { partition, tags } from "../naming";
import { bucketSettings, tlsOnly } from "./settings";

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
    const arn = `arn:${partition(args.region)}:s3:::${args.bucketName}`;
    const wanted = { bucket: bucket.bucket, wanted: BUCKET_SETTINGS, key: args.key, policy: tlsOnly(arn) };
    const { versioning } = bucketSettings(name, wanted, kept);
    const dependsOn = versioning === undefined ? [] : [versioning];
    new aws.s3.BucketLifecycleConfiguration(`${name}-lifecycle`, { bucket: bucket.bucket, rules: lifecycle() }, { ...kept, dependsOn });
    uploadModels(name, { bucket: bucket.bucket, files: args.files }, { ...kept, dependsOn });
    this.bucketName = bucket.bucket;
    this.registerOutputs({ bucketName: this.bucketName });
  }
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

/** @param options with what objects have to wait for */
export function uploadModels(
  name: string,
  { bucket, files }: { readonly bucket: pulumi.Input<string>; readonly files: readonly ModelFile[] },
  options: pulumi.CustomResourceOptions,
): void {
  for (const file of files) {
    new aws.s3.BucketObjectv2(
      // Named by content: a changed model is a new object beside the old one, which stays.
      `${name}-object-${file.sha256.slice(0, 12)}-${file.name}`,
      { bucket, key: file.key, source: new pulumi.asset.FileAsset(file.localPath ?? ""), contentType: file.contentType },
      // The key says which bytes these are: a file that moved, or another type of it, is no reason to upload them again.
      { ...options, ignoreChanges: ["source", "contentType"] },
    );
  }
}
