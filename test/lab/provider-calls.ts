/** What the program asks before it registers anything, answered from the lab's S3 and from the last run. */
import { CreateBucketCommand, HeadObjectCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { Refusal, type Properties } from "../../infra/offline/engine";
import { previewProvider } from "../../infra/offline/preview-provider";
import type { StackState } from "./provider-state";

type Answer = (args: Properties) => Promise<Properties>;

/** The counterpart of the engine's and of the AWS provider's functions; everything else as at an offline preview. */
export function answers(client: S3Client, state: StackState, region: string): (token: string, args: Properties) => Promise<Properties> {
  const known: Readonly<Record<string, Answer>> = {
    "pulumi:pulumi:readStackOutputs": ({ name }) => Promise.resolve({ name: name as string, outputs: state.outputs() }),
    "pulumi:pulumi:readStackResourceOutputs": ({ stackName }) => {
      const resources = [...state.all()].map(([urn, { type, outputs }]) => [urn, { type, outputs }] as const);
      return Promise.resolve({ name: stackName as string, outputs: Object.fromEntries(resources) });
    },
    "aws:s3/getObjects:getObjects": async ({ bucket, prefix }) => {
      const page = await asProvider("ListObjectsV2", () =>
        client.send(new ListObjectsV2Command({ Bucket: String(bucket), Prefix: String(prefix) })),
      );
      return { keys: (page.Contents ?? []).map((object) => object.Key) };
    },
    // A bucket of others is there, empty; of its settings the lab knows nothing.
    "aws:s3/getBucket:getBucket": async ({ bucket }) => {
      await client.send(new CreateBucketCommand({ Bucket: String(bucket) })).catch((error: Error) => {
        if (!/^BucketAlready/.test(error.name)) throw error;
      });
      return { bucketRegion: region };
    },
    "aws:s3/getObject:getObject": async ({ bucket, key }) => {
      const request = new HeadObjectCommand({ Bucket: String(bucket), Key: String(key), ChecksumMode: "ENABLED" });
      const head = await asProvider("HeadObject", () => client.send(request));
      return { contentLength: head.ContentLength, checksumSha256: head.ChecksumSHA256 ?? "" };
    },
  };
  return (token, args) => (known[token] ?? ((given) => previewProvider(region).call(token, given)))(args);
}

/** The AWS provider hands on S3's code as a part of its text. */
async function asProvider<T>(operation: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    const status = $metadata?.httpStatusCode ?? "none";
    throw new Refusal(`operation error S3: ${operation}, https response error StatusCode: ${status}, ${name}: ${message}`, {
      cause: error,
    });
  }
}
