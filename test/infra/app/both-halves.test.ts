/** The preview and the host read the same trees: what one refuses the other one does, and both read the same files. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc, { runs } from "../../property";
import { uninstallable } from "../../../infra/app/requirement-lines";
import { readRequirements } from "../../../infra/app/requirements";
import { readTree } from "../../../infra/app/tree";
import { lacking, unless } from "../../needs";
import { APP, removeTrees, treeOf, type Files } from "./trees";

jest.setTimeout(120_000);

const SCRIPT = join(__dirname, "../../../templates/steps/layout.py");
const out = mkdtempSync(join(tmpdir(), "halves-"));
afterAll(() => {
  removeTrees();
  rmSync(out, { recursive: true });
});

/** Whether the host takes the tree, and the files that decide the environment. */
function onHost(root: string): { refused: boolean; files: string[] } {
  const run = spawnSync("python3", ["-I", "-S", "-B", SCRIPT, root, "ml_gateway.app:app", out], { encoding: "utf8" });
  if (run.status === 1) return { refused: true, files: [] };
  expect([run.status, run.stderr]).toEqual([0, ""]);
  return { refused: false, files: readFileSync(join(out, "says"), "utf8").split(" and ").sort() };
}

function atPreview(root: string): { refused: boolean; files: string[] } {
  const set = readRequirements(readTree(root), "requirements.txt");
  const refused = set.problems.length > 0 || set.requirements.length === 0 || uninstallable(set, []).length > 0;
  return { refused, files: refused ? [] : [...new Set(set.files)].sort() };
}

const WHEEL = "wheels/x-1-py3-none-any.whl";
const LINES = [
  ...[
    "uvicorn==1",
    "python-dotenv",
    "numpy>=1,<2 ; python_version < '3.12'",
    "# a comment",
    "",
    "fastapi[standard] # why",
    "a==1 \\",
    "a==1 b",
    "a==1 b==2",
    "a == 1 , < 3",
    "a (>=1)",
    "a==",
    "   --hash=sha256:00",
  ],
  ...[
    "-r base.txt",
    "-rbase.txt",
    "--requirement=r/more.txt",
    "--requirement r/more.txt",
    "-c pins.txt",
    "-r requirements.txt",
    "-r ./r/../base.txt",
    "-r none.txt",
    "-r ../out.txt",
  ],
  ...[
    "-e .",
    "-e./libs",
    "--editable=.",
    ".",
    "./libs",
    "libs/",
    "./libs/none.whl",
    `./${WHEEL}`,
    WHEEL,
    "x @ file:wheels/x-1-py3-none-any.whl",
    "/etc/x.whl",
  ],
  ...[
    "-i https://pypi.corp/simple",
    "--index-url=https://u:p@pypi.corp/simple",
    "--extra-index-url http://pypi.corp",
    "-f wheels",
    "--find-links=./wheels/",
  ],
  ...[
    "-f https://files.corp/",
    "--find-links none",
    "--trusted-host pypi.corp",
    "--no-binary :all:",
    "--pre",
    "x @ https://files.corp/x.whl",
    "git+https://github.com/a/b@main",
  ],
  ...[
    "git+ssh://git@github.com/a/b@main",
    "x @ git+https://user:secret@github.com/a/b",
    "x @ https://${TOKEN}@files.corp/x.whl",
    "http://files.corp/x-1.whl",
    "x @ git+git://github.com/a/b",
    "hg+https://hg.corp/x",
    "svn+https://svn.corp/x",
  ],
  ...[
    "json",
    "asyncio==3.4.3",
    'dataclasses; python_version < "3.7"',
    'pathlib==1.0.1 ; python_version < "3.4"',
    "sklearn",
    "sklearn @ https://files.corp/sklearn.whl",
    "python==3.10",
    "pkg_resources==0.0.0",
    "pkg-resources @ https://files.corp/x.whl",
    "pywin32==306",
    'pywin32==306; sys_platform == "win32"',
    "PyObjC",
  ],
  ...[
    "uvicorn==0.21.1",
    "uvicorn===0.9",
    "uvicorn==0.22",
    "uvicorn==0.22.0",
    "uvicorn[standard]==0.20",
    "uvicorn==0.22rc1",
    "uvicorn==0.*",
  ],
  ...["numpy==1.0", "numpy==1.0.0", "numpy==1", "NumPy===2.0", "numpy==2.*", 'numpy==3.0; python_version < "3"', "numpy == 2.0"],
  ...[
    `d==1 --hash=sha256:${"a".repeat(64)}`,
    "d==1 --hash=sha256:abc",
    `d==1 --hash=md5:${"a".repeat(32)}`,
    `d==1 --hash sha512:${"g".repeat(128)}`,
  ],
  ...["--upgrade", "-q", "--user", "--no-deps", "--process-dependency-links", "--prefer-binary", "--require-hashes", "-x y"],
];
const text = fc.array(fc.constantFrom(...LINES), { maxLength: 6 }).map((lines) => `${lines.join("\n")}\n`);

function tree(top: string, base: string, more: string): Files {
  return {
    ...APP,
    "requirements.txt": top,
    "base.txt": base,
    "r/more.txt": more,
    "pins.txt": "uvicorn==1\n",
    "libs/setup.py": "",
    [WHEEL]: "",
  };
}

unless(lacking("python3"))("property: preview and host agree about requirements files", () => {
  fc.assert(
    fc.property(text, text, text, (top, base, more) => {
      const root = treeOf(tree(top, base, more));
      expect(atPreview(root)).toEqual(onHost(root));
    }),
    runs(60),
  );
});

unless(lacking("python3")).each([
  ...["a==1 \\\nuvicorn==1", "a==1 \\\npython-dotenv", "a \\\n==1"],
  ...["a==1.0\na==1", "a==1.0rc1\na==1.0", "a==1.0\na==1.0rc1", "a==1+cpu\na==1.0", "a==1+cpu\na==1+gpu", "A==1\na===2", "a==1\na>=2"],
])("they agree about lines together: %j", (lines) => {
  const root = treeOf(tree(`${lines}\n`, "a\n", "b\n"));
  expect(atPreview(root)).toEqual(onHost(root));
});

unless(lacking("python3")).each(LINES)("they agree about the line «%s»", (line) => {
  const root = treeOf(tree(`uvicorn\npython-dotenv\n${line}\n`, "a\n", "b\n"));
  expect(atPreview(root)).toEqual(onHost(root));
});
