/**
 * Plain data as bytes and back: lists, objects, texts, numbers, booleans, null and undefined, without circles. What is one object stays one
 * object, and a text is written once however often it occurs: a record of a host names the same few thousand texts a hundred thousand times.
 * Objects that are told from others like them by being that very object are given by the program at both ends (`named`).
 *
 * Bytes: the length of a JSON text; that text (constants, and the keys of each form of object); then whole numbers. For each object, after
 * everything it holds: its form and what its keys hold; for a list -1, its length and its items. What is held is the number of an object
 * that came before, or for a constant its number inverted. The last object is the value.
 */
type Constant = string | number | boolean | null;

interface Tables {
  readonly constants: readonly Constant[];
  readonly forms: readonly (readonly string[])[];
}

const LIST = -1;
const UNDEFINED = ~0;

/** So many characters of different texts are put into bytes; hosts of a large set-up have a few millions. */
export const MOST_CHARACTERS = 16 * 2 ** 20;

/** Undefined for what holds more text than that. */
export function encode(value: object, named: readonly object[] = []): Buffer | undefined {
  const writer = new Writer(named);
  writer.reference(value);
  if (writer.characters > MOST_CHARACTERS) return undefined;
  const tables: Tables = { constants: writer.constants, forms: writer.forms };
  const json = Buffer.from(JSON.stringify(tables));
  const head = Buffer.alloc(4);
  head.writeUInt32LE(json.length);
  return Buffer.concat([head, json, Buffer.from(Int32Array.from(writer.numbers).buffer)]);
}

class Writer {
  /** The first stands for undefined, which JSON does not have. */
  readonly constants: Constant[] = [null];
  readonly forms: string[][] = [];
  readonly numbers: number[] = [];
  characters = 0;
  private readonly constantNumbers = new Map<Constant, number>();
  private readonly formNumbers = new Map<string, number>();
  private readonly objectNumbers: Map<object, number>;

  constructor(named: readonly object[]) {
    this.objectNumbers = new Map(named.map((object, number) => [object, number]));
  }

  reference(value: unknown): number {
    if (value === undefined) return UNDEFINED;
    if (typeof value === "object" && value !== null) return this.objectNumbers.get(value) ?? this.object(value);
    if (value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value))
      return this.constant(value as Constant);
    throw new TypeError(`a ${typeof value} is no plain data`);
  }

  private constant(value: Constant): number {
    let number = this.constantNumbers.get(value);
    if (number === undefined) {
      number = this.constants.push(value) - 1;
      this.constantNumbers.set(value, number);
      if (typeof value === "string") this.characters += value.length;
    }
    return ~number;
  }

  private object(value: object): number {
    const head = Array.isArray(value) ? [LIST, value.length] : [this.form(value)];
    const held = (Array.isArray(value) ? (value as unknown[]) : Object.values(value)).map((one) => this.reference(one));
    for (const number of head) this.numbers.push(number);
    for (const number of held) this.numbers.push(number);
    const number = this.objectNumbers.size;
    this.objectNumbers.set(value, number);
    return number;
  }

  private form(value: object): number {
    if (Object.getPrototypeOf(value) !== Object.prototype) throw new TypeError("an object of a class is no plain data");
    const keys = Object.keys(value);
    const name = JSON.stringify(keys);
    const number = this.formNumbers.get(name) ?? this.forms.push(keys) - 1;
    this.formNumbers.set(name, number);
    return number;
  }
}

/** Throws where the bytes are not of `encode`. */
export function decode(bytes: Buffer, named: readonly object[] = []): unknown {
  const begin = 4 + bytes.readUInt32LE(0);
  const { constants, forms } = JSON.parse(bytes.toString("utf8", 4, begin)) as Tables;
  const numbers = new Int32Array(new Uint8Array(bytes.subarray(begin)).buffer);
  const objects: unknown[] = [...named];
  const held = (number: number): unknown => (number >= 0 ? objects[number] : number === UNDEFINED ? undefined : constants[~number]);
  for (let at = 0; at < numbers.length;) {
    const form = numbers[at++] as number;
    if (form === LIST) {
      const length = numbers[at++] as number;
      objects.push(Array.from(numbers.subarray(at, at + length), held));
      at += length;
    } else {
      const object: Record<string, unknown> = {};
      for (const key of forms[form] as readonly string[]) object[key] = held(numbers[at++] as number);
      objects.push(object);
    }
  }
  return objects.at(-1);
}
