/**
 * A program that lives no longer than this one. `aws ssm start-session` starts session-manager-plugin, which stays when `aws` alone is
 * killed, and holds a port open that leads to a host: so both are a process group of their own, and a guard in it reads a pipe of this
 * program. The pipe ends with this program, also when it is killed; then the group gets SIGINT, on which the plugin ends its session (SIGTERM it
 * does not handle), and three seconds later SIGKILL.
 */
import { spawn, type ChildProcess } from "node:child_process";
import type { Socket } from "node:net";

/** POSIX sh. A shell has SIGINT ignored in what it starts in the background: the guard outlives the signal that it sends. */
const GUARD = `exec 3<&0
{ cat <&3 >/dev/null; kill -INT 0; sleep 3; kill -KILL 0; } &
guard=$!
"$@" </dev/null 3<&-
status=$?
kill "$guard" 2>/dev/null
exit "$status"`;

/** The end of what it said is kept, for messages. */
const KEPT = 8000;

export interface Ended {
  /** 127: there is no such program. */
  readonly code: number;
  /** What it wrote to both outputs, the last of it. */
  readonly said: string;
}

export interface GuardedChild {
  /** Settles when the program has ended, by itself or not. */
  readonly ended: Promise<Ended>;
  /** Undefined until it is so. */
  readonly end: () => Ended | undefined;
  /** Settles with the first match in what it writes; never, where there is none. */
  readonly wrote: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** Ends the whole group. */
  readonly stop: () => void;
}

/** Nothing of it keeps this program alive. */
export function guardedChild(program: string, args: readonly string[], env: NodeJS.ProcessEnv): GuardedChild {
  const child = spawn("/bin/sh", ["-c", GUARD, "guard", program, ...args], { env, detached: true, stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  let end: Ended | undefined;
  const readers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (part: Buffer) => {
      said = (said + part.toString("utf8")).slice(-KEPT);
      for (const read of readers) read();
    });
  }
  child.stdin.on("error", () => undefined); // the guard ended before the pipe did
  letGo(child);
  const ended = new Promise<Ended>((resolve) => {
    const settle = (code: number): void => {
      end ??= { code, said };
      stopGroup(child); // where the guard itself was killed
      resolve(end);
    };
    child.once("error", (error) => ((said += error.message), settle(127)));
    child.once("close", (code) => settle(code ?? 1));
    // What the group left behind may hold the outputs: the program has ended all the same.
    child.once("exit", (code) => setTimeout(() => settle(code ?? 1), 200).unref());
  });
  const wrote = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve) => {
      const read = (): void => {
        const match = pattern.exec(said);
        if (match === null) return;
        readers.delete(read);
        resolve(match);
      };
      readers.add(read);
      read();
    });
  return { ended, end: () => end, wrote, stop: () => void child.stdin.destroy() };
}

function letGo(child: ChildProcess): void {
  child.unref();
  for (const stream of child.stdio) (stream as Socket | null)?.unref();
}

function stopGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch (error) {
    // ESRCH: nobody is left, as it should be. EPERM: macOS says so of a group of zombies.
    if (!["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
