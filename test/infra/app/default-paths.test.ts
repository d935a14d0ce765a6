/** Paths that a setting may say, and its default where nobody gives it: what the hosts' settings leave as it is counts. */
import { readTree } from "../../../infra/app/tree";
import { lacking, unless } from "../../needs";
import { codeOf, removeTrees, treeOf, whole, type Files } from "./trees";

afterAll(removeTrees);

const python = unless(lacking("python3"));
const SETTINGS =
  'from pathlib import Path\nfrom pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    model_dir: Path = Path(__file__).parent / "artifacts"\n    log_file: str = "app.log"\nsettings = Settings()\n';
const MODEL = "/artifacts/m.joblib";

function said(lines: string, names: readonly string[] = [], files: Files = {}, closed = false) {
  const base = {
    ".gitignore": "*.joblib\n",
    [MODEL.slice(1)]: "x",
    "settings.py": SETTINGS,
    "main.py": `${lines}\napp = make()\n`,
    "requirements.txt": "",
  };
  const tree = readTree(treeOf({ ...base, ...files }));
  return codeOf(tree, "main:app", { hosts: { names, closed } });
}

const LOAD = 'import joblib\nfrom settings import settings\nm = joblib.load(settings.model_dir / "m.joblib")';

python.each(
  whole<[title: string, lines: string, words: RegExp, variable: string]>(
    [
      [
        "a model of pydantic-settings",
        LOAD,
        /^main\.py, line 3: reads artifacts\/m\.joblib when it is imported, .*left out.*, or another path in MODEL_DIR \(env or secretEnv\)/,
        "MODEL_DIR",
      ],
      [
        "a model by getenv",
        'import joblib, os\nm = joblib.load(os.getenv("MODEL_FILE", "nowhere/m.joblib"))',
        /reads nowhere\/m\.joblib .*, or another path in MODEL_FILE \(env or secretEnv\)/,
        "MODEL_FILE",
      ],
      [
        "the same by or",
        'import joblib, os\nPATH = os.environ.get("MODEL_FILE") or "nowhere/m.joblib"\nm = joblib.load(PATH)',
        /reads nowhere\/m\.joblib/,
        "MODEL_FILE",
      ],
      [
        "a log file",
        "import logging\nfrom settings import settings\nlogging.basicConfig(filename=settings.log_file)",
        /writes app\.log when it is imported, .*, or another path in LOG_FILE \(env or secretEnv\)$/,
        "LOG_FILE",
      ],
      [
        "tables, asked for by session.exec",
        'import os\nfrom sqlmodel import SQLModel, create_engine\nfrom db import init\nE = create_engine(os.getenv("DATABASE_URL", "sqlite:///./app.db"))\ninit(E)\ndef f(session): return session.exec(1)',
        /^main\.py, line 4: makes tables in app\.db when it starts, .* or another path in DATABASE_URL \(env or secretEnv\)$/,
        "DATABASE_URL",
      ],
    ],
    4,
  ),
)("%s", (_, lines, words, variable) => {
  const db: Files = { "db.py": "from sqlmodel import SQLModel\ndef init(e):\n    SQLModel.metadata.create_all(e)\n" };
  expect(said(lines, [], db).problems).toEqual([expect.stringMatching(words)]);
  expect(said(lines, [variable.toLowerCase()], db).problems).toEqual([]);
  expect(said(lines, [], db, true).problems).toEqual([]);
});

python.each(
  whole<[title: string, lines: string, files: Files]>(
    [
      ["the code gives it", `import os\nos.environ["MODEL_DIR"] = "/tmp"\n${LOAD}`, {}],
      [
        "a file of settings may give it",
        `from dotenv import load_dotenv\nload_dotenv("prod.env")\n${LOAD}`,
        { "prod.env": "MODEL_DIR=/tmp\n" },
      ],
      ["the file is packed", LOAD, { ".gitignore": "" }],
      [
        "it may fail",
        "import joblib\nfrom settings import settings\ntry:\n    m = joblib.load(settings.model_dir)\nexcept Exception:\n    m = None",
        {},
      ],
      [
        "its class has sources of its own",
        LOAD,
        { "settings.py": SETTINGS.replace("    log_file", "    def settings_customise_sources(self): pass\n    log_file") },
      ],
      [
        "it is asked first whether it is there",
        `import os\nfrom settings import settings\nif os.path.exists(settings.log_file):\n    x = open(settings.log_file)`,
        {},
      ],
    ],
    3,
  ),
)("nothing where %s", (_, lines, files) => {
  expect(said(lines, [], files).problems).toEqual([]);
});
