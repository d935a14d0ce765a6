/** How many tests a runner says that it ran. Pure. */

export interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** Reads the closing lines of Jest, of Python's unittest, and plain ones ("12 passed, 0 failed"); undefined where there is none. */
export function countIn(text: string): Count | undefined {
  const lines = text.split(/\r?\n/).reverse();
  const last = (pattern: RegExp): RegExpExecArray | undefined =>
    lines.map((line) => pattern.exec(line)).find((match) => match !== null) ?? undefined;
  const jest = last(/^Tests: +(.*)$/)?.[1];
  if (jest !== undefined) return { passed: numberOf(jest, /(\d+) passed/), failed: numberOf(jest, /(\d+) failed/) };
  const plain = last(/^(?:\S+: )?(\d+) passed, (\d+) failed/);
  if (plain !== undefined) return { passed: Number(plain[1]), failed: Number(plain[2]) };
  const ran = last(/^Ran (\d+) tests? in /)?.[1];
  if (ran === undefined) return undefined;
  const end = last(/^(?:OK|FAILED)(?: \(.*\))?$/)?.[0] ?? "";
  const failed = numberOf(end, /failures=(\d+)/) + numberOf(end, /errors=(\d+)/) + numberOf(end, /unexpected successes=(\d+)/);
  return { passed: Math.max(0, Number(ran) - failed - numberOf(end, /skipped=(\d+)/)), failed };
}

function numberOf(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? 0);
}

/**
 * What one program adds to the sum: the tests that it counted, or itself as one. A runner that broke before it could count has failed all the
 * same, and so has one whose tests passed and which still ended with an error.
 */
export function tally(exitCode: number, text: string): Count {
  const count = countIn(text) ?? { passed: exitCode === 0 ? 1 : 0, failed: 0 };
  return exitCode !== 0 && count.failed === 0 ? { passed: count.passed, failed: 1 } : count;
}
