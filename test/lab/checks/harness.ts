/** The smallest test runner: checks one after the other, because each stands on the machines as the one before left them. */

export interface Check {
  readonly name: string;
  /** @returns a remark for the printed line @throws with what did not hold */
  readonly run: () => Promise<string | void>;
  /** When it fails, the rest cannot mean anything. @default false */
  readonly essential?: boolean;
  /** What a host runs makes no difference to it: the short form leaves it out. @default false */
  readonly anyOs?: boolean;
}

export interface Tally {
  passed: number;
  failed: number;
}

/** @throws naming what had to hold */
export function expect(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

/** Runs the checks and prints a line for each. A failed essential one counts all that follow it as failed. */
export async function runChecks(checks: readonly Check[], tally: Tally): Promise<void> {
  let stopped = "";
  for (const { name, run, essential } of checks) {
    const started = Date.now();
    try {
      if (stopped !== "") throw new Error(`not tried, because "${stopped}" failed`);
      const remark = (await run()) ?? "";
      tally.passed += 1;
      console.log(`ok      ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)${remark === "" ? "" : `: ${remark}`}`);
    } catch (error) {
      tally.failed += 1;
      console.log(`FAILED  ${name}: ${(error as Error).message}`);
      if (essential === true && stopped === "") stopped = name;
    }
  }
}
