/** Syntax errors of what the service imports at its start, by this machine's Python. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { whyNot } from "../../../infra/app/ask-python";
import { parseModule, type AppModule } from "../../../infra/app/module";
import { checkSyntax, type SyntaxReport } from "../../../infra/app/syntax";
import { readTree } from "../../../infra/app/tree";
import { lacking, unless } from "../../needs";

const root = mkdtempSync(join(tmpdir(), "syntax-"));
afterAll(() => rmSync(root, { recursive: true }));
let trees = 0;

function check(
  files: Readonly<Record<string, string>>,
  module: string,
  pythons: readonly string[] = ["3.10"],
  python?: string,
): SyntaxReport {
  const folder = join(root, String(trees++));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return checkSyntax(readTree(folder), { module: parseModule(module) as AppModule, pythons, health: "/health" }, python);
}

/** Where the test is not about the application itself. */
function withApp(files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { ...files, "main.py": `${files["main.py"] ?? ""}app = make()\n` };
}

const python = unless(lacking("python3"));
const BROKEN = "x = 1\ndef broken(:\n";

python.each<[string, Readonly<Record<string, string>>, string, RegExp]>([
  [
    "the module",
    { "main.py": BROKEN },
    "main:app",
    /^main\.py, line 2: cannot be parsed as Python \(.+\): def broken\(:; .* Correct the line$/,
  ],
  ["its package", { "pkg/__init__.py": BROKEN, "pkg/main.py": "app = 1\n" }, "pkg.main:app", /^pkg\/__init__\.py, line 2: /],
  ["what it imports", { "main.py": "import other\napp = 1\n", "other.py": BROKEN }, "main:app", /^other\.py, line 2: /],
  [
    "a module beside it",
    { "pkg/__init__.py": "", "pkg/main.py": "from . import near\n", "pkg/near.py": BROKEN },
    "pkg.main:app",
    /^pkg\/near\.py, line 2: /,
  ],
  [
    "a package above",
    { "src/a/__init__.py": "", "src/a/b/main.py": "from ..c import d\n", "src/a/c.py": BROKEN },
    "a.b.main:app",
    /^src\/a\/c\.py, line 2: /,
  ],
  [
    "indentation",
    { "main.py": "if True:\nx = 1\n" },
    "main:app",
    /^main\.py, line 2: cannot be parsed as Python \(expected an indented block/,
  ],
  ["a tab among blanks", { "main.py": "if True:\n        x = 1\n\ty = 2\n" }, "main:app", /^main\.py, line 3: /],
])("%s", (_, files, module, expected) => {
  expect(check(files, module)).toMatchObject({ problems: [expect.stringMatching(expected)], others: [] });
});

python.each<[string, Readonly<Record<string, string>>]>([
  ["a module that is right", { "main.py": "import os\nimport pkg\n", "pkg.py": "" }],
  ["what nothing imports, such as a template", { "main.py": "", "template.py": "{{ name }}" }],
  ["an import that may fail", { "main.py": "try:\n    import extra\nexcept Exception:\n    pass\n", "extra.py": BROKEN }],
])("%s passes", (_, files) => {
  expect(check(withApp(files), "main:app")).toMatchObject({ problems: [], notices: [], others: [] });
});

python.each<[string, Readonly<Record<string, string>>, string, string]>([
  [
    "a module of a package",
    { "app/__init__.py": "", "app/main.py": "from app.db import x\n" },
    "app.main:app",
    "app/main.py, line 1: imports app.db,",
  ],
  [
    "a package of it",
    { "app/__init__.py": "", "app/main.py": "import os\nimport app.db.models\n" },
    "app.main:app",
    "app/main.py, line 2: imports app.db,",
  ],
  [
    "a relative one",
    { "src/a/__init__.py": "x = 1\n", "src/a/main.py": "from .b import c\n" },
    "a.main:app",
    "src/a/main.py, line 1: imports a.b,",
  ],
  [
    "what another module imports",
    { "main.py": "import b\n", "b.py": "import c.d\n", "c/__init__.py": "" },
    "main:app",
    "b.py, line 1: imports c.d,",
  ],
])("a module that is not there: %s", (_, files, module, expected) => {
  const [problem = ""] = check(files, module).problems;
  expect(problem.startsWith(expected)).toBe(true);
  expect(problem).toMatch(/which the application does not have, so the service could not start; add the module .*, or correct the line$/);
});

python.each<[string, Readonly<Record<string, string>>, string[]]>([
  ["a name that the package makes", { "a/__init__.py": "b = 1\n", "main.py": "from a import b\n" }, []],
  ["all names", { "a/__init__.py": "", "main.py": "from a import *\n" }, []],
  ["a folder without __init__.py, which may be an installed package", { "a/x.py": "", "main.py": "from a import b\n" }, []],
  ["a compiled module", { "a/__init__.py": "", "a/b.cpython-312-x86_64-linux-gnu.so": "", "main.py": "import a.b\n" }, []],
  ["a package that looks elsewhere", { "a/__init__.py": "__path__.append('/x')\n", "main.py": "import a.b\n" }, []],
  [
    "in a branch or a function",
    { "a/__init__.py": "", "main.py": "try:\n    import a.b\nexcept ImportError:\n    pass\ndef f():\n    import a.c\n" },
    [],
  ],
  [
    "modules of others",
    { "main.py": "import os.path, redis\nfrom fastapi import FastAPI, Form\n" },
    ["redis", "fastapi", "fastapi.FastAPI", "fastapi.Form"],
  ],
])("not missed: %s", (_, files, others) => {
  const report = check(withApp(files), "main:app");
  expect(report.problems).toEqual([]);
  expect(report.others.map(({ name }) => name)).toEqual(others);
});

/** Each line of a file, with what is said of it; nothing is said of the others. */
const STARTS: [title: string, files: Readonly<Record<string, string>>, module: string, expected: RegExp[]][] = [
  [
    "relative imports above what uvicorn imports",
    { "main.py": "from .core import x\nfrom . import core\napp = make()\n", "core.py": "x = 1\n" },
    "main:app",
    [/^main\.py, line 1: has a relative import that leads above main/, /^main\.py, line 2: has a relative import/],
  ],
  [
    "the same within a package",
    { "pkg/__init__.py": "", "pkg/main.py": "from ..core import x\nfrom .near import y\napp = make()\n", "pkg/near.py": "y = 1\n" },
    "pkg.main:app",
    [/^pkg\/main\.py, line 1: has a relative import that leads above pkg\.main/],
  ],
  [
    "a module below src that is imported with src",
    { "src/__init__.py": "", "src/main.py": "from .near import y\napp = make()\n", "src/near.py": "y = 1\n" },
    "src.main:app",
    [],
  ],
  [
    "names that modules of its own do not have",
    {
      "main.py": "from a import b\nfrom c import d, e, f, g\nfrom s import anything\nfrom l import late\nimport m\napp = make()\n",
      "a/__init__.py": '"""Doc."""\n',
      "c.py": "d: int\nif x:\n    e = 1\ntry:\n    import f\nexcept ImportError as g:\n    pass\n",
      "s.py": "from other import *\n",
      "l.py": "def __getattr__(name):\n    return 1\n",
      "m.py": "from c import e\n",
    },
    "main:app",
    [
      /^main\.py, line 1: imports a\.b, and a\/__init__\.py has no such name/,
      /^main\.py, line 2: imports d from c, and c\.py has no such name/,
    ],
  ],
  [
    "a module that hides the package it imports from",
    { "main.py": "import fastapi\nfrom fastapi import FastAPI\napp = FastAPI()\n", "fastapi.py": "" },
    "main:app",
    [/^main\.py, line 2: imports FastAPI from fastapi, and fastapi\.py has no such name/],
  ],
  [
    "servers that begin with the import",
    {
      "main.py":
        'import uvicorn\nfrom flask import Flask\nimport b\napp = Flask("x")\napp.run(port=1)\nif __name__ == "__main__":\n    app.run()\n',
      "b.py": "import uvicorn\nuvicorn.run(1)\n",
    },
    "main:app",
    [/^main\.py, line 5: runs app\.run\(\) when it is imported/, /^b\.py, line 2: runs uvicorn\.run\(\)/],
  ],
  [
    "an application of a program alone",
    { "main.py": 'if __name__ == "__main__":\n    app = make()\n' },
    "main:app",
    [/^main\.py, line 2: makes app only where/],
  ],
  ["a declaration without a value", { "main.py": "app: FastAPI\n" }, "main:app", [/^main\.py, line 1: never gives app a value/]],
  ["a plain value", { "main.py": 'app = "FastAPI"\n' }, "main:app", [/^main\.py, line 1: has app as a plain value/]],
  ["an async factory", { "main.py": "async def make():\n    pass\n" }, "main:make()", [/^main\.py, line 1: has make as an async function/]],
  [
    "a factory that wants something",
    { "main.py": "def make(settings, name=str(1), *, mode):\n    pass\n" },
    "main:make()",
    [/^main\.py, line 1: has make with parameters that have to be given \(settings and mode\)/],
  ],
  ["a factory behind a decorator", { "main.py": "@given\ndef make(settings):\n    pass\n" }, "main:make()", []],
  [
    "what a newer Python has",
    {
      "main.py":
        "import tomllib\nfrom typing import Self, Any\ntry:\n    from enum import StrEnum\nexcept ImportError:\n    pass\napp = make()\n",
    },
    "main:app",
    [
      /^main\.py, line 1: imports tomllib, which Python has since 3\.11, and a host has Python 3\.10,/,
      /^main\.py, line 2: imports typing\.Self,/,
    ],
  ],
  [
    "its syntax",
    { "main.py": "try:\n    pass\nexcept* ValueError:\n    pass\napp = make()\n" },
    "main:app",
    [/^main\.py, line \d: .* a host has Python 3\.10\. Write it otherwise/],
  ],
  ["a mark at the beginning", { "main.py": "\ufeffapp = make()\n" }, "main:app", []],
  ["UTF-16", { "main.py": "a\0p\0p\0" }, "main:app", [/^main\.py: is not a text in UTF-8 .*; save it as plain UTF-8$/]],
];

python.each(STARTS)("what would end it at its start: %s", (_, files, module, expected) => {
  expect(check(files, module).problems).toEqual(expected.map((one) => expect.stringMatching(one) as string));
});

python("what a newer Python no longer has, unless a package brings it back", () => {
  const files = { "main.py": "import cgi\napp = make()\n" };
  expect(check(files, "main:app", ["3.14"]).problems).toEqual([
    expect.stringMatching(/^main\.py, line 1: imports cgi, which Python 3\.13 no longer has/),
  ]);
  expect(check({ ...files, "requirements.txt": "legacy-cgi==2.6\n" }, "main:app", ["3.14"]).problems).toEqual([]);
});

python("a module with a name of Python's own is named", () => {
  expect(check(withApp({ "logging.py": "", "test/__init__.py": "" }), "main:app").notices).toEqual([
    expect.stringMatching(/^logging\.py: has the name of a module/),
  ]);
});

python("settings: those that are read with the import, and those that may be", () => {
  const main = `import os
from pydantic_settings import BaseSettings, SettingsConfigDict
A = os.environ["A"]
class Own(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="OWN_")
    key: str
    port: int = 1
    wanted: str = Field(...)
    named: str = Field(alias="X")
class Later(BaseSettings):
    other: str
own = Own()
os.environ.setdefault("D", "x")
def f(x=os.environ["B"]):
    return os.environ["C"], os.environ["D"], os.environ.get("E")
try:
    G = os.environ["G"]
except KeyError:
    G = 1
if __name__ == "__main__":
    os.environ["H"]
`;
  const found = check(withApp({ "main.py": main }), "main:app").settings.map(({ name, line, certain }) => [name, line, certain]);
  expect(found).toEqual([
    ["A", 3, true],
    ["B", 14, true],
    ["C", 15, false],
    ["G", 17, false],
    ["OWN_KEY", 6, true],
    ["OWN_WANTED", 8, true],
    ["X", 9, true],
    ["OTHER", 11, false],
  ]);
  const own = { "main.py": 'import os\nload_dotenv("own.env")\nA = os.environ["A"]\n' };
  expect(check(withApp({ ...own, "own.env": "A=1\n" }), "main:app").settings).toMatchObject([{ certain: false }]);
  // A file that is not packed brings nothing.
  expect(check(withApp(own), "main:app").settings).toMatchObject([{ certain: true }]);
});

python("routes: all of them where nothing else can add one", () => {
  const app =
    'from fastapi import FastAPI\napp = FastAPI(title="x")\n@app.get("/health")\ndef health():\n    """Doc."""\n    return {"status": "up"}\n';
  const seen = (files: Readonly<Record<string, string>>) => check(files, "main:app").health;
  expect(seen({ "main.py": `${app}@app.post("/p")\ndef p():\n    pass\n` })?.routes?.[0]).toEqual({
    path: "/health",
    file: "main.py",
    line: 3,
    body: { json: { status: "up" } },
  });
  expect(seen({ "main.py": `${app}@app.get("/{rest}")\ndef p():\n    pass\n` })?.routes).toBeNull();
  expect(seen({ "main.py": `${app}app.include_router(r)\n` })?.routes).toBeNull();
  expect(seen({ "main.py": app, "more.py": "from main import app\nadd_to(app)\n" })?.routes).toBeNull();
  expect(seen({ "main.py": app.replace("/health", "/up") })).toMatchObject({ mentioned: false });
  expect(seen({ "main.py": `${app.replace("/health", "/up")}app.mount("/", x)\nprint("health")\n` })).toMatchObject({
    mentioned: true,
    routes: null,
  });
});

python("an older Python than the host's refuses nothing", () => {
  expect(check({ "main.py": BROKEN }, "main:app", ["3.99"])).toMatchObject({
    problems: [],
    notices: [expect.stringMatching(/^main\.py, line 2: .* a host 3\.99, which may know more/)],
  });
});

test("without Python it says that nothing was checked", () => {
  expect(check({ "main.py": BROKEN }, "main:app", [], "no-such-python")).toMatchObject({
    problems: [],
    notices: [expect.stringMatching(/not checked for syntax errors, because this machine has no Python/)],
  });
});

python("what Python cannot read to its end is not laid on a Python that is missing", () => {
  const sum = `total = ${Array(100_000).fill(1).join("+")}\n`;
  // By its path, so that it is started for this question.
  const { stdout } = spawnSync("python3", ["-I", "-S", "-c", "import sys; print(sys.executable)"], { encoding: "utf8" });
  expect(check({ "main.py": sum }, "main:app", [], stdout.trim())).toMatchObject({
    problems: [],
    notices: ["main: not checked for syntax errors, because Python ended while it read the code (RecursionError)"],
  });
});

test.each([
  [{ error: failed("ENOENT"), signal: null, stderr: null }, "this machine has no Python (python3) that can tell"],
  [
    { signal: null, stderr: '  File "syntax.py", line 1\nSyntaxError: invalid syntax\n' },
    "this machine has no Python (python3) that can tell",
  ],
  [{ error: failed("ETIMEDOUT"), signal: "SIGTERM", stderr: "" }, "Python was not done with it after 30 seconds"],
  [{ signal: "SIGSEGV", stderr: "" }, "Python ended while it read the code (SIGSEGV)"],
  [{ error: failed("ENOBUFS"), signal: "SIGTERM", stderr: "" }, "Python ended while it read the code (SIGTERM)"],
  [{ signal: null, stderr: "Traceback\nKeyError: 'a key of the code'\n" }, "Python ended while it read the code (KeyError)"],
  [{ signal: null, stderr: "" }, "Python ended while it read the code"],
])("why there is no answer: %j", (ended, why) => {
  expect(whyNot(ended)).toBe(why);
});

function failed(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}
