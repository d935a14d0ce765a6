/** Load on hosts of a lab (wrk, in a network namespace), and the processor time that its requests cost there. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT, Problem } from "../policies/cli";
import { processesOf } from "../test/lab/cgroup";
import { ifThere } from "../test/lab/files";

/** Connections of a client that sends its next request when it has the answer. */
export const CONNECTIONS = 50;

export type Kind = "health" | "predict";

export interface Load {
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** No connection, no answer in time, or one that is not 2xx or 3xx. */
  readonly failed: number;
  /** Kept connections that the server closed under a request: before any byte of an answer, or within it. wrk does not send it again. */
  readonly closed: number;
  readonly requests: number;
}

interface Said {
  readonly requests: number;
  readonly us: number;
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
  readonly closed: number;
}

export interface RunningLoad {
  /** Rejects with a Problem where wrk said nothing. */
  readonly ended: Promise<Load>;
  /** Ends it before its time; what it has measured so far counts. */
  readonly stop: () => void;
}

/** @param inside what puts a program into a namespace */
export function startLoad(inside: readonly string[], url: string, kind: Kind, seconds: number): RunningLoad {
  const wrk = ["wrk", "-t1", `-c${String(CONNECTIONS)}`, `-d${String(seconds)}s`, "-s", join(__dirname, "load.lua"), url, "--", kind];
  const [program = "", ...args] = [...inside, ...wrk];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<Load>((done, fail) => {
    let [out, wrong] = ["", ""];
    child.stdout.on("data", (part: Buffer) => void (out += part.toString()));
    child.stderr.on("data", (part: Buffer) => void (wrong += part.toString()));
    child.on("error", fail);
    child.on("close", () => {
      const line = out.trim().split("\n").at(-1) ?? "";
      if (!line.startsWith("{"))
        return fail(new Problem(`wrk (Debian's package of this name) measured nothing: ${wrong || out}`, EXIT.cannotTell));
      const { requests, us, p50, p99, failed, closed } = JSON.parse(line) as Said;
      done({ requests, failed, closed, requestsPerSecond: (requests / us) * 1e6, p50: p50 / 1000, p99: p99 / 1000 });
    });
  });
  // Whoever starts a load waits for it later; a rejection before that would end the process, and leave its machines behind.
  ended.catch(() => undefined);
  // wrk ends at SIGINT as at its end, with its report.
  return { ended, stop: () => void child.kill("SIGINT") };
}

/** Seconds of processor time that a host's processes have used so far: nginx, and whatever uvicorn runs. */
export function processorSeconds(lab: string, host: string): { readonly nginx: number; readonly application: number } {
  const used = { nginx: 0, application: 0 };
  for (const id of processesOf(lab, host)) {
    const words = ifThere(() => readFileSync(`/proc/${String(id)}/cmdline`, "utf8"), "");
    const part = /^nginx/.test(words) ? "nginx" : /uvicorn|multiprocessing/.test(words) ? "application" : undefined;
    if (part === undefined) continue;
    // Behind the name, which may hold anything: fields 14 and 15 are utime and stime, in ticks of 10 ms (proc(5), USER_HZ).
    const fields = ifThere(() => readFileSync(`/proc/${String(id)}/stat`, "utf8"), "")
      .split(") ")
      .at(-1)
      ?.split(" ");
    used[part] += (Number(fields?.[11] ?? 0) + Number(fields?.[12] ?? 0)) / 100;
  }
  return used;
}
