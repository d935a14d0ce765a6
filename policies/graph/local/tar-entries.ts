/**
 * The entries of a tar, as GNU tar would unpack them: ustar with the extensions for long names that GNU tar, bsdtar and git write (tar(5)). At once
 * and not as a stream, because policies and a Pulumi program want plain values at once. Pure.
 */

export interface TarEntry {
  readonly name: string;
  /** The type's letter: "0" a file, "2" a symbolic link, "5" a folder. */
  readonly type: string;
  readonly content: Buffer;
  /** Where a link leads. */
  readonly link: string;
  /** Tells something of the next entry, or of the archive as a whole, and is none of its files. */
  readonly extension: boolean;
}

/** "ended": with the empty blocks that belong to it; "open": behind a whole entry, without them. */
export type TarEnd = "ended" | "open" | "broken";

interface Given {
  readonly path?: string;
  readonly linkpath?: string;
  readonly size?: string;
}

const BLOCK = 512;

export function* tarEntries(data: Buffer): Generator<TarEntry, TarEnd> {
  let next: Given = {};
  let at = 0;
  for (; at + BLOCK <= data.length;) {
    const header = data.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return "ended";
    const size = next.size === undefined ? octal(header, 124, 12) : decimal(next.size);
    if (!isHeader(header) || size === undefined || !(at + BLOCK + size <= data.length)) return "broken";
    const content = data.subarray(at + BLOCK, at + BLOCK + size);
    const type = String.fromCharCode(header[156] ?? 0);
    const extension = "LKxg".includes(type);
    yield { name: next.path ?? nameOf(header), type, content, link: next.linkpath ?? text(header, 157, 100), extension };
    if (!extension) next = {};
    else if (type === "L") next = { ...next, path: text(content, 0, content.length) };
    else if (type === "K") next = { ...next, linkpath: text(content, 0, content.length) };
    // "g" is of the archive as a whole: git keeps the commit there.
    else if (type === "x") next = { ...next, ...records(content) };
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return at === data.length ? "open" : "broken";
}

function nameOf(header: Buffer): string {
  const prefix = header.toString("latin1", 257, 263) === "ustar\0" ? text(header, 345, 155) : "";
  const name = text(header, 0, 100);
  return prefix === "" ? name : `${prefix}/${name}`;
}

/** The sum of its bytes, with blanks in place of the sum itself. */
function isHeader(header: Buffer): boolean {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  return octal(header, 148, 8) === sum;
}

/** Undefined for what is no octal number, such as GNU's form for more than 8 GB. */
function octal(block: Buffer, offset: number, width: number): number | undefined {
  const digits = text(block, offset, width).trim();
  return /^[0-7]*$/u.test(digits) ? Number.parseInt(digits || "0", 8) : undefined;
}

/** Of digits alone: with a size below zero the same entry would come again and again. */
const decimal = (digits: string): number | undefined => (/^\d+$/u.test(digits) ? Number(digits) : undefined);

function text(block: Buffer, offset: number, width: number): string {
  return block.toString("utf8", offset, offset + width).split("\0", 1)[0] ?? "";
}

/** Records of POSIX pax: `LENGTH KEY=VALUE\n`, the length in bytes and with itself. */
function records(content: Buffer): Given {
  const values: Record<string, string> = {};
  for (let at = 0; at < content.length;) {
    const length = Number.parseInt(content.toString("latin1", at, at + 20), 10);
    if (!(length > 0)) break;
    const [, key = "", value = ""] = /^\d+ ([^=]+)=([^]*)\n$/u.exec(content.toString("utf8", at, at + length)) ?? [];
    values[key] = value;
    at += length;
  }
  const { path, linkpath, size } = values;
  return {
    ...(path === undefined ? {} : { path }),
    ...(linkpath === undefined ? {} : { linkpath }),
    ...(size === undefined ? {} : { size }),
  };
}
