/** Who reaches what: the security groups, routes and the NAT, tried with real connections. */
import { spawn } from "node:child_process";
import type { Lab } from "../lab";
import { connectOutside } from "../outside";
import { until } from "../process";
import { OPERATOR } from "../topology";
import { expect } from "./harness";

export async function opens(lab: Lab, host: string, port: number): Promise<boolean> {
  try {
    (await connectOutside(lab.name, host, port, 1500)).destroy();
    return true;
  } catch {
    return false;
  }
}

/** From outside: the gateway's 22 and 80 and nothing else; no port of the backend. */
export async function checkOutside(lab: Lab, gateway: string, backend: string): Promise<string> {
  const wanted: readonly (readonly [string, number, boolean])[] = [
    ...([22, 80] as const).map((port) => [gateway, port, true] as const),
    ...([8000, 8001, 9000] as const).map((port) => [gateway, port, false] as const),
    ...([22, 80, 8000, 9000] as const).map((port) => [backend, port, false] as const),
  ];
  const found = await Promise.all(wanted.map(([host, port]) => opens(lab, host, port)));
  const wrong = wanted
    .filter(([, , open], index) => found[index] !== open)
    .map(([host, port, open]) => `${host}:${port} is ${open ? "closed" : "open"}`);
  expect(wrong.length === 0, wrong.join(", "));
  return `${wanted.length} ports`;
}

/** From the gateway: the backend's 22 and 9000, not its uvicorn; from the backend: nothing of the gateway. */
export async function checkInside(lab: Lab, gateway: string, backend: string): Promise<void> {
  const probe = (host: string, port: number): string =>
    `timeout 2 bash -c '</dev/tcp/${host}/${port}' 2>/dev/null && echo open || echo closed`;
  const ask = async (from: string, host: string, ports: readonly number[]): Promise<string> =>
    (await lab.must(from, ports.map((port) => probe(host, port)).join("\n"))).trim().split("\n").join(" ");
  const fromGateway = await ask("gateway", backend, [22, 9000, 8000]);
  expect(fromGateway === "open open closed", `from the gateway, the backend's 22, 9000, 8000: ${fromGateway}`);
  const fromBackend = await ask("backend", gateway, [22, 8000]);
  expect(fromBackend === "closed closed", `from the backend, the gateway's 22, 8000: ${fromBackend}`);
}

/** The backend's egress: packages by the gateway's NAT under its public address, other ports not at all. */
/** @param host whose way out it is */
export async function checkNat(lab: Lab, gatewayPublic: string, host = "backend"): Promise<string> {
  const [program = "", ...args] = lab.outside(["python3", "-u", "-m", "http.server", "80", "--bind", OPERATOR.address]);
  const server = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  server.stderr.on("data", (part: Buffer) => (log += part.toString("utf8")));
  const fetch = (port: number): string => `curl -s -o /dev/null -m 3 -w '%{http_code}' http://${OPERATOR.address}:${port}/ || :`;
  try {
    await until("answer from outside by the NAT", 10_000, async () => ((await lab.must(host, fetch(80))) === "200" ? true : undefined));
    expect(log.includes(gatewayPublic), `the outside saw another address than ${gatewayPublic}: ${log.slice(0, 300)}`);
    const other = await lab.must(host, fetch(8080));
    expect(other === "000", `port 8080 outside answered ${other}`);
    return `the outside sees ${gatewayPublic}`;
  } finally {
    server.kill("SIGKILL");
  }
}
