/**
 * Which models this stack uploads. The keys are content-addressed, so bytes that are in the bucket never have to be sent again; but the engine
 * uploads whatever it creates. So an object is a resource only while it is one already, or when the bucket does not have it. Pure.
 */
import type { LastUpdate } from "../last-update";
import type { ModelFile } from "./bucket";
import type { Stored, StoredObject } from "./stored";

export interface UploadArgs {
  readonly bucketName: string;
  /** The bucket was there before this stack. */
  readonly adopt: boolean;
  readonly last: LastUpdate;
}

/** The files that are not known to be resources of this stack: the bucket has to be asked for them. */
export function toLookUp(files: readonly ModelFile[], args: UploadArgs): ModelFile[] {
  return files.filter((file) => file.localPath === undefined || !isResource(file, args));
}

/**
 * The files that are resources of this stack, and what is wrong with others, one sentence each.
 *
 * @param stored what the bucket says of the keys that had to be looked up.
 */
export function planUploads(
  files: readonly ModelFile[],
  stored: ReadonlyMap<string, Stored>,
  args: UploadArgs,
): { uploads: ModelFile[]; problems: string[] } {
  const isUpload = (file: ModelFile): boolean => {
    const found = stored.get(file.key);
    return file.localPath !== undefined && (found === undefined || typeof found === "string" || isOurs(found, args));
  };
  const problems = files.map((file) => problemOf(file, stored.get(file.key), args.bucketName)).filter((problem) => problem !== undefined);
  return { uploads: files.filter(isUpload), problems };
}

function isResource(file: ModelFile, { bucketName, last }: UploadArgs): boolean {
  return (last.objects ?? []).some(({ bucket, key }) => bucket === bucketName && key === file.key);
}

/**
 * Is an object in the bucket in the state too? Until a first update has ended well the engine does not say. A bucket that is not adopted then
 * comes from the unfinished update, and so does what is in it, unless `npm run models -- publish` put it there.
 */
function isOurs(found: StoredObject, { adopt, last }: UploadArgs): boolean {
  return last.objects === undefined && !adopt && found.size !== undefined && found.sha256 === undefined;
}

function problemOf(file: ModelFile, found: Stored | undefined, bucket: string): string | undefined {
  const place = `s3://${bucket}/${file.key}`;
  if (found === "absent" && file.localPath === undefined) {
    return `${file.name}: is neither on this machine nor in the bucket (${place}); put the file back, or publish it from where it is`;
  }
  if (found === undefined || typeof found === "string") {
    return undefined;
  }
  const otherSize = found.size !== undefined && found.size !== file.size;
  const otherSum = found.sha256 !== undefined && found.sha256 !== Buffer.from(file.sha256, "hex").toString("base64");
  if (!otherSize && !otherSum) {
    return undefined;
  }
  const what = otherSize ? `${found.size} bytes instead of ${file.size}` : "bytes with another SHA-256";
  return `${file.name}: ${place} holds ${what}, and nothing overwrites a content-addressed key: find out who wrote it, then delete that object`;
}
