/** What an application needs at its start and how it answers health: certain things are problems, others notices. */
import { healthProblems } from "../../../infra/app/health-answer";
import { missingSettings, type HostSettings } from "../../../infra/app/required-settings";
import type { HealthAnswer, NeededSetting, Route } from "../../../infra/app/syntax";
import { readTree } from "../../../infra/app/tree";
import { APP, removeTrees, treeOf } from "./trees";

afterAll(removeTrees);

const needs = (name: string, certain = true): NeededSetting => ({ name, certain, path: "main.py", line: 2 });
const backend = (names: readonly string[], more = false): HostSettings => ({ host: "backend", names, more });
const gateway = (names: readonly string[]): HostSettings => ({ host: "gateway", names, more: false });
const said = (...all: Parameters<typeof missingSettings> extends [string, ...infer Rest] ? Rest : never) => missingSettings("p", ...all);

test("a setting that is there in any case, or that every service has, is not missed", () => {
  expect(said([needs("API_KEY"), needs("HOME")], [backend(["api_key"])], [])).toEqual({ problems: [], notices: [] });
});

test("a secret goes to secretEnv, anything else to env; each host by itself", () => {
  const { problems } = said([needs("API_TOKEN"), needs("SHOP")], [backend(["SHOP"]), gateway(["API_TOKEN"])], []);
  expect(problems).toEqual([
    expect.stringMatching(
      /^p:secretEnv\.API_TOKEN: missing, .* on the backend\. Set it: pulumi config set --secret --path 'p:secretEnv\.API_TOKEN'$/,
    ),
    expect.stringMatching(
      /^p:gateway\.env\.SHOP: missing, .* on the gateway\. Set it: pulumi config set --path 'p:gateway\.env\.SHOP' VALUE/,
    ),
  ]);
});

test("where a package keeps files is proposed in the one folder that may be written, and is no secret", () => {
  expect(said([needs("NUMBA_CACHE_DIR")], [backend([])], []).problems).toEqual([
    expect.stringMatching(/Set it: pulumi config set --path 'p:env\.NUMBA_CACHE_DIR' \/home\/ddos\/data\/numba$/),
  ]);
});

test("what may never be read, or may be among secrets that cannot be seen, is a notice", () => {
  expect(said([needs("A", false)], [backend([])], [])).toMatchObject({
    problems: [],
    notices: [expect.stringMatching(/^p:env\.A: is not set, and main\.py, line 2, reads it/)],
  });
  expect(said([needs("A")], [backend([], true)], [])).toMatchObject({ problems: [], notices: [expect.any(String)] });
});

test("one message for one name: the certain one, and none of what app.requires asks for", () => {
  const { problems, notices } = said([needs("A", false), { ...needs("A"), line: 9 }, needs("B")], [backend([])], ["B"]);
  expect([problems, notices]).toEqual([[expect.stringMatching(/^p:env\.A: missing, and main\.py, line 9,/)], []]);
});

const route = (path: string, body?: unknown, more: Partial<Route> = {}): Route => ({
  path,
  file: "main.py",
  line: 3,
  body: body === undefined ? null : { json: body },
  ...more,
});
const whole = (...routes: Route[]): HealthAnswer => ({ mentioned: true, routes, seen: routes });
const partly = (mentioned: boolean, ...seen: Route[]): HealthAnswer => ({ mentioned, routes: null, seen });
const OK = '{"status":"ok"}';
const health = (answer: HealthAnswer, expected: { path?: string; status?: number; body?: unknown } = {}, main = "") =>
  healthProblems("p", readTree(treeOf({ ...APP, "main.py": main })), { path: "/health", status: 200, body: OK, ...expected }, answer);

test.each<[title: string, answer: HealthAnswer, expected: { path?: string; status?: number; body?: unknown }]>([
  ["a route whose answer is not known", whole(route("/health")), {}],
  ["the answer byte for byte", whole(route("/health", { status: "ok" })), {}],
  ["a query", whole(route("/health")), { path: "/health?full=1" }],
  ["any body", whole(route("/health", [1])), { body: "any" }],
  ["keys with others beside them", whole(route("/health", { a: { b: 1, c: 2 }, d: 3 })), { body: { a: { b: 1 } } }],
  ["a path that is mentioned", partly(true), {}],
  ["an error that is expected", whole(), { status: 404 }],
])("nothing is said of %s", (_, answer, expected) => {
  expect(health(answer, expected)).toEqual({ problems: [], notices: [] });
});

test("another route is suggested, with what it answers", () => {
  const main = 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/healthz")\ndef h():\n    return {"up": True}\n';
  const { problems } = health(whole(route("/healthz", { up: true })), {}, main);
  expect(problems).toEqual([
    expect.stringMatching(
      /answers GET at \/healthz \(main\.py, line 3\) alone.* Write p:health\.path: \/healthz, and health\.body: '\{"up":true\}'$/,
    ),
  ]);
});

test("keys that differ are said, and what is certain is told from what is not", () => {
  expect(health(whole(route("/health", { a: 1 })), { body: { a: 2 } }).problems).toEqual([
    expect.stringMatching(/^p:health\.body: .* Write p:health\.body: '\{"a":1\}'$/),
  ]);
  expect(health(partly(false))).toMatchObject({
    problems: [],
    notices: [expect.stringMatching(/^p:health\.path: is \/health, and no text/)],
  });
});

test("a route below a prefix is named, and one that is only known when the application runs", () => {
  expect(health(whole(route("/v1/health", { status: "ok" }), route("/docs"))).problems).toEqual([
    expect.stringMatching(
      /answers GET at \/v1\/health \(main\.py, line 3\), \/docs .* alone, so no release would serve\. Write p:health\.path: \/v1\/health$/,
    ),
  ]);
  expect(health(partly(true, route("/v1/health"))).notices).toEqual([
    expect.stringMatching(
      /^p:health\.path: is \/health, and what is seen answers \/v1\/health \(main\.py, line 3\); .* Write p:health\.path: \/v1\/health$/,
    ),
  ]);
  expect(health(partly(true, route("/health", undefined, { open: true, path: "/health" })), { path: "/health?x" })).toEqual({
    problems: [],
    notices: [],
  });
  expect(health(partly(true, route("/api/health", undefined, { open: true }))).notices).toEqual([
    expect.stringMatching(
      /answers \/api\/health below a prefix that is only known when the application runs; .* Write p:health\.path with that prefix/,
    ),
  ]);
});

test("JSON that is written with blanks is another text, and an object is compared by its keys", () => {
  const django = whole({ ...route("/health"), body: { text: '{"status": "ok"}' } });
  expect(health(django).problems).toEqual([
    expect.stringMatching(
      /answers \{"status": "ok"\} at \/health .* is expected, byte for byte, .* Write p:health\.body: \{"status": "ok"\}$/,
    ),
  ]);
  expect(health(django, { body: { status: "ok" } }).problems).toEqual([]);
});
