/**
 * A tar archive as its entries, as GNU tar would unpack them: ustar with the extensions for long names that GNU tar, bsdtar and git write. At once and
 * not as a stream, because a Pulumi program wants its plain values at once. Pure.
 */

export interface Archived {
  /** Without `./` in front and without `/` at the end. */
  readonly path: string;
  readonly kind: "file" | "folder" | "link" | "other";
  readonly content: Buffer;
  /** Where a symbolic link leads. */
  readonly link: string;
}

const BLOCK = 512;
const KINDS: Readonly<Record<string, Archived["kind"]>> = { "0": "file", "\0": "file", "7": "file", "5": "folder", "2": "link" };

/** @returns undefined when this is no whole tar */
export function untar(data: Buffer): Archived[] | undefined {
  const found: Archived[] = [];
  let next: { path?: string; link?: string; size?: number } = {};
  for (let at = 0; at + BLOCK <= data.length;) {
    const header = data.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return found;
    const size = next.size ?? octal(header, 124, 12);
    if (!isHeader(header) || size === undefined || at + BLOCK + size > data.length) return undefined;
    const content = data.subarray(at + BLOCK, at + BLOCK + size);
    const type = String.fromCharCode(header[156] ?? 0);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (type === "L") next = { ...next, path: text(content, 0, content.length) };
    else if (type === "K") next = { ...next, link: text(content, 0, content.length) };
    else if (type === "x") next = { ...next, ...extended(content) };
    // Of the archive as a whole: git keeps the commit there.
    else if (type !== "g") {
      found.push(entry(header, type, content, next));
      next = {};
    }
  }
  // The two empty blocks at the end belong to it, and an archive that was cut off has none.
  return undefined;
}

function entry(header: Buffer, type: string, content: Buffer, given: { path?: string; link?: string }): Archived {
  const prefix = /^ustar\0/.test(header.toString("latin1", 257, 263)) ? text(header, 345, 155) : "";
  const path = given.path ?? [prefix, text(header, 0, 100)].filter((part) => part !== "").join("/");
  const kind = KINDS[type] === "file" && path.endsWith("/") ? "folder" : (KINDS[type] ?? "other");
  return { path: path.replace(/^(\.\/+)+|\/+$/g, ""), kind, content, link: given.link ?? text(header, 157, 100) };
}

/** The sum of its bytes, with blanks in place of the sum itself. */
function isHeader(header: Buffer): boolean {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  return octal(header, 148, 8) === sum;
}

function octal(block: Buffer, offset: number, width: number): number | undefined {
  // GNU's form for what octal digits cannot hold: no application is that large.
  if (((block[offset] ?? 0) & 0x80) !== 0) return undefined;
  const digits = text(block, offset, width).trim();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || "0", 8) : undefined;
}

function text(block: Buffer, offset: number, width: number): string {
  const end = block.indexOf(0, offset);
  return block.toString("utf8", offset, end === -1 || end > offset + width ? offset + width : end);
}

/** Records of POSIX pax: `LENGTH KEY=VALUE\n`, the length in bytes and with itself. */
function extended(content: Buffer): { path?: string; link?: string; size?: number } {
  const values: Record<string, string> = {};
  for (let at = 0; at < content.length;) {
    const length = Number.parseInt(content.toString("latin1", at, at + 20), 10);
    if (!(length > 0)) break;
    const [, key = "", value = ""] = /^\d+ ([^=]+)=([^]*)\n$/.exec(content.toString("utf8", at, at + length)) ?? [];
    values[key] = value;
    at += length;
  }
  const { path, linkpath, size } = values;
  return {
    ...(path === undefined ? {} : { path }),
    ...(linkpath === undefined ? {} : { link: linkpath }),
    ...(size === undefined ? {} : { size: Number(size) }),
  };
}
