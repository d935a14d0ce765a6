/**
 * A folder of results, each under everything that decided it. A result can hold secrets, so its file is encrypted with a key that follows
 * from that very material and cannot be made without it; the file's name follows from it too, and says nothing. What was changed, cut off
 * or made from other material does not decrypt and counts as absent. Folder and files belong to this user alone, or are not used.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes, scrypt } from "node:crypto";
import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { rmSync, utimesSync, writeFileSync } from "node:fs";
import type { Stats } from "node:fs";
import { join } from "node:path";
import { deflateSync, inflateSync } from "node:zlib";

export interface Store {
  read(this: void, key: Key): Buffer | undefined;
  write(this: void, key: Key, content: Buffer): void;
}

export interface Key {
  readonly name: string;
  readonly secret: Buffer;
}

/** Together at most so many bytes and files; those that were not used for longest go first. */
export const MOST_BYTES = 64 * 2 ** 20;
export const MOST_FILES = 128;
const ALGORITHM = "aes-256-gcm";
const [NONCE, TAG] = [12, 16];
/** About 50 ms a try for whoever holds the files, knows everything but a secret, and guesses that. */
const COST = { N: 2 ** 14, r: 8, p: 1 };

/** The store in a folder, which is made where it is missing; undefined where it cannot be used, and then nothing is kept. */
export function openStore(folder: string | undefined): (Store & { keyOf(material: string, guarded: boolean): Promise<Key> }) | undefined {
  const salt = folder === undefined ? undefined : saltOf(folder);
  if (folder === undefined || salt === undefined) return undefined;
  return {
    keyOf: (material, guarded) => keyOf(material, guarded, salt),
    read: (key) => read(join(folder, key.name), key),
    write: (key, content) => {
      if (put(join(folder, key.name), sealed(content, key))) prune(folder);
    },
  };
}

/** @param guarded the material holds secrets, which may be short ones: guessing them is made slow */
async function keyOf(material: string, guarded: boolean, salt: Buffer): Promise<Key> {
  const root = guarded ? await slowly(material, salt) : createHmac("sha256", salt).update(material).digest();
  const from = (purpose: string): Buffer => createHmac("sha256", root).update(purpose).digest();
  return { name: from("name").toString("hex"), secret: from("content") };
}

/** For a result of its own that is made of the same material. */
export function keyOfPart({ secret }: Key, part: string): Key {
  const from = (purpose: string): Buffer => createHmac("sha256", secret).update(`${part} ${purpose}`).digest();
  return { name: from("name").toString("hex"), secret: from("content") };
}

/** Beside this thread, for all hosts at once. */
const slowly = (material: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => scrypt(material, salt, 32, COST, (error, root) => (error ? reject(error) : resolve(root))));

function saltOf(folder: string): Buffer | undefined {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!isOwn(lstatSync(folder), "isDirectory")) return undefined;
    const file = join(folder, "salt");
    put(file, randomBytes(32), false);
    const salt = ownText(file);
    return salt?.length === 32 ? salt : undefined;
  } catch {
    return undefined; // a read-only checkout, or one of another user: results are made anew each time
  }
}

/** Of this user, and closed to all others. Windows has neither number, and closes a home folder itself. */
function isOwn(status: Stats, kind: "isDirectory" | "isFile"): boolean {
  const user = process.getuid?.();
  return status[kind]() && (user === undefined || (status.uid === user && (status.mode & 0o077) === 0));
}

/** The bytes of a file of one's own; a link is not followed. */
function ownText(file: string): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    const status = fstatSync(descriptor);
    return isOwn(status, "isFile") && status.size <= MOST_BYTES ? readFileSync(descriptor) : undefined;
  } catch {
    return undefined; // not there yet, a link, or not readable: then it is made again
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function sealed(content: Buffer, key: Key): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(ALGORITHM, key.secret, nonce);
  const text = Buffer.concat([cipher.update(deflateSync(content, { level: 1 })), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

function read(file: string, key: Key): Buffer | undefined {
  const stored = ownText(file);
  if (stored === undefined || stored.length < NONCE + TAG) return undefined;
  try {
    const cipher = createDecipheriv(ALGORITHM, key.secret, stored.subarray(0, NONCE));
    cipher.setAuthTag(stored.subarray(NONCE, NONCE + TAG));
    const content = inflateSync(Buffer.concat([cipher.update(stored.subarray(NONCE + TAG)), cipher.final()]));
    const now = new Date();
    utimesSync(file, now, now);
    return content;
  } catch {
    return undefined; // cut off or changed
  }
}

/** Puts a file in place by a rename, so that two processes may write the same one. */
function put(file: string, content: Buffer, replace = true): boolean {
  if (!replace && ownText(file) !== undefined) return false;
  const draft = `${file}.${String(process.pid)}.new`;
  try {
    writeFileSync(draft, content, { flag: "wx", mode: 0o600 });
    renameSync(draft, file);
    return true;
  } catch {
    // A full disk, or a folder that was taken away: the result is at hand, and the next run makes its own.
    discard(draft);
    return false;
  }
}

function discard(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // There is no folder it could stand in.
  }
}

const DRAFT = /\.new$/u;
const HOUR = 3_600_000;

function prune(folder: string): void {
  let [files, bytes] = [0, 0];
  for (const { path, name, size, time } of filesByUse(folder)) {
    files += 1;
    bytes += size;
    // A draft is somebody's who is writing, or of a process that was killed.
    const old = DRAFT.test(name) ? time < Date.now() - HOUR : files > MOST_FILES || bytes > MOST_BYTES;
    if (old) discard(path);
  }
}

function filesByUse(folder: string): { path: string; name: string; size: number; time: number }[] {
  return readdirSync(folder)
    .filter((name) => name !== "salt")
    .flatMap((name) => {
      const path = join(folder, name);
      const status = lstatSync(path, { throwIfNoEntry: false });
      return status ? [{ path, name, size: status.size, time: status.mtimeMs }] : [];
    })
    .sort((a, b) => b.time - a.time);
}
