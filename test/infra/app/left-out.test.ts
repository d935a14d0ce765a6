/** Imports of files that lie in the folder and are not packed, or beside it. */
import { join } from "node:path";
import { checkImports } from "../../../infra/app/check";
import { checkModule, parseModule, type AppModule } from "../../../infra/app/module";
import { readTree, type AppTree } from "../../../infra/app/tree";
import { lacking, unless } from "../../needs";
import { APP, codeOf, removeTrees, treeOf, type Files } from "./trees";

afterAll(removeTrees);

const MAIN = "from fastapi import FastAPI\n\napp = FastAPI()\n";
const app = (ignored: string, more: Files): Files => ({ "requirements.txt": APP["requirements.txt"], ".gitignore": ignored, ...more });
const python = unless(lacking("python3"));

/** As the preview asks: Python says what is imported, and the folder what there is. */
function problems(tree: AppTree, inOrder = true): readonly string[] {
  const code = codeOf(tree);
  return [...code.problems, ...checkImports(tree, code, inOrder).problems];
}

const said = (place: string, file: string, pattern: string): string =>
  `${place}, and ${file} is left out of the application by .gitignore or app.exclude, so the service could not start; add ${pattern.endsWith("/") ? `"!${pattern}" and "!${pattern}**"` : `"!${pattern}"`} at the end of app.exclude`;

python.each<[string, Files, string]>([
  [
    "a module beside it",
    app("generated.py\n", { "main.py": `import generated\n${MAIN}`, "generated.py": "" }),
    said("main.py, line 1: imports generated", "generated.py", "generated.py"),
  ],
  [
    "a name of it",
    app("local_*.py\n", { "main.py": `from local_settings import KEY\n${MAIN}`, "local_settings.py": "KEY = 1" }),
    said("main.py, line 1: imports local_settings", "local_settings.py", "local_settings.py"),
  ],
  [
    "a package",
    app("build/\n", { "main.py": `from build.schema import x\n${MAIN}`, "build/__init__.py": "", "build/schema.py": "x = 1" }),
    said("main.py, line 1: imports build", "build/__init__.py", "build/"),
  ],
  [
    "a folder without __init__.py",
    app("data/\n", { "main.py": `from data.table import x\n${MAIN}`, "data/table.py": "x = 1" }),
    said("main.py, line 1: imports data", "data/table.py", "data/"),
  ],
  [
    "a module of src/",
    app("proto.py\n", { "src/main.py": `import proto\n${MAIN}`, "src/proto.py": "" }),
    said("src/main.py, line 1: imports proto", "src/proto.py", "src/proto.py"),
  ],
  [
    "a module of a package that is packed otherwise",
    app("made.py\n", { "main.py": `import pkg.made\n${MAIN}`, "pkg/__init__.py": "", "pkg/made.py": "" }),
    said("main.py, line 1: imports pkg.made", "pkg/made.py", "pkg/made.py"),
  ],
  [
    "what a module of its own imports",
    app("generated.py\n", { "main.py": `import other\n${MAIN}`, "other.py": "\nimport generated\n", "generated.py": "" }),
    said("other.py, line 2: imports generated", "generated.py", "generated.py"),
  ],
])("%s is refused, and the pattern that is named brings it back", (_, files, expected) => {
  const root = treeOf(files);
  expect(problems(readTree(root))).toEqual([expected]);
  const patterns = [...expected.matchAll(/"(![^"]+)"/g)].map(([, pattern = ""]) => pattern);
  expect(problems(readTree(root, patterns))).toEqual([]);
});

python("app.exclude leaves out as well, and the pattern wins after it", () => {
  const root = treeOf(app("", { "main.py": `import generated\n${MAIN}`, "generated.py": "" }));
  expect(problems(readTree(root, ["gen*.py"]))).toHaveLength(1);
  expect(problems(readTree(root, ["gen*.py", "!generated.py"]))).toEqual([]);
  // Whatever is wrong with the packages says nothing about a file.
  expect(problems(readTree(root, ["gen*.py"]), false)).toHaveLength(1);
});

python.each<[string, Files]>([
  [
    "an import that may fail",
    app("local.py\n", { "main.py": `try:\n    import local\nexcept ImportError:\n    local = None\n${MAIN}`, "local.py": "" }),
  ],
  ["a package of that name", app("uvicorn/\n", { "main.py": `import uvicorn\n${MAIN}`, "uvicorn/__init__.py": "" })],
  [
    "a well-known one",
    app("redis/\n", {
      "requirements.txt": `${APP["requirements.txt"]}redis==6.0.0\n`,
      "main.py": `import redis\n${MAIN}`,
      "redis/__init__.py": "",
    }),
  ],
  ["a folder of that name without a module", app("flags/\n", { "main.py": `import flags\n${MAIN}`, "flags/a.txt": "" })],
  ["a module of Python", app("json.py\n", { "main.py": `import json\n${MAIN}`, "json.py": "" })],
])("%s is not refused for a file that is left out", (_, files) => {
  expect(problems(readTree(treeOf(files)))).toEqual([]);
});

test("the application's own module", () => {
  const tree = readTree(treeOf(app("main.py\n", { "main.py": MAIN, "a.py": "" })));
  expect(checkModule(tree, "ml-gateway", parseModule("main:app") as AppModule)).toEqual([
    said('ml-gateway:app.module: "main:app" names main.py', "main.py", "main.py").replace(", and main.py is", ", which is"),
  ]);
});

python("a name in other letters, and a submodule that was not fetched", () => {
  const main = `import Utils.text\nimport vendored\nimport unknown\n${MAIN}`;
  const files = { ...app("", { "main.py": main, "utils/text.py": "" }), ".gitmodules": '[submodule "v"]\n\tpath = src/vendored\n' };
  const said = (text: string) => {
    const tree = readTree(treeOf({ ...files, "requirements.txt": text }));
    const code = codeOf(tree);
    return checkImports(tree, code, true);
  };
  expect(said(APP["requirements.txt"])).toEqual({
    problems: [
      expect.stringMatching(
        /^main\.py, line 2: imports vendored, and the submodule src\/vendored is empty here, .*git submodule update --init/,
      ),
    ],
    notices: [
      expect.stringMatching(
        /^main\.py, line 1: imports Utils, and the folder has utils, which is another name on Linux; .*unless a package/,
      ),
    ],
  });
  expect(said(`${APP["requirements.txt"]}vendored==1\nutils==1\n`)).toEqual({ problems: [], notices: [] });
});

describe("what lies deeper than Python looks", () => {
  const inside = (main: string, more: Files): Files => ({
    "requirements.txt": APP["requirements.txt"],
    "backend/app/__init__.py": "",
    "backend/app/main.py": `${main}\n${MAIN}`,
    ...more,
  });
  const of = (files: Files): readonly string[] => {
    const tree = readTree(treeOf(files));
    return checkImports(tree, codeOf(tree, "backend.app.main:app"), true).problems;
  };

  python.each<[string, string, Files, string]>([
    ["beside the package", "from core import settings", { "backend/core.py": "settings = 1\n" }, "backend/core.py"],
    ["beside the module", "import config", { "backend/app/config.py": "" }, "backend/app/config.py"],
    ["a package", "from core.db import engine", { "backend/core/__init__.py": "", "backend/core/db.py": "" }, "backend/core/__init__.py"],
  ])("%s is refused", (_, line, more, file) => {
    const place = file.replace(/(\/__init__)?\.py$/, "");
    expect(of(inside(line, more))).toEqual([
      `backend/app/main.py, line 1: imports ${place.split("/").at(-1) ?? ""}, which lies at ${file}, and Python looks at the top of the application's folder (and in src/) alone, so the service could not start; write ${place.replaceAll("/", ".")} in its place, or give ${place.split("/").slice(0, -1).join("/")} as app.path, with its requirements and app.module`,
    ]);
  });

  python.each<[string, Files]>([
    ["a path that is added to", inside("import sys\nsys.path.append('backend')\nimport core", { "backend/core.py": "" })],
    [
      "a name of a package that the file does not have",
      inside("from telegram import Bot", { "backend/app/telegram.py": "import telegram\n" }),
    ],
    [
      "a package that may bring it",
      { ...inside("import serial", { "backend/app/serial.py": "" }), "requirements.txt": `${APP["requirements.txt"]}pyserial==3.5\n` },
    ],
    ["a module that is tried", inside("try:\n    import core\nexcept ImportError:\n    core = None", { "backend/core.py": "" })],
  ])("nothing of %s", (_, files) => {
    expect(of(files)).toEqual([]);
  });
});

describe("what lies beside the application in its repository", () => {
  const monorepo = (main: string, more: Files = {}, repository = true): readonly string[] => {
    const root = treeOf({
      ...(repository ? { ".git/HEAD": "" } : {}),
      "libs/common/common/__init__.py": "",
      "libs/common/common/log.py": "def setup(): pass\n",
      "shared.py": "LIMIT = 1\n",
      "services/api/main.py": `${main}\n${MAIN}`,
      "services/api/requirements.txt": APP["requirements.txt"],
      ...more,
    });
    return problems(readTree(join(root, "services/api")));
  };

  python.each<[string, string]>([
    ["from common.log import setup", "../../libs/common/common/__init__.py"],
    ["from shared import LIMIT", "../../shared.py"],
  ])("%s is refused", (line, place) => {
    expect(monorepo(line)).toEqual([
      expect.stringMatching(
        new RegExp(`^main\\.py, line 1: imports \\w+, which lies at ${place}, outside of the application's folder, .*; copy it into`),
      ),
    ]);
  });

  python.each<[string, () => readonly string[]]>([
    ["without a repository around both", () => monorepo("import shared", {}, false)],
    ["a name that the file does not have", () => monorepo("from shared import Client")],
    [
      "a package that may bring it",
      () => monorepo("import shared", { "services/api/requirements.txt": `${APP["requirements.txt"]}acme-shared==1\n` }),
    ],
    [
      "a wheel of it",
      () => monorepo("import common", { "services/api/requirements.txt": `${APP["requirements.txt"]}./acme-1-py3-none-any.whl\n` }),
    ],
    ["an application that is a repository itself", () => monorepo("import shared", { "services/api/.git/HEAD": "" })],
  ])("nothing of %s", (_, of) => {
    expect(of()).toEqual([]);
  });
});
