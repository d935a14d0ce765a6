/** An application's folder as a list of its files and links. What is left out, and what cannot be packed, is said by name. */
import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { Ignored, isVirtualEnvironment, neverPacked } from "./ignored";
import { isLinkAt, statsAt } from "./stats-at";

export interface TreeEntry {
  /** Relative to the application, with `/`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Where a symbolic link leads, relative to the link. */
  readonly link?: string;
}

export interface AppTree {
  readonly root: string;
  /** Files and links by path. */
  readonly entries: readonly TreeEntry[];
  readonly problems: readonly string[];
  /** How something is left out of it, as messages say it in brackets. */
  readonly leaveOut: string;
}

const BY_KEY = "app.exclude";

/** More than an application is ever made of; what is above is refused before it is read. */
const LIMITS = { files: 20_000, bytes: 64 * 1024 * 1024 };

/** @param exclude patterns as in .gitignore, on top of those that the folder has */
export function readTree(root: string, exclude: readonly string[] = []): AppTree {
  const unusable = notAFolder(root);
  if (unusable !== undefined) return { root, entries: [], problems: [unusable], leaveOut: BY_KEY };
  const walk = new Walk(realpathSync.native(root));
  walk.folder("", Ignored.at(walk.root, exclude));
  return walked(walk, BY_KEY, "has no files; check the path, and what .gitignore and app.exclude leave out");
}

function notAFolder(root: string): string | undefined {
  if (statsAt(root)?.isDirectory() === true) return undefined;
  const found = isLinkAt(root) ? "is a symbolic link that leads to no folder" : "is not a folder";
  return `${found}; give the folder that holds the Python package and requirements.txt`;
}

/** Everything in a folder, as a host unpacks an archive. @param leaveOut how something is left out of that */
export function readWholeTree(root: string, leaveOut: string): AppTree {
  const walk = new Walk(realpathSync.native(root), true);
  walk.folder("", Ignored.nothing(walk.root));
  return walked(walk, leaveOut, "has no files; check that it is the right one");
}

function walked(walk: Walk, leaveOut: string, empty: string): AppTree {
  const entries = walk.entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  const problems = [...walk.problems, ...linkProblems(walk, entries, leaveOut)];
  return { root: walk.root, entries, problems: entries.length === 0 && problems.length === 0 ? [empty] : problems, leaveOut };
}

class Walk {
  readonly entries: TreeEntry[] = [];
  readonly problems: string[] = [];
  private bytes = 0;
  private full = false;

  /** @param whole everything counts, whatever it is called */
  constructor(
    readonly root: string,
    readonly whole = false,
  ) {}

  folder(below: string, above: Ignored): void {
    const ignored = below === "" || this.whole ? above : above.within(below);
    for (const name of readdirSync(join(this.root, below))) {
      if (this.full) return;
      const path = below === "" ? name : `${below}/${name}`;
      if (this.whole || !neverPacked(name)) this.entry(path, ignored);
    }
  }

  private entry(path: string, ignored: Ignored): void {
    const whole = join(this.root, path);
    // Read as text it is another name, under which there is nothing.
    if (path.includes("\uFFFD")) {
      this.problems.push(`${path} has a name that is not UTF-8; rename it`);
      return;
    }
    const stat = lstatSync(whole);
    if (ignored.has(path, stat.isDirectory())) return;
    // A control character or a backslash in a name would not survive the lists that the host checks.
    if (/[\p{Cc}\\]/u.test(path))
      this.problems.push(`${JSON.stringify(path)} has a control character or a backslash in its name; rename it`);
    if (stat.isDirectory()) {
      if (this.whole || !isVirtualEnvironment(whole)) this.folder(path, ignored);
    } else if (stat.isFile()) this.add({ path, size: stat.size });
    else if (stat.isSymbolicLink()) {
      if (this.whole || !isVirtualEnvironment(whole)) this.add({ path, size: 0, link: readlinkSync(whole) });
    } else this.problems.push(`${path} is a special file; only files, folders and symbolic links can be packed`);
  }

  private add(entry: TreeEntry): void {
    this.entries.push(entry);
    this.bytes += entry.size;
    if (this.whole || (this.entries.length <= LIMITS.files && this.bytes <= LIMITS.bytes)) return;
    this.full = true;
    this.problems.push(
      this.bytes > LIMITS.bytes
        ? `holds more than ${LIMITS.bytes / 1024 / 1024} MiB, which no application is; ${largest(this.entries)}`
        : `holds more than ${LIMITS.files} files, which no application is; ${leaveOut(crowded(this.entries.map(({ path }) => path)))}`,
    );
  }
}

/** What to do about a folder that is too large. */
export function largest(entries: readonly TreeEntry[]): string {
  const names = [...entries].sort((a, b) => b.size - a.size).slice(0, 3);
  return leaveOut(`largest: ${names.map(({ path, size }) => `${path} (${mebibytes(size)})`).join(", ")}`);
}

function leaveOut(what: string): string {
  return `leave out what is not code (${what}) by .gitignore or app.exclude; models belong into the manifest; or use app.bundle with an S3 object`;
}

/** Where most of the files are: the innermost folder that has half of them, else the first folders with the most. */
export function crowded(paths: readonly string[]): string {
  let [folder, held] = ["", paths.length];
  for (;;) {
    const below = foldersBelow(paths, folder);
    const [first] = below;
    if (first === undefined || first.files * 2 < paths.length) {
      const most = folder === "" ? below.slice(0, 3) : [{ name: folder, files: held }];
      const list = most.map(({ name, files }) => `${name}/ (${files})`).join(", ");
      return list === "" ? "all lie in the folder itself" : `most files: ${list}`;
    }
    [folder, held] = [first.name, first.files];
  }
}

/** The folders directly below one, those with the most files first. */
function foldersBelow(paths: readonly string[], folder: string): { readonly name: string; readonly files: number }[] {
  const from = folder === "" ? 0 : folder.length + 1;
  const counts = new Map<string, number>();
  for (const path of paths) {
    const end = path.indexOf("/", from);
    if (end === -1 || (folder !== "" && !path.startsWith(`${folder}/`))) continue;
    const name = path.slice(0, end);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, files]) => ({ name, files })).sort((a, b) => b.files - a.files);
}

/** The folders that a path lies in, the outermost first. */
export function foldersAbove(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

export function mebibytes(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

/** Links that would lead to something else on the host, or to nothing. */
function linkProblems({ root, whole }: Walk, entries: readonly TreeEntry[], leaveOut: string): string[] {
  const known = new Set(entries.flatMap(({ path }) => [path, ...foldersOf(path)]));
  return entries.flatMap(({ path, link }) => {
    if (link === undefined) return [];
    const named = `${path} is a symbolic link to ${link}`;
    if (isAbsolute(link))
      return [`${named}, an absolute path, which is another one on the host; make the link relative, or leave it out (${leaveOut})`];
    // A link to nothing does no harm on a host; in a folder of the reader's own something is missing.
    const target = targetOf(join(root, path)) ?? (whole ? resolve(root, dirname(path), link) : undefined);
    if (target === undefined) return [`${named}, which is not there; correct the link, or leave it out (${leaveOut})`];
    if (target !== root && !target.startsWith(root + sep)) {
      return [`${named}, outside of the application's folder; copy what it leads to into the folder, or leave it out (${leaveOut})`];
    }
    const inside = relative(root, target).split(sep).join("/");
    return whole || inside === "" || known.has(inside)
      ? []
      : [`${named}, which is left out of the application; leave the link out too (${leaveOut})`];
  });
}

/** Where a link leads in the end; undefined when that is nowhere. */
function targetOf(link: string): string | undefined {
  try {
    // The system's own: the other takes `link/..` for the folder of the link.
    return realpathSync.native(link);
  } catch {
    return undefined;
  }
}

function foldersOf(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** What has content of its own: a link is packed as a link, and may lead to a folder. */
export function plainFiles(tree: AppTree): TreeEntry[] {
  return tree.entries.filter(({ link }) => link === undefined);
}

/** @throws Error of the system when the file went away since. */
export function contentOf(tree: AppTree, { path }: TreeEntry): Buffer {
  return readFileSync(join(tree.root, path));
}

/** The text of a file of the tree, links followed, with the line ends of Unix and without a byte order mark, as Python reads it; undefined when the tree has none of that path. */
export function textOf(tree: AppTree, path: string): string | undefined {
  const found = tree.entries.find((entry) => entry.path === path);
  if (found === undefined || statsAt(join(tree.root, path))?.isFile() !== true) return undefined;
  return contentOf(tree, found)
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .replace(/\r\n/g, "\n");
}
