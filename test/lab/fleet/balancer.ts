/**
 * What a target group and the load balancer before it do to requests, as a program in the services' namespace: health checks, targets that begin
 * and that drain, and 502 or 503 of its own. Clients and the test come by two sockets in the lab's directory. Times are a tenth of AWS's.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Agent, createServer, request } from "node:http";
import { join } from "node:path";
import { runDir } from "../paths";

type TargetState = "initial" | "healthy" | "unhealthy" | "draining";

export interface TargetView {
  readonly address: string;
  readonly state: TargetState;
  /** Requests at work. */
  readonly open: number;
  /** Health checks that it has passed since it was registered. */
  readonly passed: number;
}

/** What clients got, by the release that answered; "none" where the balancer answered itself. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

interface Target {
  state: TargetState;
  passed: number;
  inARow: number;
  failed: number;
  open: number;
  readonly agent: Agent;
}

const CHECK_MS = 500;
const CHECK_TIMEOUT_MS = 1000;
/** As infra/network/balancer.ts has them. */
const THRESHOLDS = { healthy: 2, unhealthy: 2 };
const PORT = 9000;

export const clientSocket = (lab: string): string => join(runDir(lab), "balancer.sock");
export const controlSocket = (lab: string): string => join(runDir(lab), "balancer-control.sock");

const targets = new Map<string, Target>();
const counts: Record<string, Record<string, number>> = {};
let turn = 0;

function count(release: string, status: number): void {
  const of = (counts[release] ??= {});
  of[status] = (of[status] ?? 0) + 1;
}

/** The healthy ones; where none is, all that are registered, as AWS does it. */
function choose(): [string, Target] | undefined {
  const all = [...targets].filter(([, { state }]) => state !== "draining");
  const healthy = all.filter(([, { state }]) => state === "healthy");
  const among = healthy.length > 0 ? healthy : all.filter(([, { state }]) => state === "unhealthy");
  turn += 1;
  return among[turn % among.length];
}

function serve(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const chosen = choose();
  const own = (status: number): void => {
    count("none", status);
    if (!outgoing.headersSent) outgoing.writeHead(status).end();
    else outgoing.destroy();
  };
  if (chosen === undefined) return own(503);
  const [host, target] = chosen;
  target.open += 1;
  outgoing.on("close", () => (target.open -= 1));
  const { method, url: path, headers } = incoming;
  const upstream = request({ host, port: PORT, method, path, headers, agent: target.agent }, (reply) => {
    const status = reply.statusCode ?? 0;
    const release = reply.headers["x-release"];
    outgoing.writeHead(status, reply.headers);
    reply.on("error", () => own(502));
    reply.on("end", () => count(typeof release === "string" ? release : "unknown", status));
    reply.pipe(outgoing);
  });
  upstream.on("error", () => own(502));
  incoming.pipe(upstream);
}

function check(host: string, target: Target): void {
  const note = (well: boolean): void => {
    if (well) target.passed += 1;
    [target.inARow, target.failed] = well ? [target.inARow + 1, 0] : [0, target.failed + 1];
    if (target.state === "draining") return;
    if (target.inARow >= THRESHOLDS.healthy) target.state = "healthy";
    else if (target.failed >= THRESHOLDS.unhealthy) target.state = "unhealthy";
  };
  const asked = request({ host, port: PORT, path: "/health", timeout: CHECK_TIMEOUT_MS, agent: false }, (reply) => {
    reply.resume();
    note(reply.statusCode === 200);
  });
  asked.on("timeout", () => asked.destroy(new Error("timeout")));
  asked.on("error", () => note(false));
  asked.end();
}

/** PUT, DELETE /ADDRESS; GET / answers with the targets and the counts. A target that is deregistered drains until the test takes it away. */
function control(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const address = (incoming.url ?? "/").slice(1);
  const target = targets.get(address);
  if (incoming.method === "PUT" && target === undefined)
    targets.set(address, { state: "initial", passed: 0, inARow: 0, failed: 0, open: 0, agent: new Agent({ keepAlive: true }) });
  if (incoming.method === "DELETE" && target?.state === "draining") {
    target.agent.destroy();
    targets.delete(address);
  } else if (incoming.method === "DELETE" && target !== undefined) target.state = "draining";
  const views = [...targets].map(([one, { state, open, passed }]): TargetView => ({ address: one, state, open, passed }));
  outgoing.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ targets: views, counts }));
}

if (require.main === module) {
  const [lab = ""] = process.argv.slice(2);
  createServer(serve).listen(clientSocket(lab));
  createServer(control).listen(controlSocket(lab));
  setInterval(() => targets.forEach((target, host) => check(host, target)), CHECK_MS);
}
