/**
 * Locks between processes that the kernel lifts when their holder ends, however it ends: flock(1) in a child that lives as long as its
 * standard input is open. The file says who holds it, and goes with the lock.
 */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { dirname } from "node:path";
import { ifThere } from "./files";

const HELD_BY_ANOTHER = 75;
const REMOVED = 76;
/** $0: file, $1: what it shall say, $2: option of flock. The holder before removes the file, so a lock on the removed one is worth nothing. */
const HOLD = `exec 9>>"$0" || exit 1
flock $2 9 || exit $?
[ "$0" -ef /proc/self/fd/9 ] || exit ${REMOVED}
echo "$1" >"$0"
echo held
exec cat >/dev/null`;

export interface LockOptions {
  /** What the holder does, for the message that another process gets, e.g. "up:local". */
  readonly doing: string;
  /** Waits for the holder instead of failing. @default false */
  readonly wait?: boolean;
}

/** Someone else has it. */
export class Locked extends Error {
  /** @param holder e.g. "up:local, process 4711" */
  constructor(readonly holder: string) {
    super(`locked by ${holder}`);
  }
}

/** @returns the child that holds the lock, or the status that it ended with */
function tryHold(file: string, { doing, wait }: LockOptions): Promise<ChildProcess | number> {
  const option = wait === true ? "--exclusive" : `--nonblock --conflict-exit-code=${HELD_BY_ANOTHER}`;
  const says = `${doing}, process ${process.pid}`;
  return new Promise((resolve, reject) => {
    const child = spawn("bash", ["-c", HOLD.replace("$2", option), file, says], { stdio: ["pipe", "pipe", "inherit"] });
    child.on("error", (error) => reject(new Error(`bash could not be started for the lock ${file}: ${error.message}`)));
    child.on("exit", (code) => resolve(code ?? 1));
    child.stdout.on("data", () => {
      // A lock is no reason for a process to stay alive.
      for (const handle of [child, child.stdin as Socket, child.stdout as Socket]) handle.unref();
      resolve(child);
    });
    child.stdin.on("error", () => undefined);
  });
}

const release = (file: string, child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    rmSync(file, { force: true });
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.ref();
    child.on("exit", () => resolve());
    child.stdin?.end();
  });

/** Does the work while no other process holds the lock. @throws Locked when one does and `wait` is not set */
export async function withLock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  for (;;) {
    mkdirSync(dirname(file), { recursive: true });
    const held = await tryHold(file, options);
    if (held === HELD_BY_ANOTHER) throw new Locked(ifThere(() => readFileSync(file, "utf8"), "").trim() || "another process");
    // Removed between our opening and our locking it: the file by its last holder, or the directory with it.
    if (held === REMOVED || !existsSync(dirname(file))) continue;
    if (typeof held === "number") throw new Error(`the lock ${file} cannot be taken: flock ended with status ${held}`);
    try {
      return await work();
    } finally {
      await release(file, held);
    }
  }
}
