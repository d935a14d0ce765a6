import { environmentRegion } from "../infra/region";
import { createReadStream, type ReadStream } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { HeadObjectCommand, PutObjectCommand, S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import type { LoadedFile } from "./manifest";

export interface PublishTarget {
  readonly bucket: string;
  /** The folder that the files' paths are relative to. */
  readonly root: string;
  /** Milliseconds before the second attempt; doubles for each further one. @default 500 */
  readonly firstPause?: number;
}

export type Published = "uploaded" | "there already";

/** S3 did not take a file; the message says which, why and what to do. */
export class PublishError extends Error {
  /** @param mismatch a file or an object is not what the manifest says; else S3 could not be asked */
  constructor(
    message: string,
    readonly mismatch = false,
  ) {
    super(message);
  }
}

const ATTEMPTS = 4;

// Its warning that a streamed body cannot be sent again is not for users: `publishFile` opens the file again.
const nothing = (): void => undefined;
const SILENT = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

/**
 * A client with the standard AWS configuration: environment (AWS_DEFAULT_REGION as well, which the library leaves to the CLI), profile, instance role,
 * and AWS_ENDPOINT_URL(_S3). Like the hosts' scripts, a given endpoint gets path-style addresses, since names of buckets do not resolve under it.
 */
export function standardClient(): S3Client {
  const endpoint = process.env["AWS_ENDPOINT_URL_S3"] ?? process.env["AWS_ENDPOINT_URL"];
  return new S3Client({
    forcePathStyle: endpoint !== undefined,
    region: environmentRegion(),
    requestHandler: { connectionTimeout: 10_000, socketTimeout: 60_000 },
    logger: SILENT,
  });
}

/**
 * Puts a file under its content-addressed key unless it is there. S3 compares the bytes with the sha256 of the manifest and refuses others; an object
 * that exists is never overwritten. The file is streamed, so its size needs no memory.
 */
export async function publishFile(client: S3Client, file: LoadedFile, target: PublishTarget): Promise<Published> {
  if (await isThere(client, file, target)) return "there already";
  for (let attempt = 1; ; attempt++) {
    try {
      return await put(client, file, target);
    } catch (error) {
      if (attempt === ATTEMPTS || !passes(error)) throw explain(error, file, target);
      await sleep((target.firstPause ?? 500) * 2 ** (attempt - 1) * (0.5 + Math.random() / 2));
    }
  }
}

const checksum = (file: LoadedFile): string => Buffer.from(file.sha256, "hex").toString("base64");
const statusOf = (error: unknown): number | undefined => (error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined);

/** Failures that may be gone a moment later: no answer at all, the server's own, too many requests, another upload of the same key. */
function passes(error: unknown): boolean {
  const status = statusOf(error);
  if (status !== undefined) return status >= 500 || status === 429 || status === 409 || (error as Error).name === "RequestTimeout";
  return !(error instanceof PublishError) && (error as Error).name !== "CredentialsProviderError";
}

async function put(client: S3Client, file: LoadedFile, target: PublishTarget): Promise<Published> {
  const body = createReadStream(resolve(target.root, file.path), { highWaterMark: 1024 * 1024, end: file.size - 1 });
  const unread = abortWhenUnreadable(body, file);
  const request = new PutObjectCommand({
    Bucket: target.bucket,
    Key: file.key,
    Body: body,
    ContentLength: file.size,
    ContentType: file.format === "json" ? "application/json" : "application/octet-stream",
    ChecksumSHA256: checksum(file),
    IfNoneMatch: "*",
  });
  try {
    await client.send(request, { abortSignal: unread.signal });
    return "uploaded";
  } catch (error) {
    if (unread.signal.aborted) throw unread.signal.reason;
    if (statusOf(error) !== 412) throw error;
    await isThere(client, file, target); // somebody else was faster: the same bytes, or an error
    return "there already";
  } finally {
    body.destroy();
  }
}

/** Ends the request when the file gives out before its end: S3 would wait for the rest, and so would we. */
function abortWhenUnreadable(body: ReadStream, file: LoadedFile): AbortController {
  const abort = new AbortController();
  const give = (why: string): void => abort.abort(new PublishError(`${file.path}: ${why}. Run verify, then publish again.`, true));
  body.once("error", (error) => give(`cannot be read (${error.message})`));
  body.once("end", () => {
    if (body.bytesRead !== file.size) give(`has only ${body.bytesRead} bytes left of the ${file.size} that were hashed`);
  });
  return abort;
}

/** Whether the key exists with the right bytes. Throws PublishError when it exists with others. */
async function isThere(client: S3Client, file: LoadedFile, target: PublishTarget): Promise<boolean> {
  try {
    const head = await client.send(new HeadObjectCommand({ Bucket: target.bucket, Key: file.key, ChecksumMode: "ENABLED" }));
    const otherSum = head.ChecksumSHA256 !== undefined && head.ChecksumSHA256 !== checksum(file);
    if (head.ContentLength === file.size && !otherSum) return true;
    throw new PublishError(
      `${file.path}: s3://${target.bucket}/${file.key} exists with other bytes (${head.ContentLength ?? "?"} instead of ${file.size}). ` +
        "Nothing overwrites a content-addressed key: find out who wrote it, then delete that object.",
      true,
    );
  } catch (error) {
    // 403 is also what S3 says about a missing key to those who may not list; the upload will tell
    if (statusOf(error) === 404 || statusOf(error) === 403) return false;
    throw error instanceof PublishError ? error : explain(error, file, target);
  }
}

function explain(error: unknown, file: LoadedFile, target: PublishTarget): PublishError {
  if (error instanceof PublishError) return error;
  const { name, message } = error as Error;
  const advice: Readonly<Record<string, string>> = {
    NoSuchBucket: "Create the stack first, or correct --bucket.",
    NotFound: "Create the stack first, or correct --bucket.",
    AccessDenied: "The credentials in use may not write there: they need s3:PutObject there.",
    CredentialsProviderError: "Set AWS_PROFILE or the AWS_* environment variables.",
    BadDigest: "The file changed while it was read, or was damaged on the way: run verify, then publish again.",
    XAmzContentSHA256Mismatch: "The file changed while it was read: run verify, then publish again.",
    PermanentRedirect: "The bucket is in another region: set AWS_REGION to it.",
    // Its name is that of any error.
    "Region is missing": "Set AWS_REGION to the bucket's region, or AWS_PROFILE to a profile that has one.",
  };
  return new PublishError(
    `${file.path}: not uploaded to s3://${target.bucket}/${file.key}: ${name}: ${message}. ${advice[name] ?? advice[message] ?? "Try again; nothing half-done is left."}`,
  );
}
