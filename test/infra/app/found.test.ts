/** What the text of an application says of its health and of the settings that it cannot do without. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { healthRoute } from "../../../infra/app/health-route";
import { candidates } from "../../../infra/app/module";
import { findApps } from "../../../infra/app/python-module";
import { requiredSettings } from "../../../infra/app/required-settings";
import { readTree } from "../../../infra/app/tree";
import { rolesOf } from "../../../infra/init/found";

let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "found-"))));
afterEach(() => rmSync(folder, { recursive: true }));

function tree(files: Readonly<Record<string, string>>) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return readTree(folder);
}

const APP = "from fastapi import FastAPI\napp = FastAPI()\n";
test.each<[string, Record<string, string>, object | undefined]>([
  [
    "one plain object",
    { "a.py": `${APP}@app.get("/health")\nasync def h():\n    return {"status": "ok"}\n` },
    { path: "/health", body: { status: "ok" } },
  ],
  ["a computed answer", { "a.py": `${APP}@app.get("/health")\ndef h():\n    return check()\n` }, { path: "/health", body: undefined }],
  [
    "two answers",
    { "a.py": `${APP}@app.get('/health')\ndef h():\n    if bad:\n        return {"s": 1}\n    return {"s": 2}\n` },
    { path: "/health", body: undefined },
  ],
  [
    "an object with a variable",
    { "a.py": `${APP}@app.get("/ping")\ndef h():\n    return {"v": VERSION}\n` },
    { path: "/ping", body: undefined },
  ],
  [
    "the next function's answer is not its own",
    { "a.py": `${APP}@app.get("/live")\ndef h():\n    pass\n\n@app.get("/x")\ndef x():\n    return {"a": 1}\n` },
    { path: "/live", body: undefined },
  ],
  [
    "health before ping",
    { "a.py": `${APP}@app.get("/ping")\ndef p():\n    return 1\n@app.get("/api/health")\ndef h():\n    return 1\n` },
    { path: "/api/health" },
  ],
  [
    "a router below a prefix elsewhere",
    { "a.py": `${APP}app.include_router(r, prefix="/v1")\n`, "r.py": `@router.get("/health")\ndef h():\n    return 1\n` },
    undefined,
  ],
  [
    "a router without one",
    { "a.py": `${APP}app.include_router(r)\n`, "r.py": `@router.get("/health")\ndef h():\n    return 1\n` },
    { path: "/health", file: "r.py" },
  ],
  [
    "in the function that makes the application, beside a router with a prefix",
    {
      "a.py": `from fastapi import APIRouter, FastAPI\nrouter = APIRouter(prefix="/v1")\n\ndef create_app() -> FastAPI:\n    app = FastAPI()\n    app.include_router(router)\n\n    @app.get("/healthz")\n    def h():\n        if bad:\n            raise HTTPException(503)\n        return {"ok": True, "version": "0.3.1"}\n\n    return app\n`,
    },
    { path: "/healthz", body: { ok: true } },
  ],
  [
    "an answer that is another one in each release",
    { "a.py": `${APP}@app.get("/health")\ndef h():\n    return {"version": "1", "commit": "abc"}\n` },
    { path: "/health", body: undefined },
  ],
  ["tests do not count", { "a.py": APP, "tests/t.py": `@app.get("/health")\ndef h():\n    return 1\n` }, undefined],
  ["a comment does not count", { "a.py": `${APP}# @app.get("/health")\n` }, undefined],
])("health: %s", (_, files, expected) => {
  const found = healthRoute(tree(files));
  if (expected === undefined) expect(found).toBeUndefined();
  else expect({ body: undefined, ...found }).toMatchObject(expected);
});

test.each<[string, string, "asgi" | "wsgi" | undefined]>([
  ["blacksheep", "from blacksheep import (Application, get)\napp = Application()\n", "asgi"],
  ["blacksheep by its module", "import blacksheep\napp = blacksheep.Application()\n", "asgi"],
  ["aiohttp", "from aiohttp import web\napp = web.Application()\n", undefined],
  ["tornado", "from tornado.web import Application\napp = Application([])\n", undefined],
  ["connexion", 'import connexion\napp = connexion.AsyncApp(__name__, specification_dir="spec")\n', "asgi"],
  ["FastMCP", 'from fastmcp import FastMCP\nmcp = FastMCP("x")\napp = mcp.http_app()\n', "asgi"],
  ["Dash", "from dash import Dash\nd = Dash(__name__)\napp = d.server\n", "wsgi"],
  ["an object with a server", "app = thing.server\n", undefined],
  ["bottle", "import bottle\napp = bottle.default_app()\n", "wsgi"],
])("the application of %s", (_, source, kind) => {
  expect(findApps(source).map((one) => [one.attribute, one.interface])).toEqual(kind === undefined ? [] : [["app", kind]]);
});

test("a file with the line ends of Windows and a byte order mark is read as any other", () => {
  const files = tree({ "main.py": `\uFEFF${APP}@app.get("/health")\ndef h():\n    return {"status": "ok"}\n`.replaceAll("\n", "\r\n") });
  expect(candidates(files).map(({ module, app }) => `${module}:${app.attribute}`)).toEqual(["main:app"]);
  expect(healthRoute(files)).toMatchObject({ path: "/health", body: { status: "ok" } });
});

test("settings: those whose absence ends the program", () => {
  const text = `import os\nA = os.environ["TOKEN"]\nB = os.environ.get("MAYBE")\nos.environ["SET"] = "1"\nif os.environ['MODE'] == "x": pass\nC = os.environ["UPSTREAM_URL"]\n`;
  expect(requiredSettings(tree({ "a.py": text, "tests/t.py": 'os.environ["TEST"]\n' }))).toEqual(["MODE", "TOKEN"]);
});

test("roles: the largest file that no name explains is the model", () => {
  const files = [
    { path: "m/scaler.pkl", size: 9 },
    { path: "m/stage2_model.pkl", size: 5 },
    { path: "m/label_encoder.pkl", size: 1 },
    { path: "m/metrics.json", size: 99 },
    { path: "m/extra.npy", size: 2 },
  ];
  expect(rolesOf(files)).toEqual({
    "m/scaler.pkl": "scaler",
    "m/stage2_model.pkl": "model",
    "m/label_encoder.pkl": "label-encoder",
    "m/metrics.json": "metrics",
    "m/extra.npy": "other",
  });
  expect(rolesOf([{ path: "scaler_model.onnx", size: 1 }])).toEqual({ "scaler_model.onnx": "model" });
});
