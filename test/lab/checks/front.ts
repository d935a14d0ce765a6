/** A gateway behind a public load balancer: what its nginx believes of it, and that a release loses nothing. What stands in for it: lab/front. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { certificate } from "../../certificates";
import { scriptInNamespace, startDaemon } from "../daemon";
import { fetchOutside } from "../outside";
import type { OutsideReply } from "../outside";
import type { Lab } from "../lab";
import { runDir } from "../paths";
import { must, run, until } from "../process";
import { rawConfig } from "../over";
import { openStackState } from "../provider-state";
import { up } from "../system";
import { namespaceOf, OPERATOR } from "../topology";
import type { Settings } from "../front/balancer";
import type { Check } from "./harness";
import { expect } from "./harness";
import { underRequests } from "./https";

const DOMAIN = "ml.your-company.com";
/** In a public subnet, where no machine stands. */
const ADDRESS = "10.0.2.10";
/** A second client. */
const OTHER = "198.51.100.11";
const ARN = "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef";
const KEY = "0123456789abcdef".repeat(2);

const PER_SECOND = 5;
const BURST = 10;

async function upFronted(lab: Lab, ttl: number): Promise<void> {
  const sections = {
    domain: DOMAIN,
    tls: { acm: ARN },
    gateway: { loadBalancer: true, apiKeys: { "client-a": KEY }, apiAccess: { openHealth: false, perSecond: 1000, burst: 1000 } },
    env: { LOG_LEVEL: "info", CACHE_TTL: String(ttl) },
    requests: { perSecond: PER_SECOND, burst: BURST },
  };
  await up({ name: lab.name, config: rawConfig(sections), standIn: true, say: () => undefined });
}

/** The load balancer's group has a member, and that serves. @returns the authority that clients know */
async function startFront(lab: Lab): Promise<string> {
  const [authority, state] = [certificate("Authority of the test", { authority: true }), openStackState(lab.name)];
  const group = [...state.all().values()].find(({ name }) => name === "firewall-front-sg")?.id ?? "";
  await lab.update((old) => ({ ...old, balancers: { [group]: ADDRESS } }));
  await must(["ip", "-n", namespaceOf(lab.name, "services"), "address", "replace", `${ADDRESS}/32`, "dev", "eth0"]);
  await must(["ip", "-n", namespaceOf(lab.name, "router"), "route", "replace", `${ADDRESS}/32`, "dev", "services"]);
  await must(["ip", "-n", namespaceOf(lab.name, "operator"), "address", "replace", `${OTHER}/24`, "dev", "eth0"]);
  const own = certificate(DOMAIN, { issuer: authority, names: [DOMAIN] });
  const settings: Settings = { ...own, address: ADDRESS, target: lab.state().hosts["gateway"]?.address ?? "", domain: DOMAIN };
  const [file, ca] = ["front.json", "front-ca.pem"].map((one) => join(runDir(lab.name), one)) as [string, string];
  writeFileSync(file, JSON.stringify(settings), { mode: 0o600 });
  writeFileSync(ca, authority.certificate);
  startDaemon(scriptInNamespace(namespaceOf(lab.name, "services"), join(__dirname, "../front/balancer.ts"), file), {
    ...{ lab: lab.name, part: "front", logFile: join(runDir(lab.name), "front.log") },
  });
  await until("start of the load balancer", 20_000, async () => (await ask(lab, ca)).status !== 0 || undefined);
  return ca;
}

interface Asked {
  readonly from?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** By curl, because a client's own address is chosen there. Status 0: no answer. */
async function ask(lab: Lab, ca: string, { from = OPERATOR.address, path = "/health", headers = {} }: Asked = {}): Promise<OutsideReply> {
  const more = Object.entries({ "x-api-key": KEY, ...headers }).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const { stdout } = await run(
    lab.outside([
      ...["curl", "-s", "-i", "--http1.1", "--max-time", "10", "--interface", from, "--cacert", ca],
      ...["--resolve", `${DOMAIN}:443:${ADDRESS}`, ...more, `https://${DOMAIN}${path}`],
    ]),
    { timeoutMs: 20_000 },
  );
  const [head = "", ...body] = stdout.split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const pairs = lines.map((line) => [line.split(":")[0]?.toLowerCase() ?? "", line.slice(line.indexOf(":") + 2)] as const);
  return { status: Number(first.split(" ")[1] ?? 0), headers: Object.fromEntries(pairs), body: body.join("\r\n\r\n") };
}

async function believed(lab: Lab, ca: string): Promise<string> {
  const mark = `front-${Date.now()}`;
  // The first entry is what a client would like to be.
  const { status, headers } = await ask(lab, ca, {
    path: `/health?${mark}`,
    headers: { "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http" },
  });
  expect(status === 200, `health answered ${status}`);
  expect(String(headers["strict-transport-security"]).startsWith("max-age="), `HSTS is ${String(headers["strict-transport-security"])}`);
  expect(headers["x-release"] === undefined, "the header got a client the right of the host itself");
  const logged = await lab.must("gateway", `grep -F '${mark}' /home/ddos/logs/access.log`);
  expect(logged.startsWith(`${OPERATOR.address} `), `the log has ${logged}`);
  const without = await ask(lab, ca, { path: "/health", headers: { "x-api-key": "" } });
  expect(without.status === 401, `without a key a client got ${without.status}`);
  const plain = await fetchOutside(lab.name, `http://${ADDRESS}/predict?a=b`);
  expect(plain.status === 301 && plain.headers.location === `https://${DOMAIN}:443/predict?a=b`, `80 answered ${plain.status}`);
  const address = lab.state().hosts["gateway"]?.publicAddress ?? "";
  const direct = await fetchOutside(lab.name, `http://${address}/health`, { timeoutMs: 3000 }).then(
    ({ status: got }) => `answered ${got}`,
    (error: Error) => error.message,
  );
  expect(/timeout|no whole answer/.test(direct), `past the load balancer the gateway ${direct}`);
  return `the client is ${OPERATOR.address}, whatever it wrote; past the load balancer: ${direct}`;
}

/** The load balancer's own health checks come without a client and without a key. */
async function probed(lab: Lab): Promise<string> {
  const target = lab.state().hosts["gateway"]?.address ?? "";
  const curl = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "10", "--interface", ADDRESS];
  const asked = (path: string, ...more: string[]): Promise<string> =>
    must(["ip", "netns", "exec", namespaceOf(lab.name, "services"), ...curl, ...more, `http://${target}${path}`]);
  const [health, other, client] = [
    await asked("/health"),
    await asked("/predict"),
    await asked("/health", "-H", `x-forwarded-for: ${OTHER}`),
  ];
  expect(health === "200" && other === "401" && client === "401", `health ${health}, another path ${other}, for a client ${client}`);
  return "health is answered to it without a key, and nothing else";
}

async function limited(lab: Lab, ca: string): Promise<string> {
  // One connection after the other is too slow to be refused: a program that has its own asks them all.
  const many = async (from: string, said: string, count: number): Promise<string[]> => {
    const { stdout } = await run(
      lab.outside([
        ...["curl", "-s", "--http1.1", "--max-time", "60", "--interface", from, "--cacert", ca, "--resolve", `${DOMAIN}:443:${ADDRESS}`],
        ...["-H", `x-api-key: ${KEY}`, "-H", `x-forwarded-for: ${said}`, "-w", "%{http_code}\\n", "-o", "/dev/null"],
        `https://${DOMAIN}/health?[1-${count}]`,
      ]),
      { timeoutMs: 90_000 },
    );
    return stdout.trim().split("\n");
  };
  // All come by one address of the load balancer, and the first says that it is two.
  const first = (await Promise.all(["192.0.2.1", "192.0.2.2"].map((said) => many(OPERATOR.address, said, 60)))).flat();
  const second = await many(OTHER, "192.0.2.1", 3);
  const refused = first.filter((status) => status === "429").length;
  expect(refused > 0 && first.every((status) => ["200", "429"].includes(status)), `one client got ${first.join(" ")}`);
  expect(second.join(" ") === "200 200 200", `another client got ${second.join(" ")}`);
  return `${refused} of ${first.length} of one client refused, 0 of 3 of another`;
}

async function released(lab: Lab, ca: string): Promise<string> {
  let turn = 0;
  // Each client is one of two, and slower than its limit.
  const once = async (): Promise<OutsideReply> => {
    turn += 1;
    await new Promise((resolve) => setTimeout(resolve, 900));
    return ask(lab, ca, { from: turn % 2 === 0 ? OTHER : OPERATOR.address });
  };
  const answered = await underRequests(once, () => upFronted(lab, 302));
  return `${answered} requests, 0 failed`;
}

export function frontChecks(lab: () => Lab): Check[] {
  let ca = "";
  return [
    {
      name: "public load balancer: the gateway believes it alone of who a client is, and sends nobody past it",
      run: async () => {
        await upFronted(lab(), 301);
        ca = await startFront(lab());
        return believed(lab(), ca);
      },
    },
    { name: "public load balancer: it is answered health without a key, and nothing else", run: () => probed(lab()) },
    { name: "public load balancer: limits count for each real client", run: () => limited(lab(), ca) },
    { name: "public load balancer: a release of both hosts loses no request", run: () => released(lab(), ca) },
  ];
}
