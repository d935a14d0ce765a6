import { createHash } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** Digest (lower-case hexadecimal) and length of some bytes. */
export interface Fingerprint {
  readonly sha256: string;
  readonly size: number;
}

const PIECE = 4 * 1024 * 1024;
/** A tenth of a second, about. */
const TELL_EVERY = 16 * PIECE;

/**
 * Fingerprint of a file, read in pieces: models are larger than what should be in memory at once.
 * @param tell hears now and then how many bytes were read
 */
export function fingerprintFile(path: string, tell?: (bytes: number) => void): Fingerprint {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(PIECE);
  const file = openSync(path, "r");
  try {
    let size = 0;
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      hash.update(buffer.subarray(0, read));
      size += read;
      if (size % TELL_EVERY === 0) tell?.(size);
    }
    return { sha256: hash.digest("hex"), size };
  } finally {
    closeSync(file);
  }
}

/** Writes `chunks` beside `path` and renames the file into place, so that a half-written one is never seen there. Makes the folder. */
export function writeAtomically(path: string, chunks: Iterable<Buffer>): Fingerprint {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  const hash = createHash("sha256");
  let size = 0;
  try {
    const file = openSync(temporary, "w", 0o644);
    try {
      for (const chunk of chunks) {
        hash.update(chunk);
        for (let offset = 0; offset < chunk.length;) offset += writeSync(file, chunk, offset);
        size += chunk.length;
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    // The reader named this file, and knows nothing of the other.
    throw (error as NodeJS.ErrnoException).path === temporary ? Object.assign(error as Error, { path }) : error;
  }
  return { sha256: hash.digest("hex"), size };
}
