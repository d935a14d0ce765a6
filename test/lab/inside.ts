/** Running commands inside a machine as its root, whatever its network or ssh are doing. */
import { request } from "node:http";
import { join } from "node:path";
import { memoryGroups } from "./cgroup";
import { waitForLeader } from "./machine";
import { runDir } from "./paths";
import type { RunOptions, RunResult } from "./process";
import { run } from "./process";
import type { Completion } from "./services/hooks";
import type { Sent } from "./services/watched";
import type { Changed } from "./services/zone";
import type { S3Fault, S3Record } from "./services/s3-relay";

const ENVIRONMENT = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8"];

/** @param command a bash command line */
export async function execInside(lab: string, host: string, command: string, options: RunOptions = {}): Promise<RunResult> {
  const leader = await waitForLeader(lab, host);
  const enter = ["nsenter", "--target", String(leader), "--mount", "--uts", "--ipc", "--net", "--pid"];
  // The command counts towards the machine's memory like any other process in it.
  const joined = [
    "bash",
    "-c",
    'while read -r file; do [ -z "$file" ] || echo $$ >"$file"; done <<<"$0"; exec "$@"',
    memoryGroups(lab, host).join("\n"),
  ];
  return run([...joined, ...enter, "/usr/bin/env", "-i", ...ENVIRONMENT, "/bin/bash", "-c", command], options);
}

/** One call to the services' control socket. @returns what S3 has moved until now */
export const controlServices = (lab: string, faults?: readonly S3Fault[]): Promise<S3Record[]> => control(lab, "/", faults);

/** @param waiting instances that a group begins to wait for @returns what instances have said until now */
export const controlHooks = (lab: string, waiting?: readonly string[]): Promise<Completion[]> => control(lab, "/hooks", waiting);

/** @param groups of logs that are there from now on, or "down" and "up" @returns what CloudWatch was sent until now */
export const controlWatched = (lab: string, groups?: readonly string[]): Promise<Sent[]> => control(lab, "/watched", groups);

/** @param given which record may be changed, and how many changes are everywhere (services/zone.ts) @returns the changes until now */
export const controlZone = (lab: string, given?: readonly string[]): Promise<Changed[]> => control(lab, "/zone", given);

function control<T>(lab: string, path: string, given: readonly unknown[] | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const socketPath = join(runDir(lab), "services.sock");
    const call = request({ socketPath, method: given === undefined ? "GET" : "PUT", path }, (reply) => {
      const parts: Buffer[] = [];
      reply.on("data", (part: Buffer) => parts.push(part));
      reply.on("end", () => resolve(JSON.parse(Buffer.concat(parts).toString("utf8")) as T));
    });
    call.on("error", reject);
    call.end(given === undefined ? undefined : JSON.stringify(given));
  });
}
