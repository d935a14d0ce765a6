/**
 * Writes Python pickles, protocol 4, without Python: just the values that scikit-learn estimators with numpy arrays are made of.
 * Format: opcodes of CPython's Lib/pickletools.py; array and scalar states are those that numpy 2 writes itself.
 */
export interface PickleClass {
  readonly kind: "instance";
  readonly module: string;
  readonly name: string;
  readonly state: Readonly<Record<string, PickleValue>>;
}

/** A numpy array in C order. `bytes` yields exactly product(shape) * itemSize little-endian bytes; it may be large, so it is streamed. */
export interface PickleArray {
  readonly kind: "array";
  readonly dtype: "f8" | "i8" | `U${number}`;
  readonly shape: readonly number[];
  readonly bytes: () => Iterable<Buffer>;
}

/** A Python value. Numbers are ints when `int`, else floats: JavaScript cannot tell 1 from 1.0. */
export type PickleValue =
  | null
  | boolean
  | string
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "int64"; readonly value: number }
  | { readonly kind: "tuple" | "list"; readonly items: readonly PickleValue[] }
  | PickleArray
  | PickleClass;

const op = (...bytes: (number | string)[]): Buffer =>
  Buffer.from(bytes.map((byte) => (typeof byte === "string" ? byte.charCodeAt(0) : byte)));

const PROTOCOL_4 = op(0x80, 4);
const NONE = op("N");
const TRUE = op(0x88);
const FALSE = op(0x89);
const MARK = op("(");
const TUPLE = op("t");
const EMPTY_TUPLE = op(")");
const EMPTY_LIST = op("]");
const APPENDS = op("e");
const EMPTY_DICT = op("}");
const SETITEMS = op("u");
const STACK_GLOBAL = op(0x93);
const NEWOBJ = op(0x81);
const REDUCE = op("R");
const BUILD = op("b");
const STOP = op(".");

function unicode(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length > 255) throw new RangeError(`A string of ${bytes.length} bytes is longer than the 255 that sample pickles need.`);
  return Buffer.concat([op(0x8c, bytes.length), bytes]);
}

function int(value: number): Buffer {
  if (!Number.isInteger(value) || Math.abs(value) > 0x7fffffff) throw new RangeError(`${value} is not a 32-bit integer.`);
  const bytes = Buffer.alloc(5, "J");
  bytes.writeInt32LE(value, 1);
  return value >= 0 && value < 256 ? op("K", value) : bytes;
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(9, "G");
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

/** Announces `length` raw bytes, in the shortest form Python accepts. */
function bytesHeader(length: number): Buffer {
  if (length < 256) return op("C", length);
  const header = Buffer.alloc(9, 0x8e);
  header.writeBigUInt64LE(BigInt(length), 1);
  return header;
}

const tuple = (...items: Buffer[]): Buffer => Buffer.concat([MARK, ...items, TUPLE]);
const global = (module: string, name: string): Buffer => Buffer.concat([unicode(module), unicode(name), STACK_GLOBAL]);
const raw = (bytes: Buffer): Buffer => Buffer.concat([bytesHeader(bytes.length), bytes]);

/** Bytes of one element: 8 for numbers, 4 a character (UTF-32) for text. */
function itemSize(dtype: PickleArray["dtype"]): number {
  return dtype.startsWith("U") ? 4 * Number(dtype.slice(1)) : 8;
}

function dtypeObject(dtype: PickleArray["dtype"]): Buffer {
  const text = dtype.startsWith("U");
  const state = tuple(
    int(3),
    unicode("<"),
    NONE,
    NONE,
    NONE,
    int(text ? itemSize(dtype) : -1),
    int(text ? 4 : -1),
    int(text ? 8 : 0), // numpy's flags: text needs its own initialisation, numbers none
  );
  return Buffer.concat([global("numpy", "dtype"), tuple(unicode(dtype), FALSE, TRUE), REDUCE, state, BUILD]);
}

function* arrayChunks(array: PickleArray): Iterable<Buffer> {
  const length = array.shape.reduce((a, b) => a * b, 1) * itemSize(array.dtype);
  yield Buffer.concat([
    global("numpy._core.multiarray", "_reconstruct"),
    tuple(global("numpy", "ndarray"), tuple(int(0)), raw(Buffer.from("b"))),
    REDUCE,
    MARK,
    int(1),
    tuple(...array.shape.map(int)),
    dtypeObject(array.dtype),
    FALSE, // C order
    bytesHeader(length),
  ]);
  let written = 0;
  for (const chunk of array.bytes()) {
    written += chunk.length;
    yield chunk;
  }
  if (written !== length) throw new RangeError(`An array of shape [${array.shape.join(", ")}] needs ${length} bytes, not ${written}.`);
  yield Buffer.concat([TUPLE, BUILD]);
}

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return Buffer.concat([global("numpy._core.multiarray", "scalar"), tuple(dtypeObject("i8"), raw(bytes)), REDUCE]);
}

function* valueChunks(value: PickleValue): Iterable<Buffer> {
  if (value === null) yield NONE;
  else if (value === true) yield TRUE;
  else if (value === false) yield FALSE;
  else if (typeof value === "string") yield unicode(value);
  else if (value.kind === "int") yield int(value.value);
  else if (value.kind === "float") yield float(value.value);
  else if (value.kind === "int64") yield int64(value.value);
  else if (value.kind === "array") yield* arrayChunks(value);
  else if (value.kind === "instance") yield* instanceChunks(value);
  else {
    if (value.kind === "list") yield EMPTY_LIST;
    yield MARK;
    for (const item of value.items) yield* valueChunks(item);
    yield value.kind === "list" ? APPENDS : TUPLE;
  }
}

function* instanceChunks(instance: PickleClass): Iterable<Buffer> {
  yield Buffer.concat([global(instance.module, instance.name), EMPTY_TUPLE, NEWOBJ, EMPTY_DICT, MARK]);
  for (const [key, value] of Object.entries(instance.state)) {
    yield unicode(key);
    yield* valueChunks(value);
  }
  yield Buffer.concat([SETITEMS, BUILD]);
}

/** The pickle of `value` in pieces, so that a model of any size is written without holding it in memory. */
export function* pickleChunks(value: PickleValue): Iterable<Buffer> {
  yield PROTOCOL_4;
  yield* valueChunks(value);
  yield STOP;
}
