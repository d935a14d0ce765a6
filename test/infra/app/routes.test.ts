/** Where an application answers health: its routers, what they are hung below, and the hosts and schemes that it lets in. */
import { admitFindings } from "../../../infra/app/admits";
import { parseModule, type AppModule } from "../../../infra/app/module";
import type { SyntaxReport } from "../../../infra/app/syntax";
import { readTree } from "../../../infra/app/tree";
import { lacking, unless } from "../../needs";
import { codeOf, removeTrees, treeOf, type Files } from "./trees";

afterAll(removeTrees);

const python = unless(lacking("python3"));

function report(files: Files, module = "main:app", django?: string): SyntaxReport {
  const tree = readTree(treeOf({ "requirements.txt": "", ...files }));
  const of = parseModule(module, module.includes("wsgi") ? "wsgi" : "asgi") as AppModule;
  return codeOf(tree, module, { module: of, ...(django === undefined ? {} : { django }) });
}

const HANDLER = '.get("/health")\ndef health():\n    return {"status": "ok"}\n';
const ROUTER = `from fastapi import APIRouter\nrouter = APIRouter()\n@router${HANDLER}`;
const MAIN = "from fastapi import FastAPI\nfrom routes import router\napp = FastAPI()\n";
const flask = (more: string): string =>
  `from flask import Flask, Blueprint\nbp = Blueprint("a", __name__, url_prefix="/a")\n@bp${HANDLER}app = Flask(__name__)\n${more}`;

/** What is answered by routes of the files' own. */
python.each<[title: string, files: Files, paths: readonly string[], module?: string]>([
  ["a router of another module", { "main.py": `${MAIN}app.include_router(router)\n`, "routes.py": ROUTER }, ["/health"]],
  ["below a prefix", { "main.py": `${MAIN}app.include_router(router, prefix="/v1")\n`, "routes.py": ROUTER }, ["/v1/health"]],
  [
    "below a constant and its own prefix",
    {
      "main.py": `from settings import API\n${MAIN}app.include_router(router, prefix=f"{API}/v1")\n`,
      "settings.py": 'API = "/" + "api"\n',
      "routes.py": ROUTER.replace("APIRouter()", 'APIRouter(prefix="/own")'),
    },
    ["/api/v1/own/health"],
  ],
  [
    "a router of a router, by its module's name",
    {
      "main.py": "from fastapi import FastAPI\nfrom api import v1\napp = FastAPI()\napp.include_router(v1.router, prefix='/api')\n",
      "api/__init__.py": "",
      "api/v1.py":
        "from fastapi import APIRouter\nfrom .health import router as inner\nrouter = APIRouter(prefix='/v1')\nrouter.include_router(inner)\n",
      "api/health.py": ROUTER,
    },
    ["/api/v1/health"],
  ],
  [
    "an application that is mounted",
    { "main.py": `from fastapi import FastAPI\nsub = FastAPI()\n@sub${HANDLER}app = FastAPI()\napp.mount("/api", sub)\n` },
    ["/api/health"],
  ],
  [
    "a root path",
    { "main.py": `from fastapi import FastAPI\napp = FastAPI(root_path="/api")\n@app${HANDLER}` },
    ["/health", "/api/health"],
  ],
  [
    "Starlette's lists",
    {
      "main.py":
        "from starlette.applications import Starlette\nROUTES = [Route('/live', a), Mount('/api', routes=[Route('/health', b)]), WebSocketRoute('/ws', c)]\napp = Starlette(routes=ROUTES)\n",
    },
    ["/live", "/api/health"],
  ],
  [
    "a factory",
    {
      "main.py": `from fastapi import FastAPI\ndef make():\n    from routes import router\n    app = FastAPI()\n    app.include_router(router, prefix="/v2")\n    app.state.x = 1\n    return app\n`,
      "routes.py": ROUTER,
    },
    ["/v2/health"],
    "main:make()",
  ],
  [
    "a factory that takes its prefix from a class",
    {
      "main.py": `from fastapi import FastAPI\nfrom routes import router\nclass Paths:\n    PREFIX = "/v3"\ndef make():\n    app = FastAPI()\n    app.include_router(router, prefix=Paths.PREFIX)\n    return app\n`,
      "routes.py": ROUTER,
    },
    ["/v3/health"],
    "main:make()",
  ],
  [
    "a factory that the module calls itself",
    {
      "main.py": `from fastapi import FastAPI\nfrom routes import router\ndef make() -> FastAPI:\n    made = FastAPI()\n    made.include_router(router, prefix="/v4")\n    return made\napp = make()\n`,
      "routes.py": ROUTER,
    },
    ["/v4/health"],
  ],
  [
    "a factory whose object has the module's own name, and what is added to that",
    {
      "main.py": `from fastapi import FastAPI\nfrom routes import router\ndef create_app():\n    app = FastAPI()\n    app.include_router(router, prefix="/v6")\n    return app\napp = create_app()\n@app.get("/more")\ndef more():\n    return 1\n`,
      "routes.py": ROUTER,
    },
    ["/more", "/v6/health"],
  ],
  [
    "a factory of another module",
    {
      "main.py": `from shop import make\napp = make()\nif __name__ == "__main__":\n    app.run()\n`,
      "shop/__init__.py": `from fastapi import FastAPI\ndef make(config=None):\n    app = FastAPI()\n    from .routes import router\n    app.include_router(router, prefix="/v5")\n    return app\n`,
      "shop/routes.py": ROUTER,
    },
    ["/v5/health"],
  ],
  ["a blueprint", { "main.py": flask("app.register_blueprint(bp)\n") }, ["/a/health"]],
  ["a blueprint below another prefix", { "main.py": flask("app.register_blueprint(bp, url_prefix='/b')\n") }, ["/b/health"]],
  [
    "tests that use the application",
    { "main.py": `${MAIN}app.include_router(router)\n`, "routes.py": ROUTER, "tests/a.py": "from main import app\nuse(app)\n" },
    ["/health"],
  ],
  [
    "middleware that passes requests on",
    { "main.py": `${MAIN}app.add_middleware(CORSMiddleware, allow_origins=[])\napp.include_router(router)\n`, "routes.py": ROUTER },
    ["/health"],
  ],
])("all routes are seen: %s", (...[, files, paths, module]) => {
  const { problems, health } = report(files, module);
  expect(problems).toEqual([]);
  expect(health?.routes?.filter(({ line }) => line > 0).map(({ path }) => path)).toEqual(paths);
});

python.each<[title: string, files: Files, seen: readonly string[]]>([
  [
    "a prefix that is only known when it runs",
    { "main.py": `${MAIN}app.include_router(router, prefix=given())\n`, "routes.py": ROUTER },
    ["/health"],
  ],
  [
    "a router that a function adds to",
    { "main.py": `${MAIN}app.include_router(router)\nadd_to(router)\n`, "routes.py": ROUTER },
    ["/health"],
  ],
  [
    "a router of a package",
    { "main.py": "from fastapi import FastAPI\nfrom other import r\napp = FastAPI()\napp.include_router(r)\n" },
    [],
  ],
  ["a condition", { "main.py": `${MAIN}if x:\n    app.include_router(router, prefix="/b")\n`, "routes.py": ROUTER }, ["/b/health"]],
  [
    "middleware of its own",
    { "main.py": `${MAIN}app.add_middleware(Own)\napp.include_router(router, prefix="/v1")\n`, "routes.py": ROUTER },
    ["/v1/health"],
  ],
  [
    "a factory whose application gets more afterwards",
    {
      "main.py": `from fastapi import FastAPI\nfrom routes import router\ndef make():\n    made = FastAPI()\n    made.include_router(router, prefix="/v6")\n    return made\napp = make()\nadd_to(app)\n`,
      "routes.py": ROUTER,
    },
    ["/v6/health"],
  ],
  [
    "a path with a parameter that may be it",
    { "main.py": 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/{name}")\ndef f():\n    pass\n' },
    [],
  ],
])("others may be there: %s", (_, files, seen) => {
  const { health } = report(files);
  expect([health?.routes, health?.seen.map(({ path }) => path)]).toEqual([null, seen]);
});

const ASGI =
  'import os\nfrom django.core.asgi import get_asgi_application\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_.settings")\napp = get_asgi_application()\n';
const SETTINGS =
  'import os\nSECRET_KEY = os.environ["KEY"]\nDEBUG = False\nALLOWED_HOSTS = [".example.com"]\nROOT_URLCONF = "site_.urls"\nMIDDLEWARE = ["django.middleware.common.CommonMiddleware"]\n';
const URLS = 'from django.urls import include, path\nurlpatterns = [path("admin/", admin.site.urls), path("api/", include("site_.api"))]\n';
const API =
  'from django.http import JsonResponse\ndef health(request):\n    return JsonResponse({"status": "ok"})\nurlpatterns = [path("health/", health)]\n';
const DJANGO: Files = {
  "main.py": ASGI,
  "site_/__init__.py": "",
  "site_/settings.py": SETTINGS,
  "site_/urls.py": URLS,
  "site_/api.py": API,
};

python("Django: its settings, their variables, its routes with what it writes, and its hosts", () => {
  const { problems, settings, health, admits } = report(DJANGO);
  expect(problems).toEqual([]);
  expect(settings).toEqual([{ path: "site_/settings.py", line: 2, name: "KEY", certain: true }]);
  expect(health?.routes).toEqual([{ path: "/api/health/", file: "site_/api.py", line: 4, body: { text: '{"status": "ok"}' } }]);
  expect(admits.hosts).toEqual([{ path: "site_/settings.py", line: 4, hosts: [".example.com"], certain: true }]);
});

python("Django without its settings, or with others that are not there", () => {
  const without = { ...DJANGO, "main.py": ASGI.replace(/os\.environ\.setdefault.*\n/, "") };
  expect(report(without).settings).toEqual([{ path: "main.py", line: 3, name: "DJANGO_SETTINGS_MODULE", certain: true }]);
  expect(report(without, "main:app", "site_.settings")).toMatchObject({ problems: [], settings: [{ name: "KEY" }] });
  expect(report(DJANGO, "main:app", "site_.prod").problems).toEqual([
    expect.stringMatching(/^main\.py, line 4: imports site_\.prod, which the application does not have/),
  ]);
});

python("allowed hosts, and the way to HTTPS", () => {
  const main = `from starlette.middleware.trustedhost import TrustedHostMiddleware\nfrom starlette.middleware.httpsredirect import HTTPSRedirectMiddleware\n${MAIN}app.include_router(router)\napp.add_middleware(TrustedHostMiddleware, allowed_hosts=["*.example.com", "ml.test"])\napp.add_middleware(HTTPSRedirectMiddleware)\n`;
  const { admits } = report({ "main.py": main, "routes.py": ROUTER });
  expect(admits).toEqual({
    hosts: [{ path: "main.py", line: 7, hosts: ["*.example.com", "ml.test"], certain: true }],
    redirects: { path: "main.py", line: 8, certain: true },
    refusal: null,
  });
  const said = (host: string | undefined, headers = {}) =>
    admitFindings("p", admits, { ...(host === undefined ? {} : { host }), headers }).problems;
  expect(said(undefined)).toEqual([
    expect.stringMatching(
      /^p:health\.host: is not set, so health is asked for as 127\.0\.0\.1, and main\.py, line 7, lets in .* Write p:health\.host: www\.example\.com/,
    ),
    expect.stringMatching(/^p:health\.headers: main\.py, line 8, sends plain HTTP to HTTPS/),
  ]);
  expect(said("a.example.com:80", { "X-Forwarded-Proto": "https" })).toEqual([]);
  expect(said("example.org")).toHaveLength(2);
  const django = { hosts: [{ path: "s.py", line: 1, hosts: [".example.com"], certain: true }], redirects: null, refusal: null };
  expect(["example.com", "a.example.com", "b.org"].map((host) => admitFindings("p", django, { host }).problems.length)).toEqual([0, 0, 1]);
  expect(
    admitFindings("p", { hosts: [{ path: "s.py", line: 1, hosts: [], certain: true }], redirects: null, refusal: null }, {}).problems,
  ).toEqual([expect.stringMatching(/lets in no host at all/)]);
});

/** Of an application that is served by this interface. */
const problemsAs = (kind: "asgi" | "wsgi", files: Files, module = "main:app"): readonly string[] =>
  codeOf(readTree(treeOf(files)), module, { module: parseModule(module, kind) as AppModule }).problems;

python.each<[title: string, files: Files, kind: "asgi" | "wsgi", module?: string]>([
  [
    "of another module",
    { "wsgi.py": "from shop import make\napp = make()\n", "shop.py": "from flask import Flask\ndef make():\n    return Flask(__name__)\n" },
    "asgi",
    "wsgi:app",
  ],
  [
    "that calls another one",
    {
      "main.py": "from shop import base\ndef make():\n    return base()\n",
      "shop.py": "from flask import Flask\ndef base():\n    app = Flask(__name__)\n    return app\n",
    },
    "asgi",
    "main:make()",
  ],
  [
    "of ASGI",
    { "main.py": "from shop import make\napp = make()\n", "shop.py": "from fastapi import FastAPI\ndef make():\n    return FastAPI()\n" },
    "wsgi",
    "main:app",
  ],
])("an application of the other interface that a function makes: %s", (_, files, kind, module = "main:app") => {
  expect(problemsAs(kind, files, module)).toEqual([
    expect.stringMatching(
      kind === "asgi"
        ? /^shop\.py, line \d: makes the application with flask\.Flask, which is WSGI and no ASGI; .* Write app\.interface: wsgi$/
        : /fastapi\.FastAPI, which is ASGI and no WSGI; .* Remove app\.interface$/,
    ),
  ]);
  expect(problemsAs(kind === "asgi" ? "wsgi" : "asgi", files, module)).toEqual([]);
});

python("a large module is read to its end within the time that there is", () => {
  const one = (number: number): string =>
    `LIMIT_${number} = 1\n@app.get("/r${number}")\ndef f${number}(a=LIMIT_${number}):\n    return helper_${number}(a)\n`;
  const { health, notices } = report({
    "main.py": `from fastapi import FastAPI\napp = FastAPI()\n${Array.from({ length: 800 }, (_, number) => one(number)).join("")}`,
  });
  expect(notices).toEqual([]);
  expect(health?.seen).toHaveLength(800);
});

python("a WebSocket is seen, in whichever way it is written", () => {
  const seen = (line: string) => report({ "main.py": `${MAIN}${line}\n`, "routes.py": ROUTER }).websocket;
  expect(seen('@app.websocket("/ws")\nasync def ws(s):\n    pass')).toEqual({ path: "main.py", line: 4, certain: true });
  expect(seen('if LIVE:\n    @app.websocket("/ws")\n    async def ws(s):\n        pass')).toEqual({
    path: "main.py",
    line: 5,
    certain: false,
  });
  expect(seen('app.add_api_websocket_route("/ws", f)')).toEqual({ path: "main.py", line: 4, certain: true });
  expect(seen("import websocket\nwebsocket.create_connection(url)")).toBeNull();
});

python.each<[string, string, "asgi" | "wsgi", RegExp[]]>([
  ["a function of WSGI", "def app(environ, start_response):\n    pass\n", "asgi", [/a function of WSGI .* Write app\.interface: wsgi$/]],
  ["the same by its interface", "def app(environ, start_response):\n    pass\n", "wsgi", []],
  [
    "a function of ASGI as WSGI",
    "async def app(scope, receive, send):\n    pass\n",
    "wsgi",
    [/a function of ASGI .* Remove app\.interface$/],
  ],
  ["a function of ASGI", "async def app(scope, receive, send):\n    pass\n", "asgi", []],
  [
    "a wrapper for Lambda",
    "from mangum import Mangum\napi = make()\napp = Mangum(api)\n",
    "asgi",
    [/makes app with mangum, .* Name what it is made of \(api\)$/],
  ],
  ["Dash", "import dash\napp = dash.Dash(__name__)\n", "asgi", [/makes app with dash, .* Write server = app\.server/]],
])("%s", (_, text, kind, expected) => {
  expect(problemsAs(kind, { "main.py": text })).toEqual(expected.map((one) => expect.stringMatching(one) as string));
});

const KEY =
  '    if request.headers.get("X-Key") != KEY:\n        return JSONResponse({}, status_code=401)\n    return await call_next(request)\n';
const HOOK = `@app.middleware("http")\nasync def check(request, call_next):\n${KEY}`;
const CLASS = `from starlette.middleware.base import BaseHTTPMiddleware\nclass Check(BaseHTTPMiddleware):\n    async def dispatch(self, request, call_next):\n${KEY.replace(/^/gm, "    ")}\n`;
const FLASK =
  'from flask import Flask, abort, request\napp = Flask(__name__)\n@app.before_request\ndef check():\n    if request.headers.get("X-Key") != KEY:\n        abort(401)\n';

python.each<[title: string, main: string, line: number]>([
  ["a function", `${MAIN}app.include_router(router)\n${HOOK}`, 8],
  ["a class that is added", `${CLASS}${MAIN}app.include_router(router)\napp.add_middleware(Check)\n`, 5],
  ["a hook of Flask", FLASK, 6],
])("middleware that refuses every request without credentials is said: %s", (_, main, line) => {
  const { admits } = report({ "main.py": main, "routes.py": ROUTER });
  expect(admits.refusal).toEqual({ path: "main.py", line });
  expect(admitFindings("p", admits, {})).toMatchObject({
    problems: [],
    notices: [
      expect.stringMatching(
        /^p:health\.headers: main\.py, line \d, refuses requests without credentials \(middleware\) whatever their path, .* Let the path of health through/,
      ),
    ],
  });
  expect(admitFindings("p", admits, { headers: { "X-Key": "x" } }).notices).toEqual([]);
});

python.each<[title: string, main: string]>([
  [
    "that lets paths through",
    `${MAIN}${HOOK.replace("    if request", '    if request.url.path == "/health":\n        return await call_next(request)\n    if request')}`,
  ],
  ["that asks a function of its own", `${MAIN}${HOOK.replace('request.headers.get("X-Key") != KEY', "not allowed(request)")}`],
  ["that nobody adds", `${CLASS}${MAIN}`],
  ["that refuses nothing", `${MAIN}${HOOK.replace("401", "200")}`],
  [
    "of Flask for some routes",
    FLASK.replace("        abort", "        if request.endpoint == 'health':\n            return\n        abort"),
  ],
])("no word about middleware %s", (_, main) => {
  expect(report({ "main.py": main, "routes.py": ROUTER }).admits.refusal).toBeNull();
});
