/** What routes answer, as far as it stands in the code, and what they ask for: compared with health.body before anything is created. */
import { bodyKey, matches } from "../../../infra/app/health-body";
import { healthProblems } from "../../../infra/app/health-answer";
import type { Route, RouteBody } from "../../../infra/app/syntax";
import { readTree } from "../../../infra/app/tree";
import { lacking, unless } from "../../needs";
import { codeOf, removeTrees, treeOf, type Files } from "./trees";

afterAll(removeTrees);

const python = unless(lacking("python3"));

function read(files: Files) {
  const tree = readTree(treeOf({ "requirements.txt": "", ...files }));
  return { tree, code: codeOf(tree) };
}

function seen(files: Files): readonly Route[] {
  return read(files).code.health?.seen ?? [];
}

const bodies = (files: Files): object => Object.fromEntries(seen(files).map(({ path, body }) => [path, body]));

python("what functions of FastAPI answer is read where it stands there, and no further", () => {
  const routes: readonly [decorator: string, body: string][] = [
    ['"/plain", response_class=PlainTextResponse', '    return "OK"\n'],
    ['"/made"', '    return Response(content="fine", media_type="text/plain")\n'],
    ['"/bytes"', '    return Response(b"fine")\n'],
    ['"/logged", tags=["x"]', '    log.info("asked")\n    return {"status": "ok"}\n'],
    ['"/clock"', '    return {"status": "up", "at": time.time()}\n'],
    ['"/dict"', '    return dict(status="ok")\n'],
    ['"/model", response_model=Health', "    return Health()\n"],
    ['"/given"', '    return Health(status="given")\n'],
    ['"/two"', '    if bad():\n        return {"status": "bad"}\n    return {"status": "ok"}\n'],
    ['"/other", response_model=Other', '    return {"status": "ok"}\n'],
    ['"/excluded", response_model_exclude_none=True', '    return {"status": "ok"}\n'],
    ['"/code", status_code=503', '    return {"status": "ok"}\n'],
    ['"/stream", response_class=StreamingResponse', '    return "x"\n'],
    ['"/own"', "    return answer()\n"],
    ['"/spread"', '    return {"status": "ok", **more}\n'],
  ];
  const head =
    "import time\nfrom fastapi import FastAPI, Response\nfrom fastapi.responses import PlainTextResponse, StreamingResponse\nfrom pydantic import BaseModel\n" +
    'class Health(BaseModel):\n    status: str = "UP"\n    load: float = 1\nclass Other(BaseModel):\n    a: int = 1\napp = FastAPI()\n';
  const code = routes.map(([decorator, body], index) => `@app.get(${decorator})\ndef f${index}():\n${body}`).join("");
  expect(bodies({ "main.py": head + code })).toEqual({
    "/plain": { text: "OK" },
    "/made": { text: "fine" },
    "/bytes": { text: "fine" },
    "/logged": { json: { status: "ok" } },
    "/clock": { json: { status: "up", at: null }, unknown: ["at"] },
    "/dict": { json: { status: "ok" } },
    "/model": { json: { status: "UP", load: null }, unknown: ["load"] },
    "/given": { json: { status: "given", load: null }, unknown: ["load"] },
    "/two": null,
    "/other": null,
    "/excluded": null,
    "/code": null,
    "/stream": null,
    "/own": null,
    "/spread": null,
  });
});

python("what the application's own class of answers writes is not known, of text it is", () => {
  const app =
    'from fastapi.responses import PlainTextResponse\nfrom fastapi import FastAPI, APIRouter\nr = APIRouter()\n@r.get("/r")\ndef a():\n    return {"a": 1}\n';
  const main = `${app}app = FastAPI(default_response_class=PlainTextResponse)\napp.include_router(r)\n@app.get("/text")\ndef b():\n    return "OK"\n`;
  expect(bodies({ "main.py": main })).toEqual({ "/r": null, "/text": { text: "OK" } });
});

python("Flask's answers, of which the order of keys is its own", () => {
  const head = 'from flask import Flask, Response, jsonify\napp = Flask(__name__)\n@app.get("/a")\ndef a():\n    return "OK", 200\n';
  const more =
    '@app.get("/b")\ndef b():\n    return jsonify(status="up")\n@app.get("/c")\ndef c():\n    return {"b": 1, "a": 2}\n@app.get("/d")\ndef d():\n    return Response("pong")\n@app.get("/e")\ndef e():\n    return "no", 503\n';
  expect(bodies({ "main.py": head + more })).toEqual({
    "/a": { text: "OK" },
    "/b": { json: { status: "up" }, loose: true },
    "/c": { json: { b: 1, a: 2 }, loose: true },
    "/d": { text: "pong" },
    "/e": null,
  });
});

python("Starlette's functions and endpoints", () => {
  const main =
    'from starlette.applications import Starlette\nfrom starlette.endpoints import HTTPEndpoint\nfrom starlette.responses import JSONResponse, PlainTextResponse\nfrom starlette.routing import Route\nclass Live(HTTPEndpoint):\n    async def get(self, request):\n        return PlainTextResponse("OK")\nasync def ready(request):\n    return JSONResponse({"a": 1})\napp = Starlette(routes=[Route("/live", Live), Route("/ready", endpoint=ready)])\n';
  expect(bodies({ "main.py": main })).toEqual({ "/live": { text: "OK" }, "/ready": { json: { a: 1 } } });
});

python("credentials that a health request does not bring are found, whoever asks for them", () => {
  const main =
    'from typing import Annotated\nfrom fastapi import Depends, FastAPI, Security\nfrom fastapi.security import APIKeyHeader, HTTPBearer, OAuth2PasswordBearer\nscheme = OAuth2PasswordBearer(tokenUrl="token")\nmaybe = HTTPBearer(auto_error=False)\nasync def user(token: str = Depends(scheme)):\n    return token\napp = FastAPI()\n' +
    '@app.get("/a")\ndef a(who=Depends(user)):\n    return 1\n@app.get("/b", dependencies=[Security(APIKeyHeader(name="k"))])\ndef b():\n    return 1\n@app.get("/c")\ndef c(who: Annotated[str, Depends(user)]):\n    return 1\n@app.get("/d")\ndef d(who=Depends(maybe)):\n    return 1\n';
  const asked = seen({ "main.py": main }).map(({ path, guard }) => [path, guard?.scheme]);
  expect(asked).toEqual([
    ["/a", "OAuth2PasswordBearer"],
    ["/b", "APIKeyHeader"],
    ["/c", "OAuth2PasswordBearer"],
    ["/d", undefined],
  ]);
});

python("a dependency of the whole application holds for its routers and not for what is mounted", () => {
  const main =
    'from fastapi import APIRouter, Depends, FastAPI\nfrom fastapi.security import HTTPBearer\nr = APIRouter()\n@r.get("/health")\ndef a():\n    return {"status": "ok"}\nsub = FastAPI()\n@sub.get("/live")\ndef b():\n    return 1\napp = FastAPI(dependencies=[Depends(HTTPBearer())])\napp.include_router(r)\napp.mount("/sub", sub)\n';
  const { tree, code } = read({ "main.py": main });
  expect((code.health?.seen ?? []).map(({ path, guard }) => [path, guard?.scheme])).toEqual([
    ["/health", "HTTPBearer"],
    ["/sub/live", undefined],
  ]);
  const say = (headers = {}) =>
    code.health === undefined
      ? undefined
      : healthProblems("p", tree, { path: "/health", status: 200, body: '{"status":"ok"}', headers }, code.health);
  expect(say()?.problems).toEqual([
    expect.stringMatching(
      /^p:health\.path: is \/health, and main\.py, line 11, asks for credentials there \(HTTPBearer\), .*health\.headers/,
    ),
  ]);
  expect(say({ Authorization: "Bearer x" })).toEqual({ problems: [], notices: [] });
});

python("a route that asks for credentials is not offered where another one asks for none", () => {
  const main =
    'from fastapi import Depends, FastAPI\nfrom fastapi.security import HTTPBearer\napp = FastAPI()\n@app.get("/api/health", dependencies=[Depends(HTTPBearer())])\ndef a():\n    return {"status": "ok"}\n@app.get("/ping")\ndef b():\n    return {"status": "ok"}\n';
  const { tree, code } = read({ "main.py": main });
  const expected = { path: "/health", status: 200, body: '{"status":"ok"}' };
  const said = code.health === undefined ? undefined : healthProblems("p", tree, expected, code.health);
  expect(said?.problems).toEqual([expect.stringMatching(/Write p:health\.path: \/ping$/)]);
});

test.each<[expected: unknown, answered: RouteBody, same: boolean]>([
  ["any", { text: "x" }, true],
  ['{"status":"ok"}', { json: { status: "ok" } }, true],
  ['{"status":"ok"}', { json: { status: "ok", at: null }, unknown: ["at"] }, false],
  ['{"at":1,"status":"ok"}', { json: { status: "ok", at: null }, unknown: ["at"] }, true],
  [{ status: "ok" }, { json: { status: "ok", at: null }, unknown: ["at"] }, true],
  [{ status: "ok" }, { json: { status: null }, unknown: ["status"] }, true],
  [{ status: "ok" }, { json: { state: null }, unknown: ["state"] }, false],
  ['{"a":2,"b":1}', { json: { b: 1, a: 2 }, loose: true }, true],
  ['{"a":2,"b":1}', { json: { b: 1, a: 2 } }, false],
  [{ status: "ok" }, { text: "ok" }, false],
])("%j is compared with %j", (expected, answered, same) => {
  expect(matches(expected, answered)).toBe(same);
});

test.each<[RouteBody, string]>([
  [{ text: "it's" }, "health.body: 'it''s'"],
  [{ text: "a\nb" }, "health.body: any"],
  [{ text: "" }, "health.body: any"],
  [{ json: { status: "up", at: null }, unknown: ["at"] }, 'health.body: {"status": "up"}'],
  [{ json: { at: null }, unknown: ["at"] }, "health.body: any"],
  [{ json: { status: "up" }, loose: true }, 'health.body: {"status": "up"}'],
  [{ json: { status: "up" } }, `health.body: '{"status":"up"}'`],
])("%j is written as the key takes it", (body, key) => {
  expect(bodyKey(body)).toBe(key);
});

const ASKED = { path: "/health", status: 200, body: '{"status":"ok"}' };
const NO_CONTENT = '@app.get("/health", status_code=status.HTTP_204_NO_CONTENT)\ndef health():\n    return Response(status_code=204)\n';

python.each<[string, string, RegExp]>([
  [
    "nothing",
    NO_CONTENT,
    /^p:health\.status: the application answers 204 at \/health .* Write p:health\.status: 204, and health\.body: any/,
  ],
  ["another success", '@app.get("/health", status_code=202)\ndef health():\n    return {"status": "ok"}\n', /Write p:health\.status: 202$/],
  ["an error", '@app.get("/health", status_code=503)\ndef health():\n    return {"status": "ok"}\n', /answers 503 .* Answer 200 there$/],
])("a route of health that always answers %s is refused", (_title, route, expected) => {
  const { tree, code } = read({ "main.py": `from fastapi import FastAPI, Response, status\napp = FastAPI()\n${route}` });
  expect(healthProblems("p", tree, ASKED, code.health as never)).toEqual({ problems: [expect.stringMatching(expected)], notices: [] });
});

python.each<[string, string, number]>([
  ["that is expected", NO_CONTENT, 204],
  ["that the function changes", '@app.get("/health", status_code=202)\ndef health(r: Response):\n    r.status_code = 200\n', 200],
  ["of another response", '@app.get("/health", status_code=202)\ndef health():\n    return Response("x", status_code=200)\n', 200],
  ["that may be an exception", '@app.get("/health", status_code=202)\ndef health():\n    raise HTTPException(200)\n', 200],
])("a status %s is not refused", (_title, route, status) => {
  const { tree, code } = read({ "main.py": `from fastapi import FastAPI, Response, status\napp = FastAPI()\n${route}` });
  expect(healthProblems("p", tree, { ...ASKED, status, body: "any" }, code.health as never).problems).toEqual([]);
});
