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
  expect(check(files, "main:app")).toEqual({});
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
