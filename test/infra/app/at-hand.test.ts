/** Bundles and commits of which there is a copy on this machine: read as a folder is, before anything is created. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { withBundle, withCommit, type AtHand } from "../../../infra/app/at-hand";
import { textOf } from "../../../infra/app/tree";
import { untar } from "../../../infra/app/untar";
import { packTar, type TarEntry } from "../../../infra/release/tar";
import { lacking, unless } from "../../needs";
import { APP, removeTrees, treeOf, type Files } from "./trees";

const scratch = mkdtempSync(join(tmpdir(), "at-hand-test-"));
afterAll(() => (removeTrees(), rmSync(scratch, { recursive: true })));

const sha256 = (data: Buffer): string => createHash("sha256").update(data).digest("hex");
const archive = (...entries: readonly (Partial<TarEntry> & { path: string })[]): Buffer =>
  packTar(entries.map((entry) => ({ mode: 0o644, content: Buffer.from("x"), ...entry })));
const keep = ({ tree, notices }: AtHand) => ({ ...tree, notices, label: textOf(tree, "requirements.txt") });

/** What a bundle of these bytes comes to. */
function bundle(packed: Buffer, digest: string): ReturnType<typeof keep> {
  const file = join(scratch, "app.tar.gz");
  writeFileSync(file, packed);
  return withBundle(file, digest, keep);
}
const ofTar = (tar: Buffer): ReturnType<typeof keep> => bundle(gzipSync(tar), sha256(tar));
const LONG = `${"folder-of-a-long-name/".repeat(12)}${"x".repeat(120)}.py`;

unless(lacking("tar"))("a bundle that tar packed: everything in it counts, long names and links too", () => {
  const folder = treeOf({ ...APP, ".gitignore": "*.csv\n", "data.csv": "1\n", [LONG]: "", "venv/pyvenv.cfg": "", "l.py": { link: LONG } });
  for (const format of ["gnu", "pax"]) {
    const file = join(scratch, `${format}.tar.gz`);
    execFileSync("tar", ["-czf", file, `--format=${format}`, "-C", folder, "."]);
    const tar = gunzipSync(execFileSync("cat", [file]));
    const found = withBundle(file, sha256(tar), keep);
    expect(found.problems).toEqual([]);
    expect(found.entries.map(({ path }) => path).sort()).toEqual(
      [".gitignore", ...Object.keys(APP), "data.csv", LONG, "l.py", "venv/pyvenv.cfg"].sort(),
    );
    expect(found.entries.find(({ path }) => path === "l.py")?.link).toBe(LONG);
    expect(found.label).toBe(APP["requirements.txt"]);
    expect(existsSync(found.root)).toBe(false);
  }
});

const whole = archive({ path: "requirements.txt" }, { path: "main.py" });

test.each<[title: string, packed: Buffer, digest: string, problem: RegExp]>([
  [
    "another digest",
    gzipSync(whole),
    "0".repeat(64),
    /^holds a tar with the sha256 [0-9a-f]{64}, and app\.bundle\.sha256 is 0{64}; .*Write the digest/,
  ],
  ["the digest of the compressed file", gzipSync(whole), sha256(gzipSync(whole)), /, and that is the digest of the compressed file; /],
  ["a zip", Buffer.from("PK\u0003\u0004"), "0".repeat(64), /^is no tar\.gz \(or was cut off\); make it with/],
  ["half a file", gzipSync(whole).subarray(0, 60), sha256(whole), /^is no tar\.gz \(or was cut off\)/],
  [
    "what is no tar",
    gzipSync(Buffer.from("x".repeat(4096))),
    sha256(Buffer.from("x".repeat(4096))),
    /^holds no whole tar archive; make it/,
  ],
])("a bundle with %s is refused with what to do", (_title, packed, digest, problem) => {
  expect(bundle(packed, digest)).toMatchObject({ entries: [], problems: [expect.stringMatching(problem)] });
});

test("a file that is not there, and a folder", () => {
  expect(withBundle(join(scratch, "none.tar.gz"), "", keep).problems).toEqual([
    expect.stringMatching(/^cannot be read: there is no such file/),
  ]);
  expect(withBundle(scratch, "", keep).problems).toEqual([expect.stringMatching(/^cannot be read: is a folder/)]);
});

test.each<[title: string, tar: Buffer, problem: RegExp]>([
  ["a path out of it", archive({ path: "../evil.py" }), /^\.\.\/evil\.py leads out of the archive/],
  ["an absolute path", archive({ path: "/etc/passwd" }), /^\/etc\/passwd leads out of the archive/],
  ["a file below a link", archive({ path: "lib", link: "/tmp" }, { path: "lib/x.py" }), /^lib is in it as a folder and as something else/],
  [
    "an absolute link",
    archive({ path: "lib", link: "/srv" }, { path: "a.py" }),
    /^lib is a symbolic link to \/srv, an absolute path.*\(make the bundle without it\)/,
  ],
  ["a link out of it", archive({ path: "lib", link: "../x" }, { path: "a.py" }), /^lib is a symbolic link to \.\.\/x, outside of/],
  [
    "a folder around everything",
    archive({ path: "shop-1a2b/requirements.txt" }, { path: "shop-1a2b/main.py" }),
    /^has everything below shop-1a2b\/.*tar -czf FILE -C shop-1a2b \./,
  ],
  ["nothing", archive(), /^has no files/],
])("%s", (_title, tar, problem) => {
  expect(ofTar(tar)).toMatchObject({ problems: [expect.stringMatching(problem)] });
});

test("a link to nothing is no problem on a host; of two files of one path the later counts", () => {
  const tar = archive(
    { path: "a.md", link: "docs/none.md" },
    { path: "requirements.txt" },
    { path: "requirements.txt", content: Buffer.from("y") },
  );
  expect(ofTar(tar)).toMatchObject({ problems: [], label: "y" });
});

test("an archive that was cut off, or changed, is none", () => {
  const tar = archive({ path: "a.py", content: Buffer.alloc(2000) });
  expect(untar(tar)).toHaveLength(1);
  for (const part of [tar.subarray(0, 1024), tar.subarray(0, 512), Buffer.alloc(0)]) expect(untar(part)).toBeUndefined();
  const changed = Buffer.from(tar);
  changed[0] = 0x41;
  expect(untar(changed)).toBeUndefined();
});

unless(lacking("git"))("a commit is read as the hosts will have it: by its own files, not those of the folder", () => {
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-C", folder, "-c", "user.name=x", "-c", "user.email=x@example.org", ...args])
      .toString()
      .trim();
  const files: Files = {
    ...APP,
    ".gitattributes": "notes.md export-ignore\n",
    "notes.md": "",
    "big.bin": "version https://git-lfs.github.com/spec/v1\n",
  };
  const folder = treeOf(files);
  git("init", "-q");
  git("add", ".");
  git("commit", "-qm", "first");
  const first = git("rev-parse", "HEAD");
  git("update-index", "--add", "--cacheinfo", `160000,${first},lib`);
  git("commit", "-qm", "second");
  const commit = git("rev-parse", "HEAD");
  writeFileSync(join(folder, "requirements.txt"), "changed\n");
  const found = withCommit(folder, commit, keep);
  expect(found.problems).toEqual([]);
  expect(found.entries.map(({ path }) => path)).toEqual([".gitattributes", "big.bin", ...Object.keys(APP)].sort());
  expect(found.label).toBe(APP["requirements.txt"]);
  expect(found.notices).toEqual(["lib is a submodule, which the hosts do not fetch"]);
  expect(withCommit(folder, "0".repeat(40), keep).problems).toEqual([expect.stringMatching(/^has no commit 0{40}; run git fetch there/)]);
  expect(withCommit(scratch, commit, keep).problems).toEqual([expect.stringMatching(/^is no git repository/)]);
});
