/** Settings that an application reads by a package or by a function of its own, and that have to be there when it is imported. */
import { readTree } from "../../../infra/app/tree";
import { lacking, unless } from "../../needs";
import { codeOf, removeTrees, treeOf, whole, type Files } from "./trees";

afterAll(removeTrees);

const python = unless(lacking("python3"));

/** Names that certainly have to be there, and those that perhaps have to. */
function asked(main: string, files: Files = {}) {
  const { settings } = codeOf(readTree(treeOf({ "requirements.txt": "", "main.py": `${main}\napp = make()\n`, ...files })));
  return {
    certain: settings.filter(({ certain }) => certain).map(({ name }) => name),
    perhaps: settings.filter(({ certain }) => !certain).map(({ name }) => name),
  };
}

const ENVIRON = "import environ\nenv = environ.Env(DEBUG=(bool, False), LEVEL=int)\n";
const ENVIRONS = "from environs import Env\nenv = Env()\n";
const STARLETTE = 'from starlette.config import Config\nconfig = Config(".env")\n';
const OWN =
  "import os\ndef need(name):\n    value = os.getenv(name)\n    if not value:\n        raise RuntimeError(name)\n    return value\ndef plain(name):\n    return os.environ[name]\n" +
  "def soft(name, default=None):\n    value = os.environ.get(name, default)\n    if value is None:\n        raise RuntimeError(name)\n    return value\ndef listed(name):\n    if name not in os.environ:\n        raise KeyError(name)\n";

python.each(
  whole<[title: string, main: string, names: readonly string[], files?: Files]>(
    [
      [
        "decouple",
        "from decouple import config\nA = config('A')\nB = config('B', cast=int)\nC = config('C', default=1)\nD = config('D', 'd')",
        ["A", "B"],
      ],
      ["decouple's own reader", "from decouple import AutoConfig\nconfig = AutoConfig()\nA = config('A')", ["A"]],
      ["Starlette", `${STARLETTE}A = config("A")\nB = config("B", cast=str, default="x")\nC = config.get("C")`, ["A", "C"]],
      ["Starlette with a prefix", 'from starlette.config import Config\nconfig = Config(env_prefix="P_")\nA = config("A")', ["P_A"]],
      [
        "django-environ",
        `${ENVIRON}A = env("A")\nB = env.int("B")\nC = env.str("C", default="")\nD = env("DEBUG")\nE = env("LEVEL")\nF = env.list("F", str, [])`,
        ["A", "B", "LEVEL"],
      ],
      ["an address of a database", `${ENVIRON}DATABASES = {"default": env.db()}`, ["DATABASE_URL"]],
      ["environs", `${ENVIRONS}A = env("A")\nB = env.bool("B", False)\nwith env.prefixed("P_"):\n    C = env.int("C")`, ["A", "P_C"]],
      ["of another module", "from conf import env\nA = env.str('A')", ["A"], { "conf.py": ENVIRONS }],
      ["in the body of a class", "from decouple import config\nclass Settings:\n    A = config('A')", ["A"]],
      [
        "beside the .env that the hosts write",
        `${ENVIRON}import pathlib\nenviron.Env.read_env(pathlib.Path(__file__).parent / ".env")\nA = env("A")`,
        ["A"],
      ],
      [
        "by functions of its own",
        `${OWN}A = need("A")\nB = plain(name="B")\nC = soft("C")\nD = soft("D", "d")\nlisted("E")`,
        ["A", "B", "C", "E"],
      ],
      ["by a function of another module", "import lib\nA = lib.need('A')", ["A"], { "lib.py": OWN }],
    ],
    4,
  ),
)("%s", (_, main, names, files) => {
  expect(asked(main, files)).toEqual({ certain: names, perhaps: [] });
});

python.each(
  whole<[title: string, main: string, perhaps?: readonly string[], files?: Files]>(
    [
      ["within a function", "from decouple import config\ndef f():\n    return config('A')", ["A"]],
      ["where it may fail", "from decouple import config\ntry:\n    A = config('A')\nexcept Exception:\n    A = 1", ["A"]],
      ["with files of its own", "from decouple import Config, RepositoryEnv\nconfig = Config(RepositoryEnv('x.env'))\nA = config('A')"],
      ["with settings.ini", "from decouple import config\nA = config('A')", [], { "settings.ini": "[settings]\nA=1\n" }],
      ["with another file", 'from starlette.config import Config\nconfig = Config("own.env")\nA = config("A")', [], { "own.env": "A=1\n" }],
      ["a schema that is not seen", "import environ\nenv = environ.Env(**SCHEMA)\nA = env('A')", ["A"]],
      ["that are collected", "from environs import Env\nenv = Env(eager=False)\nA = env('A')"],
      ["set by itself", `import os\nos.environ.setdefault("A", "x")\n${ENVIRONS}A = env("A")`],
      ["a function that is decorated", "import os\n@retry\ndef need(name):\n    return os.environ[name]\nA = need('A')"],
      [
        "a function that has another way",
        "import os\ndef need(name):\n    try:\n        return os.environ[name]\n    except KeyError:\n        return ''\nA = need('A')",
      ],
      ["a name that is made", `${OWN}A = [need(n) for n in names()]`],
    ],
    4,
  ),
)("nothing is asked for: %s", (_, main, perhaps = [], files = {}) => {
  const found = asked(main, files);
  expect(found.certain).toEqual([]);
  expect(found.perhaps.every((name) => perhaps.includes(name))).toBe(true);
});
