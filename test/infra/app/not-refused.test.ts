/** Applications that work, and look as if they did not: no refusal may rest on what only perhaps runs. */
import { admitFindings } from "../../../infra/app/admits";
import { canForward } from "../../../infra/app/forwards";
import { healthProblems } from "../../../infra/app/health-answer";
import { missingPackages, missingRuntime, pinConflicts } from "../../../infra/app/packages";
import { readRequirements } from "../../../infra/app/requirements";
import { readTree } from "../../../infra/app/tree";
import { lacking, unless } from "../../needs";
import { codeOf, removeTrees, treeOf, type Files } from "./trees";

afterAll(removeTrees);

const python = unless(lacking("python3"));
const EXPECTED = { path: "/health", status: 200, body: '{"status":"ok"}' };

/** Whatever would stop a deployment, and what is only said. */
function said(files: Files, module = "main:app") {
  const tree = readTree(treeOf({ "requirements.txt": "", ...files }));
  const code = codeOf(tree, module);
  const answers = code.health === undefined ? { problems: [], notices: [] } : healthProblems("p", tree, EXPECTED, code.health);
  const admitted = admitFindings("p", code.admits, {});
  const settings = code.settings.filter(({ certain }) => certain).map(({ name }) => name);
  return {
    problems: [...code.problems, ...answers.problems, ...admitted.problems, ...settings],
    notices: [...code.notices, ...answers.notices, ...admitted.notices],
  };
}

const ROUTE = '@app.get("/health")\ndef health():\n    return {"status": "ok"}\n';
const TRUSTED = "from starlette.middleware.trustedhost import TrustedHostMiddleware\n";
const HTTPS = "from starlette.middleware.httpsredirect import HTTPSRedirectMiddleware\n";
const APP = "from fastapi import FastAPI\napp = FastAPI()\n";
const LATE = "from fastapi import FastAPI\nimport late\napp = FastAPI()\nlate.register()\n";
const DJANGO_SETTINGS =
  'DEBUG = False\nALLOWED_HOSTS = ["a.example"]\nROOT_URLCONF = "site_.urls"\nMIDDLEWARE = ["django.middleware.common.CommonMiddleware"]\n';
const DJANGO: Files = {
  "site_/__init__.py": "",
  "site_/settings.py": DJANGO_SETTINGS,
  "site_/urls.py": 'from django.urls import path\nurlpatterns = [path("x", view)]\n',
};
const ASGI =
  'import os\nfrom django.core.asgi import get_asgi_application\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_.settings")\n';

python.each<[title: string, files: Files, module?: string]>([
  [
    "hosts in a branch",
    { "main.py": `${TRUSTED}${APP}${ROUTE}if prod:\n    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["a.example"])\n` },
  ],
  [
    "hosts in a function",
    { "main.py": `${TRUSTED}${APP}${ROUTE}def guard():\n    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["a.example"])\n` },
  ],
  [
    "hosts of another application",
    { "main.py": `${TRUSTED}${APP}${ROUTE}sub = FastAPI()\nsub.add_middleware(TrustedHostMiddleware, allowed_hosts=["a.example"])\n` },
  ],
  [
    "hosts of a list that grows",
    {
      "main.py": `${TRUSTED}${APP}${ROUTE}HOSTS = ["a.example"]\nHOSTS.append(own())\napp.add_middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)\n`,
    },
  ],
  [
    "hosts by a class of its own",
    {
      "main.py": `from guards import TrustedHostMiddleware\n${APP}${ROUTE}app.add_middleware(TrustedHostMiddleware, allowed_hosts=["a.example"])\n`,
      "guards.py": "class TrustedHostMiddleware:\n    pass\n",
    },
  ],
  [
    "hosts behind other middleware",
    {
      "main.py": `${TRUSTED}${APP}${ROUTE}app.add_middleware(TrustedHostMiddleware, allowed_hosts=["a.example"])\n@app.middleware("http")\nasync def own(request, go_on):\n    return await go_on(request)\n`,
    },
  ],
  ["HTTPS in a branch", { "main.py": `${HTTPS}${APP}${ROUTE}if prod:\n    app.add_middleware(HTTPSRedirectMiddleware)\n` }],
  [
    "another answer in another branch",
    {
      "main.py": `${APP}if debug:\n    @app.get("/health")\n    def one():\n        return {"debug": 1}\nelse:\n    @app.get("/health")\n    def two():\n        return {"status": "ok"}\n`,
    },
  ],
  ["an answer that middleware changes", { "main.py": `${APP}app.add_middleware(Own)\n${ROUTE.replace('"ok"', '"fine"')}` }],
  [
    "routes of a function that imports the application",
    {
      "main.py": LATE,
      "late.py": `def register():\n    from main import app\n    @app.get("/health")\n    def health():\n        return {"status": "ok"}\n`,
    },
  ],
  [
    "routes of a lifespan",
    {
      "main.py":
        "from fastapi import FastAPI\nfrom routes import router\nasync def life(app):\n    app.include_router(router)\n    yield\napp = FastAPI(lifespan=life)\n",
      "routes.py": `from fastapi import APIRouter\nrouter = APIRouter()\n${ROUTE.replace("@app", "@router")}`,
    },
  ],
  [
    "methods by a name",
    {
      "main.py":
        'from flask import Flask\nM = ["GET"]\napp = Flask(__name__)\n@app.route("/health", methods=M)\ndef health():\n    return {"status": "ok"}\n',
    },
  ],
  [
    "a route without its slash",
    {
      "main.py":
        'from flask import Flask\napp = Flask(__name__)\n@app.route("/health/", strict_slashes=False)\ndef health():\n    return "x"\n',
    },
  ],
  [
    "a class of its own",
    { "main.py": "from base import FastAPI\napp = FastAPI()\n", "base.py": "import fastapi\nclass FastAPI(fastapi.FastAPI):\n    pass\n" },
  ],
  [
    "a factory with two ways",
    { "main.py": `from fastapi import FastAPI\ndef make():\n    if small:\n        return other()\n    app = FastAPI()\n    return app\n` },
    "main:make()",
  ],
  ["a module with a test's name", { "test_api.py": `${APP}${ROUTE}` }, "test_api:app"],
  ["Django below another application", { ...DJANGO, "main.py": `${ASGI}${APP}${ROUTE}app.mount("/d", get_asgi_application())\n` }],
  [
    "Django's middleware that answers first",
    {
      ...DJANGO,
      "site_/settings.py": DJANGO_SETTINGS.replace('["django', '["site_.first", "django'),
      "main.py": `${ASGI}app = get_asgi_application()\n`,
    },
  ],
  [
    "Django's API below its own path",
    {
      ...DJANGO,
      "site_/settings.py": 'ROOT_URLCONF = "site_.urls"\nMIDDLEWARE = []\n',
      "site_/urls.py": 'from django.urls import path\nurlpatterns = [path("hea", api.urls)]\n',
      "main.py": `${ASGI}app = get_asgi_application()\n`,
    },
  ],
  [
    "Django's settings by a condition",
    {
      "main.py":
        'import os\nfrom django.core.asgi import get_asgi_application\nif prod:\n    os.environ["DJANGO_SETTINGS_MODULE"] = "site_.prod"\nelse:\n    os.environ["DJANGO_SETTINGS_MODULE"] = "site_.dev"\napp = get_asgi_application()\n',
      "site_/__init__.py": "",
      "site_/prod.py": "",
    },
  ],
  [
    "Django in one file",
    {
      "main.py":
        "from django.conf import settings\nfrom django.core.asgi import get_asgi_application\nsettings.configure(ROOT_URLCONF=__name__)\napp = get_asgi_application()\n",
    },
  ],
  [
    "a loader of its own",
    {
      "main.py": `from store import load_model\n${APP}${ROUTE}m = load_model("m.pkl")\n`,
      "store.py": "def load_model(name):\n    return None\n",
    },
  ],
  [
    "a start that looks first",
    {
      "main.py": `import os\n${APP}${ROUTE}@app.on_event("startup")\ndef up():\n    if not os.path.exists("words.txt"):\n        return\n    open("words.txt")\n`,
    },
  ],
  ["a file below a link", { "main.py": `${APP}${ROUTE}W = open("data/words.txt")\n`, data: { link: "kept" }, "kept/words.txt": "a" }],
])("%s", (...[, files, module]) => {
  expect(said(files, module).problems).toEqual([]);
});

python("what perhaps runs is said", () => {
  const branch = `${TRUSTED}${HTTPS}${APP}${ROUTE}if prod:\n    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["a.example"])\n    app.add_middleware(HTTPSRedirectMiddleware)\n`;
  expect(said({ "main.py": branch }).notices).toEqual([
    expect.stringMatching(
      /^p:health\.host: is not set, .*, so no release would serve where that line runs\. Write p:health\.host: a\.example/,
    ),
    expect.stringMatching(/^p:health\.headers: main\.py, line 10, .*, so no release would serve where that line runs\./),
  ]);
  expect(said({ "main.py": `${APP}app.add_middleware(Own)\n${ROUTE.replace('"ok"', '"fine"')}` }).notices).toEqual([
    expect.stringMatching(/^p:health\.body: .* unless another part of the application answers or changes that\. Write p:health\.body/),
  ]);
});

test("extras may bring packages, markers may be for another Python, and a prefix may stand apart", () => {
  const set = (text: string) => readRequirements(readTree(treeOf({ "requirements.txt": text })), "requirements.txt");
  expect(missingPackages(set("uvicorn\nflask[dotenv]\n"), false)).toEqual({ certain: [], perhaps: ["python-dotenv"] });
  expect(missingPackages(set("uvicorn\nflask\n"), false).certain).toEqual(["python-dotenv"]);
  expect(missingRuntime(set("lightgbm[scikit-learn]\n"), false, { "scikit-learn": "1.7.0" }).certain).toEqual([]);
  expect(missingRuntime(set("lightgbm\n"), false, { "scikit-learn": "1.7.0" }).certain).toEqual(["scikit-learn==1.7.0"]);
  expect(pinConflicts(set('numpy==1.24; python_version < "3.9"\npandas\n'), { numpy: "2.0.0" })).toEqual([]);
  expect(pinConflicts(set("numpy==1.24\n"), { numpy: "2.0.0" })).toHaveLength(1);
  const settings = 'class Up(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix="UPSTREAM_")\n    url: str\n';
  expect(canForward(readTree(treeOf({ "settings.py": settings })), [])).toBe(true);
});
