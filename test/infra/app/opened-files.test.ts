/** Files that an application opens by paths of its own, and what is left out of what the hosts get. */
import { readTree } from "../../../infra/app/tree";
import { lacking, unless } from "../../needs";
import { codeOf, removeTrees, treeOf, type Files } from "./trees";

afterAll(removeTrees);

const python = unless(lacking("python3"));

const FOLDER: Files = {
  ".gitignore": "data/\npages/\n*.pkl\n",
  "data/words.txt": "a",
  "pages/i.html": "",
  "m.pkl": "",
  "svc/kept.txt": "",
  "svc/__init__.py": "",
  "svc/data/x.json": "",
};

function said(lines: string, files: Files = {}) {
  const tree = readTree(treeOf({ ...FOLDER, "svc/main.py": `${lines}\napp = make()\n`, "requirements.txt": "", ...files }));
  return codeOf(tree, "svc.main:app");
}

const BASE = "import os, json\nfrom pathlib import Path\nBASE = Path(__file__).resolve().parent.parent\n";

python.each<[title: string, lines: string, file: string, pattern: string]>([
  ["Path(__file__)", `${BASE}W = (BASE / "data" / "words.txt").read_text()`, "data/words.txt", '"!data/" and "!data/**"'],
  ["parents", `${BASE}W = open(Path(__file__).parents[1].joinpath("data", "words.txt"))`, "data/words.txt", '"!data/" and "!data/**"'],
  [
    "os.path.join",
    `${BASE}HERE = os.path.dirname(os.path.abspath(__file__))\nwith open(os.path.join(HERE, "..", "data/words.txt")) as f:\n    W = f.read()`,
    "data/words.txt",
    '"!data/" and "!data/**"',
  ],
  ["a constant of another module", "from svc.paths import WORDS\nW = open(WORDS)", "data/words.txt", '"!data/" and "!data/**"'],
  ["pkgutil", 'import pkgutil\nW = pkgutil.get_data("svc", "data/x.json")', "svc/data/x.json", '"!svc/data/" and "!svc/data/**"'],
  [
    "importlib.resources",
    'from importlib.resources import files\nW = files("svc").joinpath("data/x.json").read_text()',
    "svc/data/x.json",
    '"!svc/data/" and "!svc/data/**"',
  ],
  ["static files", `${BASE}app.mount("/p", StaticFiles(directory=BASE / "pages"))`, "pages/", '"!pages/" and "!pages/**"'],
  ["templates", `${BASE}T = Jinja2Templates(directory=str(BASE / "pages"))`, "pages/", '"!pages/" and "!pages/**"'],
  ["a table", `import pandas as pd\nT = pd.read_csv("data/words.txt")`, "data/words.txt", '"!data/" and "!data/**"'],
  [
    "a lifespan",
    'async def life(app):\n    with open("data/words.txt") as f:\n        yield\nx = FastAPI(lifespan=life)',
    "data/words.txt",
    '"!data/" and "!data/**"',
  ],
  ["a startup event", '@x.on_event("startup")\ndef up():\n    open("data/words.txt")', "data/words.txt", '"!data/" and "!data/**"'],
])("%s: a file that is left out is refused, with what brings it back", (_, lines, file, pattern) => {
  const paths = 'import os\nWORDS = os.path.join(os.path.dirname(__file__), "../data", "words.txt")\n';
  const { problems, notices } = said(lines, { "svc/paths.py": paths });
  expect(notices).toEqual([]);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(`${file} is left out of the application by .gitignore or app.exclude`);
  expect(problems[0]).toContain(`add ${pattern} at the end of app.exclude`);
});

python("a model belongs in the manifest", () => {
  expect(said('import joblib\nm = joblib.load("m.pkl")').problems).toEqual([
    expect.stringMatching(/reads m\.pkl when it is imported, .*; a model belongs in the manifest/),
  ]);
});

python.each<[string, string]>([
  ["a file that is packed", `${BASE}W = (BASE / "svc" / "kept.txt").read_text()`],
  ["a name that means something else in a function", 'p = "data/words.txt"\ndef f(p):\n    return open(p)'],
  [
    "a file that may be missing",
    'try:\n    W = open("data/words.txt")\nexcept OSError:\n    W = None\nfrom contextlib import suppress\nwith suppress(OSError):\n    V = open("data/words.txt")',
  ],
  ["an address", 'import pandas as pd\nT = pd.read_csv("https://example.org/a.csv")'],
  ["a folder above the application's", 'from pathlib import Path\nW = (Path(__file__).parents[2] / "data" / "words.txt").read_text()'],
  ["models on the host", 'import joblib\nm = joblib.load("/home/ddos/models/m.pkl")'],
])("%s is taken", (_, lines) => {
  const { problems } = said(lines);
  expect(problems).toEqual([]);
});

python("what some request opens is a notice, where it is left out", () => {
  expect(said('def f():\n    return open("data/words.txt"), open("not-there.txt")').notices).toEqual([
    expect.stringMatching(
      /^svc\/main\.py, line 2: opens data\/words\.txt at some time, and data\/words\.txt is left out .*, so that would fail; add "!data\/"/,
    ),
  ]);
  expect(said('T = Jinja2Templates("nowhere")')).toMatchObject({
    problems: [],
    notices: [expect.stringMatching(/has its pages in nowhere, which the application does not have/)],
  });
});

python("databases beside the code: with tables that are made at the start, and others", () => {
  const engine = 'E = create_engine("sqlite:///./app.db")\n';
  expect(said(engine)).toMatchObject({
    problems: [],
    notices: [expect.stringMatching(/has the database app\.db, which the service could read and not write/)],
  });
  expect(said(`${engine}Base.metadata.create_all(E)`)).toMatchObject({
    problems: [expect.stringMatching(/line 1: makes tables in app\.db when it starts/)],
    notices: [],
  });
  const waited =
    "async def life(app):\n    async with E.begin() as c:\n        await c.run_sync(Base.metadata.create_all)\n    yield\nother = make(lifespan=life)";
  expect(said(`E = create_async_engine("sqlite+aiosqlite:///./app.db")\n${waited}`).problems).toEqual([
    expect.stringMatching(/line 1: makes tables in app\.db when it starts/),
  ]);
  expect(
    said('E = create_engine("sqlite:////home/ddos/data/app.db")\nBase.metadata.create_all(E)\nF = create_engine("postgresql:///x")'),
  ).toMatchObject({ problems: [], notices: [] });
  expect(said('from loguru import logger\nlogger.add("logs/a.log")').problems).toEqual([
    expect.stringMatching(/writes logs\/a\.log when it is imported/),
  ]);
});

python("the project's own version is known of installed packages alone", () => {
  const project = { "pyproject.toml": '[project]\nname = "My_App"\n' };
  expect(said('from importlib.metadata import version\nV = version("my-app")\nW = version("fastapi")', project).problems).toEqual([
    expect.stringMatching(/asks for the version of my-app, the project itself/),
  ]);
  expect(
    said('from importlib.metadata import version\ntry:\n    V = version("my-app")\nexcept Exception:\n    V = ""', project).problems,
  ).toEqual([]);
});
