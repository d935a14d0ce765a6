/** What the model bucket holds already, asked with the provider's own credentials. */
import * as aws from "../aws";
import * as pulumi from "@pulumi/pulumi";

/** What is known of one key: not there, not known because S3 refuses to say, or there. */
export type Stored = "absent" | "not allowed to look" | StoredObject;

export interface StoredObject {
  /** Bytes; undefined when S3 lists the key but does not show the object. */
  readonly size?: number;
  /** Base64, of objects that were uploaded with it, as `npm run models -- publish` does and the provider does not. */
  readonly sha256?: string;
}

/** Asks for every key. A refusal is said once, as a warning. */
export async function storedObjects(bucket: string, keys: readonly string[]): Promise<Map<string, Stored>> {
  const stored = new Map(await Promise.all(keys.map(async (key) => [key, await lookUp(bucket, key)] as const)));
  if ([...stored.values()].includes("not allowed to look")) {
    await pulumi.log.warn(
      `s3://${bucket}: S3 does not let these credentials list models/ (AccessDenied), so whether the models are there already is not known; ` +
        "what this stack has not uploaded before is uploaded, perhaps as a further version of the same bytes. Allow s3:ListBucket on the bucket",
    );
  }
  return stored;
}

async function lookUp(bucket: string, key: string): Promise<Stored> {
  try {
    const { keys } = await aws.s3.getObjects({ bucket, prefix: key, maxKeys: 1 });
    return keys.includes(key) ? await describe(bucket, key) : "absent";
  } catch (error) {
    // The provider hands on S3's text, without a code of its own.
    const text = (error as Error).message;
    if (/NoSuchBucket|NotFound|StatusCode: 404/.test(text)) {
      return "absent";
    }
    if (/AccessDenied|Forbidden|StatusCode: 403/.test(text)) {
      return "not allowed to look";
    }
    throw error;
  }
}

async function describe(bucket: string, key: string): Promise<StoredObject> {
  try {
    const found = await aws.s3.getObject({ bucket, key, checksumMode: "ENABLED", downloadBody: "false" });
    // A multipart upload has a checksum of its parts' checksums, with their number behind it.
    const whole = found.checksumSha256 !== "" && !found.checksumSha256.includes("-");
    return { size: found.contentLength, sha256: whole ? found.checksumSha256 : undefined };
  } catch (error) {
    await pulumi.log.warn(
      `s3://${bucket}/${key} is there, but its size cannot be compared (${(error as Error).message.trim()}); the backend compares the SHA-256 before it uses it`,
    );
    return {};
  }
}
