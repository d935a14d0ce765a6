/** The files of a zip, by its central directory (APPNOTE.TXT 4.3.12 and 4.3.16), which is what unzip goes by. */
import { inflateRawSync } from "node:zlib";
import { MOST_TEXT, TOO_MUCH } from "./members";
import type { Members } from "./members";

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const BROKEN = "is no complete zip";
const LINK = 0o120000;

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly mode: number;
  readonly at: number;
}

/** @returns why not all of it could be read */
export function readZip(bytes: Buffer, members: Members): string | undefined {
  const end = endOf(bytes);
  if (end === undefined) return BROKEN;
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  if (count === 0xffff || at === 0xffffffff) return "is a zip64, which is not read";
  for (let seen = 0; seen < count; seen += 1) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== CENTRAL) return BROKEN;
    if (!members.hasRoom()) return TOO_MUCH;
    const [name, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset)) as [number, number, number];
    add(bytes, entryAt(bytes, at, name), members);
    at += 46 + name + extra + comment;
  }
  return undefined;
}

/** The record stands last, before a comment of at most 65,535 bytes. */
function endOf(bytes: Buffer): number | undefined {
  for (let at = bytes.length - 22; at >= Math.max(0, bytes.length - 22 - 0xffff); at -= 1) if (bytes.readUInt32LE(at) === END) return at;
  return undefined;
}

const entryAt = (bytes: Buffer, at: number, name: number): Entry => ({
  name: bytes.toString("utf8", at + 46, at + 46 + name),
  flags: bytes.readUInt16LE(at + 8),
  method: bytes.readUInt16LE(at + 10),
  packed: bytes.readUInt32LE(at + 20),
  size: bytes.readUInt32LE(at + 24),
  mode: bytes.readUInt16LE(at + 40),
  at: bytes.readUInt32LE(at + 42),
});

function add(bytes: Buffer, entry: Entry, members: Members): void {
  if (entry.name.endsWith("/")) return;
  if ((entry.flags & 1) === 1) members.closed(entry.name, "is encrypted");
  else if ((entry.mode & 0o170000) === LINK) members.closed(entry.name, "is a link inside a zip");
  else if (entry.size > MOST_TEXT) members.file(entry.name, undefined);
  else {
    const content = contentOf(bytes, entry);
    if (typeof content === "string") members.closed(entry.name, content, entry.size);
    else members.file(entry.name, content);
  }
}

function contentOf(bytes: Buffer, { at, packed, size, method }: Entry): Buffer | string {
  if (at + 30 > bytes.length || bytes.readUInt32LE(at) !== LOCAL) return "is cut off";
  const start = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
  const data = bytes.subarray(start, start + packed);
  if (data.length < packed) return "is cut off";
  if (method === 0) return data;
  if (method !== 8) return "is compressed by a method other than deflate";
  try {
    // Never more than the entry says of itself.
    return inflateRawSync(data, { maxOutputLength: Math.max(size, 1) });
  } catch {
    return "is broken";
  }
}
