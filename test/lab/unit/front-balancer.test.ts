/** The lab's public load balancer where the gateway fails: each request gets one answer, and a client keeps its connection. */
import { createServer, type RequestListener, type Server } from "node:http";
import { Agent, createServer as createTlsServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { certificate, type Made } from "../../certificates";
import { describeUnless, lacking } from "../../needs";
import { passingOn } from "../front/balancer";

const LOOPBACK = "127.0.0.1";
const IDLE_MS = 150;

interface Reply {
  readonly status: number;
  readonly body: string;
  /** It came to its end. */
  readonly whole: boolean;
}

let own: Made;

const opened: Server[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listening(server: Server): Promise<number> {
  opened.push(server);
  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
  return (server.address() as AddressInfo).port;
}

interface Client {
  readonly ask: () => Promise<Reply | string>;
  /** How many connections it has made. */
  readonly connections: () => number;
}

/** One that keeps its connection as long as the load balancer does. */
async function client(gateway: RequestListener): Promise<Client> {
  const port = await listening(createServer(gateway));
  const serve = passingOn({ host: LOOPBACK, port, localAddress: LOOPBACK }, IDLE_MS);
  const server = createTlsServer({ cert: own.certificate, key: own.key }, serve);
  let made = 0;
  server.on("secureConnection", () => (made += 1));
  const front = await listening(server);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (): Promise<Reply | string> =>
    new Promise((resolve) => {
      const sent = request({ host: LOOPBACK, port: front, path: "/", rejectUnauthorized: false, agent }, (reply) => {
        let body = "";
        reply.on("data", (part: Buffer) => (body += part.toString()));
        reply.on("error", () => undefined);
        reply.on("close", () => resolve({ status: reply.statusCode ?? 0, body, whole: reply.complete }));
      });
      sent.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      sent.end();
    });
  return { ask, connections: () => made };
}

const asked = async (gateway: RequestListener): Promise<Reply | string> => (await client(gateway)).ask();

describeUnless(lacking("openssl"))("a public load balancer", () => {
  beforeAll(() => void (own = certificate("ml.your-company.com")));

  test("an answer of the gateway is passed on", async () => {
    expect(await asked((_, outgoing) => outgoing.writeHead(201).end("made"))).toEqual({ status: 201, body: "made", whole: true });
  });

  test("a gateway that says nothing: 504; the request behind it fails then, and the client's connection stays", async () => {
    let turn = 0;
    const { ask, connections } = await client((_, outgoing) => void (turn++ === 0 || outgoing.writeHead(201).end("made")));
    expect(await ask()).toEqual({ status: 504, body: "", whole: true });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await ask()).toEqual({ status: 201, body: "made", whole: true });
    expect(connections()).toBe(1);
  });

  test("a gateway that hangs up: 502", async () => {
    expect(await asked((incoming) => incoming.socket.destroy())).toEqual({ status: 502, body: "", whole: true });
  });

  test.each<[string, RequestListener]>([
    [
      "hangs up",
      (incoming, outgoing) =>
        void (outgoing.writeHead(200, { "content-length": 100 }), outgoing.write("begun", () => incoming.socket.destroy())),
    ],
    ["falls silent", (_, outgoing) => void (outgoing.writeHead(200, { "content-length": 100 }), outgoing.write("begun"))],
  ])("a gateway that %s in the middle of its answer: what came of it, and no end", async (_, gateway) => {
    expect(await asked(gateway)).toEqual({ status: 200, body: "begun", whole: false });
  });
});
