/** `access: ssm` and `instance-connect` with real hosts: port 22 is closed to everybody, and the steps come through sessions of a double of the AWS CLI. */
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { Properties } from "../../../infra/offline/engine";
import { LOOPBACK } from "../../../infra/remote/local-ports";
import type { TunnelMode } from "../../../infra/remote/session";
import { Tunnel } from "../../../infra/remote/tunnel";
import type { Lab } from "../lab";
import { sleep } from "../process";
import { connectHere } from "../provider-commands";
import { runRemote, type CommandResult } from "../remote-command";
import { sessionBytes, sessionEnvironment, sessionFault, sessionLog } from "../sessions";
import { secretsOf } from "../secrets";
import { configFile, type Config } from "./failures";
import type { Check } from "./harness";
import { expect } from "./harness";
import { underRequests } from "./https";
import { ran, start, untilSaid, untilStep, upOnce } from "./operator";
import { opens } from "./reach";

const LOCAL_PORT = 21_480;
const HOSTS = ["gateway", "backend"] as const;
type Role = (typeof HOSTS)[number];

const through = (more: Config = {}): Config => ({ access: "ssm", ssh: { localPort: LOCAL_PORT }, ...more });
const settings = (ttl: number): Config => through({ env: { LOG_LEVEL: "info", CACHE_TTL: String(ttl) } });
const idOf = (lab: Lab, role: Role): string => lab.state().hosts[role]?.instanceId ?? "";

async function expectClosed(lab: Lab): Promise<void> {
  const { gateway, backend } = lab.state().hosts;
  const fromOutside = await opens(lab, gateway?.publicAddress ?? "", 22);
  const probe = `timeout 2 bash -c '</dev/tcp/${backend?.address ?? ""}/22' 2>/dev/null && echo open || echo closed`;
  const fromGateway = (await lab.must("gateway", probe)).trim();
  expect(
    !fromOutside && fromGateway === "closed",
    `port 22: from outside ${fromOutside ? "open" : "closed"}, from the gateway ${fromGateway}`,
  );
}

/** What somebody in the middle has: SSH from its first word on, and nothing of what the steps brought. */
function expectNothingReadable(lab: Lab): number {
  const secrets = Object.values(secretsOf(lab.name));
  const texts = [...secrets, "set -Eeuo pipefail", "ddos-step", "uvicorn"];
  const all = sessionBytes(lab.name);
  const total = all.reduce((sum, { length }) => sum + length, 0);
  expect(secrets.length > 0 && total > 200_000, `${secrets.length} secrets, ${total} bytes: too little went through to prove anything`);
  for (const bytes of all) {
    expect(
      bytes.length === 0 || bytes.subarray(0, 20).includes("SSH-2.0-"),
      `a session began with ${bytes.subarray(0, 20).toString("latin1")}`,
    );
    for (const text of texts) expect(!bytes.includes(text), `"${text.slice(0, 4)}..." can be read in what went through a session`);
  }
  return total;
}

async function setUp(lab: Lab): Promise<string> {
  const commands = ran(await upOnce(lab.name, "--config", configFile(lab, through())), "command");
  for (const role of HOSTS)
    expect(commands.includes(`${role}-release`) && commands.includes(`${role}-verify`), `only these ran: ${commands.join(", ")}`);
  await expectClosed(lab);
  const opened = sessionLog(lab.name).filter(({ what }) => what.startsWith("ssm port"));
  const ids = opened.map(({ instanceId }) => instanceId).sort();
  expect(
    ids.join() ===
      HOSTS.map((role) => idOf(lab, role))
        .sort()
        .join(),
    `sessions to ${ids.join(", ")}`,
  );
  const total = expectNothingReadable(lab);
  return `${commands.length} commands through 2 sessions, ${Math.round(total / 1000)} kB of SSH; port 22 is closed to the outside and to the gateway`;
}

/** A tunnel of this process, with one connection through it. */
async function oneCommand(lab: Lab, mode: TunnelMode, to: Role, hostKey: string): Promise<CommandResult> {
  let failed = "";
  const tunnel = await Tunnel.open({
    ...{ name: to, port: 0, fail: (reason: string) => (failed = reason) },
    env: { ...process.env, ...sessionEnvironment(lab.name) },
  });
  try {
    tunnel.aim({ mode, instanceId: idOf(lab, to), region: lab.state().region });
    const privateKey = readFileSync(lab.state().privateKeyFile, "utf8");
    const connection = { host: LOOPBACK, port: tunnel.port, user: "ubuntu", privateKey, hostKey, dialErrorLimit: 0 };
    return await runRemote({ connection, command: "hostname" }, (_, port, timeoutMs) => connectHere(port, timeoutMs));
  } catch (error) {
    throw new Error(failed === "" ? (error as Error).message : failed, { cause: error });
  } finally {
    tunnel.close();
  }
}

const failing = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "it succeeded",
    (error: Error) => error.message,
  );

/** Both modes reach the machine that was asked for; one that shows another key, as where a session leads elsewhere, is not talked to. */
async function pinned(lab: Lab, outputs: Properties): Promise<string> {
  const keys = outputs.hostKeys as Record<Role, string>;
  const names: string[] = [];
  for (const [mode, role] of [
    ["ssm", "gateway"],
    ["instance-connect", "backend"],
  ] as const)
    names.push((await oneCommand(lab, mode, role, keys[role])).stdout);
  const expected = await Promise.all(HOSTS.map((role) => lab.must(role, "hostname")));
  expect(names.join() === expected.map((name) => name.trim()).join(), `through the tunnels answered ${names.join(", ")}`);
  const other = await failing(oneCommand(lab, "ssm", "gateway", keys.backend));
  expect(/handshake failed/.test(other), `with the key of another host: ${other}`);
  sessionFault(lab.name, "no plugin");
  const missing = await failing(oneCommand(lab, "ssm", "gateway", keys.gateway)).finally(() => sessionFault(lab.name));
  expect(/^session-manager-plugin is not installed on this machine; install it/.test(missing), `without the plugin: ${missing}`);
  return `ssm and instance-connect; another key: ${other.slice(0, 60)}`;
}

/** Before anything is asked or changed. */
async function takenPort(lab: Lab): Promise<string> {
  const other = createServer();
  await new Promise<void>((resolve) => void other.listen(LOCAL_PORT, LOOPBACK, resolve));
  try {
    const { code, said } = await start("up", "--name", lab.name, "--config", configFile(lab, settings(311))).ended;
    expect(
      code !== 0 && said.includes(`ssh.localPort: port ${LOCAL_PORT} of this machine, which leads to the gateway, is used`),
      said.slice(-2000),
    );
    expect(!/command \S+: (?!unchanged)/.test(said), `something ran: ${said.slice(-2000)}`);
  } finally {
    other.close();
  }
  return "the update stops before anything runs, and names the port";
}

/** The process that leads the backend's session is killed while a release is made ready. */
async function diesHalfWay(lab: Lab, address: string): Promise<string> {
  let said = "";
  const ask = async (): ReturnType<Lab["fetchFromOutside"]> => {
    await sleep(100);
    return lab.fetchFromOutside(`http://${address}/health`);
  };
  const answered = await underRequests(ask, async () => {
    const run = start("up", "--name", lab.name, "--config", configFile(lab, settings(312)));
    await untilSaid(run, /command backend-env: /, 120_000);
    await untilStep(lab, "backend", "release", 60_000);
    const session = sessionLog(lab.name).findLast(
      ({ instanceId, what }) => instanceId === idOf(lab, "backend") && what.startsWith("ssm port"),
    );
    process.kill(session?.pid ?? 0, "SIGKILL");
    const ended = await run.ended;
    said = ended.said;
    expect(ended.code !== 0, "the update succeeded all the same");
    expect(/"backend-release": /.test(said), `no step was named:\n${said.slice(-2500)}`);
    const commands = ran(await upOnce(lab.name, "--config", configFile(lab, settings(312))), "command");
    expect(commands.includes("backend-release"), `the next run did only ${commands.join(", ")}`);
  });
  const served = await lab.must("backend", "sed -n 's/^CACHE_TTL=//p' /home/ddos/app/.env");
  expect(served.trim().replace(/['"]/g, "") === "312", `the .env has CACHE_TTL=${served}`);
  const line =
    said.split("\n").find((one) => one.includes("was lost")) ?? said.split("\n").find((one) => one.includes('"backend-release"')) ?? "";
  return `${line.trim().slice(0, 160)}; the next run brought it; ${answered} requests, 0 failed`;
}

/** They leave the stack behind tunnels: the last goes back. */
export function tunnelChecks(lab: () => Lab, outputs: () => Properties): Check[] {
  return [
    {
      name: "tunnels: both hosts are set up through sessions, with port 22 closed and nothing readable on the way",
      run: () => setUp(lab()),
    },
    { name: "tunnels: host keys are pinned in both modes; a plugin that is missing is named", run: () => pinned(lab(), outputs()) },
    { name: "tunnels: a port that somebody else has stops the update before it begins", run: () => takenPort(lab()) },
    {
      name: "tunnels: a session that dies half-way fails its step, and the next run converges",
      run: () => diesHalfWay(lab(), String(outputs().gatewayAddress)).finally(() => upOnce(lab().name)),
    },
  ];
}
