/** Files that packages make, write or read, attributes of objects, and conditions that the folder decides. */
import { readTree } from "../../../infra/app/tree";
import { lacking, unless } from "../../needs";
import { codeOf, removeTrees, treeOf, whole, type Files } from "./trees";

afterAll(removeTrees);

const python = unless(lacking("python3"));

/** What is said of files, shortly: `does FILE`. */
function does(main: string, files: Files = {}): string[] {
  const { problems } = codeOf(readTree(treeOf({ "requirements.txt": "", "main.py": `${main}\napp = make()\n`, ...files })));
  return problems.map((problem) => /: (.*?) when(ever)? it /.exec(problem)?.[1] ?? problem);
}

const MODEL =
  "import os, pickle\nclass Model:\n    NAME = 'a.bin'\n    def __init__(self, root='weights'):\n        self.root = root\n        self.path = os.path.join(self.root, self.NAME)\n        self._load()\n" +
  "    def _load(self):\n        with open(self.path, 'rb') as f:\n            self.m = pickle.load(f)\n";
const LAZY = MODEL.replace("        self._load()\n", "").replace("_load", "load");
const LIFE = "from contextlib import asynccontextmanager\n@asynccontextmanager\nasync def life(app):\n";

python.each(
  whole<[title: string, main: string, found: readonly string[], files?: Files]>(
    [
      ["TinyDB", "from tinydb import TinyDB\ndb = TinyDB('db.json')", ["writes db.json"]],
      ["shelve", "import shelve\ndb = shelve.open('cache')", ["writes cache"]],
      [
        "DuckDB, whether the file is there or not",
        "import duckdb\nc = duckdb.connect('a.duckdb')",
        ["writes a.duckdb"],
        { "a.duckdb": "x" },
      ],
      ["Qdrant", "from qdrant_client import QdrantClient\nc = QdrantClient(path='./q')", ["writes ./q"]],
      [
        "Chroma",
        "import chromadb\nc = chromadb.PersistentClient()\nd = chromadb.PersistentClient(path='d')",
        ["makes ./chroma", "makes d"],
      ],
      ["a cache", "from diskcache import Cache\nc = Cache('cache')", ["writes cache"]],
      ["a fetched file", "from urllib.request import urlretrieve\nurlretrieve(URL, 'm.bin')", ["writes m.bin"]],
      [
        "a fetched file, where it is not there",
        "import os, urllib.request\nif not os.path.exists('m.bin'):\n    urllib.request.urlretrieve(URL, 'm.bin')",
        ["writes m.bin"],
      ],
      [
        "an archive",
        "import zipfile\nwith zipfile.ZipFile('a.zip') as z:\n    z.extractall('models')",
        ["writes models"],
        { "a.zip": "x" },
      ],
      ["an object of S3", "import boto3\ns3 = boto3.client('s3')\ns3.download_file('b', 'k', 'm.pkl')", ["writes m.pkl"]],
      ["a table", "import pandas as pd\ndf = make()\ndf.to_csv('out.csv')", ["writes out.csv"]],
      ["a path that is written", "from pathlib import Path\nPath('a').touch()\nPath('b').write_text('x')", ["writes a", "writes b"]],
      ["a model by its loader's name", "from joblib import load\nm = load('m.joblib')", ["reads m.joblib"]],
      ["an index", "import faiss\ni = faiss.read_index('i.faiss')", ["reads i.faiss"]],
      [
        "a model of a hub's class by its path",
        "from sentence_transformers import SentenceTransformer\nm = SentenceTransformer('./local')",
        ["reads local"],
      ],
      ["attributes of an object", `${MODEL}m = Model('x')`, ["reads x/a.bin"]],
      ["an attribute that is not given", `${MODEL}m = Model()`, ["reads weights/a.bin"]],
      ["a method of an object", `${LAZY}m = Model()\nm.load()`, ["reads weights/a.bin"]],
      [
        "a method of an object in the lifespan",
        `from model import model\n${LIFE}    model.load()\n    yield\nother = make(lifespan=life)`,
        ["reads weights/a.bin"],
        { "model.py": `${LAZY}model = Model()\n` },
      ],
      [
        "a lifespan of another module",
        "from life import life\nother = make(lifespan=life)",
        ["reads a.txt"],
        { "life.py": `${LIFE}    open('a.txt')\n    yield\n` },
      ],
      [
        "a lifespan within a function",
        `def create():\n    ${LIFE.replace(/\n/g, "\n    ")}    open('a.txt')\n        yield\n    return make(lifespan=life)`,
        ["reads a.txt"],
      ],
      [
        "an event that is added",
        "def load():\n    open('a.txt')\nother = make()\nother.add_event_handler('startup', load)",
        ["reads a.txt"],
      ],
      ["an event of Quart", "other = make()\n@other.before_serving\nasync def load():\n    open('a.txt')", ["reads a.txt"]],
      ["a constant of a class", "class Config:\n    PATH = 'a.txt'\nf = open(Config.PATH)", ["reads a.txt"]],
      ["a constant of an object", "class Config:\n    PATH = 'a.txt'\nconfig = Config()\nf = open(config.PATH)", ["reads a.txt"]],
      ["a file that it asks for", "import os\nif not os.path.isfile('m.pkl'):\n    raise FileNotFoundError('m.pkl')", ["reads m.pkl"]],
      [
        "a file that it asks for, otherwise",
        "from pathlib import Path\nP = Path('m.pkl')\nif P.exists():\n    x = 1\nelse:\n    raise RuntimeError()",
        ["reads m.pkl"],
      ],
      ["a path of a container", "import json\nf = open('/app/model/w.json')", ["reads /app/model/w.json"]],
    ],
    4,
  ),
)("%s", (_, main, found, files) => {
  expect(does(main, files)).toEqual(found);
});

python("a path of a container names what is meant, and an image of one's own may have it", () => {
  const tree = readTree(
    treeOf({ "requirements.txt": "", "main.py": "f = open('/app/model/w.json')\napp = make()\n", "model/w.json": "{}" }),
  );
  expect(codeOf(tree).problems).toEqual([expect.stringMatching(/a host has nothing there .* Open model\/w\.json by a path/)]);
  expect(codeOf(tree, "main:app", { hosts: { ownImage: true } }).problems).toEqual([]);
});

python.each(
  whole<[title: string, main: string, files?: Files]>(
    [
      [
        "databases in memory",
        "import duckdb, tinydb\nfrom tinydb.storages import MemoryStorage\nc = duckdb.connect()\nd = duckdb.connect(':memory:')\ne = tinydb.TinyDB(storage=MemoryStorage)",
      ],
      [
        "read-only",
        "import duckdb, shelve\nc = duckdb.connect('a.duckdb', read_only=True)\nd = shelve.open('c', flag='r')",
        { "a.duckdb": "x" },
      ],
      ["below the folder for data", "import chromadb\nc = chromadb.PersistentClient('/home/ddos/data/chroma')"],
      ["at an address", "import lancedb\nc = lancedb.connect('s3://b/x')"],
      [
        "where the file is there",
        "import os, urllib.request\nif not os.path.exists('m.bin'):\n    urllib.request.urlretrieve(URL, 'm.bin')",
        { "m.bin": "x" },
      ],
      [
        "a condition about another place",
        "import os\nif not os.path.exists('/data/m.bin'):\n    raise SystemExit(1)\nif not os.path.exists(os.environ.get('M', 'm.bin')):\n    raise SystemExit(1)",
      ],
      [
        "a method of a class of its own",
        "import boto3\nfrom own import Store\ns = Store()\ns.download_file('b', 'k', 'm.pkl')",
        { "own.py": "class Store:\n    def download_file(self, *a):\n        pass\n" },
      ],
      ["a name of a hub", "from sentence_transformers import SentenceTransformer\nm = SentenceTransformer('org/name')"],
      ["an attribute that is set elsewhere", `${LAZY}m = Model()\nm.path = choose()\nm.load()`],
      ["an attribute of a class with parents", `${MODEL.replace("class Model:", "class Model(Base):")}m = Model('x')`],
      ["a member of an enumeration", "import enum\nclass E(enum.Enum):\n    A = 'a.txt'\nf = open(E.A)"],
      [
        "what follows a way out",
        "import os\ndef load():\n    if not os.path.exists('m.pkl'):\n        return None\n    return open('m.pkl')\nm = load()",
      ],
      ["after the folder is changed", "import os\nos.chdir('/home/ddos/data')\nif not os.path.exists('m.pkl'):\n    raise SystemExit(1)"],
    ],
    3,
  ),
)("nothing is refused: %s", (_, main, files) => {
  expect(does(main, files)).toEqual([]);
});
