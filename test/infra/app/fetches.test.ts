/** What an application fetches when it starts, and addresses on the host itself: said before anything is created. */
import { fetchNotices } from "../../../infra/app/fetches";
import { ownHostNotices } from "../../../infra/app/own-host";
import { readTree } from "../../../infra/app/tree";
import { lacking, unless } from "../../needs";
import { codeOf, removeTrees, treeOf } from "./trees";

afterAll(removeTrees);

const python = unless(lacking("python3"));

function notices(lines: string, { egress = "gateway", names = [] as string[], files = {} } = {}): string[] {
  const tree = readTree(treeOf({ "main.py": `${lines}\napp = make()\n`, "requirements.txt": "", ...files }));
  const report = codeOf(tree);
  expect(report.problems).toEqual([]);
  return fetchNotices("p", report.fetches, egress, names);
}

python.each<[string, string, RegExp]>([
  [
    "words of NLTK",
    "import nltk\nnltk.download('punkt')",
    /^main\.py, line 2: nltk\.download fetches punkt .* when it is imported;.* set p:env\.NLTK_DATA to a folder below \/home\/ddos\/data/,
  ],
  [
    "a model of the hub",
    "from transformers import AutoModel\nm = AutoModel.from_pretrained('org/name')",
    /AutoModel\.from_pretrained fetches org\/name .*HF_HOME/,
  ],
  [
    "a pipeline",
    "from transformers import pipeline\np = pipeline('ner', model='org/name')",
    /transformers\.pipeline fetches org\/name .*HF_HOME/,
  ],
  [
    "a model of Whisper, whose name is no file",
    "import whisper\nm = whisper.load_model('base')",
    /whisper\.load_model fetches base .*XDG_CACHE_HOME/,
  ],
  ["the usual one", "import transformers\np = transformers.pipeline('ner')", /fetches the usual model of ner/],
  [
    "sentences",
    "from sentence_transformers import SentenceTransformer\nm = SentenceTransformer('all-MiniLM-L6-v2')",
    /fetches all-MiniLM-L6-v2/,
  ],
  [
    "a snapshot",
    "import huggingface_hub as hub\nhub.snapshot_download('org/name', local_dir='/home/ddos/data/m')",
    /snapshot_download fetches org\/name [^]*imported; from the backend only 80/,
  ],
  ["torch.hub", "import torch\nm = torch.hub.load('org/repo', 'x')", /torch\.hub\.load fetches org\/repo/],
  ["a request", "import requests\nr = requests.get('https://example.org/a.bin')", /requests\.get fetches https:\/\/example\.org\/a\.bin/],
  ["in a function that the import calls", "import gdown\ndef get():\n    gdown.download('u')\nget()", /line 3: gdown\.download fetches u/],
  [
    "in the lifespan",
    "import nltk\nfrom contextlib import asynccontextmanager\n@asynccontextmanager\nasync def life(app):\n    nltk.download('punkt')\n    yield\nother = make(lifespan=life)",
    /line 5: nltk\.download fetches punkt .* whenever the service starts/,
  ],
])("%s", (_title, lines, expected) => {
  expect(notices(lines)).toEqual([expect.stringMatching(expected)]);
});

python.each<[string, string]>([
  ["in a function that may be called", "import nltk\ndef get():\n    nltk.download('punkt')"],
  ["in a condition", "import nltk, os\nif os.environ.get('X'):\n    nltk.download('punkt')"],
  ["a folder of the application", "from transformers import AutoModel\nm = AutoModel.from_pretrained('local')"],
  ["a pipeline of it", "from transformers import pipeline\np = pipeline('ner', model='local')"],
  ["an absolute path", "from transformers import AutoModel\nm = AutoModel.from_pretrained('/home/ddos/models/x')"],
  ["what is here alone", "from transformers import AutoModel\nm = AutoModel.from_pretrained('a/b', local_files_only=True)"],
  ["a name of its own", "def download(x): ...\ndownload('punkt')"],
])("nothing is said of %s", (_title, lines) => {
  expect(notices(lines, { files: { "local/config.json": "{}" } })).toEqual([]);
});

python("where it is kept and what is reached follow the configuration", () => {
  const lines = "import nltk\nnltk.download('punkt')";
  expect(notices(lines, { names: ["NLTK_DATA"] })[0]).not.toContain("home folder");
  expect(notices(lines, { egress: "none" })).toEqual([
    expect.stringMatching(/with p:network\.egress none the backend reaches nothing outside; pack/),
  ]);
});

test("a database on the host itself is named, without its password", () => {
  const line = 'url = os.getenv("QUEUE", "redis://user:hunter2@localhost:6379/0")\n';
  const tree = readTree(
    treeOf({ "main.py": `import os\n${line}# "redis://localhost/1"\napi = "http://localhost:8000"\n`, "tests/test_a.py": line }),
  );
  const said = ownHostNotices("p", tree, []);
  expect(said).toEqual([expect.stringMatching(/^main\.py, line 2: has redis:\/\/localhost:6379, .* set .* p:env .*backend\.egress/)]);
  expect(said.join()).not.toContain("hunter2");
  expect(ownHostNotices("p", tree, ["QUEUE"])).toEqual([]);
});

test("a field of settings is given by its own name behind a prefix", () => {
  const tree = readTree(treeOf({ "main.py": 'class C(BaseSettings):\n    redis_url: RedisDsn = RedisDsn("redis://localhost:6379/0")\n' }));
  expect(ownHostNotices("p", tree, ["LIMITER_REDIS_URL"])).toEqual([]);
  expect(ownHostNotices("p", tree, ["OTHER_URL"])).toHaveLength(1);
});
