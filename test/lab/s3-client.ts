/** Putting objects into the lab's S3 from this side, with AWS's own client, through the operator's door. */
import { createReadStream, statSync } from "node:fs";
import { Agent } from "node:http";
import type { Duplex } from "node:stream";
import { CreateBucketCommand, HeadBucketCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { connectOutside } from "./outside";
import { SERVICES } from "./topology";

// Which Node a later SDK will need is not news for whoever runs a test.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

class DoorAgent extends Agent {
  constructor(private readonly lab: string) {
    super({ keepAlive: false });
  }

  override createConnection(_options: object, done: (error: Error | null, stream: Duplex) => void): undefined {
    connectOutside(this.lab, SERVICES.address, 80).then(
      (socket) => {
        done(null, socket);
        socket.resume();
      },
      (error: Error) => done(error, undefined as unknown as Duplex),
    );
    return undefined;
  }
}

export interface LabS3 {
  /** Makes the bucket unless it is there. */
  createBucket(bucket: string): Promise<void>;
  enableVersioning(bucket: string): Promise<void>;
  put(bucket: string, key: string, bytes: Buffer): Promise<void>;
  /** Puts a file as the AWS provider does: whatever is there, and without a SHA-256 that S3 would keep. */
  putFile(bucket: string, key: string, path: string, contentType?: string): Promise<void>;
  /** For anything else. */
  readonly client: S3Client;
}

const missing = (error: unknown): boolean => (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404;

export function labS3(lab: string, region: string): LabS3 {
  const client = new S3Client({
    region,
    endpoint: `http://${SERVICES.address}`,
    forcePathStyle: true,
    // A checksum of the SDK's own travels behind the body, in chunks that moto takes apart in a time that grows with the square: minutes for 200 MB.
    requestChecksumCalculation: "WHEN_REQUIRED",
    credentials: { accessKeyId: "operator", secretAccessKey: "not-a-secret" },
    requestHandler: { httpAgent: new DoorAgent(lab) },
  });
  const there = async (ask: () => Promise<unknown>): Promise<boolean> => {
    try {
      await ask();
      return true;
    } catch (error) {
      if (missing(error)) return false;
      throw error;
    }
  };
  return {
    client,
    createBucket: async (bucket) => {
      if (!(await there(() => client.send(new HeadBucketCommand({ Bucket: bucket })))))
        await client.send(new CreateBucketCommand({ Bucket: bucket }));
    },
    enableVersioning: async (bucket) => {
      await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } }));
    },
    put: async (bucket, key, bytes) => {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes }));
    },
    putFile: async (bucket, key, path, contentType) => {
      const body = { Body: createReadStream(path), ContentLength: statSync(path).size, ContentType: contentType };
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, ...body }));
    },
  };
}
