/**
 * Runs commands on a host over SSH, through a bastion where one is given, with the host keys checked.
 */
import type { Duplex } from "stream";
import { Client, type ConnectConfig } from "ssh2";

export interface Endpoint {
  readonly host: string;
  /** @default 22 */
  readonly port?: number;
  /** Milliseconds until it is given up. @default 20 s */
  readonly patience?: number;
  readonly user: string;
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…`; any other key is refused. */
  readonly hostKey: string;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Milliseconds until a host that does not answer is given up. */
const READY_TIMEOUT = 20_000;

export interface SshCommand {
  readonly command: string;
  readonly stdin: string;
}

/**
 * Runs commands one after the other over one connection.
 *
 * @param path the hosts to go through, the target last.
 * @returns the result of the last, or of the first that failed.
 * @throws Error naming the host that could not be reached, or whose key is not the pinned one.
 */
export async function runOverSsh(path: readonly Endpoint[], commands: readonly SshCommand[]): Promise<CommandResult> {
  const clients: Client[] = [];
  try {
    let sock: Duplex | undefined;
    for (const [index, endpoint] of path.entries()) {
      const client = await connect(endpoint, sock);
      clients.push(client);
      const next = path[index + 1];
      sock = next === undefined ? undefined : await forward(client, next.host);
    }
    const target = clients.at(-1);
    if (target === undefined) {
      throw new Error("no host to connect to");
    }
    let result: CommandResult = { code: 0, stdout: "", stderr: "" };
    for (const { command, stdin } of commands) {
      result = await execute(target, command, stdin);
      if (result.code !== 0) break;
    }
    return result;
  } finally {
    clients.reverse().forEach((client) => client.end());
  }
}

function connect(endpoint: Endpoint, sock: Duplex | undefined): Promise<Client> {
  const expected = endpoint.hostKey.trim().split(/\s+/)[1] ?? "";
  let refused = false;
  const config: ConnectConfig = {
    host: endpoint.host,
    username: endpoint.user,
    privateKey: endpoint.privateKey,
    sock,
    port: endpoint.port,
    readyTimeout: endpoint.patience ?? READY_TIMEOUT,
    algorithms: { serverHostKey: ["ssh-ed25519"] },
    hostVerifier: (key: Buffer) => {
      refused = key.toString("base64") !== expected;
      return !refused;
    },
  };
  return new Promise((resolve, reject) => {
    const client = new Client();
    client.on("ready", () => resolve(client));
    client.on("error", (error) => {
      const why = refused ? "shows another host key than the one pinned at deployment; find out why before you go on" : error.message;
      reject(new Error(`${endpoint.host}: ${why}`));
    });
    client.connect(config);
  });
}

function forward(client: Client, host: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    client.forwardOut("127.0.0.1", 0, host, 22, (error, stream) => {
      if (error === undefined) {
        resolve(stream);
      } else {
        reject(new Error(`${host}:22 through the gateway: ${error.message}`));
      }
    });
  });
}

function execute(client: Client, command: string, stdin: string): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, stream) => {
      if (error !== undefined) {
        reject(error);
        return;
      }
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      const text = (parts: Buffer[]): string => Buffer.concat(parts).toString();
      stream.on("data", (data: Buffer) => out.push(data));
      stream.stderr.on("data", (data: Buffer) => err.push(data));
      stream.on("close", (code: number | null) => resolve({ code: code ?? 255, stdout: text(out), stderr: text(err) }));
      stream.end(stdin);
    });
  });
}
