/**
 * What a program sends from this machine: the text of a FileAsset, the files of a FileArchive. It is read where a graph is read, so that
 * whatever is derived from the graph (also what is kept between previews) depends on the content and not on a path.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Asset } from "../../core/types";
import { readFolder } from "./folder";
import { Members, MOST_TEXT, textOf } from "./members";
import { isFolder, readRegular } from "./read";
import { readTar } from "./tar";
import { readZip } from "./zip";

const MOST_ARCHIVE = 32 * 1024 * 1024;
const MOST_UNPACKED = 128 * 1024 * 1024;

/** @param hash the SHA-256 that a state has of it: a file of another content is another file */
export function openFile(path: string, hash?: string): Asset {
  if (formOf(path) && !isFolder(placeOf(path))) {
    // It is sent as the file that it is; what is inside comes to lie where a script unpacks it.
    const { content, members, opened } = openArchive(path, hash);
    return new Asset("file", content, members, opened);
  }
  const read = readRegular(placeOf(path), MOST_TEXT);
  if (!read || !("bytes" in read) || isOther(read.bytes, hash)) return new Asset("file", path);
  const text = textOf(read.bytes);
  return text === undefined ? new Asset("file", path) : new Asset("file", path, undefined, { text });
}

/** What reads the archives whose names end so. */
const formOf = (path: string): typeof readZip | typeof readTar | undefined =>
  /\.(zip|jar)$/u.test(path) ? readZip : /\.(tar|tgz|tar\.gz)$/u.test(path) ? readTar : undefined;

/** A folder, or a file whose name ends as Pulumi knows an archive by. */
export function openArchive(path: string, hash?: string): Asset {
  const place = placeOf(path);
  const members = new Members(path);
  if (isFolder(place)) return made(path, members, readFolder(place, members), true);
  const form = formOf(path);
  const read = readRegular(place, MOST_ARCHIVE);
  if (!read || !form) return new Asset("archive", path);
  if (!("bytes" in read)) return new Asset("archive", path, undefined, { why: read.why });
  if (isOther(read.bytes, hash)) return new Asset("archive", path, undefined, { why: "is not the one that the state was made with" });
  const bytes = /gz$/u.test(path) ? unpacked(read.bytes) : read.bytes;
  return typeof bytes === "string"
    ? new Asset("archive", path, undefined, { why: bytes })
    : made(path, members, form(bytes, members), false);
}

/** The bytes, unpacked where gzip has packed them; or why they are not. */
export const withoutGzip = (bytes: Buffer): Buffer | string => (bytes[0] === 0x1f && bytes[1] === 0x8b ? unpacked(bytes) : bytes);

/**
 * An archive, or a text, that the program has in itself (`contentBase64`): told apart by how it begins.
 * @param plain what `withoutGzip` makes of the bytes
 */
export function openBytes(name: string, bytes: Buffer, plain: Buffer | string): Asset {
  if (typeof plain === "string") return new Asset("archive", name, {}, { why: plain, folder: false });
  const form =
    plain.toString("latin1", 0, 4) === "PK\x03\x04" ? readZip : plain.toString("latin1", 257, 262) === "ustar" ? readTar : undefined;
  if (form) {
    const members = new Members(name);
    return made(name, members, form(plain, members), false);
  }
  const text = textOf(plain);
  return text === undefined || plain !== bytes ? new Asset("file", name) : new Asset("file", name, undefined, { text });
}

const made = (path: string, members: Members, why: string | undefined, folder: boolean): Asset =>
  new Asset("archive", path, members.all(), { ...(why === undefined ? {} : { why }), folder });

const isOther = (bytes: Buffer, hash: string | undefined): boolean =>
  hash !== undefined && createHash("sha256").update(bytes).digest("hex") !== hash;

function unpacked(bytes: Buffer): Buffer | string {
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_UNPACKED });
  } catch {
    return `is no complete gzip, or holds more than ${String(MOST_UNPACKED / 1024 / 1024)} MB`;
  }
}

const placeOf = (path: string): string => (isAbsolute(path) ? path : join(programFolder(process.cwd()), path));

const folders = new Map<string, string>();

/** The engine starts a pack in the pack's own folder; the program's is the one of the next Pulumi.yaml above, or its `main`. */
function programFolder(from: string): string {
  const known = folders.get(from);
  if (known !== undefined) return known;
  let folder = from;
  while (!existsSync(join(folder, "Pulumi.yaml")) && dirname(folder) !== folder) folder = dirname(folder);
  const found = existsSync(join(folder, "Pulumi.yaml")) ? withMain(folder) : from;
  folders.set(from, found);
  return found;
}

function withMain(folder: string): string {
  const [, main] = /^main:\s*["']?([^"'#\s]+)/mu.exec(readFileSync(join(folder, "Pulumi.yaml"), "utf8")) ?? [];
  const place = main === undefined ? folder : join(folder, main);
  return isFolder(place) ? place : folder;
}
