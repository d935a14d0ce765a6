/** templates/steps/layout.py: what a host makes of an application's tree. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lacking, unless } from "../../needs";
import { APP, removeTrees, treeOf, type Files } from "./trees";

const SCRIPT = join(__dirname, "../../../templates/steps/layout.py");
const noWheels = existsSync("/usr/share/python-wheels") ? undefined : "python3-venv is not installed";
const out = mkdtempSync(join(tmpdir(), "layout-"));
afterAll(() => {
  removeTrees();
  rmSync(out, { recursive: true });
});

interface Layout {
  readonly refused?: string;
  readonly install: string[];
  readonly decides: string;
  readonly pythonpath: string;
}

function layout(files: Files, module = "ml_gateway.app:app"): Layout {
  const run = spawnSync("python3", ["-I", "-S", "-B", SCRIPT, treeOf(files), module, out], { encoding: "utf8" });
  if (run.status === 1) return { refused: run.stdout.trim(), install: [], decides: "", pythonpath: "" };
  expect([run.status, run.stderr]).toEqual([0, ""]);
  const text = (name: string): string => readFileSync(join(out, name), "utf8");
  return { install: text("install").split("\n"), decides: text("decides"), pythonpath: text("pythonpath") };
}

const includes = (base: string): Files => ({ ...APP, "requirements.txt": "-r requirements/base.txt\n", "requirements/base.txt": base });

unless(lacking("python3"))("one requirements file decides by its own bytes, so that its environment stays", () => {
  expect(layout(APP)).toEqual({ install: ["--requirement", "requirements.txt"], decides: APP["requirements.txt"], pythonpath: "." });
});

unless(lacking("python3")).each<[string, Files, Files, boolean]>([
  ["an included file", includes("uvicorn==1\n"), includes("uvicorn==2\n"), true],
  [
    "a file that an included one includes",
    { ...includes("-r more.txt\n"), "requirements/more.txt": "a==1\n" },
    { ...includes("-r more.txt\n"), "requirements/more.txt": "a==2\n" },
    true,
  ],
  [
    "a constraints file",
    { ...APP, "requirements.txt": "--constraint=c.txt\nuvicorn\n", "c.txt": "uvicorn==1\n" },
    { ...APP, "requirements.txt": "--constraint=c.txt\nuvicorn\n", "c.txt": "uvicorn==2\n" },
    true,
  ],
  [
    "a wheel in the tree",
    { ...APP, "requirements.txt": "uvicorn\n./wheels/x-1-py3-none-any.whl\n", "wheels/x-1-py3-none-any.whl": "a" },
    { ...APP, "requirements.txt": "uvicorn\n./wheels/x-1-py3-none-any.whl\n", "wheels/x-1-py3-none-any.whl": "b" },
    true,
  ],
  [
    "a folder of wheels",
    { ...APP, "requirements.txt": "--find-links wheels\nuvicorn\n", "wheels/x-1-py3-none-any.whl": "a" },
    { ...APP, "requirements.txt": "--find-links wheels\nuvicorn\n", "wheels/x-1-py3-none-any.whl": "a", "wheels/y-1-py3-none-any.whl": "" },
    true,
  ],
  ["code", APP, { ...APP, "ml_gateway/app.py": "other = 1\n" }, false],
  ["a requirements file that nothing includes", APP, { ...APP, "requirements-dev.txt": "pytest\n" }, false],
])("%s: decides the environment or not", (_, before, after, decides) => {
  expect(layout(before).decides === layout(after).decides).toBe(!decides);
});

unless(lacking("python3")).each<[string, Files, string, string]>([
  ["at the top", APP, "ml_gateway.app:app", "."],
  ["a package", { ...APP, "pkg/__init__.py": "" }, "pkg:create_app", "."],
  ["below src", { ...APP, "src/pkg/main.py": "" }, "pkg.main:create_app", "src"],
  ["src itself as a package", { ...APP, "src/main.py": "" }, "src.main:app", "."],
  ["in both places: the top counts", { ...APP, "src/ml_gateway/app.py": "" }, "ml_gateway.app:app", "."],
])("modules %s", (_, files, module, folder) => {
  expect(layout(files, module).pythonpath).toBe(folder);
});

const requirements = (text: string): Files => ({ ...APP, "requirements.txt": text });

unless(lacking("python3")).each<[string, Files, RegExp]>([
  [
    "no requirements",
    { "ml_gateway/app.py": "" },
    /^the application has neither requirements\.txt nor pyproject\.toml at its top; it has: ml_gateway$/,
  ],
  ["no package in it", requirements("# nothing yet\n"), /^requirements\.txt names no package/],
  [
    "no module",
    { "main.py": "", "requirements.txt": "uvicorn\n" },
    /^the application has no ml_gateway\/app\.py, neither .* it has: main\.py requirements\.txt$/,
  ],
  [
    "an included file that is missing",
    requirements("-r base.txt\n"),
    /^requirements\.txt names base\.txt, which the application does not have/,
  ],
  [
    "one that includes itself",
    requirements("-r requirements.txt\n"),
    /^requirements\.txt includes itself, .* in a circle: remove the line$/,
  ],
  ["an included file outside", requirements("-r ../base.txt\n"), /^requirements\.txt names \.\.\/base\.txt, which is outside/],
  ["an editable install", requirements("-e .\nuvicorn\n"), /^requirements\.txt has «-e \.»: an editable install points back to a folder/],
  ["the folder itself", requirements(".[all]\nuvicorn\n"), /^requirements\.txt has «\.», a folder to be built/],
  ["a wheel that is missing", requirements("./w/x.whl\n"), /^requirements\.txt names \.\/w\/x\.whl, which the application does not have/],
  ["an index without TLS", requirements("--index-url http://pypi.corp/simple\nuvicorn\n"), /no https:\/\/ address without credentials/],
  ["an index with a password", requirements("-i https://u:p@pypi.corp/simple\nuvicorn\n"), /no https:\/\/ address without credentials/],
  ["a link out of the tree", { ...APP, data: { link: "../../etc" } }, /^the symbolic link data names data, which is outside/],
  ["an absolute link", { ...APP, data: { link: "/etc" } }, /^data is a symbolic link to \/etc: write the target relative/],
])("refuses %s", (_, files, reason) => {
  expect(layout(files).refused).toMatch(reason);
});

unless(lacking("python3"))("takes what pip takes: hashes over several lines, options, an index by https, links inside the tree", () => {
  const hash = `--hash=sha256:${"0".repeat(64)}`;
  const text = `--extra-index-url https://download.pytorch.org/whl/cpu\n--require-hashes\nuvicorn[standard]==0.54.0 \\\n  ${hash}  # why\n`;
  expect(layout({ ...requirements(text), latest: { link: "ml_gateway" } }).refused).toBeUndefined();
});

const project = (text: string): Files => ({ "ml_gateway/app.py": "", "pyproject.toml": `[project]\nname = "x"\nversion = "1"\n${text}` });
const LOCK = `version = 1
[[package]]
name = "x"
source = { virtual = "." }
dependencies = [
  { name = "a", version = "1", source = { registry = "https://pypi.org/simple" }, marker = "python_full_version < '3'" },
  { name = "a", version = "2", source = { registry = "https://pypi.org/simple" }, extra = ["fast"], marker = "python_full_version >= '3'" },
]
[package.dev-dependencies]
dev = [{ name = "d" }]
[[package]]
name = "a"
version = "1"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "a"
version = "2"
source = { registry = "https://pypi.org/simple" }
wheels = [{ url = "https://files/a.whl", hash = "sha256:aa" }]
[package.optional-dependencies]
fast = [{ name = "b" }]
[[package]]
name = "b"
version = "3"
source = { registry = "https://download.pytorch.org/whl/cpu" }
sdist = { url = "https://files/b.tar.gz", hash = "sha256:bb" }
`;

unless(lacking("python3") ?? noWheels)("a pyproject.toml gives its dependencies, and decides by nothing else", () => {
  const found = layout(project('dependencies = ["fastapi", "uvicorn[standard]"]\n'));
  expect(found).toMatchObject({ install: ["--requirement", "../layout/requirements.txt"], decides: "fastapi\nuvicorn[standard]\n" });
  expect(layout(project('description = "?"\ndependencies = ["fastapi", "uvicorn[standard]"]\n')).decides).toBe(found.decides);
});

unless(lacking("python3") ?? noWheels)(
  "a lock gives exactly its versions and hashes for this Python, without groups for developers",
  () => {
    const found = layout({ ...project('dependencies = ["a[fast]"]\n'), "uv.lock": LOCK });
    expect(found.install).toEqual(["--requirement", "../layout/requirements.txt", "--no-deps", "--require-hashes"]);
    expect(found.decides).toBe("--extra-index-url https://download.pytorch.org/whl/cpu\na==2 --hash=sha256:aa\nb==3 --hash=sha256:bb\n");
  },
);

unless(lacking("python3") ?? noWheels).each<[string, Files, RegExp]>([
  [
    "Poetry's own table",
    { "ml_gateway/app.py": "", "pyproject.toml": "[tool.poetry]\n" },
    /no \[project\] table .*poetry export -f requirements\.txt/,
  ],
  ["dependencies of a build", project('dynamic = ["dependencies"]\n'), /leaves its dependencies to a build/],
  ["no dependencies", project(""), /has no \[project\] dependencies/],
  ["another Python", project('requires-python = ">=4"\ndependencies = ["a"]\n'), /wants Python >=4, and this host has 3\./],
  [
    "a package that a folder builds",
    {
      ...project('dependencies = ["a"]\n'),
      "uv.lock": LOCK.replace('{ registry = "https://download.pytorch.org/whl/cpu" }', '{ directory = "libs/b" }'),
    },
    /takes b from directory «libs\/b»/,
  ],
  ["sources without a lock", project('dependencies = ["a"]\n[tool.uv.sources]\na = { path = "a" }\n'), /which only a lock makes certain/],
  ["no TOML", { "ml_gateway/app.py": "", "pyproject.toml": "[project\n" }, /^pyproject\.toml is not valid TOML/],
])("refuses %s", (_, files, reason) => {
  expect(layout(files).refused).toMatch(reason);
});
