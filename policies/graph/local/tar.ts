/** The files of a tar (POSIX and GNU, see tar(5)). */
import { MOST_TEXT, TOO_MUCH } from "./members";
import type { Members } from "./members";

const BLOCK = 512;
const BROKEN = "is no complete tar";

/** @returns why not all of it could be read */
export function readTar(bytes: Buffer, members: Members): string | undefined {
  /** A name that did not fit into the header: it comes in an entry before it. */
  let long: string | undefined;
  for (let at = 0; at + BLOCK <= bytes.length;) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return undefined;
    const size = octal(header, 124, 12);
    if (octal(header, 148, 8) !== checksum(header) || !(at + BLOCK + size <= bytes.length)) return BROKEN;
    if (!members.hasRoom()) return TOO_MUCH;
    const data = bytes.subarray(at + BLOCK, at + BLOCK + size);
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === "L") long = text(data, 0, size);
    else if (type === "x") long = paxPath(data) ?? long;
    else {
      if (type !== "5" && type !== "g") add(long ?? nameOf(header), type, data, members);
      long = undefined;
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return bytes.length % BLOCK === 0 ? undefined : BROKEN;
}

function add(name: string, type: string, data: Buffer, members: Members): void {
  const clean = name.replace(/^(\.\/)+/u, "");
  if (type === "0" || type === "\0" || type === "7") members.file(clean, data.length <= MOST_TEXT ? data : undefined);
  else members.closed(clean, type === "1" || type === "2" ? "is a link inside a tar" : "is no regular file");
}

function nameOf(header: Buffer): string {
  const prefix = text(header, 257, 5) === "ustar" && header[262] === 0 ? text(header, 345, 155) : "";
  const name = text(header, 0, 100);
  return prefix === "" ? name : `${prefix}/${name}`;
}

const text = (bytes: Buffer, at: number, length: number): string => bytes.toString("utf8", at, at + length).split("\0")[0] ?? "";

/** NaN for a size that is no octal number (GNU's form for more than 8 GB): no comparison holds then. */
function octal(header: Buffer, at: number, length: number): number {
  const digits = text(header, at, length).trim();
  return /^[0-7]+$/u.test(digits) ? parseInt(digits, 8) : digits === "" ? 0 : NaN;
}

/** The sum of the header's bytes with its own field as blanks. */
function checksum(header: Buffer): number {
  let sum = 8 * 32;
  header.forEach((byte, index) => (sum += index < 148 || index >= 156 ? byte : 0));
  return sum;
}

/** Records of `LENGTH KEY=VALUE\n`; the length counts bytes. */
function paxPath(data: Buffer): string | undefined {
  let found: string | undefined;
  for (let at = 0; at < data.length;) {
    const blank = data.indexOf(32, at);
    const length = Number(data.toString("latin1", at, blank));
    if (blank < 0 || !Number.isInteger(length) || length <= 0) break;
    const [key = "", ...value] = data.toString("utf8", blank + 1, at + length - 1).split("=");
    if (key === "path") found = value.join("=");
    at += length;
  }
  return found;
}
