import * as pulumi from "@pulumi/pulumi";
import type { ExistingBucketConfig } from "../config/types";
import { partition } from "../naming";
import { refusesPlainHttp } from "../../policies/rules/bucket/bucket-tls-only";
import { isKnown } from "../network/facts";
import { uploadModels, type ModelFile } from "./bucket";
import type { BucketFacts } from "./bucket-facts";
import { bucketSettings, tlsOnly, withTlsStatement } from "./settings";
import { shownBucket } from "./shown-bucket";

export interface ExistingBucketArgs {
  readonly existing: ExistingBucketConfig;
  readonly region: string;
  readonly facts: BucketFacts;
  /** ARN of the KMS key, where the program makes the encryption. @default S3's own encryption */
  readonly key?: string;
  /** What this stack uploads. */
  readonly files: readonly ModelFile[];
  /** Keys of the models that are in the bucket already. */
  readonly stored: readonly string[];
}

/**
 * A bucket that is there already: neither made nor deleted, whatever happens to the stack. Settings are made where the configuration names them, and
 * stay; the input `lookedUp` shows the policy pack the others, as AWS answered at this run.
 */
export class ExistingBucket extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;

  constructor(name: string, args: ExistingBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    const { existing, region, facts, stored: keys } = args;
    const { bucket, manage } = existing;
    super("ml-gateway:infra:ExistingBucket", name, { lookedUp: shownBucket({ bucket, region, manage, keys, facts }) }, opts);
    const kept = { parent: this, retainOnDelete: true };
    const wanted = { bucket, wanted: manage, key: args.key, policy: policyOf(bucket, `arn:${partition(region)}:s3:::${bucket}`, facts) };
    const { versioning } = bucketSettings(name, wanted, kept);
    uploadModels(name, { bucket, files: args.files }, { ...kept, dependsOn: versioning === undefined ? [] : [versioning] });
    this.bucketName = pulumi.output(bucket);
    this.registerOutputs({ bucketName: this.bucketName });
  }
}

/** A bucket has one policy: what others have written in it stays. */
function policyOf(bucket: string, arn: string, { policy }: BucketFacts): string {
  if (!isKnown(policy)) return tlsOnly(arn);
  return refusesPlainHttp(bucket, policy) === "yes" ? policy : withTlsStatement(policy, arn);
}
