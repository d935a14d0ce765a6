/** A folder as one deterministic tar: the same files give the same bytes on every machine, at any time. */
import { gzipSync } from "node:zlib";
import { contentOf, largest, readTree, type AppTree, type TreeEntry } from "../app/tree";
import { packTar } from "./tar";
import { sha256 } from "../sha256";
import type { Bundle, BundleFile } from "./types";

/** The Command provider takes about 6 MB by stdin. */
const LIMIT_BASE64 = 5_500_000;

interface Entry {
  readonly path: string;
  readonly content: Buffer;
  readonly link?: string;
}

/**
 * Reads all files below `dir` that belong to an application; writes none. Files become 0644 of 0:0, their order and times are fixed.
 * @throws Error naming the folder and all problems: missing, empty, links that leave it, special files, larger than a step may be.
 */
export function buildBundle(dir: string): Bundle {
  const tree = readTree(dir);
  if (tree.problems.length > 0) throw new Error(`Application folder ${dir}: ${tree.problems.join("; ")}.`);
  return packTree(tree);
}

/** @throws Error when it is larger than a step may be, or has a path that a tar cannot hold. */
export function packTree(tree: AppTree): Bundle {
  // The host's .env is written from the configuration, whatever the folder has.
  const entries = tree.entries.filter(({ path }) => path !== ".env").map((entry) => read(tree, entry));
  const tar = toTar(entries);
  const digest = sha256(tar);
  const gzipBase64 = compress(tar, digest);
  if (gzipBase64.length > LIMIT_BASE64) {
    throw new Error(`packed it has ${gzipBase64.length} bytes, the limit is ${LIMIT_BASE64}; ${largest(tree.entries)}`);
  }
  return { sha256: digest, gzipBase64, files: entries.map(describe) };
}

function read(tree: AppTree, entry: TreeEntry): Entry {
  const { path, link } = entry;
  return link === undefined ? { path, content: contentOf(tree, entry) } : { path, link, content: Buffer.alloc(0) };
}

/** Folders before their files, because a tar that lists no folders leaves their modes to the one who unpacks. */
function toTar(entries: readonly Entry[]): Buffer {
  const folders = new Set<string>();
  for (const { path } of entries) {
    for (let cut = path.indexOf("/"); cut !== -1; cut = path.indexOf("/", cut + 1)) folders.add(path.slice(0, cut + 1));
  }
  const all = [
    ...[...folders].map((path) => ({ path, mode: 0o755 })),
    ...entries.map((entry) => ({ ...entry, mode: entry.link === undefined ? 0o644 : 0o777 })),
  ];
  return packTar(all.sort((a, b) => (a.path < b.path ? -1 : 1)));
}

/** zlib writes the packing system into byte 9 of the header; 255 says "unknown" everywhere. The time in the header is 0 already. */
function compress(tar: Buffer, digest: string): string {
  if (last?.digest !== digest) {
    const packed = gzipSync(tar, { level: 9 });
    packed[9] = 255;
    last = { digest, base64: packed.toString("base64") };
  }
  return last.base64;
}

/** Where the configuration is read again and again, it is about the same folder, and packing takes longer than all the rest. */
let last: { readonly digest: string; readonly base64: string } | undefined;

function describe({ path, content, link }: Entry): BundleFile {
  if (link !== undefined) return { path, link, mode: "0777", sha256: sha256(link), size: 0 };
  return { path, mode: "0644", sha256: sha256(content), size: content.length };
}
