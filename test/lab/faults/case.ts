/** One fault: what is done, and what has to hold afterwards. */
import type { Bench } from "./bench";
import type { Outcome } from "./operator";
import { SECRET } from "./variants";

export interface Case {
  readonly name: string;
  /** True when the fault itself stops answers (a host that is switched off); otherwise not one request may fail. */
  readonly outage?: boolean;
  /** True for a case that runs only when `--only` matches its name: it takes long, or does not hold yet (CONTRIBUTING). */
  readonly byName?: boolean;
  /** @returns a remark for the line that is printed @throws when the host did not do what it should */
  run(bench: Bench): Promise<string>;
}

export function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

/** The deployment has to fail, in the right step, with a text that says why and holds no secret. @returns the reason's first line */
export function expectFailure(outcome: Outcome, step: string, reason: RegExp): string {
  check(!outcome.ok, `it succeeded (${outcome.ran.join(", ")}), but had to fail`);
  check(outcome.ran.at(-1) === step, `${outcome.ran.at(-1) ?? "nothing"} failed, not ${step}: ${outcome.said.slice(0, 1500)}`);
  check(reason.test(outcome.said), `the reason does not say ${reason.source}: ${outcome.said.slice(0, 1500)}`);
  check(!outcome.said.includes(SECRET), `a secret is in what was printed: ${outcome.said.slice(0, 3000)}`);
  const lines = outcome.last.trimEnd().split("\n");
  const reasonLine = lines.at(-1) ?? "";
  check(lines.length <= 30, `the failed step printed ${lines.length} lines, not 30 at most: ${outcome.last.slice(0, 6000)}`);
  check(reasonLine.startsWith(`ddos ${step} failed on `), `the last line is not the reason: ${outcome.last.slice(-1500)}`);
  return reasonLine.replace(/^ddos \w+ failed on \S+: /, "").slice(0, 110);
}

export function expectSuccess(outcome: Outcome): void {
  check(outcome.ok, `${outcome.ran.at(-1) ?? "nothing"} failed: ${outcome.said.slice(0, 2500)}`);
}

/** Work on a host that is changed by hand, and after which it is as before. @param undo run there also when the work fails */
export async function undone(bench: Bench, undo: string, work: () => Promise<string>): Promise<string> {
  try {
    return await work();
  } finally {
    await bench.sh(undo);
  }
}
