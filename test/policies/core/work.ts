/**
 * How much the pack works, as a number that is the same on every machine: how often its functions and blocks run, as V8 counts them for
 * coverage. What built-in functions do inside is not counted; `npm run bench -- policies` measures time.
 *
 * V8 counts blocks of functions that it compiles from now on: import this file before the pack.
 */
import { Session } from "node:inspector";
import { join } from "node:path";

const POLICIES = join(__dirname, "../../../policies/");
const session = new Session();
session.connect();
session.post("Profiler.enable");
session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });

/** Counts since the last call of this. */
function counted(): number {
  let work = 0;
  session.post("Profiler.takePreciseCoverage", (error, { result }) => {
    if (error) throw error;
    const own = result.filter(({ url }) => url.includes(POLICIES));
    for (const { functions } of own) for (const { ranges } of functions) for (const { count } of ranges) work += count;
  });
  return work;
}

/** Runs `body` and counts. */
export async function workOf(body: () => unknown): Promise<number> {
  counted();
  await body();
  const work = counted();
  if (work === 0) throw new Error("nothing of the pack has run");
  return work;
}
