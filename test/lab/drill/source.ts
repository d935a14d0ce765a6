/** Where a backup is read from: a folder that holds a copy of the bucket's objects under their keys, or the bucket itself. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { parseList, PREFIX, type BackupList, type Stored } from "./list";

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
        const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
        if ($metadata?.httpStatusCode === 404) return undefined;
        throw new Error(`s3://${bucket}/${key} could not be read: ${name}: ${message}`, { cause: error });
      }
    },
  };
}

export interface Fetched {
  readonly list: BackupList;
  /** The key of the list, which restore.sh reads. */
  readonly listKey: string;
  readonly bytes: number;
}

/** All that the list names, each compared with its digest, under its key in `folder`. @throws naming all that are missing or damaged */
export async function fetchBackup(source: Source, folder: string): Promise<Fetched> {
  const listKey = `${PREFIX}latest`;
  const text = await source.read(listKey);
  if (text === undefined)
    throw new Error(`${source.name} has no ${listKey}: no backup was made yet (backup.enabled), or this is another stack's`);
  const list = parseList(text.toString("utf8"), `${source.name}/${listKey}`);
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
  if (problems.length > 0) throw new Error(`the backup of ${list.at} in ${source.name} cannot be restored:\n${problems.join("\n")}`);
  await put(listKey, text);
  return { list, listKey, bytes };
}

function damage({ key, sha256, size }: Stored, body: Buffer): string | undefined {
  if (body.length !== size) return `${key} has ${body.length} bytes, the list says ${size}`;
  const found = createHash("sha256").update(body).digest("hex");
  return found === sha256 ? undefined : `${key} has the SHA-256 ${found}, the list says ${sha256}`;
}
