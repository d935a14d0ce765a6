/** templates/steps/verify-proof.sh between two servers in place of the hosts: what is proven, and that nothing else is. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createTlsServer } from "node:https";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { certificate } from "../../certificates";
import { describeUnless, lacking, unless } from "../../needs";

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
async function prove(
  mode: "proxy" | "application",
  backends = 1,
  front?: number,
): Promise<{ said: string; proof?: { answeredBy: string; status: number } }> {
  const lines = [`timeoutSeconds=5`, "tlsName=none", "proofMethod=POST", "proofPath=/predict", "proofBody={}", "healthPath=/health"];
  const more = [...(mode === "proxy" ? ["mode=proxy"] : []), ...(backends > 1 ? [`backends=${String(backends)}`] : [])];
  if (front !== undefined) more.push("publicDomain=ml.your-company.com", "publicName=127.0.0.1");
  writeFileSync(join(folder, "header"), `${[...lines, ...more].join("\n")}\n`);
  const program = `set -Eeuo pipefail
    STAGE=$1 PORT=$2 UPSTREAM=http://127.0.0.1:$3
    . "$4/entries.sh"
    value() { entry "$STAGE/header" "$1"; }
    need() { value "$1"; }
    log() { printf '%s\\n' "$*" >&2; }
    sleep() { log "no need to wait"; }
    check() { printf '%s%s' "\${again-}" "$3"; again=' | '; }
    . "$4/health.sh"
    . <(grep -v '^\\. ' "$4/verify-proof.sh" | sed "s/publicName):443/publicName):$5/")
    check_proof`;
  const { stdout } = await promisify(execFile)("bash", [
    "-c",
    program,
    "bash",
    folder,
    `${portOf(0)}`,
    `${portOf(1)}`,
    STEPS,
    `${front ?? 0}`,
  ]);
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

/** A load balancer that takes one host after another; each is as `of` makes it, and says which it is. */
function severalBackends(hosts: readonly Handler[]): Handler {
  let turn = 0;
  return (request, response) => {
    const index = turn++ % hosts.length;
    if (/^ddos-proof-/.test(String(request.headers["x-request-id"]))) response.setHeader("X-Proof-Host", `10.0.101.${String(10 + index)}`);
    hosts[index]?.(request, response);
  };
}

const alike = (count: number, status = 200): Handler => severalBackends(Array.from({ length: count }, () => realBackend(status)));

describe("with several backends behind one name", () => {
  bash.each([
    [2, 2],
    [3, 3],
    [2, 5],
    // An update to fewer takes them away last: until then those that leave answer as well.
    [2, 1],
    [3, 1],
    [3, 2],
  ])("%i hosts of at most %i: a proxy and an application that forward are proven", async (hosts, most) => {
    for (const mode of ["proxy", "application"] as const) {
      [gateway, backend] = [passesOn(), alike(hosts)];
      expect((await prove(mode, most)).said).toBe(`release ${RELEASE} of the backend`);
    }
  });

  bash("the answer is compared with the release of the host that gave it", async () => {
    const [old, now] = ["6-aaaaaaaaaaaa", RELEASE].map((release) => realBackend(200, release));
    [gateway, backend] = [passesOn(), severalBackends([old!, now!])];
    const { said, proof } = await prove("proxy", 2);
    expect(said).toBe("release 6-aaaaaaaaaaaa of the backend");
    expect(proof?.answeredBy).toBe("6-aaaaaaaaaaaa");
  });

  bash.each([
    ["two hosts", 2, 2],
    ["fewer hosts than there may be, which are asked again and again", 2, 3],
  ])("%s: an application that answers by itself is not", async (_, hosts, most) => {
    [gateway, backend] = [answers({}), alike(hosts)];
    const { said, proof } = await prove("application", most);
    expect(said).toMatch(/did not forward/);
    expect(proof).toBeUndefined();
  });

  bash("one host that calls every mark known is found out", async () => {
    const liar = answers({ ...marks, "x-release": RELEASE });
    [gateway, backend] = [answers({}), severalBackends([realBackend(200), liar])];
    const { said, proof } = await prove("application", 2);
    expect(said).toMatch(/does not say whether/);
    expect(proof).toBeUndefined();
  });
});

describeUnless(lacking("bash") ?? lacking("curl") ?? lacking("jq") ?? lacking("openssl"))("through the public load balancer", () => {
  let front: Handler;
  let balancer: Server;
  beforeAll(async () => {
    const { certificate: cert, key } = certificate("ml.your-company.com");
    balancer = createTlsServer({ cert, key }, (request, response) => front(request, response));
    await new Promise<void>((done) => balancer.listen(0, "127.0.0.1", done));
  });
  afterAll(() => balancer.close());
  const port = (): number => (balancer.address() as AddressInfo).port;
  /** The gateway's nginx names the release to the host itself alone. */
  const leads: Handler = (request, response) => {
    void fetch(`http://127.0.0.1:${portOf(0)}${request.url ?? ""}`, {
      method: request.method ?? "GET",
      headers: { "x-request-id": String(request.headers["x-request-id"]) },
    }).then((reply) => response.writeHead(reply.status).end("{}"));
  };
  const proven = `release ${RELEASE} of the backend`;

  test.each(["proxy", "application"] as const)("in mode %s the request has to reach the backend by both ways", async (mode) => {
    [gateway, backend, front] = [passesOn(), realBackend(), leads];
    expect((await prove(mode, 1, port())).said).toBe(`${proven} | ${proven}`);
  });

  test("a load balancer that has found no host healthy yet is asked again", async () => {
    let turn = 0;
    [gateway, backend] = [passesOn(), realBackend()];
    front = (request, response) => (turn++ < 3 ? answers({}, 503)(request, response) : leads(request, response));
    expect((await prove("proxy", 1, port())).said).toBe(`${proven} | ${proven}`);
  });

  test.each<[string, Handler, RegExp]>([
    [
      "answers itself",
      answers({}),
      /^HTTP 200, and the request did not reach the backend: the load balancer answers itself, or leads elsewhere$/,
    ],
    ["makes up what a backend says", answers({ ...marks, "x-release": RELEASE }), /did not reach the backend/],
    ["has no host", answers({}, 503), /^HTTP 503$/],
    ["hangs up", (request) => void request.destroy(), /^no answer$/],
  ])("one that %s is found out, and the gateway's own proof stays", async (_, handler, expected) => {
    [gateway, backend, front] = [passesOn(), realBackend(), handler];
    const { said, proof } = await prove("proxy", 1, port());
    expect(said.split(" | ")).toEqual([proven, expect.stringMatching(expected)]);
    expect(proof?.answeredBy).toBe(RELEASE);
  });
});
