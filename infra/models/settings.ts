/** What the models need of a bucket, as resources: all of it on one of the program, and what the configuration names on one of others. */
import * as aws from "../aws";
import type * as pulumi from "@pulumi/pulumi";
import type { BucketSetting } from "../config/existing-schema";

export interface SettingsArgs {
  readonly bucket: pulumi.Input<string>;
  readonly wanted: readonly BucketSetting[];
  /** ARN of the KMS key that encrypts it. @default S3's own encryption */
  readonly key?: string;
  /** The whole policy of the bucket: it has one alone. */
  readonly policy: string;
}

/** @returns what objects have to wait for */
export function bucketSettings(name: string, args: SettingsArgs, kept: pulumi.CustomResourceOptions): { versioning?: pulumi.Resource } {
  const target = { bucket: args.bucket };
  const make = <T>(setting: BucketSetting, of: () => T): T | undefined => (args.wanted.includes(setting) ? of() : undefined);
  const versioning = make(
    "versioning",
    () => new aws.s3.BucketVersioning(`${name}-versioning`, { ...target, versioningConfiguration: { status: "Enabled" } }, kept),
  );
  make(
    "encryption",
    () =>
      new aws.s3.BucketServerSideEncryptionConfiguration(
        `${name}-encryption`,
        { ...target, rules: [{ applyServerSideEncryptionByDefault: encryption(args.key), bucketKeyEnabled: true }] },
        kept,
      ),
  );
  const guard = make(
    "publicAccessBlock",
    () =>
      new aws.s3.BucketPublicAccessBlock(
        `${name}-private`,
        { ...target, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
        kept,
      ),
  );
  const owner = make(
    "ownership",
    () => new aws.s3.BucketOwnershipControls(`${name}-owner`, { ...target, rule: { objectOwnership: "BucketOwnerEnforced" } }, kept),
  );
  // S3 refuses parallel changes of one bucket's settings now and then; the policy waits for the others.
  const dependsOn = [guard, owner].filter((one) => one !== undefined);
  make("tlsPolicy", () => new aws.s3.BucketPolicy(`${name}-tls`, { ...target, policy: args.policy }, { ...kept, dependsOn }));
  return { versioning };
}

function encryption(key: string | undefined): { sseAlgorithm: string; kmsMasterKeyId?: string } {
  return key === undefined ? { sseAlgorithm: "AES256" } : { sseAlgorithm: "aws:kms", kmsMasterKeyId: key };
}

interface PolicyDocument {
  readonly Version?: string;
  readonly Statement?: unknown;
}

/** @param arn of the bucket */
export function tlsStatement(arn: string): Readonly<Record<string, unknown>> {
  return {
    Sid: "DenyPlainHttp",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [arn, `${arn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}

export function tlsOnly(arn: string): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: [tlsStatement(arn)] });
}

/** A policy that is there already, with the statement behind its own. Pure. */
export function withTlsStatement(policy: string, arn: string): string {
  const document = JSON.parse(policy) as PolicyDocument;
  const { Statement: given = [] } = document;
  const own: unknown[] = Array.isArray(given) ? given : [given];
  const isTaken = own.some((one) => (one as { Sid?: unknown } | null)?.Sid === "DenyPlainHttp");
  const statement = { ...tlsStatement(arn), ...(isTaken ? { Sid: "DenyPlainHttpToModels" } : {}) };
  return JSON.stringify({ ...document, Statement: [...own, statement] });
}
