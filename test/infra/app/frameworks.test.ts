/** Applications of frameworks beside FastAPI, Flask and Django: whole ones that are let through, and what is said of their routes, answers and files. */
import { healthProblems } from "../../../infra/app/health-answer";
import { readTree } from "../../../infra/app/tree";
import { lacking, unless } from "../../needs";
import { codeOf, removeTrees, treeOf, whole, type Files } from "./trees";

afterAll(removeTrees);

const python = unless(lacking("python3"));

/** What stops a deployment, what is only said, and the routes that are seen. */
function said(
  files: Files,
  { module = "main:app", path = "/health", body = '{"status":"ok"}' }: { module?: string; path?: string; body?: unknown } = {},
) {
  const tree = readTree(treeOf({ "requirements.txt": "", ...files }));
  const code = codeOf(tree, module, { health: path });
  const answers =
    code.health === undefined ? { problems: [], notices: [] } : healthProblems("p", tree, { path, status: 200, body }, code.health);
  return {
    problems: [...code.problems, ...answers.problems],
    notices: [...code.notices, ...answers.notices],
    paths: code.health?.routes?.map((route) => route.path) ?? null,
    seen: code.health?.seen.map((route) => route.path) ?? [],
  };
}

const LITESTAR = "from litestar import Controller, Litestar, Router, get, post\n";
const READY =
  'class Ops(Controller):\n    path = "/ops"\n    @get("/ready")\n    async def ready(self) -> dict[str, str]:\n        return {"status": "ready"}\n';
const FALCON =
  'import falcon.asgi\nclass Health:\n    async def on_get(self, req, resp):\n        resp.media = {"status": "ok"}\nclass Predict:\n    async def on_post(self, req, resp):\n        pass\napp = falcon.asgi.App()\napp.add_route("/health", Health())\napp.add_route("/predict", Predict())\n';
const OK = { status: "ok" };

python.each(
  whole<[title: string, files: Files, more?: Parameters<typeof said>[1]]>(
    [
      [
        "Starlette: routes by a list, and a lifespan",
        {
          "main.py":
            'from contextlib import asynccontextmanager\nfrom starlette.applications import Starlette\nfrom starlette.responses import JSONResponse\nfrom starlette.routing import Mount, Route\nasync def health(request):\n    return JSONResponse({"status": "ok"})\n@asynccontextmanager\nasync def life(app):\n    yield {"x": 1}\napp = Starlette(routes=[Mount("/api", routes=[Route("/health", health)])], lifespan=life)\n',
        },
        { path: "/api/health" },
      ],
      [
        "Sanic: blueprints, and what runs before it serves",
        {
          "main.py":
            'from sanic import Blueprint, Sanic\nfrom sanic.response import json\napp = Sanic("x")\nbp = Blueprint("ops", url_prefix="/ops")\n@bp.get("/health")\nasync def health(request):\n    return json({"status": "ok"})\n@app.before_server_start\nasync def load(app, _):\n    app.ctx.ready = True\napp.blueprint(bp)\nif __name__ == "__main__":\n    app.run(port=9999)\n',
        },
        { path: "/ops/health" },
      ],
      [
        "Quart: a factory with a blueprint",
        {
          "shop/__init__.py":
            'from quart import Quart\ndef create_app():\n    app = Quart(__name__)\n    from .ops import bp\n    app.register_blueprint(bp, url_prefix="/ops")\n    return app\n',
          "shop/ops.py":
            'from quart import Blueprint\nbp = Blueprint("ops", __name__)\n@bp.get("/health")\nasync def health():\n    return {"status": "ok"}\n',
        },
        { module: "shop:create_app()", path: "/ops/health", body: OK },
      ],
      [
        "BlackSheep: routes of its own router",
        {
          "main.py":
            'from blacksheep import Application, get, json\napp = Application()\n@get("/health")\nasync def health():\n    return json({"status": "ok"})\n@app.on_start\nasync def started(app):\n    print("ready")\n',
        },
      ],
      ["Falcon, with the body by its keys", { "main.py": FALCON }, { body: OK }],
      [
        "Litestar: handlers",
        {
          "main.py": `${LITESTAR}@get("/health")\nasync def health() -> dict[str, str]:\n    return {"status": "ok"}\napp = Litestar([health])\n`,
        },
      ],
      [
        "Litestar: a controller of a router, made by a function",
        {
          "main.py": `${LITESTAR}${READY}v1 = Router(path="/v1", route_handlers=[Ops])\ndef make() -> Litestar:\n    return Litestar(path="/api", route_handlers=[v1])\n`,
        },
        { module: "main:make()", path: "/api/v1/ops/ready", body: '{"status":"ready"}' },
      ],
      [
        "FastHTML with its key",
        {
          "main.py":
            'import os\nfrom fasthtml.common import *\napp, rt = fast_app(secret_key=os.environ["KEY"])\n@rt("/health")\ndef get():\n    return "ok"\nserve()\n',
        },
      ],
      [
        "FastHTML with a file below data",
        {
          "main.py":
            'from fasthtml.common import *\napp = FastHTML(key_fname="/home/ddos/data/.sesskey")\n@app.get("/health")\ndef h(): return "ok"\n',
        },
      ],
    ],
    3,
  ),
)("works: %s", (_, files, more) => {
  expect(said(files, more).problems).toEqual([]);
});

python("Falcon writes JSON with blanks, and its health is said as it answers", () => {
  const { problems, paths } = said({ "main.py": FALCON });
  expect(paths).toEqual(["/health"]);
  expect(problems).toEqual([
    expect.stringMatching(
      /^p:health\.body: the application answers \{"status": "ok"\} at \/health \(main\.py, line 3\), .* byte for byte.* Write p:health\.body: \{"status": "ok"\}$/,
    ),
  ]);
});

python.each<[string, string, RegExp[]]>([
  [
    "another path",
    FALCON.replace('"/health"', '"/ping"'),
    [/^p:health\.path: is \/health, and the application answers GET at \/ping \(main\.py, line 3\) alone/],
  ],
  ["a text", FALCON.replace('resp.media = {"status": "ok"}', 'resp.text = "fine"'), [/answers fine at \/health/]],
  [
    "by a method of another name",
    FALCON.replace("on_get", "on_get_live").replace("Health())", 'Health(), suffix="live")'),
    [/answers \{"status": "ok"\}/],
  ],
])("Falcon: %s", (_, main, expected) => {
  expect(said({ "main.py": main }).problems).toEqual(expected.map((one) => expect.stringMatching(one) as string));
});

python.each<[string, string]>([
  ["a sink", `${FALCON}app.add_sink(other)\n`],
  ["middleware", FALCON.replace("App()", "App(middleware=[Own()])")],
  ["handlers of media", `${FALCON}app.resp_options.media_handlers.update(own)\n`],
  ["a condition", FALCON.replace("        resp.media", "        if req.x:\n            return\n        resp.media")],
  ["a status of its own", FALCON.replace("        resp.media", "        resp.status = state()\n        resp.media")],
])("Falcon: not refused with %s", (_, main) => {
  expect(said({ "main.py": main }).problems).toEqual([]);
});

python.each<[string, string, RegExp]>([
  [
    "of a controller",
    `${LITESTAR}${READY}app = Litestar(route_handlers=[Ops])\n`,
    /answers GET at \/ops\/ready \(main\.py, line 4\) alone, .*Write p:health\.path: \/ops\/ready, and health\.body: '\{"status":"ready"\}'$/,
  ],
  [
    "below the application's own path",
    `${LITESTAR}@get(["/ping", "/live"])\nasync def live() -> str:\n    return "up"\napp = Litestar(path="/api", route_handlers=[live])\n`,
    /answers GET at \/api\/ping \(main\.py, line 2\), \/api\/live .* alone.*Write p:health\.path: \/api\/live, and health\.body: 'up'$/,
  ],
  [
    "with the type of what it answers",
    `from litestar import Litestar, MediaType, Router, get\n@get("/live", media_type=MediaType.TEXT, sync_to_thread=False)\ndef live() -> str:\n    return "OK"\napp = Litestar(route_handlers=[Router(path="/-", route_handlers=[live])])\n`,
    /Write p:health\.path: \/-\/live, and health\.body: 'OK'$/,
  ],
  [
    "a text that is sent as JSON",
    `from litestar import Litestar, MediaType, get\n@get("/live", media_type=MediaType.JSON)\ndef live() -> str:\n    return "OK"\napp = Litestar(route_handlers=[live])\n`,
    /Write p:health\.path: \/live$/,
  ],
  [
    "another answer",
    `${LITESTAR}@get("/health/")\nasync def health() -> dict[str, str]:\n    return {"status": "fine"}\napp = Litestar([health])\n`,
    /^p:health\.body: the application answers \{"status":"fine"\} at \/health/,
  ],
])("Litestar: %s", (_, main, expected) => {
  expect(said({ "main.py": main }).problems).toEqual([expect.stringMatching(expected)]);
});

python.each<[string, string]>([
  ["plugins", `${LITESTAR}${READY}app = Litestar(route_handlers=[Ops], plugins=[Own()])\n`],
  ["handlers that are registered later", `${LITESTAR}${READY}app = Litestar(route_handlers=[Ops])\napp.register(other)\n`],
  ["handlers of a package", `${LITESTAR}from other import handler\napp = Litestar(route_handlers=[handler])\n`],
  ["a list that is built", `${LITESTAR}${READY}app = Litestar(route_handlers=[*others(), Ops])\n`],
  [
    "a controller of its own base",
    `${LITESTAR}class Base(Controller):\n    pass\nclass Ops(Base):\n    pass\napp = Litestar(route_handlers=[Ops])\n`,
  ],
  ["a parameter that may be it", `${LITESTAR}@get("/{name:str}")\nasync def f(name: str) -> str:\n    return name\napp = Litestar([f])\n`],
])("Litestar: others may be there with %s", (_, main) => {
  expect(said({ "main.py": main })).toMatchObject({ problems: [], paths: null });
});

const SANIC = 'from sanic import Blueprint, Sanic\nfrom sanic.response import empty, json, text\napp = Sanic("shop")\n';
const STATUS = '.get("/status")\nasync def status(request):\n    return json({"up": True})\n';

python.each<[title: string, main: string, paths: readonly string[]]>([
  ["decorators", `${SANIC}@app${STATUS}@app.post("/predict")\nasync def predict(request):\n    return empty()\n`, ["/status"]],
  [
    "a blueprint with a prefix and a version",
    `${SANIC}bp = Blueprint("ops", url_prefix="/ops", version=1)\n@bp${STATUS}app.blueprint(bp)\n`,
    ["/v1/ops/status"],
  ],
  [
    "a prefix in the place of the blueprint's own",
    `${SANIC}bp = Blueprint("ops", url_prefix="/ops")\n@bp${STATUS}app.blueprint([bp], url_prefix="/api")\n`,
    ["/api/status"],
  ],
  [
    "a group of blueprints",
    `${SANIC}bp = Blueprint("ops", "/ops")\n@bp${STATUS}group = Blueprint.group(bp, url_prefix="/api")\napp.blueprint(group)\n`,
    ["/api/ops/status"],
  ],
  [
    "functions that are added",
    `${SANIC}async def status(request):\n    return text("up")\napp.add_route(status, "/up", version=2)\n`,
    ["/v2/up"],
  ],
  [
    "what runs before it serves, and files below their own path",
    `${SANIC}app.static("/static", "./web")\napp.config.KEEP_ALIVE = True\n@app.before_server_start\nasync def load(app, _):\n    app.ctx.ready = True\n@app${STATUS}if __name__ == "__main__":\n    app.run()\n`,
    ["/status"],
  ],
  [
    "a factory",
    `from sanic import Sanic\nfrom sanic.response import json\ndef make():\n    app = Sanic("shop")\n    @app${STATUS.replaceAll("\n", "\n    ")}\n    return app\napp = make()\n`,
    ["/status"],
  ],
])("Sanic: all routes are seen: %s", (_, main, paths) => {
  const { problems, paths: found } = said({ "main.py": main });
  expect(found).toEqual(paths);
  expect(problems).toEqual([expect.stringMatching(/^p:health\.path: is \/health, and the application answers GET at .* alone/)]);
});

const SHEEP = "from blacksheep import Application, get, json, post, text\napp = Application()\n";
const LIVE = '@get("/live")\nasync def live():\n    return json({"ok": True})\n';

python.each<[title: string, files: Files, paths: readonly string[]]>([
  [
    "the package's own decorators",
    { "main.py": `${SHEEP}${LIVE}@post("/predict")\nasync def predict():\n    return text("x")\n` },
    ["/live"],
  ],
  ["the application's router", { "main.py": `${SHEEP}@app.router.get("/live")\ndef live():\n    return {"ok": True}\n` }, ["/live"]],
  [
    "a route with its methods",
    { "main.py": `${SHEEP}@app.route("/live", methods=["GET", "HEAD"])\ndef live():\n    return text("up")\n` },
    ["/live"],
  ],
  ["functions that are added", { "main.py": `${SHEEP}def live():\n    return text("up")\napp.router.add_get("/live", live)\n` }, ["/live"]],
  [
    "a module that is imported, and one that is not",
    {
      "main.py": `${SHEEP}import shop.ops\n@app.on_start\nasync def begin(app):\n    app.services.add_instance(1)\n`,
      "shop/__init__.py": "",
      "shop/ops.py": `from blacksheep import get, json\n${LIVE}`,
      "shop/other.py": 'from blacksheep import get\n@get("/health")\ndef health():\n    return {"status": "ok"}\n',
    },
    ["/live"],
  ],
])("BlackSheep: all routes are seen: %s", (_, files, paths) => {
  const { problems, paths: found } = said(files);
  expect(found).toEqual(paths);
  expect(problems).toEqual([expect.stringMatching(/^p:health\.path: is \/health, and the application answers GET at \/live .* alone/)]);
});

python.each<[title: string, main: string, RegExp | undefined]>([
  [
    "Sanic: another answer",
    `${SANIC}@app.get("/health")\nasync def health(request):\n    return json({"status": "up"})\n`,
    /answers \{"status":"up"\} at \/health/,
  ],
  [
    "Sanic: a text",
    `${SANIC}@app.get("/health")\nasync def health(request):\n    return text("OK")\n`,
    /answers OK at \/health .*Write p:health\.body: 'OK'$/,
  ],
  [
    "Sanic: the usual one, with a slash",
    `${SANIC}@app.get("/health/")\nasync def health(request):\n    return json({"status": "ok"})\n`,
    undefined,
  ],
  [
    "Sanic: a status of its own",
    `${SANIC}@app.get("/health")\nasync def health(request):\n    return json({"status": "down"}, status=503 if x else 200)\n`,
    undefined,
  ],
  [
    "Sanic: JSON by a function of its own",
    SANIC.replace('"shop"', '"shop", dumps=own') + '@app.get("/health")\ndef h(request):\n    return json({"a": 1})\n',
    undefined,
  ],
  [
    "BlackSheep: another answer",
    `${SHEEP}@get("/health/")\ndef health():\n    return {"status": "up"}\n`,
    /answers \{"status":"up"\} at \/health/,
  ],
  ["BlackSheep: the usual one", `${SHEEP}@get("/health")\ndef health():\n    return json({"status": "ok"})\n`, undefined],
])("%s", (_, main, expected) => {
  expect(said({ "main.py": main }).problems).toEqual(expected === undefined ? [] : [expect.stringMatching(expected)]);
});

python.each<[string, string]>([
  ["middleware of Sanic", `${SANIC}@app${STATUS}@app.on_request\nasync def first(request):\n    pass\n`],
  ["a listener that adds one", `${SANIC}@app${STATUS}@app.before_server_start\nasync def add(app, _):\n    app.add_route(h, "/health")\n`],
  ["a blueprint of another package", `${SANIC}from other import bp\n@app${STATUS}app.blueprint(bp)\n`],
  ["a parameter", `${SANIC}@app.get("/<name>")\nasync def any(request, name):\n    return text(name)\n`],
  ["an application that is asked for by its name", `${SANIC}@app${STATUS}Sanic.get_app("shop").add_route(h, "/health")\n`],
  ["a class for each verb", `${SANIC}app.add_route(View.as_view(), path())\n`],
  ["a function that is given the application", `${SANIC}@app${STATUS}routes.add(app)\n`],
  [
    "a controller",
    `${SHEEP}${LIVE}from blacksheep.server.controllers import Controller\nclass Ops(Controller):\n    @get()\n    def health(self):\n        return "ok"\n`,
  ],
  ["files at the top", `${SHEEP}${LIVE}app.serve_files("web")\n`],
  ["middleware of BlackSheep", `${SHEEP}${LIVE}app.middlewares.append(first)\n`],
  ["credentials of BlackSheep", `${SHEEP}${LIVE}app.use_authorization()\n`],
  ["a router of its own", `${SHEEP.replace("Application()", "Application(router=own)")}${LIVE}`],
  ["a parameter with a colon", `${SHEEP}@get("/:name")\ndef any(name):\n    return name\n`],
])("Sanic, BlackSheep: others may be there with %s", (_, main) => {
  expect(said({ "main.py": main })).toMatchObject({ problems: [], paths: null });
});

python.each<[string, string]>([
  ["as its documentation begins", "from fasthtml.common import *\napp, rt = fast_app()\n"],
  ["by its name", "from fasthtml.common import fast_app\napp, rt = fast_app(live=False)\n"],
  ["by its class", "import fasthtml.common as fh\napp = fh.FastHTML()\n"],
])("FastHTML writes a key when it is imported, %s", (_, main) => {
  expect(said({ "main.py": main }).problems).toEqual([
    expect.stringMatching(
      /^main\.py, line 2: makes \.sesskey when it is imported, and the service may write nothing there; .*Write secret_key=os\.environ\["SESSION_KEY"\]/,
    ),
  ]);
});

python("a file with the name of Python's own module is refused where FastAPI takes a name of that which it lacks", () => {
  const main = "from fastapi import FastAPI\nimport secrets\napp = FastAPI()\n";
  const of = (files: Files) => codeOf(readTree(treeOf({ "main.py": main, ...files })));
  expect(of({ "secrets.py": "KEY = 1\n" })).toMatchObject({
    problems: [
      expect.stringMatching(
        /^secrets\.py, line 1: has the name of Python's own module secrets .* takes token_hex of that, .* could not start\. Rename the file/,
      ),
    ],
    notices: [],
  });
  const whole = of({ "secrets.py": "def token_hex(n):\n    return ''\n" });
  expect(whole).toMatchObject({ problems: [], notices: [expect.stringContaining("secrets.py")] });
  expect(of({ "pkg/secrets.py": "KEY = 1\n" })).toMatchObject({ problems: [], notices: [] });
  const other = { "main.py": main.replace("fastapi import FastAPI", "other import FastAPI"), "secrets.py": "KEY = 1\n" };
  expect(of(other).problems).toEqual([]);
});

python("a file below src with the name of Python's own module is refused where the server takes a name of that which it lacks", () => {
  const of = (files: Files, main = "async def app(scope, receive, send):\n    pass\n") =>
    codeOf(readTree(treeOf({ "src/svc/main.py": main, ...files })), "svc.main:app");
  const lacks = (path: string, taken: string) =>
    expect.stringMatching(new RegExp(`^src/${path}, line 1: has the name of Python's own module .* takes ${taken} of that`)) as string;
  expect(of({ "src/logging.py": "import sys\n" }).problems).toEqual([lacks("logging\\.py", "getLogger")]);
  expect(of({ "src/email/__init__.py": "", "src/email/send.py": "" }).problems).toEqual([lacks("email/__init__\\.py", "utils")]);
  expect(of({ "src/email/__init__.py": "", "src/email/utils.py": "" }).problems).toEqual([]);
  expect(of({ "src/types.py": "from enum import *\n" })).toMatchObject({
    problems: [],
    notices: [expect.stringContaining("src/types.py")],
  });
  expect(of({ "src/svc/logging.py": "" })).toMatchObject({ problems: [], notices: [] });
  expect(of({ "src/uuid.py": "" }).problems).toEqual([]);
  expect(of({ "src/uuid.py": "" }, "from fastapi import FastAPI\napp = FastAPI()\n").problems).toEqual([lacks("uuid\\.py", "UUID")]);
  // At the top it is not on PYTHONPATH.
  expect(codeOf(readTree(treeOf({ "main.py": "app = make()\n", "logging.py": "" })))).toMatchObject({
    problems: [],
    notices: [expect.stringContaining("logging.py")],
  });
});

python(
  "a file at the top with the name of Python's own module is refused where a host has several workers, which begin in that folder",
  () => {
    const of = (files: Files, workers?: number) =>
      codeOf(readTree(treeOf({ "main.py": "app = make()\n", ...files })), "main:app", workers === undefined ? {} : { workers });
    const lacks =
      /^types\.py, line 1: has the name of Python's own module types .* each worker of a host that has several begins in this folder and takes MappingProxyType of that/;
    expect(of({ "types.py": "KINDS = 1\n" }, 2).problems).toEqual([expect.stringMatching(lacks)]);
    expect(of({ "types.py": "KINDS = 1\n" })).toMatchObject({ problems: [], notices: [expect.stringContaining("types.py")] });
    expect(of({ "kinds.py": "", "pkg/types.py": "", "queue.py": "" }, 2).problems).toEqual([]);
  },
);
