/** A folder as one deterministic tar: the same files give the same bytes on every machine, at any time. */
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { packTar } from "./tar";
import type { Bundle, BundleFile } from "./types";

/** Never part of an application: caches, repositories, secrets, environments. */
const IGNORED =
  /^(?:__pycache__|\.git|\.env|\.env\..*|\.venv|venv|node_modules|\.pytest_cache|\.mypy_cache|\.ruff_cache|\.DS_Store|.*\.pyc)$/;

/** The Command provider takes about 6 MB by stdin. */
const LIMIT_BASE64 = 5_500_000;

interface Entry {
  readonly path: string;
  readonly content: Buffer;
}

/**
 * Reads all files below `dir`; writes none. Files become 0644 of 0:0, their order and times are fixed.
 * @throws Error naming the folder and all problems: missing, empty, links, special files, larger than a step may be.
 */
export function buildBundle(dir: string): Bundle {
  const problems: string[] = [];
  const entries = isFolder(dir) ? collect(dir, "", problems) : [];
  if (!isFolder(dir)) problems.push("is not a folder; give the folder that holds the Python package and requirements.txt");
  else if (entries.length === 0 && problems.length === 0) problems.push("has no files");
  if (problems.length > 0) throw new Error(`Application folder ${dir}: ${problems.join("; ")}.`);
  entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  const tar = toTar(entries);
  const gzipBase64 = compress(tar).toString("base64");
  if (gzipBase64.length > LIMIT_BASE64) {
    throw new Error(
      `Application folder ${dir}: packed it has ${gzipBase64.length} bytes, the limit is ${LIMIT_BASE64}; ${advice(entries)}.`,
    );
  }
  return { sha256: sha256(tar), gzipBase64, files: entries.map(describe) };
}

function isFolder(dir: string): boolean {
  return statSync(dir, { throwIfNoEntry: false })?.isDirectory() === true;
}

function collect(root: string, below: string, problems: string[]): Entry[] {
  const entries: Entry[] = [];
  for (const name of readdirSync(join(root, below))) {
    if (IGNORED.test(name)) continue;
    const path = below === "" ? name : `${below}/${name}`;
    const stat = lstatSync(join(root, path));
    if (stat.isDirectory()) entries.push(...collect(root, path, problems));
    else if (stat.isFile()) entries.push({ path, content: readFileSync(join(root, path)) });
    else problems.push(`${path} is ${stat.isSymbolicLink() ? "a symbolic link" : "a special file"}; only files and folders can be packed`);
    // A control character or a backslash in a name would not survive the lists that the host checks.
    if (/[\p{Cc}\\]/u.test(name)) problems.push(`${JSON.stringify(path)} has a control character or a backslash in its name`);
  }
  return entries;
}

function advice(entries: readonly Entry[]): string {
  const largest = [...entries].sort((a, b) => b.content.length - a.content.length).slice(0, 3);
  return `remove what is not code (largest: ${largest.map((entry) => entry.path).join(", ")}), or use app.bundle with an S3 object`;
}

/** Folders before their files, because a tar that lists no folders leaves their modes to the one who unpacks. */
function toTar(entries: readonly Entry[]): Buffer {
  const folders = new Set<string>();
  for (const { path } of entries) {
    for (let cut = path.indexOf("/"); cut !== -1; cut = path.indexOf("/", cut + 1)) folders.add(path.slice(0, cut + 1));
  }
  const all = [...[...folders].map((path) => ({ path, mode: 0o755 })), ...entries.map((entry) => ({ ...entry, mode: 0o644 }))];
  return packTar(all.sort((a, b) => (a.path < b.path ? -1 : 1)));
}

/** zlib writes the packing system into byte 9 of the header; 255 says "unknown" everywhere. The time in the header is 0 already. */
function compress(tar: Buffer): Buffer {
  const packed = gzipSync(tar, { level: 9 });
  packed[9] = 255;
  return packed;
}

function describe(entry: Entry): BundleFile {
  return { path: entry.path, mode: "0644", sha256: sha256(entry.content), size: entry.content.length };
}

function sha256(data: Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}
