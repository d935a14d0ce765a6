/**
 * fast-check with one seed for all property tests, so that a run tells about the change that it tests. DDOS_SEED takes another one, DDOS_RUNS more
 * runs of each property: `DDOS_SEED=$RANDOM DDOS_RUNS=1000 npx jest FILE` searches for more.
 */
import fc from "fast-check";

const number = (name: string): number | undefined => (process.env[name] === undefined ? undefined : Number(process.env[name]));

fc.configureGlobal({ seed: number("DDOS_SEED") ?? 1 });

/** How often a property is tried: as often as its test says, unless DDOS_RUNS says otherwise. */
export function runs(usual: number): { readonly numRuns: number } {
  return { numRuns: number("DDOS_RUNS") ?? usual };
}

export default fc;
