/**
 * What a model file is by its content, as far as its first and last bytes tell: whatever is known to be wrong (a download that failed, a pointer
 * of Git LFS, another format than the manifest says) is refused before anything is deployed. What a pickle would do when it is loaded is the
 * question of the gate (templates/steps/gate.py), not of this file.
 */
import { isUtf8 } from "node:buffer";
import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { FORMATS, formatOfName, type Content, type ModelFormat } from "./formats";
import { notWhole } from "./whole";

/** Larger JSON files are judged by how they begin and end. */
const WHOLE_JSON_BYTES = 64 * 1024 * 1024;
const HEAD_BYTES = 64 * 1024;

export function readContent(path: string): Content {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    return { size, head: part(file, 0, size), tail: part(file, Math.max(0, size - HEAD_BYTES), size) };
  } finally {
    closeSync(file);
  }
}

function part(file: number, from: number, size: number): Buffer {
  const buffer = Buffer.alloc(Math.min(HEAD_BYTES, size - from));
  return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, from));
}

/** What git has in place of a large file until Git LFS has fetched it. */
export const isLfsPointer = (text: string): boolean => text.startsWith("version https://git-lfs.github.com/spec/");

/** Why these bytes are no model file at all, whatever its format: the end of a sentence that begins with its name. */
export function notAFile({ size, head }: Content): string | undefined {
  const text = head.subarray(0, 1024).toString("latin1");
  if (size === 0) return "is empty (0 bytes): it was not written to its end, or a download failed. Write or fetch it again.";
  if (isLfsPointer(text)) {
    const bytes = /^size (\d+)$/m.exec(text)?.[1];
    return `is a pointer of Git LFS, not the file itself${bytes === undefined ? "" : ` (which has ${bytes} bytes)`}. Fetch it: git lfs pull`;
  }
  const pointer = otherPointer(text, size);
  if (pointer !== undefined) return pointer;
  if (/^\s*(<!doctype html|<html)/i.test(text.replace(/^\xef\xbb\xbf/, "")))
    return "is a web page (HTML): the download gave an error or a login page instead of the file. Fetch it again.";
  if (/^\s*<\?xml[^>]*>\s*<Error>/i.test(text)) return "is an error message of S3 (XML), not the file. Fetch it again.";
  return undefined;
}

/** What other tools have in place of a large file. */
function otherPointer(text: string, size: number): string | undefined {
  if (/\/annex\/objects\//.test(text) && size < 1024) return "is a pointer of git-annex, not the file itself. Fetch it: git annex get FILE";
  if (/^outs:\s*\n-? *(md5|hash|path):/m.test(text) && size < 4096)
    return "is a pointer of DVC, not the file itself. Fetch it (dvc pull), and name the file without .dvc.";
  return /^(\.\.\/)+blobs\/[0-9a-f]+\s*$/.test(text)
    ? "is the text of a symbolic link into the cache of Hugging Face, not the file itself. Download it with --local-dir."
    : undefined;
}

const isZip = ({ head }: Content): boolean => head.subarray(0, 4).equals(Buffer.from("PK\x03\x04", "latin1"));
const startsWith = ({ head }: Content, bytes: string): boolean => head.subarray(0, bytes.length).equals(Buffer.from(bytes, "latin1"));
/** The names of a zip file's members stand in plain text at its beginning and in its directory at the end. */
const hasMember = ({ head, tail }: Content, name: string): boolean => head.includes(name) || tail.includes(name);

const COMPRESSED: Readonly<Record<string, string>> = {
  "\x1f\x8b": "gzip",
  BZh: "bz2",
  "\xfd7zXZ\x00": "xz",
  "\x5d\x00\x00": "lzma",
  "\x04\x22\x4d\x18": "lz4",
};

function compression(content: Content): string | undefined {
  const [found] = Object.entries(COMPRESSED).filter(([magic]) => startsWith(content, magic));
  const [first, second = 0] = content.head;
  return found?.[1] ?? (first === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(second) ? "zlib" : undefined);
}

/** Is `text` the beginning of a JSON document? */
const looksLikeJson = ({ head }: Content): boolean => /^(\xef\xbb\xbf)?\s*[{["\-0-9tfn]/.test(head.subarray(0, 256).toString("latin1"));

/** Protocols 2 and later begin so, and end with a dot; the older ones have no mark of their own. */
function isPickle(content: Content): boolean {
  const [first, protocol = 0] = content.head;
  return first === 0x80 && protocol >= 2 && protocol <= 5;
}

/** What the content is for certain, or undefined: a format, or the name of something else. */
export function recognize(content: Content): ModelFormat | undefined {
  if (isPickle(content)) return "pickle";
  if (compression(content) !== undefined) return "joblib";
  if (startsWith(content, "\x89HDF\r\n\x1a\n")) return "keras";
  if (startsWith(content, "\x93NUMPY")) return "numpy";
  if (isZip(content)) return zipFormat(content);
  if (isSafetensors(content)) return "safetensors";
  if (startsWith(content, "tree\n") || startsWith(content, "tree\r\n")) return "lightgbm";
  if (/^\{[LiIlUS]/.test(content.head.subarray(0, 2).toString("latin1")) && content.head.includes("learner")) return "xgboost";
  if (isOnnx(content)) return "onnx";
  if (looksLikeJson(content)) return isXgboostJson(content) ? "xgboost" : isJson(content) ? "json" : undefined;
  return undefined;
}

function zipFormat(content: Content): ModelFormat | undefined {
  if (hasMember(content, "schema.json")) return "skops";
  if (hasMember(content, "model.weights.h5") || hasMember(content, "keras_metadata")) return "keras";
  if (hasMember(content, "data.pkl")) return "torch";
  return hasMember(content, ".npy") ? "numpy" : undefined;
}

/** Of a longer one the beginning has to do. */
const isJson = ({ size, head }: Content): boolean =>
  size > head.length ? /^\s*[{["]/.test(head.toString("latin1", 0, 256)) : parses(head.toString("utf8"));

const isXgboostJson = ({ head }: Content): boolean => ['"learner"', '"gradient_booster"'].every((key) => head.includes(key));

/** A length of 8 bytes, then JSON of that length. */
function isSafetensors({ size, head }: Content): boolean {
  if (head.length < 10 || head[8] !== 0x7b) return false;
  const length = head.readBigUInt64LE(0);
  return length >= 2n && length <= BigInt(size - 8) && length < 100_000_000n;
}

/** A protobuf message ModelProto: first its IR version (field 1), then strings and messages of fields below 30. */
function isOnnx({ head, size }: Content): boolean {
  if (head[0] !== 0x08 || (head[1] ?? 0) < 1 || (head[1] ?? 0) > 30 || size < 8) return false;
  const next = head[2] ?? 0;
  return (next & 7) <= 2 && next >> 3 >= 2 && next >> 3 <= 25;
}

function parses(text: string): boolean {
  try {
    JSON.parse(text.replace(/^\ufeff/, ""));
    return true;
  } catch {
    return false;
  }
}

const isPickled = (format: ModelFormat | undefined): boolean => format === "pickle" || format === "joblib";

/** Why a file cannot be of the format that its manifest says: the end of a sentence that begins with its name. */
export function contradiction(path: string, format: ModelFormat, content: Content): string | undefined {
  const found = recognize(content);
  const claims = `is listed as ${format}`;
  if (format === "other" || found === format || (isPickled(found) && isPickled(format)))
    return format === "json" ? jsonProblem(path, content) : notWhole(path, format, content);
  if (format === "json" && (found === undefined || looksLikeJson(content))) return jsonProblem(path, content);
  if (found !== undefined)
    return `${claims}, but its content is ${FORMATS[found].what}. Give it the format ${found}, or put the right file there.`;
  if (isPickled(format)) return old(content) ? undefined : `${claims}, but ${notAPickle(content)}`;
  return `${claims}, but its content is not ${FORMATS[format].what}. Write it again, or give it its own format ("other" is copied unchecked).`;
}

/** What is known of a file that is called a pickle and is none that the hosts read. */
function notAPickle(content: Content): string {
  const [first, protocol = 0] = content.head;
  if (first === 0x80 && protocol > 5 && content.tail.at(-1) === 0x2e)
    return `has the pickle protocol ${protocol}, and the hosts' Python reads 5 at most. Write it again with protocol 5 or lower.`;
  if (startsWith(content, "\x28\xb5\x2f\xfd"))
    return "it is compressed by Zstandard, which neither pickle nor joblib reads. Write it again, compressed by gzip, xz or lz4, or not at all.";
  return "it does not begin as a pickle does. Write it again, or give it its own format.";
}

/** Protocols 0 and 1 begin with whatever the object is: text without a mark. */
const old = ({ head, tail }: Content): boolean =>
  /^[(\]}c).lNIKGFLVSTUXdt]/.test(head.toString("latin1", 0, 1)) && tail[tail.length - 1] === 0x2e;

function jsonProblem(path: string, content: Content): string | undefined {
  if (content.size > WHOLE_JSON_BYTES) return undefined;
  const bytes = readFileSync(path);
  // Node would put a mark in place of bytes that are none; Python's json stops there.
  if (!isUtf8(bytes))
    return "is listed as json, but it is not UTF-8, in which JSON is written: another encoding (UTF-16, Latin-1) or binary data. Write it again in UTF-8.";
  try {
    JSON.parse(bytes.toString("utf8").replace(/^\ufeff/, ""));
    return undefined;
  } catch {
    return "is listed as json, but it is not valid JSON: it may be cut off, or hold NaN, which JSON does not have. Write it again.";
  }
}

/** The format to enter for a file: what its name says, unless its content says otherwise. */
export function formatOf(name: string, content: Content): ModelFormat | undefined {
  const [named, found] = [formatOfName(name), recognize(content)];
  if (named === "json" && found === "xgboost") return found;
  if (named === undefined || (found !== undefined && found !== named && !(isPickled(found) && isPickled(named)))) return found ?? named;
  return named;
}
