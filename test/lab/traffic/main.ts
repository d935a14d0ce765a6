/**
 * Requests that last, as clients of test/lab/apps/streams send them; a process of its own, because it runs in another network namespace.
 *   main.ts HOST        until its stdin ends; then it waits for what is at work and prints one JSON line, a Report
 */
import { request, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocketClient } from "./websocket";

export interface Report {
  /** How many of each kind were answered as they should be. */
  readonly answered: Readonly<Record<string, number>>;
  /** How many times the WebSocket was closed with 1012 and opened again. */
  readonly restarts: number;
  /** What went wrong, at most ten. */
  readonly failures: readonly string[];
  /** The longest that a request without any work took, milliseconds. */
  readonly slowestMs: number;
}

const PAUSE_SECONDS = 40;
const UPLOAD = Buffer.alloc(20 * 1024 * 1024, "upload ");
const [host = ""] = process.argv.slice(2);
const failures: string[] = [];
const answered: Record<string, number> = {};
const atWork = new Set<Promise<void>>();
let slowestMs = 0;
let restarts = 0;
let stopped = false;

const fail = (what: string): void => void (failures.length < 10 && failures.push(`${new Date().toISOString()} ${what}`));

interface Answer {
  readonly status: number;
  readonly body: string;
  /** When the first part of the body came, milliseconds after the request. */
  readonly firstMs: number;
}

function ask(path: string, body?: Buffer): Promise<Answer> {
  const began = Date.now();
  return new Promise((resolve, reject) => {
    const take = (answer: IncomingMessage): void => {
      let [text, firstMs] = ["", Number.POSITIVE_INFINITY];
      answer.on("data", (part: Buffer) => {
        firstMs = Math.min(firstMs, Date.now() - began);
        text += part.toString();
      });
      answer.on("error", reject);
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: text, firstMs }));
    };
    const headers = body === undefined ? {} : { "content-type": "application/octet-stream", "content-length": body.length };
    const sent = request({ host, path, method: body === undefined ? "GET" : "POST", headers, agent: false }, take);
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Starts one request each `everyMs` until the end. */
async function repeat(kind: string, everyMs: number, once: () => Promise<string | undefined>): Promise<void> {
  for (; !stopped; await sleep(everyMs)) {
    const began = Date.now();
    const one = once()
      .then((wrong) => (wrong === undefined ? void (answered[kind] = (answered[kind] ?? 0) + 1) : fail(`${kind}: ${wrong}`)))
      .catch((error: Error) => fail(`${kind} after ${Date.now() - began} ms: ${error.message}`))
      .finally(() => atWork.delete(one));
    atWork.add(one);
  }
}

const said = ({ status, body }: Answer): string => `HTTP ${status} ${body.slice(0, 100)}`;

async function quick(): Promise<string | undefined> {
  const began = Date.now();
  const answer = await ask("/slow?seconds=0");
  slowestMs = Math.max(slowestMs, Date.now() - began);
  return answer.status === 200 ? undefined : said(answer);
}

async function slow(): Promise<string | undefined> {
  const answer = await ask(`/slow?seconds=${PAUSE_SECONDS}`);
  return answer.status === 200 ? undefined : said(answer);
}

async function events(): Promise<string | undefined> {
  const answer = await ask(`/sse?pause=${PAUSE_SECONDS}`);
  if (answer.status !== 200 || answer.body !== "data: first\n\ndata: last\n\n") return said(answer);
  return answer.firstMs < (PAUSE_SECONDS * 1000) / 2 ? undefined : `the first event was held back for ${answer.firstMs} ms`;
}

async function upload(): Promise<string | undefined> {
  const answer = await ask("/upload", UPLOAD);
  return answer.status === 200 && answer.body === `{"bytes":${UPLOAD.length}}` ? undefined : said(answer);
}

/** One WebSocket, a message a second; a service that restarts closes it with 1012, and it is opened again. */
function socket(): void {
  let sent = 0;
  let timer: NodeJS.Timeout | undefined;
  const client = new WebSocketClient(host, "/ws", {
    opened: () => {
      timer = setInterval(() => (stopped ? client.end() : client.send(`message ${(sent += 1)}`)), 1000);
    },
    message: (text) => {
      if (text === `echo message ${sent}`) answered["websocket"] = (answered["websocket"] ?? 0) + 1;
      else fail(`websocket: ${text} in answer to message ${sent}`);
    },
    closed: (code, reason) => {
      clearInterval(timer);
      if (stopped) return;
      if (code === 1012) restarts += 1;
      else fail(`websocket: closed with ${code ?? "no code"} ${reason}`);
      setTimeout(socket, 200);
    },
  });
}

async function main(): Promise<void> {
  process.stdin.resume().on("end", () => (stopped = true));
  socket();
  await Promise.all([
    repeat("quick", 250, quick),
    repeat("slow", 2000, slow),
    repeat("events", 4000, events),
    repeat("upload", 10_000, upload),
  ]);
  await Promise.all([...atWork]);
  const report: Report = { answered, restarts, failures, slowestMs };
  console.log(JSON.stringify(report));
  process.exit(0);
}

void main();
