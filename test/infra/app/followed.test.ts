/** Files that are written at the start, found through the functions that are called there and through logging's configuration. */
import { logFiles } from "../../../infra/app/log-files";
import { readTree } from "../../../infra/app/tree";
import { lacking, unless } from "../../needs";
import { codeOf, removeTrees, treeOf, type Files } from "./trees";

afterAll(removeTrees);

const python = unless(lacking("python3"));

function problems(files: Files, module = "main:app"): readonly string[] {
  const tree = readTree(treeOf({ "requirements.txt": "", ...files }));
  return codeOf(tree, module).problems;
}

const APP = "from fastapi import FastAPI\napp = FastAPI()\n";

python("what functions write that the import and the start certainly run", () => {
  const files = {
    "store.py":
      "import sqlite3\nDB = 'a.db'\ndef connect(path=DB):\n    return sqlite3.connect(path)\nasync def prepare():\n    with open('b.txt', 'w') as f:\n        f.write('x')\n",
    "log.py":
      "import logging\ndef setup(name, folder='logs'):\n    target = f'{folder}/{name}.log'\n    return logging.FileHandler(target)\n",
    "work.py": "class Work:\n    def __init__(self, root):\n        self.f = open(f'{root}/c.txt', 'a')\n",
    "main.py":
      "from contextlib import asynccontextmanager\nfrom fastapi import FastAPI\nimport store\nfrom log import setup\nfrom work import Work\nsetup('svc')\nwork = Work('jobs')\n" +
      "@asynccontextmanager\nasync def lifespan(app):\n    store.connect()\n    await store.prepare()\n    yield\n    open('at-the-end.txt', 'w')\napp = FastAPI(lifespan=lifespan)\n",
  };
  const found = problems(files).map((problem) => /^(\S+, line \d+: \w+ \S+) when/.exec(problem)?.[1]);
  expect(found.sort()).toEqual([
    "log.py, line 4: writes logs/svc.log",
    "store.py, line 4: makes a.db",
    "store.py, line 6: writes b.txt",
    "work.py, line 3: writes jobs/c.txt",
  ]);
});

python("a function that makes the application runs from its top", () => {
  const main = "from fastapi import FastAPI\ndef create_app():\n    open('a.txt', 'w')\n    return FastAPI()\n";
  expect(problems({ "main.py": main }, "main:create_app()")).toEqual([
    expect.stringMatching(/^main\.py, line 3: writes a\.txt when it starts/),
  ]);
});

python("what only perhaps runs, or writes where that is not known, is not refused", () => {
  const helpers =
    "import os, threading, asyncio, contextlib, functools\ndef save(path='a.txt'):\n    open(path, 'w')\ndef early():\n    if os.getenv('READ_ONLY'):\n        return\n    save()\n" +
    "def careful():\n    try:\n        save()\n    except OSError:\n        pass\ndef pages():\n    open('b.txt', 'w')\n    yield 1\nasync def later():\n    save()\n" +
    "@contextlib.contextmanager\ndef opened():\n    save()\n    yield\n@functools.wraps(save)\ndef wrapped():\n    save()\ndef other(path='a.txt'):\n    path = os.getenv('P', path)\n    open(path, 'w')\n";
  const uses =
    "from helpers import *\nimport helpers\nhelpers.early()\nhelpers.careful()\nhelpers.pages()\ntask = helpers.later()\nhelpers.opened()\nhelpers.wrapped()\nhelpers.other()\nhelpers.save(helpers.os.getenv('PATH_'))\nhelpers.save('/home/ddos/data/a.txt')\n" +
    "def unused():\n    helpers.save()\n";
  expect(problems({ "helpers.py": helpers, "main.py": uses.replace("from helpers import *\n", "") + APP })).toEqual([]);
});

const handlers = (file: string): string =>
  `{"version": 1, "handlers": {"f": {"class": "logging.handlers.RotatingFileHandler", "filename": ${file}}, "c": {"class": "logging.StreamHandler"}}}`;

python.each<[title: string, files: Files, line: number | undefined]>([
  ["a dictionary", { "main.py": `import logging.config\nL = ${handlers("'a.log'")}\nlogging.config.dictConfig(L)\n${APP}` }, 2],
  ["the same where it stands", { "main.py": `from logging.config import dictConfig\ndictConfig(${handlers("'a.log'")})\n${APP}` }, 2],
  [
    "one that is changed before",
    {
      "main.py": `import logging.config\nL = ${handlers("'a.log'")}\nL["handlers"]["f"]["filename"] = name()\nlogging.config.dictConfig(L)\n${APP}`,
    },
    undefined,
  ],
  [
    "one with a file of its folder",
    { "main.py": `import logging.config\nL = ${handlers("'/home/ddos/data/a.log'")}\nlogging.config.dictConfig(L)\n${APP}` },
    undefined,
  ],
  [
    "INI",
    {
      "main.py": `import logging.config\nlogging.config.fileConfig("log.ini")\n${APP}`,
      "log.ini": "[handler_f]\nclass=FileHandler\nargs=('a.log', 'w')\n",
    },
    2,
  ],
  [
    "a document",
    {
      "main.py": `import logging.config, json\nwith open("log.json") as f:\n    logging.config.dictConfig(json.load(f))\n${APP}`,
      "log.json": handlers('"a.log"'),
    },
    2,
  ],
  [
    "a document whose names are changed",
    {
      "main.py": `import logging.config, json\nwith open("log.json") as f:\n    c = json.load(f)\nc["handlers"]["f"]["filename"] = "/tmp/a"\nlogging.config.dictConfig(c)\n${APP}`,
      "log.json": handlers('"a.log"'),
    },
    undefined,
  ],
])("logging by %s", (_title, files, line) => {
  const found = problems(files);
  expect(found).toEqual(
    line === undefined ? [] : [expect.stringMatching(new RegExp(`^main\\.py, line ${line}: .*writes a\\.log.* may write nothing there`))],
  );
});

test("documents of logging name the files that cannot be written", () => {
  const yaml =
    "version: 1\nhandlers:\n  a: {class: logging.FileHandler, filename: logs/a.log}\n  b: {class: logging.FileHandler, filename: /home/ddos/data/b.log}\n  c: {class: logging.FileHandler, filename: c.log, delay: true}\n";
  expect(logFiles("l.yaml", yaml)).toEqual(["logs/a.log"]);
  expect(logFiles("l.yml", "- no: configuration\n")).toEqual([]);
  expect(
    logFiles(
      "l.ini",
      "[handler_a]\nclass=StreamHandler\nargs=(sys.stdout,)\n[handler_b]\nclass=handlers.RotatingFileHandler\nargs=('/var/log/b.log', 'a')\n",
    ),
  ).toEqual(["/var/log/b.log"]);
  expect(logFiles("l.ini", "[handler_a]\nclass=FileHandler\nargs=('%(name)s', 'a')\n")).toEqual([]);
});
