/**
 * What a public load balancer does to requests, as a program in the services' namespace: it ends TLS, sends port 80 to HTTPS, adds its client's
 * address to X-Forwarded-For, writes X-Forwarded-Proto over, and answers 502 and 504 of its own. What asks for health in its place is the test.
 */
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { readFileSync } from "node:fs";

export interface Settings {
  /** Of the load balancer, in a public subnet: clients come there, and the gateway sees it. */
  readonly address: string;
  readonly target: string;
  readonly domain: string;
  readonly certificate: string;
  readonly key: string;
}

/** As infra/network/public-balancer.ts has it for requests of 30 s. */
const IDLE_MS = 60_000;

const clientOf = ({ socket }: IncomingMessage): string => (socket.remoteAddress ?? "").replace(/^::ffff:/, "");

/** What AWS adds and writes over. */
function headersOf(incoming: IncomingMessage): Record<string, string | string[] | undefined> {
  const before = incoming.headers["x-forwarded-for"];
  const forwarded = [...(before === undefined ? [] : [String(before)]), clientOf(incoming)].join(", ");
  return { ...incoming.headers, "x-forwarded-for": forwarded, "x-forwarded-proto": "https", "x-forwarded-port": "443" };
}

export interface Target {
  readonly host: string;
  readonly port: number;
  /** From where it is reached. */
  readonly localAddress: string;
}

/** What passes a request on. */
export function passingOn(to: Target, idleMs: number): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  const agent = new Agent({ keepAlive: true });
  return (incoming, outgoing) => {
    const { method, url: path } = incoming;
    // What has begun is cut off. An answer that was sent as a whole has left its connection, so that the error behind a 504 finds nothing to cut.
    const own = (status: number): void => void (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(status).end());
    const sent = request({ ...to, method, path, headers: headersOf(incoming), agent, timeout: idleMs }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.on("error", () => own(502));
      reply.pipe(outgoing);
    });
    sent.on("timeout", () => (own(504), sent.destroy()));
    sent.on("error", () => own(502));
    incoming.pipe(sent);
  };
}

export function startBalancer({ address, target: host, domain, certificate, key }: Settings): void {
  const serve = passingOn({ host, port: 80, localAddress: address }, IDLE_MS);
  createTlsServer({ cert: certificate, key }, serve).listen(443, address);
  createServer((incoming, outgoing) => outgoing.writeHead(301, { location: `https://${domain}:443${incoming.url ?? "/"}` }).end()).listen(
    80,
    address,
  );
}

if (require.main === module) startBalancer(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Settings);
