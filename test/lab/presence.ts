/** Notices that a lab goes away under the run that works on it: the run then ends with one sentence instead of waiting for dead machines. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { processesOf } from "./cgroup";
import { ifThere } from "./files";
import { runDir } from "./paths";

const LOOK_EVERY_MS = 1000;

/** Of this one lab: another of the same name has another key. */
const identity = (lab: string): string | undefined => ifThere(() => readFileSync(join(runDir(lab), "key.pub"), "utf8"), undefined);

function whyLost(lab: string, own: string | undefined): string | undefined {
  if (own === undefined || identity(lab) !== own)
    return `lab "${lab}" was taken down while this run worked on it (${runDir(lab)} is gone or another's): run it again to begin anew.`;
  const dead = ["services", "operator"].find((part) => processesOf(lab, part).length === 0);
  if (dead === undefined) return undefined;
  return `lab "${lab}" does not work any more, its process "${dead}" has ended (${join(runDir(lab), dead)}.log): take it down, then run again.`;
}

/** Does the work as long as the lab is there. @throws at once when it has gone, and then not what that did to the work */
export async function whileThere<T>(lab: string, work: () => Promise<T>): Promise<T> {
  const own = identity(lab);
  let timer: NodeJS.Timeout | undefined;
  let idle: (() => void) | undefined;
  const lost = new Promise<never>((_resolve, reject) => {
    const look = (otherwise?: string) => (): void => {
      const why = whyLost(lab, own) ?? otherwise;
      if (why !== undefined) reject(new Error(why));
    };
    timer = setInterval(look(), LOOK_EVERY_MS).unref();
    process.once("beforeExit", (idle = look(`nothing is under way any more on lab "${lab}", but its resources wait for each other.`)));
  });
  try {
    return await Promise.race([work(), lost]);
  } catch (error) {
    const why = whyLost(lab, own);
    throw why === undefined ? error : new Error(why, { cause: error });
  } finally {
    clearInterval(timer);
    if (idle !== undefined) process.off("beforeExit", idle);
  }
}
