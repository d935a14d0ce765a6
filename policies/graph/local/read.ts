/** Reads one regular file. A pipe or a device in its place never holds the preview up. */
import { closeSync, constants, fstatSync, openSync, readSync, statSync } from "node:fs";

export type Read =
  | { readonly bytes: Buffer }
  /** There is something, which is not read: the end of a sentence that begins with its name. */
  | { readonly why: string; readonly large?: true };

/** @returns undefined where there is nothing */
export function readRegular(path: string, most: number): Read | undefined {
  let descriptor: number;
  try {
    // Without O_NONBLOCK opening a pipe waits for its writer.
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    return isMissing(error) ? undefined : { why: "may not be read by this user" };
  }
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) return { why: "is no regular file" };
    if (status.size > most) return { why: `is larger than ${String(most / 1024 / 1024)} MB`, large: true };
    return { bytes: readUpTo(descriptor, status.size) };
  } catch {
    return { why: "cannot be read" };
  } finally {
    closeSync(descriptor);
  }
}

function readUpTo(descriptor: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let at = 0;
  while (at < size) {
    const got = readSync(descriptor, bytes, at, size - at, at);
    if (got === 0) break;
    at += got;
  }
  return bytes.subarray(0, at);
}

/** False as well where the way there is not open to this user: reading it says so. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG" || code === "ERR_INVALID_ARG_VALUE";
}
