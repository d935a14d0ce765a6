/** What the header of a safetensors file says of its tensors, as the library checks it before it loads one. Pure. */

const LARGEST_HEADER = 64 * 1024 * 1024;
const AGAIN = "Write it again with save_file.";
const WRONG = `has a header that safetensors does not write. ${AGAIN}`;

/** Bits of one element. Types that are not here are younger than this, and their sizes are not compared. */
const BITS: Readonly<Record<string, number>> = {
  ...{ BOOL: 8, U8: 8, I8: 8, F8_E4M3: 8, F8_E5M2: 8, F8_E8M0: 8, F8_E4M3FNUZ: 8, F8_E5M2FNUZ: 8 },
  ...{ I16: 16, U16: 16, F16: 16, BF16: 16, I32: 32, U32: 32, F32: 32, I64: 64, U64: 64, F64: 64, C64: 64 },
  ...{ F4: 4, F6_E2M3: 6, F6_E3M2: 6 },
};

interface Tensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/**
 * @param size of the file, in bytes @param bytesOf what stands at a place @param cut what is said of a file that ends too early
 * @returns the end of a sentence that begins with the file's name
 */
export function safetensors(size: number, bytesOf: (from: number, length: number) => Buffer, cut: string): string | undefined {
  const length = Number(bytesOf(0, 8).readBigUInt64LE(0));
  const tensors = length > LARGEST_HEADER ? undefined : tensorsOf(bytesOf(8, length).toString("utf8"));
  if (tensors === undefined) return WRONG;
  const end = Math.max(0, ...tensors.map((tensor) => tensor.end)) + 8 + length;
  if (end > size) return cut;
  if (end < size) return `has ${size - end} bytes behind its last tensor, which safetensors refuses. ${AGAIN}`;
  return tensors.map(shapeProblem).find((problem) => problem !== undefined) ?? placeProblem(tensors);
}

/** Undefined where it is no header of tensors. */
function tensorsOf(text: string): Tensor[] | undefined {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    return undefined; // said by the caller
  }
  if (header === null || typeof header !== "object" || Array.isArray(header)) return undefined;
  const tensors = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, tensor]) => tensorOf(name, tensor));
  return tensors.every((tensor): tensor is Tensor => tensor !== undefined) ? tensors : undefined;
}

function tensorOf(name: string, given: unknown): Tensor | undefined {
  const { dtype, shape, data_offsets: offsets } = (given ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof dtype !== "string" || !isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) return undefined;
  const [start = 0, end = 0] = offsets;
  return start > end ? undefined : { name, dtype, shape, start, end };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && Number(one) >= 0);
}

function shapeProblem({ name, dtype, shape, start, end }: Tensor): string | undefined {
  const bits = Object.entries(BITS).find(([type]) => type === dtype)?.[1];
  if (bits === undefined) return undefined;
  const bytes = shape.reduce((product, side) => product * side, bits) / 8;
  return bytes === end - start
    ? undefined
    : `has a tensor ${JSON.stringify(name.slice(0, 80))} of ${dtype} and the shape [${shape.join(", ")}], which takes ${bytes} bytes, and its place has ${end - start}; safetensors refuses that. ${AGAIN}`;
}

/** One behind the other, from the first byte on. */
function placeProblem(tensors: readonly Tensor[]): string | undefined {
  const sorted = [...tensors].sort((a, b) => a.start - b.start || a.end - b.end);
  const wrong = sorted.find(({ start }, index) => start !== (sorted[index - 1]?.end ?? 0));
  return wrong === undefined
    ? undefined
    : `has a tensor ${JSON.stringify(wrong.name.slice(0, 80))} at byte ${wrong.start} of its data, which is not where the one before ends; safetensors refuses that. ${AGAIN}`;
}
