/** templates/steps/checks.py against a server: which answers fit, and what is said of the others. And where the checks of a set travel. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checksText, type Check } from "../../../models-manifest/checks";
import { renderEnvFile } from "../../../infra/release/env-file";
import { sha256 } from "../../../infra/sha256";
import { hostSteps } from "../../../infra/release/steps";
import { lacking, unless } from "../../needs";
import { exampleSpec, MODELS, VALUES } from "./example";

const PROGRAM = join(__dirname, "../../../templates/steps/checks.py");
const folder = mkdtempSync(join(tmpdir(), "checks-test-"));
const python = unless(lacking("python3"));
let server: Server;
/** By path; "count" answers with how often it was asked. */
const BODIES: Readonly<Record<string, string>> = {};
let asked: { path: string; headers: NodeJS.Dict<string | string[]>; body: string }[] = [];

beforeAll(async () => {
  server = createServer((incoming, response) => {
    let body = "";
    incoming.on("data", (chunk: Buffer) => (body += chunk.toString()));
    incoming.on("end", () => {
      asked.push({ path: incoming.url ?? "", headers: incoming.headers, body });
      const status = Number(/\?(\d+)$/.exec(incoming.url ?? "")?.[1] ?? 200);
      response.writeHead(status);
      response.end(incoming.url === "/count" ? `{"n":${asked.length},"same":[1,2]}` : (BODIES[incoming.url ?? ""] ?? body));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
});
beforeEach(() => (asked = []));
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

function run(mode: "ask" | "record", rows: readonly unknown[], port?: number): Promise<{ code: number; said: string }> {
  writeFileSync(join(folder, "checks.json"), JSON.stringify({ file: "c.json", rows }));
  writeFileSync(join(folder, ".env"), renderEnvFile({ API_KEY: 'it\'s \\ ${a} "key"', OTHER: "x" }));
  writeFileSync(join(folder, "wanted"), "healthPath=/health\nhealthHeader=Host: ml.example.org\n");
  const origin = `http://127.0.0.1:${port ?? (server.address() as AddressInfo).port}`;
  const args = ["-I", "-S", PROGRAM, mode, join(folder, "checks.json"), origin, join(folder, ".env"), join(folder, "wanted"), "10"];
  return new Promise((resolve) =>
    execFile("python3", args, (error, stdout, stderr) => {
      expect(stderr).toBe("");
      resolve({ code: error === null ? 0 : Number(error.code), said: stdout.trim() });
    }),
  );
}

/** The server answers with what it is sent. */
const echo = (json: unknown, expect: unknown, tolerance = { abs: 0, rel: 0 }, status = 200): unknown => ({
  request: { method: "POST", path: "/echo", json },
  expect: { status, json: expect, tolerance },
});

const WRONG: readonly (readonly [title: string, row: unknown, said: RegExp])[] = [
  [
    "another number",
    echo({ p: [0.1, 0.93] }, { p: [0.1, 0.931] }, { abs: 0.0001, rel: 0.0001 }),
    /p\[1\]: expected 0.931 \(at most 0.0001 off\), got 0.93$/,
  ],
  ["a number as a text", echo({ p: "1" }, { p: 1 }), /p: expected 1 \(at most 0 off\), got "1"|p: expected 1, got "1"/],
  ["true where 1 is expected", echo({ p: true }, { p: 1 }), /p: expected 1, got true$/],
  ["a key that is missing", echo({ p: {} }, { p: { q: null } }), /p.q: expected null, got nothing$/],
  ["a longer list", echo([1, 2, 3], [1, 2]), /expected 2 entries, got 3 entries$/],
  ["another label", echo({ label: "benign" }, { label: "attack" }), /label: expected "attack", got "benign"$/],
  ["another status", echo({}, {}, undefined, 503), /expected HTTP 503, got HTTP 200 with \{\}$/],
  [
    "no JSON",
    { request: { method: "GET", path: "/text" }, expect: { status: 200, json: {}, tolerance: { abs: 0, rel: 0 } } },
    /expected JSON, got none$/,
  ],
  ["NaN", { request: { method: "GET", path: "/nan" }, expect: { status: 200, json: 1, tolerance: { abs: 9, rel: 9 } } }, /got NaN$/],
  [
    "an enormous number",
    { request: { method: "GET", path: "/huge" }, expect: { status: 200, json: 1.5, tolerance: { abs: 9, rel: 9 } } },
    /got 1000/,
  ],
  [
    "a setting that is not there",
    { request: { method: "GET", path: "/", headers: { "X-Key": "${NONE}" } }, expect: { status: 200, tolerance: { abs: 0, rel: 0 } } },
    /the setting NONE, which a header of it needs, is not in .env$/,
  ],
];

python("answers that fit: further keys, numbers within the tolerance, empty bodies", async () => {
  const rows = [
    echo({ p: 0.5000001, more: 1 }, { p: 0.5 }, { abs: 0, rel: 1e-6 }),
    echo({ p: 1e-12 }, { p: 0 }, { abs: 1e-9, rel: 0 }),
    echo({ p: 1 }, { p: 1.0 }),
    echo([{ a: null, b: true }], [{ b: true }]),
    { request: { method: "GET", path: "/x?503" }, expect: { status: 503, tolerance: { abs: 0, rel: 0 } } },
  ];
  expect(await run("ask", rows)).toEqual({ code: 0, said: "5 of 5 rows" });
});

python("answers that do not fit are named with the row, what was expected and what came", async () => {
  Object.assign(BODIES, { "/text": "hello", "/nan": "NaN", "/huge": `1${"0".repeat(400)}` });
  // Three are shown at once.
  for (let at = 0; at < WRONG.length; at += 3) {
    const some = WRONG.slice(at, at + 3);
    const { code, said } = await run(
      "ask",
      some.map(([, row]) => row),
    );
    expect(code).toBe(1);
    const parts = said.split(/; (?=row )/);
    expect(parts).toHaveLength(some.length);
    parts.forEach((part, index) => expect([some[index]![0], part]).toEqual([some[index]![0], expect.stringMatching(some[index]![2])]));
  }
});

python("a service that is not there", async () => {
  const { code, said } = await run("ask", [echo({}, {}), echo({}, {}), echo({}, {}), echo({}, {})], 1);
  expect(code).toBe(1);
  expect(said).toMatch(
    /^4 of 4 rows of c.json have another answer: row 1, POST \/echo: no answer \(ConnectionRefusedError\);.*; and 1 more$/,
  );
});

python("a request has the headers of health, its own over them, and settings in their place", async () => {
  const headers = { Authorization: "Bearer ${API_KEY}" };
  const row = {
    request: { method: "PUT", path: "/echo?a=%20b", headers, json: { é: 1 } },
    expect: { status: 200, tolerance: { abs: 0, rel: 0 } },
  };
  expect((await run("ask", [row])).code).toBe(0);
  expect(asked[0]).toMatchObject({
    path: "/echo?a=%20b",
    headers: { host: "ml.example.org", authorization: 'Bearer it\'s \\ ${a} "key"', "content-type": "application/json" },
  });
  expect(JSON.parse(asked[0]?.body ?? "")).toEqual({ é: 1 });
});

python("recording asks twice and tells what changes", async () => {
  const { code, said } = await run("record", [
    { request: { method: "GET", path: "/count" } },
    { request: { method: "POST", path: "/e?404", json: {} } },
  ]);
  expect(code).toBe(0);
  expect(JSON.parse(said)).toEqual({
    answers: [
      { status: 200, json: { n: 1, same: [1, 2] } },
      { status: 404, json: {} },
    ],
    unsteady: [[["n"]], []],
  });
  expect(await run("record", [{ name: "odd", request: { method: "GET", path: "/nan" } }])).toEqual({
    code: 1,
    said: "an answer holds NaN or Infinity, which are no JSON",
  });
});

describe("on its way to the host", () => {
  const row: Check = { request: { method: "GET", path: "/a" }, expect: { status: 200, tolerance: { abs: 0, rel: 0 } } };
  const checks = { file: "c.json", rows: [row], settings: [] };
  const stepsOf = (change: object) => hostSteps(exampleSpec("backend", { models: { ...MODELS, ...change } }));
  const stdin = (name: string, change: object): string =>
    stepsOf(change)
      .find((step) => step.name === name)
      ?.stdin(VALUES) ?? "";

  test("the release step brings the checks, and their digest is part of what a release is made of", () => {
    const text = checksText(checks);
    expect(stdin("release", { checks })).toContain(`\nchecks=${sha256(text)}\n`);
    const payload = stdin("release", { checks }).split("\n---\n")[1]?.replace("===\n", "") ?? "";
    expect(Buffer.from(payload, "base64").toString()).toBe(text);
    expect(stdin("verify", { checks })).toContain(`\nchecks=${sha256(text)}\n`);
    for (const name of ["code", "env", "models"]) expect(stdin(name, { checks })).toBe(stdin(name, {}));
  });

  test("without checks nothing of them is sent, and no program for them", () => {
    expect(stdin("release", {})).not.toMatch(/^checks=/m);
    for (const step of stepsOf({})) expect(step.script.text).not.toContain("Asks a service the checks of its models");
    const limit = (change: object): number => stepsOf(change).find(({ name }) => name === "release")!.limitSeconds;
    expect(limit({ checks })).toBe(limit({}) + 120);
  });
});
