/** What an application does as soon as it starts, and no host lets through: refused before anything is created, or said where it may go well. */
import { ownConnections } from "../../../infra/app/own-host";
import { checkImports, checkStart } from "../../../infra/app/check";
import { readTree } from "../../../infra/app/tree";
import { lacking, unless } from "../../needs";
import { codeOf, removeTrees, treeOf, whole, type Files } from "./trees";

afterAll(removeTrees);

const python = unless(lacking("python3"));

interface Given {
  /** Lines of requirements.txt. */
  readonly packages?: string;
  readonly files?: Files;
  /** Settings of the backend. */
  readonly names?: readonly string[];
  readonly closed?: boolean;
  readonly apt?: readonly string[];
  readonly allow?: readonly string[];
  readonly module?: string;
  /** Without a line that makes the application. */
  readonly bare?: boolean;
}

/** All that is said of an application at its start. */
function said(main: string, given: Given = {}): { readonly problems: string[]; readonly notices: string[] } {
  const { packages = "", files = {}, names = [], closed = false, apt = [], allow = [], module = "main:app", bare = false } = given;
  const tree = readTree(
    treeOf({ "main.py": bare ? `${main}\n` : `${main}\napp = make()\n`, "requirements.txt": `uvicorn==0.54.0\n${packages}\n`, ...files }),
  );
  const code = codeOf(tree, module);
  const parts = [
    { problems: code.problems, notices: code.notices },
    ownConnections("p", code.connections, names, closed, []),
    checkStart(tree, "p", code, { packages: apt, allow, pythons: ["3.10"] }, true),
    { problems: checkImports(tree, code, true).problems.filter((one) => / no longer has since /.test(one)), notices: [] },
    {
      problems: code.settings.filter(({ name, certain }) => certain && !names.includes(name)).map(({ name }) => `needs ${name}`),
      notices: [],
    },
  ];
  return { problems: parts.flatMap(({ problems }) => problems), notices: parts.flatMap(({ notices }) => notices) };
}

const LIFE =
  "from contextlib import asynccontextmanager\n@asynccontextmanager\nasync def life(app):\n    BODY\n    yield\nother = make(lifespan=life)";
const life = (body: string): string => LIFE.replace("BODY", body);

describe("what is connected to at the host's own address", () => {
  python.each(
    whole<[string, string, RegExp, Given?]>(
      [
        [
          "a cache that is asked",
          "import redis\nc = redis.Redis(host='localhost', port=6380)\nc.ping()",
          /^main\.py, line 3: connects to localhost:6380 \(Redis\) when it is imported, .* could not start; read the address from an environment variable/,
        ],
        ["by its usual address", "from redis import Redis\nRedis().get('x')", /connects to localhost:6379/],
        ["by a URL", "import redis\nc = redis.from_url('redis://127.0.0.1')\nc.ping()", /connects to 127\.0\.0\.1:6379/],
        [
          "in another module",
          "from db import c\nc.set('a', 1)",
          /^main\.py, line 2: connects to localhost:6379/,
          { files: { "db.py": "import redis\nc = redis.Redis()\n" } },
        ],
        [
          "PostgreSQL by words",
          "import psycopg2\nc = psycopg2.connect(host='localhost', dbname='x')",
          /connects to localhost:5432 \(PostgreSQL\)/,
        ],
        ["PostgreSQL by a text", "import psycopg2\nc = psycopg2.connect('dbname=x host=127.0.0.1')", /connects to 127\.0\.0\.1:5432/],
        ["MySQL", "import pymysql\nc = pymysql.connect(user='root')", /connects to localhost:3306 \(MySQL\)/],
        [
          "RabbitMQ",
          "import pika\nc = pika.BlockingConnection(pika.ConnectionParameters('localhost'))",
          /connects to localhost:5672 \(RabbitMQ\)/,
        ],
        ["MongoDB", "from pymongo import MongoClient\nc = MongoClient()\nc.admin.command('ping')", /connects to localhost:27017/],
        [
          "tables of SQLAlchemy",
          "from sqlalchemy import create_engine\nengine = create_engine('postgresql+psycopg2://u:hunter2@localhost/x')\nBase.metadata.create_all(bind=engine)",
          /^main\.py, line 3: connects to localhost:5432 \(PostgreSQL\)/,
        ],
        [
          "an engine that is opened",
          "from sqlalchemy import create_engine\nengine = create_engine('mysql://localhost:3307/x')\nwith engine.connect() as c:\n    c.run()",
          /localhost:3307 \(MySQL\)/,
        ],
        [
          "in the lifespan",
          `import asyncpg\n${life("pool = await asyncpg.create_pool('postgres://u:p@localhost/x')")}`,
          /whenever it starts/,
        ],
        [
          "by a default that nothing takes the place of",
          "import os, redis\nc = redis.Redis(host=os.getenv('REDIS_HOST', 'localhost'))\nc.ping()",
          /give the address of the service in p:env\.REDIS_HOST/,
        ],
        [
          "by a field of settings that holds an address of its own type",
          "import redis\nfrom pydantic import RedisDsn\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\nclass C(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='LIMITER_')\n    redis_url: RedisDsn = RedisDsn('redis://localhost:6379/0')\nconfig = C()\nc = redis.from_url(str(config.redis_url))\nc.ping()",
          /connects to localhost:6379 \(Redis\) when it is imported, .* give the address of the service in p:env\.LIMITER_REDIS_URL/,
        ],
        [
          "by a secret that hides its text",
          "import psycopg2\nfrom pydantic import SecretStr\nurl = SecretStr('postgresql://u:p@127.0.0.1/x')\npsycopg2.connect(url.get_secret_value())",
          /connects to 127\.0\.0\.1:5432/,
        ],
        [
          "by a URL with unknown parts",
          "import os, psycopg2\nurl = f\"postgresql://{os.environ['U']}@localhost:5432/x\"\nc = psycopg2.connect(url)",
          /connects to localhost:5432/,
          { names: ["U"] },
        ],
        [
          "in a function that the import calls",
          "import redis\ndef ready(c):\n    c.ping()\nready(redis.Redis())",
          /^main\.py, line 3: connects to localhost:6379/,
        ],
      ],
      4,
    ),
  )("%s is refused", (_title, lines, expected, given) => {
    const { problems } = said(lines, given);
    expect(problems).toEqual([expect.stringMatching(expected)]);
    expect(problems.join()).not.toContain("hunter2");
  });

  python.each(
    whole<[string, string, Given?]>(
      [
        ["in a function", "import redis\nc = redis.Redis()\ndef get():\n    return c.get('x')"],
        [
          "by a variable of which only the host knows",
          "import os, redis\nc = redis.Redis(host=os.getenv('REDIS_HOST', 'localhost'))\nc.ping()",
          { closed: true },
        ],
      ],
      3,
    ),
  )("%s it is said", (_title, lines, given) => {
    const { problems, notices } = said(lines, given);
    expect(problems).toEqual([]);
    expect(notices).toEqual([expect.stringMatching(/has localhost:6379 \(Redis\), and on the hosts nothing but/)]);
  });

  python.each(
    whole<[string, string, Given?]>(
      [
        ["with another way", "import redis\ntry:\n    c = redis.Redis()\n    c.ping()\nexcept redis.ConnectionError:\n    c = None"],
        ["elsewhere", "import redis\nc = redis.Redis(host='cache.example')\nc.ping()"],
        [
          "by an address that is given",
          "import os, redis\nc = redis.Redis(host=os.getenv('REDIS_HOST', 'localhost'))\nc.ping()",
          { names: ["REDIS_HOST"] },
        ],
        ["by a socket", "import redis\nc = redis.Redis(unix_socket_path='/run/x')\nc.ping()"],
        ["by a coroutine that nobody awaits", "import redis.asyncio as redis\nc = redis.Redis(host='cache.example')\nx = c.ping()"],
        [
          "a client of its own",
          "from own import Redis\nc = Redis(host='localhost')\nc.ping()",
          { files: { "own.py": "class Redis:\n    pass\n" } },
        ],
        ["where the module runs as a program", "import redis\nif __name__ == '__main__':\n    redis.Redis().ping()"],
      ],
      3,
    ),
  )("%s nothing is said", (_title, lines, given) => {
    expect(said(lines, given)).toEqual({ problems: [], notices: [] });
  });
});

describe("what no host has", () => {
  python.each(
    whole<[string, string, RegExp, Given?]>(
      [
        [
          "a system library",
          "import cv2",
          /imports cv2 \(opencv-python\), .* libgl1, .* add libgl1 to p:backend\.packages, or write opencv-python-headless/,
          { packages: "opencv-python==4.10.0.84" },
        ],
        ["libpq", "import psycopg", /add libpq5 to p:backend\.packages, or write psycopg\[binary\]/, { packages: "psycopg==3.2.3" }],
        [
          "a package without a wheel",
          "import psycopg2",
          /^requirements\.txt:2: asks for psycopg2, .* no compiler to build it; write psycopg2-binary, or build a wheel/,
          { packages: "psycopg2==2.9.10" },
        ],
        [
          "a program",
          "import subprocess\nv = subprocess.check_output(['ffmpeg', '-version'])",
          /^main\.py, line 2: runs ffmpeg when it is imported, .* add ffmpeg to p:backend\.packages/,
        ],
        [
          "a graphics card",
          "import torch\nm = torch.nn.Linear(1, 1).to('cuda:0')",
          /line 2: puts a model on a graphics card .* torch\.cuda\.is_available/,
        ],
        [
          "what a graphics card answers",
          `import faiss\n${life("res = faiss.StandardGpuResources()")}`,
          /asks for a graphics card \(faiss\.StandardGpuResources\) when it starts, .* only where there is one/,
        ],
        [
          "a library of drawings",
          "import cairosvg",
          /imports cairosvg, which .* add libcairo2 to p:backend\.packages/,
          { packages: "cairosvg==2.7.1" },
        ],
        [
          "a loop in the lifespan",
          `import asyncio\n${life("asyncio.run(work())")}`,
          /runs asyncio\.run when it starts, .* no other may run/,
        ],
        [
          "a loop at the import of an old uvicorn",
          "import asyncio\nx = asyncio.get_event_loop().run_until_complete(work())",
          /runs run_until_complete when it is imported, which uvicorn 0\.34\.0 does within its own loop/,
          { files: { "requirements.txt": "uvicorn==0.34.0\n" } },
        ],
        [
          "uvloop's loop that is patched",
          `import nest_asyncio\n${life("nest_asyncio.apply()")}`,
          /^main\.py, line 5: patches the loop of events with nest_asyncio when it starts, .* because requirements\.txt:2 brings it, so the service could not start; leave nest_asyncio out/,
          { packages: "uvicorn[standard]==0.54.0" },
        ],
        [
          "the same at the import of an old uvicorn",
          "import nest_asyncio\nnest_asyncio.apply()",
          /with nest_asyncio when it is imported/,
          { files: { "requirements.txt": "uvicorn[standard]==0.34.0\n" } },
        ],
        ["a key of a client", "from openai import OpenAI\nc = OpenAI()", /needs OPENAI_API_KEY/],
        [
          "the same, read with nothing else",
          "import os\nfrom openai import OpenAI\nc = OpenAI(api_key=os.getenv('OPENAI_API_KEY'))",
          /needs OPENAI_API_KEY/,
        ],
        ["where numba keeps what it compiles", "from numba import njit\n@njit(cache=True)\ndef f(x): return x", /needs NUMBA_CACHE_DIR/],
        [
          "a folder in the home",
          "from pathlib import Path\n(Path.home() / '.cache' / 'x').mkdir(parents=True, exist_ok=True)",
          /makes \/home\/ddos\/\.cache\/x when it is imported/,
        ],
        ["a file in the home", "import os\nf = open(os.path.expanduser('~/x.log'), 'a')", /writes \/home\/ddos\/x\.log/],
      ],
      4,
    ),
  )("%s is refused", (_title, lines, expected, given) => {
    expect(said(lines, given).problems).toEqual([expect.stringMatching(expected)]);
  });

  python.each(
    whole<[string, string, Given?]>(
      [
        ["a system library that is installed", "import cv2", { packages: "opencv-python==4.10.0.84", apt: ["libgl1"] }],
        ["another form of the package", "import cv2", { packages: "opencv-python-headless==4.10.0.84" }],
        ["a driver with its library", "import psycopg", { packages: "psycopg[binary]==3.2.3" }],
        ["a compiler", "", { packages: "psycopg2==2.9.10", apt: ["build-essential"] }],
        ["a program that is installed", "import subprocess\nsubprocess.run(['ffmpeg'])", { apt: ["ffmpeg"] }],
        ["a program that may be missing", "import subprocess\ntry:\n    subprocess.run(['ffmpeg'])\nexcept FileNotFoundError:\n    pass"],
        ["a graphics card where there is one", "import torch\nd = 'cuda' if torch.cuda.is_available() else 'cpu'\nm = net().to(d)"],
        ["a graphics card that is let in", "import torch\nm = net().cuda()", { allow: ["devices"] }],
        ["a key that is given", "from openai import OpenAI\nc = OpenAI()", { names: ["OPENAI_API_KEY"] }],
        ["a key in the code's own way", "import os\nfrom openai import OpenAI\nos.environ['OPENAI_API_KEY'] = read()\nc = OpenAI()"],
        ["a key by a name", "from openai import OpenAI\nc = OpenAI(api_key=key(), base_url='https://x')"],
        ["asyncio's own loop that is patched", `import nest_asyncio\n${life("nest_asyncio.apply()")}`],
        ["another loop that is patched", `import nest_asyncio\n${life("nest_asyncio.apply(own)")}`, { packages: "uvloop==0.21.0" }],
        ["a loop of a program of its own", "import asyncio\nif __name__ == '__main__':\n    asyncio.run(work())"],
      ],
      3,
    ),
  )("%s is not refused", (_title, lines, given) => {
    expect(said(lines, given)).toEqual({ problems: [], notices: [] });
  });

  python.each(
    whole<[string, string, RegExp, Given?]>(
      [
        ["a loop at the import", "import asyncio\nx = asyncio.run(work())", /works with one worker and uvicorn 0\.47 or later alone/],
        [
          "a loop that may be patched",
          "import nest_asyncio\nnest_asyncio.apply()",
          /which fails where a loop runs already/,
          { packages: "uvicorn[standard]==0.54.0" },
        ],
        ["code that is made in memory", "import numba", /add jit to p:sandbox\.allow/],
        [
          "a package that runs a program",
          "",
          /pydub runs programs of Ubuntu's ffmpeg.* add ffmpeg to p:backend\.packages/,
          { packages: "pydub==0.25.1" },
        ],
      ],
      4,
    ),
  )("%s is said", (_title, lines, expected, given) => {
    expect(said(lines, given)).toEqual({ problems: [], notices: [expect.stringMatching(expected)] });
  });
});

const OTHERS: Files = { "site_account.json": "{}" };

describe("what other services and frameworks want", () => {
  python.each(
    whole<[string, string, RegExp, Given?]>(
      [
        [
          "AWS without credentials",
          "import boto3\nboto3.client('s3').download_file('b', 'k', '/tmp/k')",
          /asks AWS \(download_file\) when it is imported, .* add metadata to p:sandbox\.allow/,
        ],
        [
          "a client of AWS with a name",
          "import boto3\ns3 = boto3.client('s3')\nx = s3.list_buckets()",
          /line 3: asks AWS \(list_buckets\)/,
        ],
        [
          "a model of spaCy",
          "import spacy\nnlp = spacy.load('en_core_web_sm')",
          /loads en_core_web_sm .* add its wheel \(en_core_web_sm @ https:/,
          { packages: "spacy==3.7.5" },
        ],
        [
          "a key of Firebase that is not packed",
          "from firebase_admin import credentials\nc = credentials.Certificate('key.json')",
          /reads key\.json when it is imported, which the application does not have/,
        ],
        [
          "tables of Flask-SQLAlchemy",
          "app.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite:///site.db'\nwith app.app_context():\n    db.create_all()",
          /makes tables in instance\/site\.db/,
        ],
        [
          "an application of Tornado that a function makes",
          "import tornado.web\ndef make():\n    return tornado.web.Application([])",
          /makes app with tornado/,
        ],
        [
          "a deployment of Ray",
          "from ray import serve\n@serve.deployment\nclass M: pass\ndef make(): pass\napp = M.bind()",
          /makes app with ray/,
          { bare: true },
        ],
        ["a service of BentoML", "import bentoml\n@bentoml.service(workers=1)\nclass app: pass", /makes app with bentoml/, { bare: true }],
      ],
      4,
    ),
  )("%s", (_title, lines, expected, given) => {
    expect(said(lines, given).problems).toEqual([expect.stringMatching(expected)]);
  });

  python.each(
    whole<[string, string, Given?]>(
      [
        [
          "AWS with what the sandbox lets in",
          "import boto3\nboto3.client('s3').download_file('b', 'k', '/tmp/k')",
          { allow: ["metadata"] },
        ],
        ["AWS with credentials", "import boto3\nboto3.client('s3', aws_access_key_id=key()).list_buckets()"],
        ["AWS in a function", "import boto3\ns3 = boto3.client('s3')\ndef f():\n    return s3.list_buckets()"],
        [
          "a model of spaCy that is installed",
          "import spacy\nnlp = spacy.load('en_core_web_sm')",
          { packages: "spacy==3.7.5\nen-core-web-sm @ https://example.org/en_core_web_sm-3.7.1-py3-none-any.whl" },
        ],
        [
          "a key of Firebase that is there",
          "from firebase_admin import credentials\nc = credentials.Certificate('site_account.json')",
          { files: OTHERS },
        ],
        [
          "a database of Flask-SQLAlchemy that is written",
          "app.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite:////home/ddos/data/site.db'\nwith app.app_context():\n    db.create_all()",
        ],
        ["another function of the name", "def make():\n    return own()"],
      ],
      3,
    ),
  )("%s is not refused", (_title, lines, given) => {
    expect(said(lines, given).problems).toEqual([]);
  });
});

describe("a setting that is read, and without which the import ends", () => {
  python.each<[string, string]>([
    ["a number", "x = int(os.getenv('SOME'))"],
    ["a list", "x = os.environ.get('SOME').split(',')"],
    ["an exception where it is missing", "some = os.getenv('SOME')\nif not some:\n    raise RuntimeError('no')"],
    ["an end where it is missing", "if os.environ.get('SOME') is None:\n    sys.exit(1)"],
    ["one of two", "a, b = 1, 2\nif not os.getenv('SOME') or a is None:\n    raise ValueError('no')"],
    ["by its name", "if 'SOME' not in os.environ:\n    raise KeyError('SOME')"],
    ["an assertion", "some = os.getenv('SOME')\nassert some, 'set it'"],
    ["a text before it", "url = 'https://' + os.getenv('SOME')"],
  ])("%s", (_title, lines) => {
    expect(said(`import os, sys\n${lines}`).problems).toEqual(["needs SOME"]);
    expect(said(`import os, sys\n${lines}`, { names: ["SOME"] }).problems).toEqual([]);
  });

  python.each<[string, string]>([
    ["with a default", "x = int(os.getenv('SOME', '1'))"],
    ["or another value", "x = int(os.getenv('SOME') or 1)"],
    ["in a function", "def f():\n    return int(os.getenv('SOME'))"],
    ["that the code sets", "os.environ.setdefault('SOME', '1')\nx = int(os.getenv('SOME'))"],
    ["that gets a default", "some = os.getenv('SOME')\nif not some:\n    some = 'x'\nassert some"],
    ["together with another", "if not os.getenv('SOME') and not os.getenv('OTHER'):\n    raise ValueError('one of them')"],
    ["with a way out", "if not os.getenv('SOME'):\n    print('default')"],
  ])("%s is not asked for", (_title, lines) => {
    expect(said(`import os, sys\n${lines}`).problems).toEqual([]);
  });

  python("a settings class that a function makes is made at the import", () => {
    const own =
      "from functools import lru_cache\nfrom pydantic_settings import BaseSettings\nclass Own(BaseSettings):\n    some: str\n@lru_cache\ndef get():\n    return Own()\n";
    expect(said("from own import get\nsettings = get()", { files: { "own.py": own } }).problems).toContain("needs SOME");
    expect(said("from own import get", { files: { "own.py": own } }).problems).not.toContain("needs SOME");
  });
});

describe("a circle of imports", () => {
  const ROUTES = "from main import app\n";
  python.each(
    whole<[string, Files, RegExp, string?]>(
      [
        [
          "two files",
          { "main.py": "import routes\napp = make()\n", "routes.py": ROUTES },
          /^routes\.py, line 1: imports app from main while main\.py, line 1, is still importing it \(a circle\), before app is made in line 2/,
        ],
        ["three files", { "main.py": "import a\napp = make()\n", "a.py": "import b\n", "b.py": ROUTES }, /^b\.py, line 1: .*a circle/],
        [
          "a package",
          {
            "pkg/__init__.py": "from . import core\nVERSION = '1'\n",
            "pkg/core.py": "from pkg import VERSION\n",
            "main.py": "import pkg\napp = make()\n",
          },
          /^pkg\/core\.py, line 1: imports VERSION from pkg/,
        ],
        [
          "a file with the name of a package",
          { "fastapi.py": "from fastapi import FastAPI\napp = FastAPI()\n" },
          /imports FastAPI from fastapi, which is this file itself.*Rename fastapi\.py/,
          "fastapi:app",
        ],
      ],
      4,
    ),
  )("%s", (_title, files, expected, module) => {
    expect(said("", { files, ...(module === undefined ? {} : { module }) }).problems).toEqual([expect.stringMatching(expected)]);
  });

  python.each<[string, Files]>([
    ["made before", { "main.py": "app = make()\nimport routes\n", "routes.py": ROUTES }],
    ["where it is used", { "main.py": "import routes\napp = make()\n", "routes.py": "def f():\n    from main import app\n" }],
    [
      "for types alone",
      {
        "main.py": "import routes\napp = make()\n",
        "routes.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from main import app\n",
      },
    ],
    ["by the module", { "main.py": "import routes\napp = make()\n", "routes.py": "import main\ndef f():\n    return main.app\n" }],
    [
      "a submodule",
      {
        "main.py": "import pkg\napp = make()\n",
        "pkg/__init__.py": "from . import a, b\n",
        "pkg/a.py": "from pkg import b\n",
        "pkg/b.py": "",
      },
    ],
  ])("%s it is none", (_title, files) => {
    expect(said("", { files }).problems).toEqual([]);
  });
});

describe("a name that is used at the import", () => {
  python.each(
    whole<[string, string, RegExp, Given?]>(
      [
        [
          "of a package that no longer has it",
          "import numpy as np\nx = np.float(0)",
          /^main\.py, line 2: uses numpy\.float, which numpy no longer has since 1\.24, and 1\.26\.4 is asked for/,
          { packages: "numpy==1.26.4" },
        ],
        [
          "of an object",
          "from flask import Flask\nother = Flask('x')\n@other.before_first_request\ndef f(): pass",
          /uses flask\.Flask\.before_first_request/,
          { packages: "flask==3.0.3" },
        ],
        [
          "a keyword",
          "from starlette.applications import Starlette\nother = Starlette(on_startup=[f])",
          /uses starlette\.applications\.Starlette\(on_startup\)/,
          { packages: "starlette==1.10.0" },
        ],
        [
          "that Python has since then",
          "import enum\nclass C(enum.StrEnum):\n    A = 'a'",
          /uses enum\.StrEnum, which Python has since 3\.11/,
        ],
        [
          "that Python no longer has",
          "import collections\nx = isinstance({}, collections.Mapping)",
          /uses collections\.Mapping, which Python 3\.10 no longer has/,
        ],
      ],
      4,
    ),
  )("%s", (_title, lines, expected, given) => {
    expect(said(lines, given).problems).toEqual([expect.stringMatching(expected)]);
  });

  python.each(
    whole<[string, string, Given?]>(
      [
        ["in a function", "import enum\ndef f():\n    return enum.StrEnum"],
        ["in a condition", "import enum, sys\nx = enum.StrEnum if sys.version_info > (3, 11) else enum.Enum"],
        ["with the version that has it", "import numpy as np\nx = np.float(0)", { packages: "numpy==1.23.5" }],
        [
          "of a module of its own",
          "import numpy as np\nx = np.float(0)",
          { packages: "numpy==1.26.4", files: { "numpy.py": "float = 1\n" } },
        ],
      ],
      3,
    ),
  )("%s it is not refused", (_title, lines, given) => {
    expect(said(lines, given).problems).toEqual([]);
  });
});
