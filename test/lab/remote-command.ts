/**
 * command:remote:Command as provider 1.2.1 does it, over a network that the caller brings: dial with retries, through a proxy, host keys
 * compared with the pinned ones, stdin, trailing newline cut, failure on a non-zero exit, no answer to a line of more than 64 KiB.
 */
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { ClientChannel, ConnectConfig, ServerHostKeyAlgorithm } from "ssh2";
import { Client } from "ssh2";
import { sleep } from "./process";

export interface Endpoint {
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
  readonly privateKey?: string;
  /** `ssh-ed25519 AAAA…`; without it any key is accepted, as the provider does. */
  readonly hostKey?: string;
  /** Failed attempts that are forgiven; -1 for any number. @default 10 */
  readonly dialErrorLimit?: number;
  /** Seconds for the TCP connection of one attempt; through a proxy, the proxy alone decides. @default 15 */
  readonly perDialTimeout?: number;
}

export interface Connection extends Endpoint {
  readonly proxy?: Endpoint;
}

export interface RemoteCommand {
  readonly connection: Connection;
  readonly command: string;
  readonly stdin?: string;
  /** Streams that the provider reads line by line; @default both */
  readonly logging?: "stdout" | "stderr" | "stdoutAndStderr" | "none";
}

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
}

/** Opens a TCP connection in the operator's network. */
export type Dial = (host: string, port: number, timeoutMs: number) => Promise<Socket>;

const LINE_LIMIT = 64 * 1024;
/** The provider sets none: perDialTimeout is that of the TCP connection. Nothing here takes so long. */
const HANDSHAKE_MS = 60_000;
const ENDPOINT_KEYS = ["host", "port", "user", "privateKey", "hostKey", "dialErrorLimit", "perDialTimeout"];

/** The provider fails on a key it does not know (and prints the private key); here the message holds the key's name alone. */
export function checkConnection(connection: Connection): void {
  const unknown = (endpoint: object, allowed: readonly string[]): string[] => Object.keys(endpoint).filter((key) => !allowed.includes(key));
  const wrong = [...unknown(connection, [...ENDPOINT_KEYS, "proxy"]), ...unknown(connection.proxy ?? {}, ENDPOINT_KEYS)];
  if (wrong.length > 0)
    throw new Error(`connection: the provider does not know ${wrong.join(", ")}, or the local hosts do not imitate it.`);
}

/** Waits between attempts as the provider's retry does: 0.1 s, half as much again each time, at most 5 s. */
async function withRetries<T>(limit: number, what: string, attempt: () => Promise<T>): Promise<T> {
  for (let failures = 1, delay = 100; ; failures += 1, delay = Math.min(5000, delay * 1.5)) {
    try {
      return await attempt();
    } catch (error) {
      if (limit > -1 && failures > limit)
        throw new Error(`${what}: after ${failures - 1} failed attempts: ${(error as Error).message}`, { cause: error });
      await sleep(delay);
    }
  }
}

/** One SSH handshake over an open stream. */
function handshake(endpoint: Endpoint, stream: Duplex): Promise<Client> {
  const [keyType, keyBody] = (endpoint.hostKey ?? "").trim().split(/\s+/);
  const options: ConnectConfig = {
    sock: stream,
    username: endpoint.user ?? "root",
    privateKey: endpoint.privateKey,
    readyTimeout: HANDSHAKE_MS,
    hostVerifier: (key: Buffer) => endpoint.hostKey === undefined || key.toString("base64") === keyBody,
    algorithms: endpoint.hostKey === undefined ? undefined : { serverHostKey: [keyType as ServerHostKeyAlgorithm] },
  };
  return new Promise((resolve, reject) => {
    const client = new Client();
    client.once("ready", () => resolve(client));
    // Stays: a connection that failed may report more than one error.
    client.on("error", (error) => {
      client.destroy();
      reject(new Error(`ssh: handshake failed: ${error.message}`));
    });
    client.once("close", () => reject(new Error("ssh: handshake failed: EOF")));
    client.connect(options);
  });
}

function forward(proxy: Client, target: Endpoint): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    proxy.forwardOut("127.0.0.1", 0, target.host, target.port ?? 22, (error, stream) =>
      error === undefined ? resolve(stream) : reject(error),
    );
  });
}

/** @returns the connected client and what has to be closed with it */
async function dialAll(connection: Connection, dial: Dial): Promise<Client[]> {
  const { proxy } = connection;
  const direct = (endpoint: Endpoint, what: string): Promise<Client> =>
    withRetries(endpoint.dialErrorLimit ?? 10, what, async () => {
      const timeoutMs = (endpoint.perDialTimeout ?? 15) * 1000;
      return handshake(endpoint, await dial(endpoint.host, endpoint.port ?? 22, timeoutMs));
    });
  if (proxy === undefined) return [await direct(connection, "dial")];
  const first = await direct(proxy, "proxy");
  try {
    const stream = await withRetries(connection.dialErrorLimit ?? 10, "proxy", () => forward(first, connection));
    // The provider tries the handshake again on the same stream; after a failure it can only fail, so once is the same.
    return [await handshake(connection, stream), first];
  } catch (error) {
    first.end();
    throw error;
  }
}

function execute(client: Client, { command, stdin, logging }: RemoteCommand): Promise<CommandResult> {
  const watched = (stream: "stdout" | "stderr"): boolean => [undefined, "stdoutAndStderr", stream].includes(logging);
  return new Promise((resolve, reject) => {
    const run = (channel: ClientChannel): void => {
      const both: Buffer[] = [];
      for (const stream of [channel, channel.stderr]) stream.on("data", (part: Buffer) => both.push(part));
      const out = collect(channel, watched("stdout"), reject);
      const err = collect(channel.stderr, watched("stderr"), reject);
      let status: number | string | undefined;
      channel.on("exit", (code: number | null, signal?: string) => (status = code ?? signal));
      channel.on("close", () => {
        if (status === 0) return resolve({ stdout: out().replace(/\n$/, ""), stderr: err().replace(/\n$/, "") });
        const how =
          status === undefined
            ? "wait: remote command exited without exit status or exit signal"
            : `Process exited with ${typeof status === "number" ? "status" : "signal"} ${status}`;
        reject(new Error(`${how}: running ${JSON.stringify(command)}:\n${Buffer.concat(both).toString("utf8")}`));
      });
      channel.end(stdin ?? "");
    };
    client.on("error", (error) => reject(new Error(`ssh: ${error.message}`)));
    client.on("close", () => reject(new Error("wait: remote command exited without exit status or exit signal: the connection closed")));
    client.exec(command, (error, channel) => (error === undefined ? run(channel) : reject(error)));
  });
}

/** Gathers a stream's text. The provider's line reader stops at a longer line and the resource hangs: here it fails. */
function collect(stream: NodeJS.ReadableStream, watched: boolean, fail: (error: Error) => void): () => string {
  const parts: Buffer[] = [];
  let line = 0;
  stream.on("data", (chunk: Buffer) => {
    parts.push(chunk);
    const last = chunk.lastIndexOf("\n");
    const longest = Math.max(
      line,
      ...chunk
        .toString("latin1")
        .split("\n")
        .map((text, index) => text.length + (index === 0 ? line : 0)),
    );
    line = last < 0 ? line + chunk.length : chunk.length - last - 1;
    if (watched && longest > LINE_LIMIT)
      fail(new Error(`an output line of more than ${LINE_LIMIT} bytes: the provider would hang for ever`));
  });
  return () => Buffer.concat(parts).toString("utf8");
}

/** Runs one command. @throws with the reason: the command's text, on one line, and then what it printed; its stdin is no part of it */
export async function runRemote(command: RemoteCommand, dial: Dial): Promise<CommandResult> {
  checkConnection(command.connection);
  const clients = await dialAll(command.connection, dial);
  try {
    return await execute(clients[0] as Client, command);
  } finally {
    for (const client of clients) client.end();
  }
}
