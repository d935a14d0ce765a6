/** templates/steps/verify-proof.sh between two servers in place of the hosts: what is proven, and that nothing else is. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { lacking, unless } from "../../needs";

const STEPS = join(__dirname, "../../../templates/steps");
const RELEASE = "7-0123456789ab";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
let folder: string;
let [gateway, backend]: Handler[] = [];
const servers: Server[] = [];
const portOf = (index: number): number => (servers[index]?.address() as AddressInfo).port;

beforeAll(async () => {
  for (const handler of [() => gateway, () => backend]) {
    const server = createServer((request, response) => handler()?.(request, response));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    servers.push(server);
  }
});
afterAll(() => servers.forEach((server) => server.close()));
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "proof-test-"))));
afterEach(() => rmSync(folder, { recursive: true }));

/** As backend.nginx.mustache: it remembers marks. Only requests that the application answers bear its release. */
function realBackend(statusOfOthers = 404, release: string | undefined = RELEASE): Handler {
  const marks = new Set<string>();
  return (request, response) => {
    const mark = /ddos-proof[-=]([0-9a-f]{32})/.exec(`${String(request.headers["x-request-id"])} ${request.url ?? ""}`)?.[1];
    if (mark !== undefined) response.setHeader("X-Proof", marks.has(mark) ? "REJECTED_DRY_RUN" : "PASSED");
    if (mark !== undefined) marks.add(mark);
    const application = statusOfOthers < 500;
    if (release !== undefined && (application || request.url === "/health")) response.setHeader("X-Release", release);
    response.writeHead(request.url === "/health" ? 200 : statusOfOthers).end("{}");
  };
}

/** What the gateway's nginx does in proxy mode. `change` is for what it must not do. */
function passesOn(change: (headers: Record<string, string>) => void = () => undefined): Handler {
  return (request, response) => {
    void fetch(`http://127.0.0.1:${portOf(1)}${request.url ?? ""}`, {
      method: request.method ?? "GET",
      headers: { "x-request-id": String(request.headers["x-request-id"]) },
    }).then((reply) => {
      const headers: Record<string, string> = { "x-release": reply.headers.get("x-release") ?? "" };
      change(headers);
      response.writeHead(reply.status, headers).end("{}");
    });
  };
}

const answers =
  (headers: Record<string, string>, status = 200): Handler =>
  (_request, response) =>
    void response.writeHead(status, headers).end("{}");

/** @returns what verify says of the proof, and the proof that it noted */
async function prove(mode: "proxy" | "application"): Promise<{ said: string; proof?: { answeredBy: string; status: number } }> {
  const lines = [`timeoutSeconds=5`, "tlsName=none", "proofMethod=POST", "proofPath=/predict", "proofBody={}", "healthPath=/health"];
  writeFileSync(join(folder, "header"), `${[...lines, ...(mode === "proxy" ? ["mode=proxy"] : [])].join("\n")}\n`);
  const program = `set -Eeuo pipefail
    STAGE=$1 PORT=$2 UPSTREAM=http://127.0.0.1:$3
    value() { sed -n "/^$1=/{s/^[^=]*=//p;q}" "$STAGE/header"; }
    need() { value "$1"; }
    log() { printf '%s\\n' "$*" >&2; }
    sleep() { log "no need to wait"; }
    check() { printf '%s' "$3"; }
    . "$4/health.sh"
    . <(grep -v '^\\. ' "$4/verify-proof.sh")
    check_proof`;
  const { stdout } = await promisify(execFile)("bash", ["-c", program, "bash", folder, `${portOf(0)}`, `${portOf(1)}`, STEPS]);
  const file = join(folder, "proof");
  return {
    said: stdout,
    ...(existsSync(file) ? { proof: JSON.parse(readFileSync(file, "utf8")) as { answeredBy: string; status: number } } : {}),
  };
}

const bash = unless(lacking("bash") ?? lacking("curl") ?? lacking("jq"));
const marks = { "x-proof": "REJECTED_DRY_RUN" };
const GREEN: [title: string, mode: "proxy" | "application", gateway: () => Handler, backend: () => Handler][] = [
  ["a proxy", "proxy", () => passesOn(), () => realBackend(200)],
  ["a proxy to an application that does not know the path", "proxy", () => passesOn(), () => realBackend(404)],
  [
    "an application that forwards",
    "application",
    () => passesOn((headers) => (headers["x-release"] = "3-aaaaaaaaaaaa")),
    () => realBackend(422),
  ],
];
const RED: [title: string, mode: "proxy" | "application", gateway: () => Handler, backend: () => Handler, said: RegExp][] = [
  [
    "an application that answers by itself",
    "application",
    () => answers({}),
    () => realBackend(),
    /^HTTP 200 .*did not forward.*gateway\.mode to proxy/,
  ],
  [
    "one that makes up the backend's headers",
    "application",
    () => answers({ ...marks, "x-release": RELEASE }),
    () => realBackend(),
    /did not forward/,
  ],
  [
    "a proxy that answers by itself",
    "proxy",
    () => answers({ "x-release": RELEASE }),
    () => realBackend(),
    /nginx on the gateway, which did not pass/,
  ],
  [
    "a proxy whose answer is not the application's",
    "proxy",
    () => passesOn((headers) => delete headers["x-release"]),
    () => realBackend(),
    /none, but/,
  ],
  [
    "a proxy whose answer is of another release",
    "proxy",
    () => passesOn((headers) => (headers["x-release"] = "6-ba")),
    () => realBackend(),
    /release 6-ba, but/,
  ],
  ["a backend without its application", "proxy", () => passesOn(), () => realBackend(502), /^HTTP 502$/],
  [
    "a backend that calls every mark known",
    "application",
    () => answers({}),
    () => answers({ ...marks, "x-release": RELEASE }),
    /does not say whether/,
  ],
  ["a backend that knows nothing of marks", "proxy", () => passesOn(), () => answers({ "x-release": RELEASE }), /does not say whether/],
  ["a backend that does not name its release", "application", () => passesOn(), () => realBackend(200, ""), /does not name its release/],
  ["no answer", "proxy", () => (request) => void request.destroy(), () => realBackend(), /^no answer$/],
];

bash.each(GREEN)("%s is proven", async (_, mode, front, back) => {
  [gateway, backend] = [front(), back()];
  const { said, proof } = await prove(mode);
  expect(said).toBe(`release ${RELEASE} of the backend`);
  expect(proof?.answeredBy).toBe(RELEASE);
});

bash.each(RED)("%s is not", async (_, mode, front, back, said) => {
  [gateway, backend] = [front(), back()];
  const found = await prove(mode);
  expect(found.said).toMatch(said);
  expect(found.proof).toBeUndefined();
});
