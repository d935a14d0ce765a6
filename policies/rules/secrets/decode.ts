/** Text inside text: base64 (whole, or a blob in a script), gzip, hex. Nothing is executed; sizes are bounded. */
import { withoutTrailing } from "../../core/text";
import { gunzipSync, inflateSync } from "node:zlib";
import { findFormats, findShown } from "./detect";
import type { Kind } from "./detect";

/** Largest decoded text that is looked at, in bytes; a code bundle is well below. */
const LIMIT = 16 * 1024 * 1024;
const DEPTH = 3;
/** Simple loops over one class of characters: anything else overflows the engine's stack in a word of megabytes. */
const BASE64_BLOB =
  /(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{3}[A-Za-z0-9+/_-]+(?:(?:\\?\r?\n[ \t]*|\\n)[A-Za-z0-9+/_-]{3}[A-Za-z0-9+/_-]+){0,200000}={0,2}/g;
const BASE32_BLOB = /(?<![A-Za-z0-9+/_=-])[A-Z2-7]+={0,6}(?![A-Za-z0-9+/_=-])/g;
const HEX_BLOB = /(?<![0-9A-Za-z])[0-9a-fA-F]+(?![0-9A-Za-z])/g;
const SHORTEST_BLOB = 32;
const LEAST_BASE64 = 16;

/** Every kind of secret in a text, encodings inside it taken off. */
export function findSecrets(text: string): Kind[] {
  if (text.length < SHORTEST) return [];
  const known = seen.get(text);
  if (known) return known;
  const found = [...new Set([...findPlain(text), ...findEncoded(text, DEPTH)])];
  if (seen.size > 20_000) seen.clear();
  seen.set(text, found);
  return found;
}

/** Nothing shorter says of itself that it is a secret: "pass=x" is the least. */
const SHORTEST = 6;
/** Programs repeat themselves: tags, scripts, regions. Kept within the process, never written. */
const seen = new Map<string, Kind[]>();

/** The stack of the engine's regular expressions holds no word of many megabytes. */
const PIECE = 1_000_000;
/** What stands on both sides of a cut is seen as a whole in one of the pieces. */
const SHARED = 10_000;

function findPlain(text: string): Kind[] {
  const found = new Set<Kind>();
  for (let at = 0; at === 0 || at + SHARED < text.length; at += PIECE) {
    const piece = text.length <= PIECE + SHARED ? text : text.slice(at, at + PIECE + SHARED);
    for (const kind of findShown(piece)) found.add(kind);
  }
  return [...found];
}

function findEncoded(text: string, depth: number): Kind[] {
  if (depth === 0) return [];
  return decodings(text).flatMap(({ how, inner, printable }) => {
    // A packed archive holds program code: only what no code contains by chance counts there.
    const kinds = printable ? findPlain(inner) : [...findFormats(inner)];
    return [...kinds.map((kind) => `${kind} (${how})`), ...(printable ? findEncoded(inner, depth - 1) : [])];
  });
}

interface Decoding {
  readonly how: string;
  readonly inner: string;
  /** False for archives and other bytes with text in between. */
  readonly printable: boolean;
}

function decodings(text: string): Decoding[] {
  const found: Decoding[] = [];
  for (const [blob] of text.matchAll(BASE64_BLOB)) {
    // Nearly every word of a script is one of these blobs, and too short.
    if (blob.length < LEAST_BASE64) continue;
    const compact = /[\s\\]/.test(blob) ? blob.replace(/\\n|[\s\\]/g, "") : blob;
    if (compact.length < LEAST_BASE64 || compact.length > LIMIT * 1.4) continue;
    const decoded = fromBytes(Buffer.from(compact, "base64"), "base64");
    if (decoded) found.push(decoded);
  }
  for (const [blob] of text.matchAll(HEX_BLOB)) {
    if (blob.length < SHORTEST_BLOB || blob.length % 2 === 1) continue;
    const decoded = fromBytes(Buffer.from(blob, "hex"), "hex");
    if (decoded?.printable) found.push(decoded);
  }
  for (const [blob] of text.matchAll(BASE32_BLOB)) {
    if (withoutTrailing(blob, "=").length < SHORTEST_BLOB) continue;
    const decoded = blob.length > LIMIT ? undefined : fromBytes(base32(blob), "base32");
    if (decoded?.printable) found.push(decoded);
  }
  return found;
}

function base32(text: string): Buffer {
  const bytes: number[] = [];
  let [bits, value] = [0, 0];
  for (const letter of withoutTrailing(text, "=")) {
    value = ((value << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits >= 8) bytes.push((value >> (bits -= 8)) & 0xff);
  }
  return Buffer.from(bytes);
}

function fromBytes(bytes: Buffer, how: string): Decoding | undefined {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return unpacked(() => gunzipSync(bytes, { maxOutputLength: LIMIT }), `${how} of gzip`);
  if (bytes[0] === 0x78 && (bytes[1] === 0x9c || bytes[1] === 0xda))
    return unpacked(() => inflateSync(bytes, { maxOutputLength: LIMIT }), how);
  if (isWide(bytes)) return fromBytes(Buffer.from(bytes.toString("utf16le").replace(/^\uFEFF/u, ""), "utf8"), how);
  return isText(bytes) ? { how, inner: bytes.toString("utf8"), printable: true } : undefined;
}

/** UTF-16, as PowerShell encodes its commands: every second byte is zero. */
const isWide = (bytes: Buffer): boolean =>
  bytes.length >= 8 &&
  bytes.length % 2 === 0 &&
  bytes.every((byte, index) => (index % 2 === 1 ? byte === 0 || (index === 1 && byte === 0xfe) : byte !== 0));

function unpacked(unpack: () => Buffer, how: string): Decoding | undefined {
  try {
    const bytes = unpack();
    return { how, inner: bytes.toString("latin1"), printable: isText(bytes) };
  } catch {
    return undefined; // starts like gzip by chance, cut off or larger than the limit: not readable here
  }
}

/** All of it printable ASCII, tabs or line ends (UTF-8 beyond that is rare in keys and common in chance bytes). */
function isText(bytes: Buffer): boolean {
  for (const byte of bytes) if ((byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || byte >= 0x7f) return false;
  return bytes.length > 0;
}
