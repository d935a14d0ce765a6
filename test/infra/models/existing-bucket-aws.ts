/** A bucket that is there already, as AWS answers. */
import { Refusal, type Properties, type Provider } from "../../../infra/offline/engine";
import { previewProvider } from "../../../infra/offline/preview-provider";
import { tlsOnly } from "../../../infra/models/settings";

export const BUCKET = "team-models-123456789012";
export const ARN = `arn:aws:s3:::${BUCKET}`;
const ALL = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };

export const SETTINGS: Properties = {
  BucketName: BUCKET,
  VersioningConfiguration: { Status: "Enabled" },
  PublicAccessBlockConfiguration: ALL,
  BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }] },
  OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
  Tags: [{ Key: "Team", Value: "ml" }],
};

/** What AWS answers; an Error is what it says in place of an answer. */
export interface World {
  readonly region?: string | Error;
  readonly buckets?: readonly string[] | Error;
  readonly settings?: Properties | Error;
  readonly policy?: string | Error;
  /** Bytes of objects by their keys. */
  readonly objects?: Readonly<Record<string, number>>;
}

export const NO_POLICY = new Error("reading S3 Bucket Policy: couldn't find resource");
export const DENIED = new Error("operation error S3: GetBucketPolicy, StatusCode: 403, AccessDenied: no");

export function answering(world: World = {}, below: Provider = previewProvider("us-east-1")): Provider {
  const { region = "us-east-1", buckets = [BUCKET], settings = SETTINGS, policy = tlsOnly(ARN), objects = {} } = world;
  const answers: Readonly<Record<string, (args: Properties) => Properties | Error>> = {
    "aws:s3/getBucket:getBucket": () => (region instanceof Error ? region : { bucketRegion: region }),
    "aws:s3/getBuckets:getBuckets": () => (buckets instanceof Error ? buckets : { buckets: buckets.map((name) => ({ name })) }),
    "aws:s3/getBucketPolicy:getBucketPolicy": () => (policy instanceof Error ? policy : { policy }),
    "aws:cloudcontrol/getResource:getResource": () => (settings instanceof Error ? settings : { properties: JSON.stringify(settings) }),
    "aws:s3/getObjects:getObjects": ({ prefix }) => ({ keys: Object.keys(objects).filter((key) => key.startsWith(String(prefix))) }),
    "aws:s3/getObject:getObject": ({ key }) => ({ contentLength: objects[String(key)], checksumSha256: "" }),
  };
  return {
    ...below,
    call: (token, args) => {
      const answer = answers[token]?.(args);
      if (answer === undefined) return below.call(token, args);
      return answer instanceof Error ? Promise.reject(new Refusal(answer.message)) : Promise.resolve({ ...args, ...answer });
    },
  };
}
