import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync, chmodSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc, { runs } from "../../property";
import { extract, type Header } from "tar-stream";
import { buildBundle } from "../../../infra/release/bundle";
import { lacking, unless } from "../../needs";

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

function folderOf(files: Record<string, string>, order = Object.keys(files)): string {
  const root = mkdtempSync(join(tmpdir(), "bundle-"));
  folders.push(root);
  for (const path of order) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), files[path] ?? "");
  }
  return root;
}

async function members(gzipBase64: string): Promise<{ header: Header; text: string }[]> {
  const found: { header: Header; text: string }[] = [];
  const reader = extract();
  reader.end(gunzipSync(Buffer.from(gzipBase64, "base64")));
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    found.push({ header: entry.header, text: Buffer.concat(chunks).toString() });
  }
  return found;
}

const APP = { "ml_gateway/app.py": "app = 1\n", "ml_gateway/utils/a.py": "", "requirements.txt": "fastapi\n" };

test("holds folders and files in order, owned by nobody in particular", async () => {
  const bundle = buildBundle(folderOf(APP));
  const found = await members(bundle.gzipBase64);
  expect(found.map(({ header }) => [header.name, header.type, header.mode])).toEqual([
    ["ml_gateway/", "directory", 0o755],
    ["ml_gateway/app.py", "file", 0o644],
    ["ml_gateway/utils/", "directory", 0o755],
    ["ml_gateway/utils/a.py", "file", 0o644],
    ["requirements.txt", "file", 0o644],
  ]);
  for (const { header } of found) expect([header.uid, header.gid, header.mtime?.getTime()]).toEqual([0, 0, 0]);
  expect(bundle.files.map((file) => file.path)).toEqual(["ml_gateway/app.py", "ml_gateway/utils/a.py", "requirements.txt"]);
  expect(bundle.files[2]).toEqual({
    path: "requirements.txt",
    mode: "0644",
    size: 8,
    sha256: createHash("sha256").update("fastapi\n").digest("hex"),
  });
});

unless(lacking("tar"))("the digest is of the tar, and GNU tar reads it", () => {
  const bundle = buildBundle(folderOf(APP));
  const tar = gunzipSync(Buffer.from(bundle.gzipBase64, "base64"));
  expect(createHash("sha256").update(tar).digest("hex")).toBe(bundle.sha256);
  expect(execFileSync("tar", ["-tf", "-"], { input: tar }).toString().split("\n")).toContain("ml_gateway/utils/a.py");
});

test("times, modes and the order of creation do not matter", () => {
  const first = folderOf(APP);
  const second = folderOf(APP, Object.keys(APP).reverse());
  utimesSync(join(second, "requirements.txt"), 1, 1);
  chmodSync(join(second, "ml_gateway/app.py"), 0o755);
  expect(buildBundle(second)).toEqual(buildBundle(first));
});

const fileName = fc.stringMatching(/^[a-z][a-z0-9_]{0,30}$/);
const tree = fc.dictionary(
  fc.array(fileName, { minLength: 1, maxLength: 4 }).map((parts) => `${parts.join("/")}.py`),
  fc.string(),
  { minKeys: 1, maxKeys: 8 },
);

test("property: the same files give the same bytes, any other content another digest, and nothing is lost", async () => {
  await fc.assert(
    fc.asyncProperty(tree, async (files) => {
      const bundle = buildBundle(folderOf(files));
      expect(buildBundle(folderOf(files, Object.keys(files).reverse()))).toEqual(bundle);
      const unpacked = (await members(bundle.gzipBase64)).filter(({ header }) => header.type === "file");
      expect(Object.fromEntries(unpacked.map(({ header, text }) => [header.name, text]))).toEqual({ ...files });
      const [path = ""] = Object.keys(files);
      expect(buildBundle(folderOf({ ...files, [path]: `${files[path]}!` })).sha256).not.toBe(bundle.sha256);
    }),
    runs(40),
  );
});

test("leaves out caches, repositories and secrets", () => {
  const extra = {
    ".env": "SECRET_KEY=x",
    ".git/config": "",
    "ml_gateway/__pycache__/a.pyc": "",
    "b.pyc": "",
    ".venv/x": "",
  };
  expect(buildBundle(folderOf({ ...APP, ...extra }))).toEqual(buildBundle(folderOf(APP)));
});

test.each<[string, () => string, string]>([
  ["a folder that is missing", () => "/nonexistent/app", "Application folder /nonexistent/app: is not a folder"],
  ["a file", () => join(folderOf(APP), "requirements.txt"), "is not a folder"],
  ["an empty folder", () => folderOf({ ".git/config": "x" }), "has no files"],
  ["a long path", () => folderOf({ [`${"d".repeat(120)}/${"f".repeat(120)}.py`]: "" }), "is too long for a tar header"],
])("refuses %s", (_, make, message) => {
  expect(() => buildBundle(make())).toThrow(message);
});

test("names a link that leaves the folder", () => {
  const root = folderOf(APP);
  symlinkSync("/etc/passwd", join(root, "ml_gateway/link.py"));
  expect(() => buildBundle(root)).toThrow("ml_gateway/link.py is a symbolic link to /etc/passwd, an absolute path");
});

test("says what is large when it is more than a step may carry", () => {
  const noise = Array.from({ length: 90_000 }, (_, index) => createHash("sha512").update(String(index)).digest("base64")).join("");
  expect(() => buildBundle(folderOf({ ...APP, "data/noise.bin": noise }))).toThrow(/limit is 5500000; .*data\/noise\.bin/);
});
