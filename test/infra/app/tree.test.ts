/** Which files of a folder are an application's. */
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { extract } from "tar-stream";
import { crowded, readTree } from "../../../infra/app/tree";
import { packTree } from "../../../infra/release/bundle";
import { APP, removeTrees, treeOf, type Files } from "./trees";

afterAll(removeTrees);

const paths = (files: Files, exclude?: string[]): string[] => readTree(treeOf(files), exclude).entries.map(({ path }) => path);
const OWN = Object.keys(APP);

test.each<[title: string, more: Files, exclude: string[], kept: string[]]>([
  [
    "caches, repositories and node_modules",
    { ".git/config": "", "a/__pycache__/b.pyc": "", "web/node_modules/x/i.js": "", ".tox/x": "" },
    [],
    [],
  ],
  ["a virtual environment of any name", { "env/pyvenv.cfg": "", "env/lib/x.py": "", "tools/my.venv/pyvenv.cfg": "" }, [], []],
  ["but not a folder that is only called env", { "env/settings.py": "" }, [], ["env/settings.py"]],
  [
    "what .gitignore names",
    { ".gitignore": "*.log\n/data/\n!keep.log\n", "a.log": "", "keep.log": "", "data/x": "", "b/data/y": "" },
    [],
    [".gitignore", "b/data/y", "keep.log"],
  ],
  [
    "what a .gitignore further down names",
    { "sub/.gitignore": "*.tmp\n/local\n", "sub/a.tmp": "", "sub/deep/b.tmp": "", "sub/local": "", local: "", "c.tmp": "" },
    [],
    ["c.tmp", "local", "sub/.gitignore"],
  ],
  [
    "a .gitignore further down takes back what one above leaves out",
    { ".gitignore": "*.log\n", "sub/.gitignore": "!*.log\n", "sub/a.log": "" },
    [],
    [".gitignore", "sub/.gitignore", "sub/a.log"],
  ],
  ["what app.exclude names", { "tests/t.py": "", "a.ipynb": "", "docs/b.md": "" }, ["tests/", "*.ipynb"], ["docs/b.md"]],
  ["and brings back with !", { ".gitignore": "dist/\n", "dist/index.html": "" }, ["!dist/", "!dist/**"], [".gitignore", "dist/index.html"]],
])("leaves out %s", (_, more, exclude, kept) => {
  expect(paths({ ...APP, ...more }, exclude)).toEqual([...OWN, ...kept].sort());
});

test("the .gitignore files of the repository above count, but not where they leave out the application as a whole", () => {
  const root = treeOf({ ".gitignore": "*.csv\nbuild/\n/services/a/local.py\n", "services/.gitignore": "*.tmp\n" });
  mkdirSync(join(root, ".git"));
  const files = {
    "services/a/app.py": "",
    "services/a/x.csv": "",
    "services/a/x.tmp": "",
    "services/a/local.py": "",
    "build/app.py": "",
    "build/x.csv": "",
  };
  const whole = treeOf({ ...files, ".gitignore": "*.csv\nbuild/\n/services/a/local.py\n", "services/.gitignore": "*.tmp\n" });
  mkdirSync(join(whole, ".git"));
  expect(readTree(join(whole, "services/a")).entries.map(({ path }) => path)).toEqual(["app.py"]);
  expect(readTree(join(whole, "build")).entries.map(({ path }) => path)).toEqual(["app.py", "x.csv"]);
});

test("symbolic links inside the folder stay links", async () => {
  const tree = readTree(
    treeOf({ ...APP, "shared/a.py": "", "ml_gateway/shared": { link: "../shared" }, "latest.py": { link: "shared/a.py" } }),
  );
  expect(tree.problems).toEqual([]);
  const bundle = packTree(tree);
  const found: [string, string, string | null | undefined][] = [];
  const reader = extract();
  reader.end(gunzipSync(Buffer.from(bundle.gzipBase64, "base64")));
  for await (const entry of reader) {
    found.push([entry.header.name, String(entry.header.type), entry.header.linkname]);
    entry.resume();
  }
  expect(found.filter(([, type]) => type === "symlink")).toEqual([
    ["latest.py", "symlink", "shared/a.py"],
    ["ml_gateway/shared", "symlink", "../shared"],
  ]);
  expect(bundle.files.find(({ path }) => path === "latest.py")).toMatchObject({ link: "shared/a.py", mode: "0777" });
  const other = readTree(
    treeOf({ ...APP, "shared/a.py": "", "ml_gateway/shared": { link: "../shared" }, "latest.py": { link: "shared/../shared/a.py" } }),
  );
  expect(packTree(other).sha256).not.toBe(bundle.sha256);
});

test.each<[title: string, more: Files, problem: RegExp]>([
  [
    "out of the folder",
    { data: { link: "../data" } },
    /^data is a symbolic link to \.\.\/data, (outside of the application's folder; copy|which is not there)/,
  ],
  [
    "out of it, to something that is there",
    { etc: { link: "../../../../../../../etc" } },
    /^etc is a symbolic link to .*, outside of the application's folder; copy what it leads to/,
  ],
  ["an absolute path", { "ml_gateway/conf": { link: "/etc" } }, /^ml_gateway\/conf is a symbolic link to \/etc, an absolute path/],
  ["nothing", { a: { link: "b" } }, /^a is a symbolic link to b, which is not there/],
  ["itself", { a: { link: "a" } }, /^a is a symbolic link to a, which is not there/],
  [
    "what is left out",
    { ".gitignore": "big/\n", "big/x": "", a: { link: "big" } },
    /^a is a symbolic link to big, which is left out of the application/,
  ],
  ["out of it by way of another link", { b: { link: "." }, a: { link: "b/.." } }, /^a is a symbolic link to b\/\.\., outside/],
])("refuses a link to %s, by name", (_, more, problem) => {
  expect(readTree(treeOf({ ...APP, ...more })).problems).toEqual([expect.stringMatching(problem)]);
});

test("a link to a virtual environment is left out, as that is", () => {
  const root = treeOf(APP);
  const environment = treeOf({ "pyvenv.cfg": "" });
  symlinkSync(environment, join(root, "env"));
  expect(readTree(root)).toMatchObject({ problems: [], entries: OWN.map((path) => ({ path })) });
});

test("a folder that is far too large is refused before it is read, with the largest files", () => {
  const tree = readTree(treeOf({ ...APP, "data/a.csv": "x".repeat(40 * 1024 * 1024), "data/b.csv": "x".repeat(30 * 1024 * 1024) }));
  expect(tree.problems).toEqual([
    expect.stringMatching(/^holds more than 64 MiB, .*largest: data\/a\.csv \(40\.0 MiB\), data\/b\.csv \(30\.0 MiB\)/),
  ]);
});

test("a folder of too many files is refused with the folder that holds most of them", () => {
  const images = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`data/images/${String(index)}.png`, ""]));
  expect(readTree(treeOf({ ...APP, ...images })).problems).toEqual([
    expect.stringMatching(/^holds more than 20000 files, .*\(most files: data\/images\/ \(\d{5}\)\) by \.gitignore or app\.exclude/),
  ]);
});

test.each<[string[], string]>([
  [["a", "b"], "all lie in the folder itself"],
  [["a/b/1", "a/b/2", "a/c/3", "d"], "most files: a/b/ (2)"],
  [["a/b/1", "a/c/2", "a/d/3", "e"], "most files: a/ (3)"],
  [["a/1", "b/2", "c/3", "d/4", "b/5"], "most files: b/ (2), a/ (1), c/ (1)"],
])("where most of %j are", (list, words) => expect(crowded(list)).toBe(words));

test("the folder's own .env is never packed", () => {
  const files = packTree(readTree(treeOf({ ...APP, ".env": "A=b\n", "prod/.env": "A=b\n" }))).files.map(({ path }) => path);
  expect(files).toEqual([...OWN, "prod/.env"].sort());
});

test.each<[string, readonly string[], readonly string[]]>([
  ["the folder and what is in it", ["!dist/", "!dist/**"], ["dist/app.js", "dist/css/a.css"]],
  ["the folder alone, whose .gitignore names it", ["!dist/"], []],
  ["one file of it", ["!dist/app.js"], []],
])("app.exclude brings back a folder that .gitignore leaves out: %s", (_, exclude, kept) => {
  const files = { ".gitignore": "dist/\n", "dist/app.js": "", "dist/css/a.css": "" };
  expect(paths({ ...APP, ...files }, [...exclude]).filter((path) => path.startsWith("dist/"))).toEqual(kept);
});

test("a folder that is a link to itself is no folder, and rules that cannot be read leave nothing out", () => {
  const root = treeOf({ loop: { link: "loop" }, "app/.gitignore": { link: ".gitignore" }, "app/main.py": "" });
  expect(readTree(join(root, "loop")).problems).toEqual([
    "is a symbolic link that leads to no folder; give the folder that holds the Python package and requirements.txt",
  ]);
  expect(readTree(join(root, "none")).problems).toEqual([expect.stringMatching(/^is not a folder;/)]);
  const { entries, problems } = readTree(join(root, "app"));
  expect([entries.map(({ path }) => path), problems]).toEqual([
    [".gitignore", "main.py"],
    [expect.stringMatching(/^\.gitignore is a symbolic link to \.gitignore, which is not there/)],
  ]);
});

test("a path that is longer than the system takes is a folder that is not there", () => {
  expect(readTree("x".repeat(5000)).problems).toEqual([expect.stringMatching(/^is not a folder; give the folder/)]);
});
