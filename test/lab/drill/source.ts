/** Where a backup is read from: a folder that holds a copy of the bucket's objects under their keys, or the bucket itself. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { backupPrefix } from "../../../infra/hosts/permissions";
import type { BackendId } from "../../../infra/release/types";
import { parseList, type BackupList, type Stored } from "./list";

export interface Source {
  /** For messages. */
  readonly name: string;
  /** @returns undefined where there is no such object */
  read(key: string): Promise<Buffer | undefined>;
}

export function folderSource(folder: string): Source {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new Error(`--from ${folder}: is no folder; give one with the bucket's objects under their keys (aws s3 sync s3://BUCKET FOLDER)`);
  return {
    name: folder,
    read: (key) => Promise.resolve(existsSync(join(folder, key)) ? readFileSync(join(folder, key)) : undefined),
  };
}

/** What the SDK's errors have; `code` is the system's. */
interface Refusal {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Why a bucket did not give an object, and what to do; undefined where the object is not there. */
function refusal(error: Refusal, bucket: string, key: string, region: string): string | undefined {
  const { name = "", message = "", $metadata = {} } = error;
  // The SDK wraps what the system said into a text of its own.
  const code = error.code ?? /\bE[A-Z_]{4,}\b/.exec(message)?.[0] ?? "";
  const object = `s3://${bucket}/${key}`;
  const status = $metadata.httpStatusCode;
  if (name === "NoSuchBucket") return `s3://${bucket}: there is no such bucket; "pulumi stack output modelBucket" names the stack's`;
  if (status === 404) return undefined;
  if (name === "CredentialsProviderError")
    return `s3://${bucket}: this environment has no credentials of AWS; set AWS_PROFILE or log in (aws sso login), or read a copy of the bucket with --from`;
  if (/^(ExpiredToken|TokenRefreshRequired|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken)/.test(name))
    return `s3://${bucket}: AWS does not take these credentials (${name}); log in again, or set AWS_PROFILE to another identity`;
  if (status === 301 || name === "PermanentRedirect" || name === "AuthorizationHeaderMalformed")
    return `s3://${bucket}: does not lie in ${region}; name its region with --region`;
  if (status === 403)
    return `${object}: access denied. These credentials need s3:GetObject on s3://${bucket}/* (and kms:Decrypt where the bucket has a key of its own); without s3:ListBucket AWS answers the same for what is not there, as before the first backup, or in another stack's bucket`;
  if (code !== "")
    return `s3://${bucket}: could not be reached (${code}): is the address right (AWS_ENDPOINT_URL_S3), and is there a network?`;
  return `${object}: could not be read: ${name}: ${message.slice(0, 200)}`;
}

/** @param prefix what all keys of the stack begin with */
export function below(source: Source, prefix: string): Source {
  return prefix === "" ? source : { name: `${source.name}/${prefix}`.replace(/\/+$/, ""), read: (key) => source.read(prefix + key) };
}

/** With the credentials and the endpoint of the environment, as the AWS CLI has them. */
export function bucketSource(bucket: string, region: string): Source {
  const client = new S3Client({ region, forcePathStyle: process.env["AWS_ENDPOINT_URL_S3"] !== undefined });
  return {
    name: `s3://${bucket}`,
    read: async (key) => {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        const parts: Buffer[] = [];
        for await (const part of Body as Readable) parts.push(part as Buffer);
        return Buffer.concat(parts);
      } catch (error) {
        const why = refusal(error as Refusal, bucket, key, region);
        if (why === undefined) return undefined;
        throw new Error(why, { cause: error });
      }
    },
  };
}

export interface Fetched {
  readonly host: BackendId;
  readonly list: BackupList;
  /** The key of the list, which restore.sh reads. */
  readonly listKey: string;
  readonly bytes: number;
}

/** @throws naming what is wrong with the backups of all hosts */
export async function fetchBackups(source: Source, hosts: readonly BackendId[], folder: string): Promise<Fetched[]> {
  const fetched: Fetched[] = [];
  const refused: Error[] = [];
  // In turn: an object is in memory as a whole.
  for (const host of hosts)
    await fetchBackup(source, host, folder).then(
      (one) => fetched.push(one),
      (error: unknown) => refused.push(error as Error),
    );
  // What is wrong with the bucket as a whole is the same for each.
  if (refused.length > 0) throw new Error([...new Set(refused.map(({ message }) => message))].join("\n"), { cause: refused[0] });
  return fetched;
}

/** All that the list names, each compared with its digest, under its key in `folder`. @throws naming all that are missing or damaged */
export async function fetchBackup(source: Source, host: BackendId, folder: string): Promise<Fetched> {
  const listKey = `${backupPrefix(host)}latest`;
  const text = await source.read(listKey);
  if (text === undefined)
    throw new Error(`${source.name} has no ${listKey}: no backup was made yet (backup.enabled), or this is another stack's`);
  const list = parseList(text.toString("utf8"), host, `${source.name}/${listKey}`);
  const put = async (key: string, body: Buffer): Promise<void> => {
    mkdirSync(dirname(join(folder, key)), { recursive: true });
    await writeFile(join(folder, key), body);
  };
  const problems: string[] = [];
  let bytes = 0;
  for (const object of list.objects) {
    const body = await source.read(object.key);
    const problem = body === undefined ? `${object.key} is not there` : damage(object, body);
    if (problem !== undefined) problems.push(problem);
    if (body === undefined) continue;
    bytes += body.length;
    await put(object.key, body);
  }
  if (problems.length > 0)
    throw new Error(`the backup of ${host} of ${list.at} in ${source.name} cannot be restored:\n${problems.join("\n")}`);
  await put(listKey, text);
  return { host, list, listKey, bytes };
}

function damage({ key, sha256, size }: Stored, body: Buffer): string | undefined {
  if (body.length !== size) return `${key} has ${body.length} bytes, the list says ${size}`;
  const found = createHash("sha256").update(body).digest("hex");
  return found === sha256 ? undefined : `${key} has the SHA-256 ${found}, the list says ${sha256}`;
}
