/** Syntax errors of what the service imports at its start, by this machine's Python. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
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
  return checkSyntax(readTree(folder), parseModule(module) as AppModule, pythons, python);
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
  expect(check(files, module)).toEqual({ problem: expect.stringMatching(expected) as string });
});

python.each<[string, Readonly<Record<string, string>>]>([
  ["a module that is right", { "main.py": "import os\nimport pkg\napp = 1\n", "pkg.py": "" }],
  ["what nothing imports, such as a template", { "main.py": "app = 1\n", "template.py": "{{ name }}" }],
  ["an import that may fail", { "main.py": "try:\n    import extra\nexcept Exception:\n    pass\n", "extra.py": BROKEN }],
])("%s passes", (_, files) => {
  expect(check(files, "main:app")).toEqual({ others: [] });
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
    "a name of an empty package",
    { "a/__init__.py": '"""Doc."""\n', "main.py": "from a import b\n" },
    "main:app",
    "main.py, line 1: imports a.b,",
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
  const { problem = "" } = check(files, module);
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
  const report = check(files, "main:app");
  expect(report.problem).toBeUndefined();
  expect(report.others?.map(({ name }) => name)).toEqual(others);
});

python("an older Python than the host's refuses nothing", () => {
  expect(check({ "main.py": BROKEN }, "main:app", ["3.99"])).toEqual({
    notice: expect.stringMatching(/^main\.py, line 2: .* a host 3\.99, which may know more/) as string,
  });
});

test("without Python it says that nothing was checked", () => {
  expect(check({ "main.py": BROKEN }, "main:app", [], "no-such-python")).toEqual({
    notice: expect.stringMatching(/not checked for syntax errors/) as string,
  });
});
