/** Conditions, wheels and lists of a project that no host could install, told at the preview. */
import { noWheel } from "../../../infra/app/known-wheels";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isForOthers, markerProblem } from "../../../infra/app/markers";
import { readPyproject } from "../../../infra/app/pyproject";
import { findApps } from "../../../infra/app/python-module";
import { parseRequirement } from "../../../infra/app/requirements";
import { readTree } from "../../../infra/app/tree";
import { wheelProblem } from "../../../infra/app/wheel-name";
import { lacking, unless } from "../../needs";
import { removeTrees, treeOf } from "./trees";

afterAll(removeTrees);

test.each([
  'python_version < "3.11"',
  "sys_platform == 'win32' or (platform_system != \"Windows\" and implementation_name == 'cpython')",
  'python_version >= "3.8" and python_version < "4.0"',
  '"arm" in platform_machine',
  '"arm" not in platform_machine',
  "(extra=='standard')",
  "os.name~='x'",
])("the condition %s is read", (marker) => {
  expect(markerProblem(marker)).toBeUndefined();
});

test.each([
  ['python_version <> "3.11"', ">"],
  ['sys_platfrom == "linux"', "sys_platfrom"],
  ['python_version < "3.11', '"3.11'],
  ["python_version < 3.11", "3.11"],
  ['python_version "3.11"', '"3.11"'],
  ['(python_version < "3.11"', "its end"],
  ['python_version < "3.11" && os_name == "posix"', '&& os_name == "posix"'],
  ["", "its end"],
])("of the condition %s it is said what is wrong", (marker, found) => {
  expect(markerProblem(marker)).toBe(found);
});

test.each([
  "x-1-py3-none-any.whl",
  "wheels/a_b-1.0+cpu-1-cp310-cp310-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
  "https://example.com/torch-2.3.0%2Bcpu-cp310-cp310-linux_x86_64.whl#sha256=00",
  "x-1-cp37-abi3-manylinux2014_x86_64.whl",
  "x-1-py2.py3-none-any.whl",
  "x-1-py36-none-any.whl",
])("the wheel %s is taken", (file) => {
  expect(wheelProblem(file, ["3.10.12", "3.12.3"].slice(0, file.includes("cp310") ? 1 : 2))).toBeUndefined();
});

test.each([
  ["x-1-cp310-cp310-win_amd64.whl", /is for Windows/],
  ["x-1-cp310-cp310-macosx_11_0_arm64.whl", /is for macOS/],
  ["x-1-cp310-cp310-musllinux_1_2_x86_64.whl", /is for Alpine Linux/],
  ["x-1-cp39-cp39-manylinux2014_x86_64.whl", /is for another Python \(cp39\), and a host has 3\.10\.12/],
  ["x-1-cp311-abi3-manylinux2014_x86_64.whl", /another Python/],
  ["x-1-py2-none-any.whl", /another Python/],
  ["x.whl", /is not called as a wheel has to be/],
])("the wheel %s is refused", (file, expected) => {
  expect(wheelProblem(file, ["3.10.12"])).toMatch(expected);
});

const HEAD = '[project]\nname = "x"\nversion = "1"\n';
const DEPENDENCIES = 'dependencies = ["fastapi==0.162.5", "uvicorn==0.54.0", "python-dotenv==1.2.4"]\n';
const LOCKED = (source: string, edge = ""): string =>
  `version = 1\n[[package]]\nname = "x"\nversion = "1"\nsource = { virtual = "." }\ndependencies = [{ name = "lib"${edge} }]\n[[package]]\nname = "lib"\nversion = "1"\nsource = ${source}\n`;

test.each<[string, Readonly<Record<string, string>>, RegExp]>([
  [
    "no range of Python",
    { "pyproject.toml": `${HEAD}${DEPENDENCIES}requires-python = "3.11"\n` },
    /requires-python is "3\.11", which is no range/,
  ],
  [
    "a range of Poetry",
    { "pyproject.toml": `${HEAD}${DEPENDENCIES}requires-python = "^3.11"\n` },
    /no range of versions; write for example/,
  ],
  ["a text in place of a list", { "pyproject.toml": `${HEAD}dependencies = "fastapi"\n` }, /is no list of texts; write for example/],
  [
    "a line that pip does not read",
    { "pyproject.toml": `${HEAD}dependencies = ["fastapi=1"]\n` },
    /found "fastapi=1", which pip does not read/,
  ],
  ["UTF-16", { "pyproject.toml": Buffer.from(HEAD, "utf16le").toString("latin1") }, /is not a text file in UTF-8/],
  [
    "a server among the extras",
    { "pyproject.toml": `${HEAD}dependencies = ["fastapi"]\n[project.optional-dependencies]\nserver = ["uvicorn"]\n` },
    /has uvicorn in \[project\.optional-dependencies\] server, which is not installed on a host; move/,
  ],
  [
    "a server among the groups",
    { "pyproject.toml": `${HEAD}dependencies = ["fastapi"]\n[dependency-groups]\nprod = ["uvicorn", "python-dotenv"]\n` },
    /has uvicorn and python-dotenv in \[dependency-groups\] prod/,
  ],
  [
    "a member of a workspace",
    { "pyproject.toml": HEAD, "uv.lock": LOCKED('{ editable = "libs/lib" }') },
    /takes lib from editable "libs\/lib", which would be built/,
  ],
  ["a repository in the lock", { "pyproject.toml": HEAD, "uv.lock": LOCKED('{ git = "https://example.org/lib" }') }, /takes lib from git/],
])("pyproject.toml: %s is refused", (_, files, expected) => {
  expect(readPyproject(readTree(treeOf(files))).problems).toEqual([expect.stringMatching(expected)]);
});

test.each<[string, Readonly<Record<string, string>>]>([
  ["a mark of Windows at its begin", { "pyproject.toml": `\uFEFF${HEAD}${DEPENDENCIES}` }],
  [
    "a version that a build finds",
    { "pyproject.toml": `[project]\nname = "x"\ndynamic = ["version"]\n${DEPENDENCIES}requires-python = ">=3.10,<4"\n` },
  ],
  ["brackets of Poetry", { "pyproject.toml": `${HEAD}dependencies = ["fastapi (>=0.100,<1.0)", "uvicorn[standard] (>=0.30)"]\n` }],
  [
    "a server for developers beside one",
    { "pyproject.toml": `${HEAD}dependencies = ["fastapi[standard]"]\n[dependency-groups]\ndev = ["uvicorn"]\n` },
  ],
  [
    "a member of a workspace for another system",
    { "pyproject.toml": HEAD, "uv.lock": LOCKED('{ editable = "lib" }', `, marker = "sys_platform == 'win32'"`) },
  ],
])("pyproject.toml: %s is taken", (_, files) => {
  expect(readPyproject(readTree(treeOf(files))).problems).toEqual([]);
});

unless(lacking("python3"))("the host reads a pyproject.toml as the preview does", () => {
  const out = mkdtempSync(join(tmpdir(), "lines-"));
  const host = (toml: string): string => {
    const tree = treeOf({ "main.py": "app = 1\n", "pyproject.toml": toml });
    const script = join(__dirname, "../../../templates/steps/layout.py");
    return spawnSync("python3", ["-I", "-S", "-B", script, tree, "main:app", out], { encoding: "utf8" }).stdout;
  };
  // Without the system's own pip nothing of it can be read here.
  const wheel = host(`${HEAD}${DEPENDENCIES}`);
  if (!wheel.includes("python-wheels")) {
    expect(host(`\uFEFF${HEAD}${DEPENDENCIES}`)).toBe("");
    expect(host(`${HEAD}${DEPENDENCIES}requires-python = "^3.11"\n`)).toMatch(/requires-python '\^3\.11', which is no range of versions/);
    expect(host(`${HEAD}dependencies = "fastapi"\n`)).toMatch(/are no list of texts/);
  }
  rmSync(out, { recursive: true });
});

test.each([
  ["import falcon\napp = falcon.App()", "wsgi"],
  ["import falcon.asgi\napp = falcon.asgi.App()", "asgi"],
  ["app = config.make_wsgi_app()", "wsgi"],
  ["app = socketio.ASGIApp(sio)", "asgi"],
])("%s is known", (source, kind) => {
  expect(findApps(`${source}\n`).map((one) => one.interface)).toEqual([kind]);
});

const pinned = (line: string, python: string, elsewhere = false) =>
  noWheel(parseRequirement("requirements.txt:1", line), [python], elsewhere);

test.each<[string, string, RegExp]>([
  [
    "numpy==2.3.0",
    "3.10.12",
    /^asks for numpy 2\.3\.0, which wants a later Python than 3\.10, .*; write a version before 2\.3\.0, or give the hosts/,
  ],
  ["pandas===3.1", "3.10.12", /wants a later Python/],
  [
    "numpy==1.25.2",
    "3.12.3",
    /^asks for numpy 1\.25\.2, of which PyPI has no wheel for Python 3\.12, .*; write 1\.26\.0 or a later version/,
  ],
  ["torch==1.13.1", "3.12.3", /no wheel for Python 3\.12/],
])("%s has no wheel for Python %s", (line, python, expected) => {
  expect(pinned(line, python)).toMatch(expected);
});

test.each([
  ["numpy==2.2.6", "3.10.12"],
  ["numpy==2.3.0", "3.12.3"],
  ["numpy==1.21.2", "3.10.12"],
  ["numpy>=2.3", "3.10.12"],
  ["numpy==2.3.0 ; python_version >= '3.11'", "3.10.12"],
  ["numpy==2.3.0", "3.13.1"],
  ["fastapi==0.1", "3.10.12"],
])("nothing is said of %s and Python %s", (line, python) => {
  expect(pinned(line, python)).toBeUndefined();
});

test("an index of one's own may have what PyPI has not, and changes no package's Python", () => {
  expect(pinned("numpy==1.25.2", "3.12.3", true)).toBeUndefined();
  expect(pinned("numpy==2.3.0", "3.10.12", true)).toMatch(/wants a later Python/);
});

test.each<[marker: string, forOthers: boolean]>([
  ['sys_platform == "win32"', true],
  ["'darwin' == sys_platform", true],
  ['platform_system != "Linux"', true],
  ['os_name == "nt" and python_version < "3.9"', true],
  ['extra == "dev"', true],
  ['(sys_platform == "win32" or sys_platform == "cygwin") and python_version >= "3.8"', true],
  ['sys_platform in "win32 darwin"', true],
  ['sys_platform != "win32"', false],
  ['sys_platform == "win32" or python_version < "3.11"', false],
  ['python_version < "3.8"', false],
  ['sys_platform not in "win32 darwin"', false],
  ['platform_machine == "arm64"', false],
  ["sys_platfrom == 'win32'", false],
])("the condition %s is for other systems alone: %s", (marker, forOthers) => {
  expect(isForOthers(marker)).toBe(forOthers);
});

test.each<[source: string, kind: string]>([
  ["from falcon.asgi import App\napi = App()\n", "asgi"],
  ["from falcon import App, HTTP_200\napi = App()\n", "wsgi"],
  ["import falcon.asgi\napi = falcon.asgi.App()\n", "asgi"],
])("%j makes an application of its kind", (source, kind) => {
  expect(findApps(source)).toEqual([expect.objectContaining({ attribute: "api", interface: kind })]);
});
