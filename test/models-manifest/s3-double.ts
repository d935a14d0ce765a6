import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Put {
  readonly key: string;
  readonly headers: IncomingMessage["headers"];
  readonly status: number;
}

/** What the next PUT meets instead of S3: an error by name, a line that breaks, somebody who was faster, or nothing. */
export type Fault = { readonly status: number; readonly code: string } | "reset" | "race" | undefined;

export interface S3Double {
  readonly url: string;
  readonly objects: Map<string, Buffer>;
  readonly puts: Put[];
  readonly faults: Fault[];
  readonly close: () => Promise<void>;
}

const sum = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("base64");

function refuse(response: ServerResponse, status: number, code: string): number {
  response.writeHead(status, { "content-type": "application/xml", connection: "close" });
  response.end(`<Error><Code>${code}</Code><Message>${code} it is</Message></Error>`);
  return status;
}

/** The part of S3 that publishing needs, on loopback: one bucket `models`, checksums compared, If-None-Match obeyed. */
export async function startS3Double(): Promise<S3Double> {
  const double = { objects: new Map<string, Buffer>(), puts: [] as Put[], faults: [] as Fault[] };
  const head = (key: string, response: ServerResponse): void => {
    const object = double.objects.get(key);
    if (object === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-length": object.length, "x-amz-checksum-sha256": sum(object) }).end();
  };
  const put = (key: string, request: IncomingMessage, body: Buffer, response: ServerResponse): number | undefined => {
    const fault = double.faults.shift();
    if (fault === "reset") return void request.socket.destroy();
    if (fault === "race") double.objects.set(key, body);
    else if (fault !== undefined) return refuse(response, fault.status, fault.code);
    if (request.headers["x-amz-checksum-sha256"] !== sum(body)) return refuse(response, 400, "BadDigest");
    if (request.headers["if-none-match"] === "*" && double.objects.has(key)) return refuse(response, 412, "PreconditionFailed");
    double.objects.set(key, body);
    response.writeHead(200, { etag: '"x"' }).end();
    return 200;
  };
  const server = createServer((request, response) => {
    const [, bucket, ...rest] = decodeURIComponent(new URL(request.url!, "http://s3").pathname).split("/");
    const key = rest.join("/");
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => response.destroy());
    request.on("end", () => {
      if (bucket !== "models") refuse(response, 404, "NoSuchBucket");
      else if (request.method === "HEAD") head(key, response);
      else double.puts.push({ key, headers: request.headers, status: put(key, request, Buffer.concat(chunks), response) ?? 0 });
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (): Promise<void> =>
    new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return { ...double, url, close };
}
