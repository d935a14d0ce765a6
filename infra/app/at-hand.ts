/**
 * Code that the hosts fetch by themselves, read here from a copy of it: the file of a bundle, or a clone of the repository. What is wrong with it is said
 * at preview then, as of a folder. Nothing of it is run.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { gitEnvironment } from "../../policies/cli/git";
import { systemSentence } from "../../policies/cli/system-errors";
import { foldersAbove, readWholeTree, type AppTree } from "./tree";
import { sha256 as digestOf } from "../sha256";
import { untar, type Archived } from "./untar";

export interface AtHand {
  /** Without files where there are problems. */
  readonly tree: AppTree;
  /** What is not there and may not be needed. */
  readonly notices: readonly string[];
}

const LARGEST = 256 * 1024 * 1024;
/** As messages say how something is left out. */
const OF_BUNDLE = "make the bundle without it";
const OF_COMMIT = "a commit without it";

/**
 * @param file a tar.gz, absolute @param sha256 of the tar in it, which the hosts compare
 * @param use what is done with it while it is unpacked
 */
export function withBundle<T>(file: string, sha256: string, use: (found: AtHand) => T): T {
  const read = unzipped(file);
  if ("problem" in read) return use(nothing(file, read.problem));
  const digest = digestOf(read.tar);
  if (digest === sha256) return withTar(read.tar, { name: file, leaveOut: OF_BUNDLE }, use);
  const hint = read.packed === sha256 ? ", and that is the digest of the compressed file" : "";
  return use(
    nothing(
      file,
      `holds a tar with the sha256 ${digest}, and app.bundle.sha256 is ${sha256}${hint}; the hosts would refuse it. Write the digest of the tar (gunzip -c FILE | sha256sum) of the file that is in S3`,
    ),
  );
}

function unzipped(file: string): { tar: Buffer; packed: string } | { problem: string } {
  let data: Buffer;
  try {
    data = readFileSync(file);
  } catch (error) {
    const sentence = systemSentence(error, "cannot be read");
    if (sentence === undefined) throw error;
    return { problem: sentence };
  }
  try {
    return { tar: gunzipSync(data, { maxOutputLength: LARGEST }), packed: digestOf(data) };
  } catch (error) {
    const large = (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE";
    return {
      problem: large
        ? `holds more than ${LARGEST / 1024 / 1024} MiB, which no application is; leave out what is not code, models belong into the manifest`
        : "is no tar.gz (or was cut off); make it with git archive --format=tar.gz -o FILE COMMIT, or tar -czf FILE -C FOLDER .",
    };
  }
}

/** @param clone the repository's folder, absolute @param use what is done with the commit's files while they lie unpacked */
export function withCommit<T>(clone: string, commit: string, use: (found: AtHand) => T): T {
  if (clone.includes("\0")) return use(nothing(clone, "has a NUL character, which no path has; write it anew"));
  const known = git(clone, ["rev-parse", "--verify", "--quiet", `${commit}^{commit}`]);
  if (known.problem !== undefined) return use(nothing(clone, known.problem));
  if (known.status !== 0) {
    const repository = git(clone, ["rev-parse", "--git-dir"]).status === 0;
    const found = repository
      ? `has no commit ${commit}; run git fetch there, or correct app.git.commit`
      : "is no git repository that this user can read; name a clone of the one in app.git.url";
    return use(nothing(clone, found));
  }
  // As on a host: without Git LFS, and without what this machine does to line ends.
  const plain = ["filter.lfs.smudge=cat", "filter.lfs.process=", "filter.lfs.required=false", "core.autocrlf=false"];
  const archive = git(clone, [...plain.flatMap((one) => ["-c", one]), "archive", "--format=tar", commit]);
  if (archive.problem !== undefined || archive.status !== 0) {
    return use(nothing(clone, archive.problem ?? `git cannot pack its commit ${commit} (${archive.says}); repair the clone`));
  }
  const listed = git(clone, ["ls-tree", "-r", commit]).stdout.toString("utf8");
  const submodules = [...listed.matchAll(/^160000 commit [0-9a-f]+\t(.+)$/gm)].map(([, path = ""]) => path);
  const notices =
    submodules.length === 0
      ? []
      : [
          `${submodules.join(", ")} ${submodules.length === 1 ? "is a submodule, which the hosts do" : "are submodules, which the hosts do"} not fetch`,
        ];
  return withTar(archive.stdout, { name: clone, leaveOut: OF_COMMIT, notices }, use);
}

interface Said {
  readonly status: number | null;
  readonly stdout: Buffer;
  /** The first line of what it complained of. */
  readonly says: string;
  readonly problem?: string;
}

function git(folder: string, args: readonly string[]): Said {
  const { status, stdout, stderr, error } = spawnSync("git", ["-C", folder, ...args], { env: gitEnvironment(), maxBuffer: LARGEST });
  const problem =
    error === undefined ? undefined : (systemSentence(error) ?? `git could not read it (${error.message}); run it there by hand`);
  return { status, stdout, says: stderr?.toString("utf8").split("\n")[0] ?? "", problem };
}

interface Origin {
  readonly name: string;
  readonly leaveOut: string;
  readonly notices?: readonly string[];
}

/** In a folder of its own, which is removed afterwards. */
function withTar<T>(tar: Buffer, { name, leaveOut, notices = [] }: Origin, use: (found: AtHand) => T): T {
  const entries = untar(tar);
  if (entries === undefined)
    return use(nothing(name, "holds no whole tar archive; make it with git archive, or tar -czf FILE -C FOLDER ."));
  const problem = unfit(entries, leaveOut) ?? below(entries);
  if (problem !== undefined) return use(nothing(name, problem));
  const folder = mkdtempSync(join(tmpdir(), "app-at-hand-"));
  try {
    lay(folder, entries);
    return use({ tree: readWholeTree(folder, leaveOut), notices });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the step on the host refuses, or tar itself. */
function unfit(entries: readonly Archived[], leaveOut: string): string | undefined {
  const odd = entries.find(({ kind }) => kind === "other");
  if (odd !== undefined)
    return `${odd.path} is a hard link or a special file; only files, folders and symbolic links can be deployed: ${leaveOut}`;
  const out = entries.find(({ path }) => path.startsWith("/") || path.split("/").includes(".."));
  if (out !== undefined) return `${out.path} leads out of the archive; pack the folder by relative paths (tar -czf FILE -C FOLDER .)`;
  const kinds = new Map<string, Archived["kind"]>();
  for (const { path, kind } of entries) {
    const over = foldersAbove(path).find((one) => (kinds.get(one) ?? "folder") !== "folder");
    if (over !== undefined || (kinds.has(path) && (kinds.get(path) === "folder") !== (kind === "folder")))
      return `${over ?? path} is in it as a folder and as something else; pack the folder anew`;
    kinds.set(path, kind);
    for (const one of foldersAbove(path)) kinds.set(one, "folder");
  }
  return undefined;
}

/** The archives that GitHub and others offer have a folder around everything. */
function below(entries: readonly Archived[]): string | undefined {
  const tops = new Set(entries.filter(({ path }) => path !== "").map(({ path }) => path.split("/")[0] ?? ""));
  const [top = ""] = tops;
  const has = (name: string): boolean => entries.some(({ path, kind }) => path === `${top}/${name}` && kind === "file");
  if (tops.size !== 1 || !(has("requirements.txt") || has("pyproject.toml"))) return undefined;
  return `has everything below ${top}/, and the application has to be at its top; pack what is in that folder (tar -czf FILE -C ${top} ., or git archive without --prefix)`;
}

/** Links last, so that nothing is written through one. A file that is in it twice is the later one, as for tar. */
function lay(folder: string, entries: readonly Archived[]): void {
  const last = [...new Map(entries.filter(({ path }) => path !== "").map((entry) => [entry.path, entry])).values()];
  for (const { path, kind, content } of last) {
    if (kind === "folder") mkdirSync(join(folder, path), { recursive: true });
    if (kind !== "file") continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  for (const { path, link } of last.filter(({ kind }) => kind === "link")) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(link, join(folder, path));
  }
}

function nothing(root: string, problem: string): AtHand {
  return { tree: { root, entries: [], problems: [problem], leaveOut: "" }, notices: [] };
}
