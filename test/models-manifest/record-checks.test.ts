/** `npm run models -- record-checks` against a service on this machine, a process of its own because the command waits for its answers. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { modelsCommand } from "../../models-manifest/cli";
import type { ChecksFile } from "../../models-manifest/checks";
import { loadManifest } from "../../models-manifest/manifest";
import { CHECKS_PROGRAM, hostCommand, questions, readAnswers } from "../../models-manifest/record";
import { run } from "../cli/run";
import { lacking, unless } from "../needs";
import { sampleProject, type Project } from "./project";

/** Prints its port. */
const SERVER = `let count = 0;
const server = require("node:http").createServer((request, response) => {
  const [, status = "200"] = /status=(\\d+)/.exec(request.url) ?? [];
  response.writeHead(request.url === "/changes" && count % 2 === 0 ? 500 : Number(status));
  response.end(JSON.stringify({ path: request.url, id: ++count, score: 0.25 }));
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));`;

const python = unless(lacking("python3"));
let project: Project;
let server: ChildProcess;
let url: string;
beforeAll(async () => {
  server = spawn(process.execPath, ["-e", SERVER], { stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise<string>((resolve) => server.stdout?.once("data", (data: Buffer) => resolve(data.toString().trim())));
  url = `http://127.0.0.1:${port}`;
});
afterAll(() => void server.kill());
beforeEach(() => (project = sampleProject()));
afterEach(() => project.remove());

const place = (name: string): string => join(project.root, name);
const rows = (...paths: readonly string[]): void =>
  writeFileSync(place("checks.json"), JSON.stringify({ rows: paths.map((path) => ({ request: { method: "GET", path } })) }));
const recorded = (): ChecksFile => JSON.parse(readFileSync(place("checks.json"), "utf8")) as ChecksFile;
const record = (...args: readonly string[]) =>
  run(modelsCommand({ root: project.root }), ["record-checks", ...args, "--manifest", "manifest.json"], { from: project.root });

python("answers are written into the file without what changes, and the manifest names it", async () => {
  rows("/a", "/b?status=404");
  const { code, out } = await record("checks.json", "--url", url);
  expect([code, out]).toEqual([0, expect.stringContaining("checks.json: 2 of 2 rows recorded; manifest.json names it now") as string]);
  expect(out).toContain("left out, because two answers differed: row 1: id");
  expect(recorded().rows.map(({ expect: found }) => found)).toEqual([
    { status: 200, json: { path: "/a", score: 0.25 } },
    { status: 404, json: { path: "/b?status=404", score: 0.25 } },
  ]);
  expect(loadManifest("manifest.json", project.root).checks?.rows).toHaveLength(2);
});

python("rows that have an answer stay, unless all are asked", async () => {
  rows("/a");
  const row = recorded().rows[0]!;
  writeFileSync(place("checks.json"), JSON.stringify({ rows: [{ ...row, expect: { status: 201 } }, row] }));
  expect((await record("checks.json", "--url", url)).out).toContain("1 of 2 rows recorded");
  expect(recorded().rows.map(({ expect: found }) => found?.status)).toEqual([201, 200]);
  expect((await record("--url", url, "--all")).out).toContain("2 of 2 rows recorded");
  expect(recorded().rows.map(({ expect: found }) => found?.status)).toEqual([200, 200]);
});

python(
  "a request that is answered otherwise each time is no check, and a service that is not there is named; nothing is written",
  async () => {
    rows("/changes");
    const before = readFileSync(place("checks.json"), "utf8");
    const changing = await record("checks.json", "--url", url);
    expect([changing.code, changing.err]).toEqual([1, expect.stringContaining("row 1, GET /changes: answered HTTP") as string]);
    const nobody = await record("checks.json", "--url", "http://127.0.0.1:1");
    expect([nobody.code, nobody.err]).toEqual([1, expect.stringContaining("row 1, GET /changes: no answer") as string]);
    expect(readFileSync(place("checks.json"), "utf8")).toBe(before);
    expect(loadManifest("manifest.json", project.root).checks).toBeUndefined();
  },
);

python("the command for a host brings the program with it, and reads the questions from its input", () => {
  const command = hostCommand(readFileSync(CHECKS_PROGRAM, "utf8"));
  const here = command
    .replace("sudo -n /usr/bin/python3", "python3")
    .replace("http://127.0.0.1:8000 /home/ddos/current/app/.env", `${url} -`);
  expect(here).toContain('"/var/lib/ddos/releases/$(basename "$(readlink /home/ddos/current)")/facts"');
  const asked = here.replace(/"\/var\/lib\/ddos.*\/facts"/, "-");
  const input = questions("checks.json", [{ request: { method: "GET", path: "/it's?status=201" } }]);
  const stdout = execFileSync("sh", ["-c", asked], { input, encoding: "utf8" });
  expect(readAnswers({ code: 0, stdout, stderr: "" }, "checks.json", 1)).toMatchObject({
    answers: [{ status: 201, json: { path: "/it's?status=201", score: 0.25 } }],
    unsteady: [[["id"]]],
  });
});

test("whom to ask, and a file, have to be said", async () => {
  rows("/a");
  const nobody = await record("checks.json");
  expect([nobody.code, nobody.err]).toEqual([2, expect.stringContaining("either --stack NAME or --url URL") as string]);
  const both = await record("checks.json", "--url", url, "--stack", "dev");
  expect([both.code, both.err]).toEqual([2, expect.stringContaining("either --stack NAME or --url URL") as string]);
  const nothing = await record("--url", url);
  expect([nothing.code, nothing.err]).toEqual([2, expect.stringContaining("manifest.json names no checks") as string]);
});
