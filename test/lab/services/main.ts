/**
 * The services of one lab in their namespace: S3 and SSM (TLS and plain), lifecycle hooks, instance metadata, names. Started by lab.ts with the
 * lab's name, the stand-in's program, and the certificate; it takes faults through a socket in the lab's directory.
 */
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import type { RequestListener, Server } from "node:http";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { join } from "node:path";
import { BACKEND_HOST } from "../../../infra/release/inputs";
import { runDir } from "../paths";
import { readState } from "../state";
import { SERVICES } from "../topology";
import { createHooks } from "./hooks";
import { createWatched } from "./watched";
import { metadata } from "./metadata";
import { answer } from "./resolver";
import type { S3Fault } from "./s3-relay";
import { createS3Relay } from "./s3-relay";
import { createZone } from "./zone";

const MOTO_PORT = 5000;
const [lab = "", moto = "", certificate = "", key = ""] = process.argv.slice(2);

const standIn = spawn(moto, ["-H", "127.0.0.1", "-p", String(MOTO_PORT)], { stdio: ["ignore", "ignore", "inherit"] });
standIn.on("exit", (code) => {
  console.error(`the S3 stand-in ended with status ${code ?? "signal"}`);
  process.exit(1);
});

const relay = createS3Relay(MOTO_PORT);
const hooks = createHooks();
const watched = createWatched();
const zone = createZone();
const handle: RequestListener = (incoming, outgoing) => {
  const [service = ""] = (incoming.headers.host ?? "").split(".");
  const own = { autoscaling: hooks, monitoring: watched, logs: watched, route53: zone }[service] ?? relay;
  own.handle(incoming, outgoing);
};
createServer(handle).listen(80, SERVICES.address);
createTlsServer({ cert: readFileSync(certificate), key: readFileSync(key) }, handle).listen(443, SERVICES.address);

createServer((incoming, outgoing) => {
  const state = readState(lab);
  const host = Object.values(state.hosts).find((one) => one.address === incoming.socket.remoteAddress);
  const token = incoming.headers["x-aws-ec2-metadata-token"];
  const reply = metadata(incoming.method ?? "", incoming.url ?? "", typeof token === "string" ? token : undefined, host, state.region);
  outgoing.writeHead(reply.status, { "content-type": "text/plain" }).end(reply.body);
}).listen(80, SERVICES.metadata);

const names = createSocket("udp4");
names.on("message", (query, from) => {
  // The internal load balancer stands at the services' address, and the name of the backend leads there while there is one.
  const zone = Object.values(readState(lab).balancers ?? {}).includes(SERVICES.address) ? [BACKEND_HOST] : [];
  const reply = answer(query, SERVICES.address, zone);
  if (reply !== undefined) names.send(reply, from.port, from.address);
});
names.bind(53, SERVICES.resolver);

/**
 * GET /: what was moved; PUT /: a JSON list of faults that replaces the one before. /hooks: the same for those that are waited for,
 * /watched: what CloudWatch was sent, and the groups that are there. /zone: changes of records, and which may be made.
 */
const control: Server = createServer((incoming, outgoing) => {
  const parts: Buffer[] = [];
  incoming.on("data", (part: Buffer) => parts.push(part));
  incoming.on("end", () => {
    const given = incoming.method === "PUT" ? (JSON.parse(Buffer.concat(parts).toString("utf8")) as unknown) : undefined;
    const about = { "/hooks": hooks, "/watched": watched, "/zone": zone }[incoming.url ?? ""] ?? relay;
    if (given !== undefined) about.set(given as S3Fault[] & string[]);
    outgoing.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(about.records));
  });
});
control.listen(join(runDir(lab), "services.sock"));
