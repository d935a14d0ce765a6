/**
 * What a target group and the load balancer before it do to requests, as a program in the services' namespace: health checks, targets that begin
 * and that drain, and 502 or 503 of its own. Clients and the test come by two sockets in the lab's directory. Times are a tenth of AWS's.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Agent, createServer, request } from "node:http";
import { join } from "node:path";
import type { HostRole } from "../../../infra/release/types";
import { runDir } from "../paths";
import { SERVICES } from "../topology";

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

/** As infra/network/balancer.ts has them. */
const THRESHOLDS = { healthy: 2, unhealthy: 3 };

export interface Times {
  /** Of the targets. */
  readonly port: number;
  /** Between two health checks of a target, and the longest that one may take. */
  readonly checkMs: number;
  readonly checkTimeoutMs: number;
}

/** A tenth of AWS's. */
const LAB_TIMES: Times = { port: 9000, checkMs: 500, checkTimeoutMs: 1000 };

/** What its targets are, and the port of their nginx. Machines come to that of backends alone. */
const PORTS: Readonly<Record<HostRole, number>> = { backend: 9000, gateway: 80 };

const socket = (lab: string, role: HostRole, what: string): string =>
  join(runDir(lab), `${role === "backend" ? "balancer" : "gateways-balancer"}${what}.sock`);
export const clientSocket = (lab: string, role: HostRole): string => socket(lab, role, "");
export const controlSocket = (lab: string, role: HostRole): string => socket(lab, role, "-control");

class Balancing {
  private readonly targets = new Map<string, Target>();
  private readonly counts: Record<string, Record<string, number>> = {};
  private turn = 0;

  constructor(private readonly times: Times) {}

  private count(release: string, status: number): void {
    const of = (this.counts[release] ??= {});
    of[status] = (of[status] ?? 0) + 1;
  }

  /** The healthy ones; where none is, all that are registered, as AWS does it. */
  private choose(): [string, Target] | undefined {
    const all = [...this.targets].filter(([, { state }]) => state !== "draining");
    const healthy = all.filter(([, { state }]) => state === "healthy");
    const among = healthy.length > 0 ? healthy : all.filter(([, { state }]) => state === "unhealthy");
    this.turn += 1;
    return among[this.turn % among.length];
  }

  readonly serve = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const chosen = this.choose();
    const own = (status: number): void => {
      this.count("none", status);
      if (!outgoing.headersSent) outgoing.writeHead(status).end();
      else outgoing.destroy();
    };
    if (chosen === undefined) return own(503);
    const [host, target] = chosen;
    target.open += 1;
    outgoing.on("close", () => (target.open -= 1));
    const { method, url: path, headers } = incoming;
    const upstream = request({ host, port: this.times.port, method, path, headers, agent: target.agent }, (reply) => {
      const status = reply.statusCode ?? 0;
      const release = reply.headers["x-release"];
      outgoing.writeHead(status, reply.headers);
      reply.on("error", () => own(502));
      reply.on("end", () => this.count(typeof release === "string" ? release : "unknown", status));
      reply.pipe(outgoing);
    });
    upstream.on("error", () => own(502));
    incoming.pipe(upstream);
  };

  private check(host: string, target: Target): void {
    const note = (well: boolean): void => {
      if (well) target.passed += 1;
      [target.inARow, target.failed] = well ? [target.inARow + 1, 0] : [0, target.failed + 1];
      if (target.state === "draining") return;
      if (target.inARow >= THRESHOLDS.healthy) target.state = "healthy";
      else if (target.failed >= THRESHOLDS.unhealthy) target.state = "unhealthy";
    };
    const asked = request({ host, port: this.times.port, path: "/health", timeout: this.times.checkTimeoutMs, agent: false }, (reply) => {
      reply.resume();
      note(reply.statusCode === 200);
    });
    asked.on("timeout", () => asked.destroy(new Error("timeout")));
    asked.on("error", () => note(false));
    asked.end();
  }

  /** PUT, DELETE /ADDRESS; GET / answers with the targets and the counts. A target that is deregistered drains until the test takes it away. */
  readonly control = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const address = (incoming.url ?? "/").slice(1);
    const target = this.targets.get(address);
    if (incoming.method === "PUT" && target === undefined)
      this.targets.set(address, { state: "initial", passed: 0, inARow: 0, failed: 0, open: 0, agent: new Agent({ keepAlive: true }) });
    if (incoming.method === "DELETE" && target?.state === "draining") {
      target.agent.destroy();
      this.targets.delete(address);
    } else if (incoming.method === "DELETE" && target !== undefined) target.state = "draining";
    const views = [...this.targets].map(([one, { state, open, passed }]): TargetView => ({ address: one, state, open, passed }));
    outgoing.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ targets: views, counts: this.counts }));
  };

  /** One round of health checks. */
  readonly checkAll = (): void => this.targets.forEach((target, host) => this.check(host, target));
}

export interface Balancer {
  readonly close: () => void;
}

/** @param sockets that clients and the test come by; at the address, on the port of the targets, come the machines */
export function startBalancer(
  sockets: { readonly client: string; readonly control: string; readonly address?: string },
  times: Times = LAB_TIMES,
): Balancer {
  const balancing = new Balancing(times);
  const servers = [createServer(balancing.serve).listen(sockets.client), createServer(balancing.control).listen(sockets.control)];
  // As AWS does: what a connection is silent for is longer than a request may take.
  if (sockets.address !== undefined)
    servers.push(createServer({ keepAliveTimeout: 60_000 }, balancing.serve).listen(times.port, sockets.address));
  const timer = setInterval(balancing.checkAll, times.checkMs);
  return {
    close: () => {
      clearInterval(timer);
      for (const server of servers) server.close();
    },
  };
}

if (require.main === module) {
  const [lab = "", given] = process.argv.slice(2);
  const role: HostRole = given === "gateway" ? "gateway" : "backend";
  const address = role === "backend" ? { address: SERVICES.address } : {};
  startBalancer({ client: clientSocket(lab, role), control: controlSocket(lab, role), ...address }, { ...LAB_TIMES, port: PORTS[role] });
}
