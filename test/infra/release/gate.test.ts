/** The wait for a release that starts, run by bash against a server of this process: when it is over, what it says, and that waiting asks nobody in vain. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { readScript } from "../../../infra/release/templates";
import { lacking, unless } from "../../needs";

const ID = "3-abcdef012345";
const OK = '{"status":"ok"}';
const root = mkdtempSync(join(tmpdir(), "gate-test-"));
let reply: { status: number; body: string; release: string };
let server: Server;
let port: number;

beforeAll(async () => {
  mkdirSync(join(root, "var/lib/ddos/releases", ID), { recursive: true });
  server = createServer((_request, response) => {
    response.writeHead(reply.status, { "x-release": reply.release });
    response.end(reply.body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  port = (server.address() as AddressInfo).port;
});
beforeEach(() => {
  reply = { status: 200, body: OK, release: ID };
  facts(5);
  writeFileSync(join(root, "curls"), "");
});
afterAll(() => {
  server.close();
  rmSync(root, { recursive: true });
});

function facts(startSeconds: number, more = ""): void {
  writeFileSync(
    join(root, "var/lib/ddos/releases", ID, "facts"),
    `role=backend\nport=9000\nhealthBody=${OK}\nstartSeconds=${String(startSeconds)}\n${more}`,
  );
}

const PROGRAM = `${readScript("recover")
  .replace(/\nmain "\$@"\n$/, "\n")
  .replaceAll("/var/lib/ddos", `${root}/var/lib/ddos`)}
SCRATCH=${root}
curl() { printf 'x' >>${root}/curls; command curl "$@"; }
systemctl() { for one in "$@"; do case "$one" in --property=*) printf '%s=' "\${one#--property=}"; state "\${one#--property=}"; printf '\\n' ;; esac; done; }
`;

/** @param state what systemd says of the unit, by property */
async function gate(at: number, state: Readonly<Record<string, string>> = {}): Promise<{ status: number; said: string; curls: number }> {
  const known = { ActiveState: "active", ExecMainStatus: "0", NRestarts: "0", Result: "success", ...state };
  const cases = Object.entries(known).map(([name, value]) => `${name}) printf '%s' '${value}' ;;`);
  const fake = `state() { case "$1" in ${cases.join(" ")} esac; }
property() { state "$2"; }
status=0; gate ${ID} ${String(at)} ddos-backend-next.service || status=$?; printf '\\n%s\\n' "$status"`;
  const { stdout } = await promisify(execFile)("bash", ["-c", PROGRAM + fake]);
  const lines = stdout.trimEnd().split("\n");
  return {
    status: Number(lines.at(-1)),
    said: lines.slice(0, -1).join("\n").trim(),
    curls: readFileSync(join(root, "curls"), "utf8").length,
  };
}

/** A port that nobody has. */
async function free(): Promise<number> {
  const other = createServer();
  await new Promise<void>((done) => other.listen(0, "127.0.0.1", done));
  const found = (other.address() as AddressInfo).port;
  await new Promise((done) => other.close(done));
  return found;
}

const bash = unless(lacking("bash") ?? lacking("curl") ?? lacking("ss") ?? (process.platform === "linux" ? undefined : "Linux"));

bash("five answers in a row are enough, and each is asked for once", async () => {
  expect(await gate(port)).toEqual({ status: 0, said: "", curls: 5 });
});

bash("another release, another status and another body are no answers, and the last of them is named", async () => {
  facts(1);
  reply = { status: 200, body: OK, release: "2-abcdef012345" };
  expect((await gate(port)).said).toContain(`Last answer: HTTP 200 with body ${OK}, from release 2-abcdef012345.`);
  reply = { status: 503, body: "no", release: ID };
  const { status, said } = await gate(port);
  expect(status).toBe(1);
  expect(said).toContain(`Last answer: HTTP 503 with body no, from release ${ID}. Wanted for /health: HTTP 200 with body ${OK}`);
});

bash("while nothing listens, nobody is asked; a unit that has ended is waited for no longer", async () => {
  const at = await free();
  facts(60);
  const begun = Date.now();
  const ended = await gate(at, { ActiveState: "failed", ExecMainStatus: "9", Result: "oom-kill" });
  expect(ended).toEqual({
    status: 1,
    said: "ddos-backend-next.service ended (oom-kill, status 9, killed, most likely for want of memory) before it was healthy",
    curls: 0,
  });
  expect(Date.now() - begun).toBeLessThan(10_000);
  facts(1);
  const silent = await gate(at);
  expect(silent.curls).toBe(0);
  expect(silent.said).toContain(`Last answer: no answer (nothing listens on port ${String(at)}).`);
});

bash("a release that listens later is found then", async () => {
  const at = await free();
  const late = createServer((_request, response) => response.writeHead(200, { "x-release": ID }).end(OK));
  const timer = setTimeout(() => late.listen(at, "127.0.0.1"), 700);
  const found = await gate(at);
  clearTimeout(timer);
  late.close();
  expect(found).toEqual({ status: 0, said: "", curls: 5 });
});
