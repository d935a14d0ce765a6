/**
 * A load generator, a process of its own so that it can run in another network namespace and is not held up by the tests.
 *   load.ts URL RATE SECONDS     RATE requests a second for at most SECONDS: every second one on a new connection, the others on kept ones.
 *                                In URL, {LOW-HIGH} is a number between the two, drawn anew for each request
 * Each line on stdin asks for one JSON line of counts since the last one; the end of stdin ends it.
 */
import { Agent, request } from "node:http";
import { createInterface } from "node:readline";

/** Milliseconds since 1970, by this machine's clock. */
export interface FailedRequest {
  readonly sent: number;
  readonly ended: number;
  readonly reason: string;
}

export interface Counts {
  sent: number;
  failed: number;
  /** Requests that a client has to repeat by itself: the server had closed the kept connection before any byte of an answer. */
  repeated: number;
  /** Milliseconds. */
  slowest: number;
  /** The first reasons, with how often each. */
  reasons: Record<string, number>;
  /** Each that failed, the first thousands. */
  failures: FailedRequest[];
}

const TIMEOUT_MS = 30_000;
const KEPT = 5000;
const fresh = (): Counts => ({ sent: 0, failed: 0, repeated: 0, slowest: 0, reasons: {}, failures: [] });

/** @returns the address of one request */
const drawn = (url: string): string =>
  url.replace(/\{(\d+)-(\d+)\}/, (_, low: string, high: string) => (Number(low) + Math.random() * (Number(high) - Number(low))).toFixed(2));

function main(url: string, rate: number, seconds: number): void {
  let counts = fresh();
  // Enough for answers that take half a minute: one that waits here for a connection tries nothing.
  const kept = new Agent({ keepAlive: true, maxSockets: 64 });
  const send = (keep: boolean, to = drawn(url), again = false): void => {
    const started = performance.now();
    const sent = Date.now();
    const fail = (reason: string): void => {
      counts.failed += 1;
      counts.reasons[reason] = (counts.reasons[reason] ?? 0) + 1;
      if (counts.failures.length < KEPT) counts.failures.push({ sent, ended: Date.now(), reason });
    };
    if (!again) counts.sent += 1;
    // `agent: false` makes a connection for this request alone.
    let answered = false;
    const call = request(to, { agent: keep ? kept : false, timeout: TIMEOUT_MS }, (reply) => {
      answered = true;
      reply.resume();
      reply.on("error", (error) => fail(error.message));
      reply.on("end", () => {
        counts.slowest = Math.max(counts.slowest, performance.now() - started);
        if (reply.statusCode !== 200) fail(`HTTP ${reply.statusCode ?? 0}`);
      });
    });
    call.on("timeout", () => call.destroy(new Error("no answer in time")));
    call.on("error", (error: NodeJS.ErrnoException) => {
      // As browsers do, and on a new connection, as they do: what closed one kept connection has most likely closed all of them.
      if (call.reusedSocket && !answered && (error.code === "ECONNRESET" || error.code === "EPIPE")) {
        counts.repeated += 1;
        send(false, to, true);
      } else fail(`${error.code ?? error.message}${call.reusedSocket ? "" : " on a new connection"}${answered ? " within an answer" : ""}`);
    });
    call.end();
  };
  let turn = 0;
  const timer = setInterval(() => send((turn += 1) % 2 === 0), 1000 / rate);
  const stop = (): void => clearInterval(timer);
  setTimeout(stop, seconds * 1000).unref();
  const report = (): void => {
    console.log(JSON.stringify(counts));
    counts = fresh();
  };
  createInterface({ input: process.stdin })
    .on("line", report)
    .on("close", () => {
      stop();
      kept.destroy();
      process.exit(0);
    });
}

const [url = "", rate = "", seconds = ""] = process.argv.slice(2);
main(url, Number(rate), Number(seconds));
