/** Reaching a lab as the outside would: through the door into its operator namespace (services/operator.ts). */
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:http";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { join } from "node:path";
import { runDir } from "./paths";

/**
 * A TCP connection from the operator to an address, paused: attach a reader, then `resume` it.
 * @throws with the reason, e.g. ECONNREFUSED, or after `timeoutMs` (@default 5 s)
 */
export function connectOutside(lab: string, host: string, port: number, timeoutMs = 5000): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // When the other side ends, so does the socket: a reader that waits gets the end, also when the door itself was killed.
    const socket = connect({ path: join(runDir(lab), "operator.sock") });
    const fail = (reason: string): void => {
      socket.destroy();
      reject(new Error(`dial tcp ${host}:${port}: ${reason}`));
    };
    const timer = setTimeout(() => fail("i/o timeout"), timeoutMs);
    let head = "";
    const read = (chunk: Buffer): void => {
      head += chunk.toString("latin1");
      if (!head.includes("\n")) return;
      clearTimeout(timer);
      socket.off("data", read);
      if (!head.startsWith("ok\n")) return fail(head.trim().replace(/^error /, ""));
      // Paused, so that what the other side has already said waits for its reader.
      socket.pause();
      socket.removeAllListeners("error");
      const rest = Buffer.from(head.slice(3), "latin1");
      if (rest.length > 0) socket.unshift(rest);
      resolve(socket);
    };
    socket.on("data", read);
    socket.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      fail(error.code === "ENOENT" ? `lab ${lab} is not running` : error.message);
    });
    socket.write(`${host} ${port}\n`);
  });
}

export interface OutsideReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface OutsideRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Whole request. @default 10 s */
  readonly timeoutMs?: number;
}

/** One plain HTTP request from the operator's namespace. @throws when no whole answer comes in time */
export async function fetchOutside(lab: string, url: string, options: OutsideRequest = {}): Promise<OutsideReply> {
  const target = new URL(url);
  const timeoutMs = options.timeoutMs ?? 10_000;
  const socket = await connectOutside(lab, target.hostname, target.port === "" ? 80 : Number(target.port), timeoutMs);
  return new Promise((resolve, reject) => {
    const headers = { connection: "close", host: target.host, ...options.headers };
    const call = request(
      { method: options.method ?? "GET", path: target.pathname + target.search, headers, createConnection: () => socket },
      (reply) => {
        const parts: Buffer[] = [];
        reply.on("data", (part: Buffer) => parts.push(part));
        reply.on("error", reject);
        reply.on("end", () =>
          resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: Buffer.concat(parts).toString("utf8") }),
        );
      },
    );
    call.on("socket", (used) => used.resume());
    const timer = setTimeout(() => call.destroy(new Error(`${url}: no whole answer within ${timeoutMs} ms`)), timeoutMs);
    call.on("close", () => clearTimeout(timer));
    call.on("error", reject);
    call.end(options.body);
  });
}
