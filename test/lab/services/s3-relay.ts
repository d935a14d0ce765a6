/** Stands before the S3 stand-in: ends TLS, counts what is moved, and makes the faults that a test asks for. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { request } from "node:http";
import { Transform } from "node:stream";

/** What goes wrong for requests whose "METHOD /path" matches. */
export interface S3Fault {
  /** Regular expression, e.g. "GET .*models/". */
  readonly match: string;
  /**
   * refuse: the connection ends without an answer; hang: no answer ever; status: an error document; truncate: the connection ends after
   * `bytes` of the body; corrupt: the byte at `bytes` is altered; slow: at most `bytes` a second.
   */
  readonly kind: "refuse" | "hang" | "status" | "truncate" | "corrupt" | "slow";
  /** @default 0 */
  readonly bytes?: number;
  /** @default 503 */
  readonly status?: number;
  /** Of the error document. @default SlowDown */
  readonly code?: string;
  /** How many requests it meets before it is over. @default every one until cleared */
  readonly times?: number;
}

export interface S3Record {
  readonly at: string;
  readonly client: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Body bytes sent to the client. */
  readonly sent: number;
}

export interface S3Relay {
  readonly records: S3Record[];
  readonly set: (faults: readonly S3Fault[]) => void;
  readonly handle: (incoming: IncomingMessage, outgoing: ServerResponse) => void;
}

/** @param port of the stand-in on this namespace's loopback */
export function createS3Relay(port: number): S3Relay {
  const records: S3Record[] = [];
  let faults: { fault: S3Fault; left: number }[] = [];
  const pick = (line: string): S3Fault | undefined => {
    const found = faults.find((entry) => entry.left > 0 && new RegExp(entry.fault.match).test(line));
    if (found !== undefined) found.left -= 1;
    return found?.fault;
  };
  const handle = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const [method, path] = [incoming.method ?? "GET", incoming.url ?? "/"];
    const fault = pick(`${method} ${path}`);
    const client = incoming.socket.remoteAddress ?? "";
    const note = (status: number, sent: number): number =>
      records.push({ at: new Date().toISOString(), client, method, path, status, sent });
    if (fault?.kind === "hang") return void note(0, 0);
    if (fault?.kind === "refuse") return void (note(0, 0), incoming.socket.destroy());
    if (fault?.kind === "status") return refuse(outgoing, note, fault.status ?? 503, fault.code ?? "SlowDown", "made by the test");
    // The stand-in looks at no signature.
    if (isSkewed(incoming.headers["x-amz-date"], Date.now())) {
      return refuse(
        outgoing,
        note,
        403,
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
      );
    }
    forward(incoming, outgoing, { port, fault, note });
  };
  return { records, handle, set: (next) => (faults = next.map((fault) => ({ fault, left: fault.times ?? Infinity }))) };
}

/** S3 takes what was signed up to 15 minutes before or after its own time (Amazon S3 API, error responses). @param signed as 20261128T180000Z */
export function isSkewed(signed: string | string[] | undefined, now: number): boolean {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(signed)) ?? [];
  const [year = 0, month = 0, ...rest] = parts.map(Number);
  return parts.length > 0 && Math.abs(Date.UTC(year, month - 1, ...rest) - now) > 15 * 60_000;
}

function refuse(outgoing: ServerResponse, note: Forwarding["note"], status: number, code: string, message: string): void {
  outgoing.writeHead(status, { "content-type": "application/xml" }).end(`<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
  note(status, 0);
}

interface Forwarding {
  readonly port: number;
  readonly fault: S3Fault | undefined;
  readonly note: (status: number, sent: number) => void;
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, { port, fault, note }: Forwarding): void {
  const options = { host: "127.0.0.1", port, method: incoming.method, path: incoming.url, headers: incoming.headers };
  const upstream = request(options, (reply) => {
    let sent = 0;
    outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
    // Headers alone first: a cut body must still look like the start of a good answer.
    outgoing.flushHeaders();
    const body = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        const part = spoil(chunk, sent, fault);
        sent += part.length;
        this.push(part);
        if (fault?.kind === "truncate" && sent >= (fault.bytes ?? 0)) setTimeout(() => incoming.socket.destroy(), 20);
        else if (fault?.kind === "slow") setTimeout(done, (1000 * part.length) / Math.max(1, fault.bytes ?? 1));
        else done();
      },
    });
    outgoing.on("close", () => {
      note(reply.statusCode ?? 0, sent);
      reply.destroy();
    });
    reply.pipe(body).pipe(outgoing);
  });
  upstream.on("error", () => incoming.socket.destroy());
  incoming.pipe(upstream);
}

function spoil(chunk: Buffer, before: number, fault: S3Fault | undefined): Buffer {
  const at = (fault?.bytes ?? 0) - before;
  if (fault?.kind === "truncate") return chunk.subarray(0, Math.max(0, at));
  if (fault?.kind !== "corrupt" || at < 0 || at >= chunk.length) return chunk;
  const copy = Buffer.from(chunk);
  copy[at] = (copy[at] ?? 0) ^ 0xff;
  return copy;
}
