/** templates/steps/health.sh against a server: what counts as healthy, asked as a host asks. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { healthLines, healthOf, pathOnly, releaseSeconds, undoSeconds } from "../../../infra/release/health";
import { DEFAULT_LIMITS, stopTimes } from "../../../infra/release/limits";
import { renderSite } from "../../../infra/release/render";
import { hostSteps } from "../../../infra/release/steps";
import type { Health } from "../../../infra/release/types";
import { lacking, unless } from "../../needs";
import { exampleSpec } from "./example";

const STEPS = join(__dirname, "../../../templates/steps");
const folder = mkdtempSync(join(tmpdir(), "health-test-"));
let server: Server;
let reply: { status: number; body: string; said?: boolean };
let asked: IncomingMessage | undefined;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked = request;
    if (reply.said === true) response.setHeader("content-length", reply.body.length);
    response.writeHead(reply.status);
    if (reply.said === false) response.write(reply.body.slice(0, 1000));
    response.end(reply.body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** @returns "yes" or "no", and with `said` what a person is told was wanted and found */
async function ask(
  health: Partial<Health> | string,
  { said = false, port = (server.address() as AddressInfo).port }: { readonly said?: boolean; readonly port?: number } = {},
): Promise<string[]> {
  const lines = typeof health === "string" ? health : healthLines(health).map(([key, value]) => `${key}=${value}`);
  writeFileSync(join(folder, "wanted"), `${typeof lines === "string" ? lines : lines.join("\n")}\n`);
  const program = `set -Eeuo pipefail
    . "$1/entries.sh"
    . "$1/health.sh"
    if ! health_ask "$2/wanted" "http://127.0.0.1:$3" "$2"; then printf 'none\\n'; exit; fi
    if health_fits "$2/wanted" "$2"; then printf 'yes\\n'; else printf 'no\\n'; fi
    if [ "$4" = true ]; then health_wanted "$2/wanted"; printf '\\n'; health_found "$2" "$2/wanted"; fi`;
  const { stdout } = await promisify(execFile)("bash", ["-c", program, "bash", STEPS, folder, String(port), String(said)]);
  return stdout.split("\n");
}

const OK = '{"status":"ok"}';
const json = (body: Readonly<Record<string, unknown>>): Partial<Health> => ({ body });
const TABLE: [title: string, health: Partial<Health>, status: number, body: string, fits: "yes" | "no"][] = [
  ["the default", {}, 200, OK, "yes"],
  ["the default with another status", {}, 503, OK, "no"],
  ["the default with further keys", {}, 200, '{"status":"ok","x":1}', "no"],
  ["the default with spaces", {}, 200, '{"status": "ok"}', "no"],
  ["no body", {}, 200, "", "no"],
  ["another status", { status: 204, body: "any" }, 204, "", "yes"],
  ["text", { body: 'I\'m `$(fine)` "!"' }, 200, 'I\'m `$(fine)` "!"', "yes"],
  ["text longer than what is wanted", { body: "ok" }, 200, "ok!", "no"],
  ["any", { body: "any" }, 200, "\0\xff", "yes"],
  ["any with another status", { body: "any" }, 500, "", "no"],
  [
    "JSON with further keys in another order",
    json({ status: "healthy", model: { version: 3 } }),
    200,
    '{"t":1.5,"model":{"a":[],"version":3.0},"status":"healthy"}',
    "yes",
  ],
  ["JSON with a value that only holds the text", json({ status: "healthy" }), 200, '{"status":"unhealthy"}', "no"],
  ["JSON without the key", json({ ready: null }), 200, "{}", "no"],
  ["JSON with the key and null", json({ ready: null }), 200, '{"ready":null}', "yes"],
  ["JSON with false", json({ ready: false }), 200, '{"ready":false}', "yes"],
  ["JSON of another type", json({ ready: true }), 200, '{"ready":"true"}', "no"],
  ["JSON with a list", json({ models: ["a", "b"] }), 200, '{"models":["a","b"]}', "yes"],
  ["JSON with a list in another order", json({ models: ["a", "b"] }), 200, '{"models":["b","a"]}', "no"],
  ["JSON where a list stands", json({}), 200, "[]", "no"],
  ["JSON, any object", json({}), 200, '{"a":1}', "yes"],
  ["two JSON documents", json({ a: 1 }), 200, '{"a":1}{"a":1}', "no"],
  ["no JSON at all", json({ a: 1 }), 200, "a: 1", "no"],
  ["JSON with quotes, line breaks and umlauts", json({ 'k"': "ä\n'$x" }), 200, JSON.stringify({ 'k"': "ä\n'$x" }), "yes"],
];

const bash = unless(lacking("bash") ?? lacking("curl") ?? lacking("jq"));

bash.each(TABLE)("%s", async (_, health, status, body, fits) => {
  reply = { status, body };
  expect((await ask(health))[0]).toBe(fits);
});

bash("path with its query, Host and headers are sent as they stand in the configuration", async () => {
  reply = { status: 200, body: OK };
  const [fits] = await ask({ path: "/api/health?full=1&x=[a]", host: "ml.example.org", headers: { "X-Probe": "a b;c" } });
  expect(fits).toBe("yes");
  expect([asked?.url, asked?.headers.host, asked?.headers["x-probe"]]).toEqual(["/api/health?full=1&x=[a]", "ml.example.org", "a b;c"]);
});

bash("what was wanted and found is said on one line each", async () => {
  reply = { status: 503, body: `{"status":\r\n"loading"}${"x".repeat(1000)}` };
  const [, wanted, found = ""] = await ask(json({ status: "ok" }), { said: true });
  expect(wanted).toBe('HTTP 200 with JSON that has {"status":"ok"}');
  expect(found).toMatch(/^HTTP 503 with body \{"status": {2}"loading"\}x+$/);
  expect(found.length).toBeLessThan(230);
  expect((await ask({}, { said: true }))[1]).toBe(`HTTP 200 with body ${OK}`);
  expect((await ask({ status: 202, body: "any" }, { said: true }))[1]).toBe("HTTP 202 with any body");
});

bash("the same JSON in another form is said to be that, and nothing else is", async () => {
  const found = async (health: Partial<Health>, body: string, status = 200): Promise<string | undefined> => {
    reply = { status, body };
    return (await ask(health, { said: true }))[2];
  };
  const hint = " (the same JSON with other blanks or order: write health.body as an object, { ";
  expect(await found({}, '{"status": "ok"}')).toBe(`HTTP 200 with body {"status": "ok"}${hint}status: "ok" })`);
  const two = '{"a":1,"b":{"c":null}}';
  expect(await found({ body: two }, '{"b":{"c":null},\n"a":1}')).toBe(
    `HTTP 200 with body {"b":{"c":null}, "a":1}${hint}a: 1, b: {"c":null} })`,
  );
  for (const body of [OK, '{"status":"no"}', '{"status":"ok"', '{"status":"ok"}{"status":"ok"}', "ok", ""])
    expect(await found({}, body)).toBe(`HTTP 200 with body ${body}`);
  expect(await found({}, OK, 503)).toBe(`HTTP 503 with body ${OK}`);
  expect(await found({ body: "ok" }, '"ok"')).toBe('HTTP 200 with body "ok"');
  expect(await found({ body: "{no" }, "{no ")).toBe("HTTP 200 with body {no ");
  expect(await found(json({ status: "ok" }), '{"status": "no"}')).toBe('HTTP 200 with body {"status": "no"}');
});

bash.each([
  ["says how long it is", true],
  ["does not", false],
])("an answer without end fills nothing: one that %s is no answer", async (_, said) => {
  reply = { status: 200, body: "x".repeat(4 << 20), said };
  expect((await ask({ body: "any" }))[0]).toBe("none");
  expect(statSync(join(folder, "body")).size).toBeLessThanOrEqual(128 << 10);
  expect(readFileSync(join(folder, "curl"), "utf8")).toBe("the answer is longer than 64 KiB\n");
});

bash("no answer is no fault of the script, and the record of an older release counts as it did", async () => {
  reply = { status: 200, body: OK };
  expect((await ask(`healthPath=/health\nhealthBody=${OK}`))[0]).toBe("yes");
  expect((await ask({}, { port: 1 }))[0]).toBe("none");
});

test("one limit decides how long the step, the unit and the undoing may take", () => {
  const limits = (startSeconds: number, timeoutSeconds: number): number[] => {
    const [health, requests] = [healthOf({ startSeconds }), { ...DEFAULT_LIMITS, timeoutSeconds }];
    return [releaseSeconds(health, requests), undoSeconds(health, requests)];
  };
  expect(limits(60, 30)).toEqual([2400, 240]);
  // The step: trial, service and the service before, each with its start, and what was at work before each stop.
  for (const [start, timeout] of [
    [10, 1],
    [600, 30],
    [60, 900],
    [1800, 3600],
  ] as const) {
    const { stopSeconds } = stopTimes({ ...DEFAULT_LIMITS, timeoutSeconds: timeout });
    const [step = 0, undo = 0] = limits(start, timeout);
    expect(step).toBeGreaterThan(3 * start + 3 * stopSeconds);
    expect(undo).toBeGreaterThan(start + timeout);
    expect(stopSeconds).toBeGreaterThan(timeout);
  }
  const create = (startSeconds: number): string =>
    hostSteps(exampleSpec("backend", { health: { startSeconds } })).find(({ name }) => name === "release")?.create ?? "";
  expect(create(60)).toContain("RuntimeMaxSec=2400 ");
  expect(create(600)).toContain("RuntimeMaxSec=4020 ");
});

test("nginx compares the path without its query", () => {
  expect(pathOnly("/a?b=/c?d")).toBe("/a");
  const tls = { serverName: "ml.example.org", certificate: "PEM", hstsSeconds: 0 };
  expect(renderSite(exampleSpec("gateway", { tls, health: { path: "/health?full=1" } }))).toContain("location = /health {");
});
