/** Tunnels with a stand-in for the AWS CLI: real processes and ports, no AWS. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { Tunnel, type Patience, type TunnelArgs } from "../../../infra/remote/tunnel";

const FAKE = join(__dirname, "fake-aws");
const QUICK: Patience = { first: 3000, again: 1500, opening: 1000, banner: 500, pause: 20, alive: 60_000 };
const TARGET = { mode: "ssm", instanceId: "i-0123456789abcdef0", region: "eu-west-1" } as const;

let folder: string;
let host: Server;
let hostPort: number;
const opened: Tunnel[] = [];

beforeAll(async () => {
  host = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.write("SSH-2.0-fake\r\n");
    socket.pipe(socket);
  });
  hostPort = await listen(host);
});
afterAll(() => void host.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tunnel-"));
});
afterEach(async () => {
  for (const tunnel of opened.splice(0)) tunnel.close();
  // They write a last line to their log.
  await until(() => !existsSync(join(folder, "log")) || !pids().some(lives));
  rmSync(folder, { recursive: true });
});

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port)));

function environment(plan: readonly object[], more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const file = join(folder, "plan.json");
  writeFileSync(file, JSON.stringify(plan));
  writeFileSync(join(folder, "log"), "");
  return {
    ...process.env,
    PATH: `${FAKE}${delimiter}${process.env.PATH ?? ""}`,
    FAKE_NODE: process.execPath,
    FAKE_PLAN: file,
    FAKE_LOG: join(folder, "log"),
    FAKE_TARGET: String(hostPort),
    ...more,
  };
}

interface Opened {
  readonly tunnel: Tunnel;
  readonly said: string[];
  readonly failed: string[];
}

async function open(plan: readonly object[], over: Partial<TunnelArgs> = {}, aim: object = {}): Promise<Opened> {
  const said: string[] = [];
  const failed: string[] = [];
  const heard = { say: (text: string) => void said.push(text), fail: (text: string) => void failed.push(text) };
  const tunnel = await Tunnel.open({ name: "gateway", port: 0, patience: QUICK, env: environment(plan), ...heard, ...over });
  opened.push(tunnel);
  tunnel.aim({ ...TARGET, ...aim });
  return { tunnel, said, failed };
}

/** What comes back through a connection: the SSH server's first line, and an echo. */
function talk(port: number, word = "hello"): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect({ host: "127.0.0.1", port });
    socket.on("data", (part) => {
      text += part.toString();
      if (!word.startsWith("\0") && text.includes(word)) socket.end();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(text));
    socket.write(word);
  });
}

const sessions = (): string[] =>
  readFileSync(join(folder, "log"), "utf8")
    .split("\n")
    .filter((line) => /start-session|open-tunnel/.test(line));
const pids = (): number[] => sessions().map((line) => Number(line.split(" ")[0]));
const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function until(what: () => boolean, limit = 6000): Promise<void> {
  for (const began = Date.now(); !what() && Date.now() - began < limit;) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(what()).toBe(true);
}

test("nothing is started before a step connects; one session carries all connections, both ways and whole", async () => {
  const { tunnel, failed } = await open([{}]);
  expect(sessions()).toEqual([]);
  const big = "x".repeat(300_000) + "!";
  expect(await Promise.all([talk(tunnel.port), talk(tunnel.port), talk(tunnel.port, big)])).toEqual([
    "SSH-2.0-fake\r\nhello",
    "SSH-2.0-fake\r\nhello",
    `SSH-2.0-fake\r\n${big}`,
  ]);
  expect(sessions()).toHaveLength(1);
  expect(sessions()[0]).toMatch(
    /ssm start-session --region eu-west-1 --target i-0123456789abcdef0 --document-name AWS-StartPortForwardingSession --parameters portNumber=22$/,
  );
  expect(failed).toEqual([]);
});

test("an Instance Connect Endpoint is told a port, and writes nothing when it listens", async () => {
  const { tunnel } = await open([{ slowMs: 300 }], {}, { mode: "instance-connect", endpointId: "eice-1", profile: "work" });
  expect(await talk(tunnel.port)).toBe("SSH-2.0-fake\r\nhello");
  expect(sessions()[0]).toMatch(
    /open-tunnel --region eu-west-1 --profile work --instance-id i-\w+ --instance-connect-endpoint-id eice-1 --remote-port 22 --local-port \d+ --max-websocket-connections 20$/,
  );
});

test("a port that another process has is one error that names it", async () => {
  const other = createServer();
  const port = await listen(other);
  await expect(Tunnel.open({ name: "gateway", port })).rejects.toThrow(
    `port ${port} of this machine, which leads to the gateway, is used by another process`,
  );
  other.close();
});

test("an agent that has not registered yet is waited for, also by connections that came before the instance was known", async () => {
  const not = {
    error: "An error occurred (TargetNotConnected) when calling the StartSession operation: i-0123456789abcdef0 is not connected.",
  };
  const tunnel = await Tunnel.open({ name: "backend", port: 0, patience: QUICK, env: environment([not, not, not, not, { slowMs: 300 }]) });
  opened.push(tunnel);
  const early = talk(tunnel.port);
  await new Promise((resolve) => setTimeout(resolve, 100));
  tunnel.aim(TARGET);
  expect(await early).toBe("SSH-2.0-fake\r\nhello");
  expect(sessions()).toHaveLength(5);
});

test.each<[string, object, RegExp]>([
  [
    "no plugin",
    { error: "SessionManagerPlugin is not found. Please refer to ...", code: 255 },
    /^session-manager-plugin is not installed on this machine; install it/,
  ],
  [
    "no right",
    { error: "An error occurred (AccessDeniedException) when calling the StartSession operation: no" },
    /^the identity of the AWS CLI may not do it; .*AccessDeniedException/,
  ],
  ["no login", { error: "Unable to locate credentials. You can configure ..." }, /^the AWS CLI has no valid credentials/],
  [
    "an old CLI",
    { error: "aws: error: argument command: Invalid choice, valid choices are:", code: 2 },
    /^the AWS CLI on this machine is too old/,
  ],
])("%s: given up at once, with one error, and the port is closed", async (_, plan, reason) => {
  const { tunnel, failed } = await open([plan]);
  expect(await Promise.all([talk(tunnel.port), talk(tunnel.port)])).toEqual(["", ""]);
  expect(failed).toEqual([expect.stringMatching(reason)]);
  expect(tunnel.problem).toMatch(reason);
  expect(sessions()).toHaveLength(1);
  await expect(new Promise((_resolve, reject) => connect({ host: "127.0.0.1", port: tunnel.port }).on("error", reject))).rejects.toThrow(
    "ECONNREFUSED",
  );
});

test("no AWS CLI", async () => {
  const { tunnel, failed } = await open([{}], { env: environment([{}], { PATH: "/nowhere" }) });
  expect(await talk(tunnel.port)).toBe("");
  expect(failed).toEqual([expect.stringContaining("the AWS CLI (aws) is not on the PATH of this machine")]);
});

test("a failure that nobody knows is tried three times and then shown as it is", async () => {
  const { tunnel, failed } = await open([{ error: "Something new went wrong", code: 7 }]);
  expect(await talk(tunnel.port)).toBe("");
  expect(failed).toEqual(["aws ended with status 7: Something new went wrong"]);
  expect(sessions()).toHaveLength(3);
});

test("an agent that never registers is given up when the patience ends", async () => {
  const { tunnel, failed } = await open([{ error: "An error occurred (TargetNotConnected): no" }], { patience: { ...QUICK, first: 300 } });
  expect(await talk(tunnel.port)).toBe("");
  expect(failed).toEqual([expect.stringMatching(/^given up after 0 s: its SSM agent is not connected to AWS/)]);
});

test("a CLI that hangs is ended, and another one is started", async () => {
  const { tunnel } = await open([{ hang: true }, {}], { patience: { ...QUICK, opening: 400 } });
  expect(await talk(tunnel.port)).toBe("SSH-2.0-fake\r\nhello");
  const [first = 0] = pids();
  await until(() => !lives(first));
});

test("a host whose SSH server does not answer yet is asked again through the same session", async () => {
  const late = createServer();
  const port = await listen(late);
  late.close();
  const { tunnel } = await open([{ target: port }]);
  const talking = talk(tunnel.port);
  await new Promise((resolve) => setTimeout(resolve, 400));
  const server = createServer((socket) => socket.pipe(socket.on("error", () => undefined)) && socket.write("SSH-2.0-late\r\n"));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  expect(await talking).toBe("SSH-2.0-late\r\nhello");
  expect(sessions()).toHaveLength(1);
  server.close();
});

test("what is no SSH server is never passed on", async () => {
  const other = createServer((socket) => void socket.on("error", () => undefined).write("HTTP/1.1 200 OK\r\n\r\n"));
  const { tunnel, failed } = await open([{ target: await listen(other) }], { patience: { ...QUICK, first: 300 } });
  expect(await talk(tunnel.port)).toBe("");
  expect(failed).toEqual([expect.stringContaining("what answers is no SSH server")]);
  other.close();
});

test("a session that dies takes its connections along and says so once; the next connection gets another", async () => {
  const { tunnel, said, failed } = await open([{ diesAfterMs: 300 }, {}]);
  expect(await talk(tunnel.port, "\0never said back").then((text) => text.slice(0, 14))).toBe("SSH-2.0-fake\r\n");
  await until(() => said.length > 0);
  expect(await talk(tunnel.port)).toBe("SSH-2.0-fake\r\nhello");
  expect(sessions()).toHaveLength(2);
  expect(said).toEqual([expect.stringContaining("the session to the gateway was lost")]);
  expect(failed).toEqual([]);
});

test("a session that nothing comes through any more is replaced", async () => {
  const { tunnel } = await open([{ silent: true }, {}], { patience: { ...QUICK, banner: 150 } });
  expect(await talk(tunnel.port)).toBe("SSH-2.0-fake\r\nhello");
  expect(sessions()).toHaveLength(2);
});

test("another instance gets a session of its own, and the first one's ends", async () => {
  const { tunnel } = await open([{}]);
  await talk(tunnel.port);
  tunnel.aim({ ...TARGET, instanceId: "i-0fedcba9876543210" });
  await talk(tunnel.port);
  expect(sessions()[1]).toContain("--target i-0fedcba9876543210");
  const [first = 0, second = 0] = pids();
  await until(() => !lives(first));
  expect(lives(second)).toBe(true);
});

test("closed, it ends the session as a person does, so that AWS ends it too", async () => {
  const { tunnel } = await open([{}]);
  await talk(tunnel.port);
  tunnel.close();
  const [pid = 0] = pids();
  await until(() => !lives(pid));
  expect(readFileSync(join(folder, "log"), "utf8")).toContain(`${pid} terminated its session`);
});

test("a program that is killed leaves nothing that holds a port open, not even a plugin that does not listen to signals", async () => {
  const script = `
    const { Tunnel } = require(${JSON.stringify(join(__dirname, "../../../infra/remote/tunnel"))});
    Tunnel.open({ name: "gateway", port: 0 }).then((tunnel) => {
      tunnel.aim(${JSON.stringify(TARGET)});
      const socket = require("node:net").connect(tunnel.port, "127.0.0.1", () => socket.once("data", () => console.log("up")));
    });`;
  const env = environment([{ deaf: true }]);
  const program = spawn(process.execPath, ["-r", join(__dirname, "../../../tools/register.js"), "-e", script], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => program.stdout.once("data", resolve));
  const [pid = 0] = pids();
  expect(lives(pid)).toBe(true);
  program.kill("SIGKILL");
  await until(() => !lives(pid));
}, 20_000);
