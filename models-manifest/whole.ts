/**
 * Whether a model file is all there, by what its own format says about its length: a download that broke off leaves a beginning that looks right. And which other
 * files it needs. Reads as little as it can; of a pickle the gate says it (templates/steps/gate.py).
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import type { Content, ModelFormat } from "./formats";
import { safetensors } from "./safetensors";

const WHOLE_BYTES = 64 * 1024 * 1024;
const CUT = "is cut off: a download or a copy ended before the file did. Fetch or write it again.";

/** Why the file is not whole: the end of a sentence that begins with its name. Undefined where nothing says so. */
export function notWhole(path: string, format: ModelFormat, content: Content): string | undefined {
  if (content.head.subarray(0, 4).toString("latin1") === "PK\x03\x04") return zipEnd(content);
  return ENDS[format]?.(path, content);
}

const ENDS: Partial<Record<ModelFormat, (path: string, content: Content) => string | undefined>> = {
  safetensors: (path, { size }) => safetensors(size, (from, length) => bytesOf(path, from, length), CUT),
  keras: (_, content) => hdf5(content),
  numpy: (_, content) => array(content),
  onnx: protobuf,
  lightgbm: (_, { tail }) =>
    ["end of trees", "end of parameters", "pandas_categorical"].some((end) => tail.includes(end)) ? undefined : CUT,
  xgboost: boosted,
};

/** The directory of a zip file stands at its end. */
const zipEnd = ({ tail }: Content): string | undefined => (tail.includes("PK\x05\x06", 0, "latin1") ? undefined : CUT);

function boosted(path: string, { size, head, tail }: Content): string | undefined {
  if (!/^\s*\{\s*"/.test(head.toString("latin1", 0, 64))) return tail.at(-1) === 0x7d ? undefined : CUT;
  if (size > WHOLE_BYTES) return /\}\s*$/.test(tail.toString("latin1")) ? undefined : CUT;
  try {
    JSON.parse(readFileSync(path, "utf8"));
    return undefined;
  } catch {
    return `is no whole JSON: it may be cut off. Write it again with save_model.`;
  }
}

/** The smallest superblock of HDF5 (versions 2 and 3); a file has more. */
const SUPERBLOCK_BYTES = 48;

/** The superblock says where the file ends. */
function hdf5({ size, head }: Content): string | undefined {
  if (size < SUPERBLOCK_BYTES) return CUT;
  if (!head.subarray(1, 4).equals(Buffer.from("HDF")) || head.length < 64) return undefined;
  const version = head[8] ?? 0;
  const place = version === 0 ? 40 : version === 1 ? 44 : version <= 3 ? 28 : undefined;
  const end = place === undefined ? undefined : head.readBigUInt64LE(place);
  return end !== undefined && end > BigInt(size) && end < 0xffffffffffffffffn ? CUT : undefined;
}

/** A header that says the type and the shape; of objects the gate knows more. */
function array({ size, head }: Content): string | undefined {
  const start = head[6] === 1 ? 10 : 12;
  const length = head[6] === 1 ? head.readUInt16LE(8) : head.readUInt32LE(8);
  const text = head.toString("latin1", start, start + length);
  const width = /'descr':\s*'[<>|=]?[a-zA-Z](\d+)'/.exec(text)?.[1];
  const sides = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (width === undefined || sides === undefined || /'descr':\s*'[<>|=]?[MmU]/.test(text)) return undefined;
  const items = sides
    .split(",")
    .filter((side) => side.trim() !== "")
    .reduce((product, side) => product * Number(side), 1);
  return start + length + items * Number(width) > size ? CUT : undefined;
}

function bytesOf(path: string, from: number, length: number): Buffer {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(Math.max(0, Math.min(length, fstatSync(file).size - from)));
    return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, from));
  } finally {
    closeSync(file);
  }
}

/** The fields of a message one behind the other: the last one ends with the file. Only their heads are read. */
function protobuf(path: string): string | undefined {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const at = Buffer.alloc(20);
    let place = 0;
    for (let fields = 0; place < size && fields < 100_000; fields += 1) {
      const read = readSync(file, at, 0, at.length, place);
      const next = fieldEnd(at.subarray(0, read));
      if (next === undefined) return CUT;
      place += next;
    }
    return place > size ? CUT : undefined;
  } finally {
    closeSync(file);
  }
}

/** Bytes of the field that begins here, its content included. */
function fieldEnd(bytes: Buffer): number | undefined {
  const tag = varint(bytes, 0);
  if (tag === undefined) return undefined;
  const kind = tag.value % 8;
  if (kind === 1 || kind === 5) return tag.end + (kind === 1 ? 8 : 4);
  const value = kind === 0 || kind === 2 ? varint(bytes, tag.end) : undefined;
  return value === undefined ? undefined : kind === 0 ? value.end : value.end + value.value;
}

function varint(bytes: Buffer, from: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let index = from; index < Math.min(bytes.length, from + 10); index += 1) {
    const byte = bytes[index] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * (index - from));
    if (byte < 0x80) return { value, end: index + 1 };
  }
  return undefined;
}

/** Files that hold the weights of a model beside it, as it names them: those of ONNX, and the parts that an index of Hugging Face lists. Such a file is small itself. */
export function externalData(path: string, format: ModelFormat, { size }: Content): string[] {
  if (format === "json" && path.endsWith(".index.json") && size <= WHOLE_BYTES) return parts(readFileSync(path, "utf8"));
  if (format !== "onnx" || size > WHOLE_BYTES) return [];
  const bytes = readFileSync(path);
  const mark = Buffer.from("\x0a\x08location\x12", "latin1");
  const names = new Set<string>();
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) {
    const length = varint(bytes, at + mark.length);
    if (length !== undefined) names.add(bytes.toString("utf8", length.end, length.end + length.value));
  }
  return [...names];
}

/** `weight_map` names for each tensor the file that holds it. */
function parts(text: string): string[] {
  const { weight_map: map } = (JSON.parse(text.replace(/^\ufeff/, "")) ?? {}) as { weight_map?: unknown };
  if (map === null || typeof map !== "object") return [];
  return [...new Set(Object.values(map).filter((name): name is string => typeof name === "string"))];
}
