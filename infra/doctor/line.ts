/** What doctor says: one line for each thing that it looked at. Pure. */

export type Verdict = "good" | "bad" | "not checked";

export interface Line {
  /** What was looked at: "AWS identity". */
  readonly check: string;
  readonly verdict: Verdict;
  readonly found: string;
  /** A command, where one puts it right. */
  readonly fix?: string;
}

export type Lines = readonly Line[];

/** A check under one name. */
export interface Named {
  good(found: string): Line;
  bad(found: string, fix?: string): Line;
  unknown(found: string, fix?: string): Line;
}

export function named(check: string): Named {
  const line = (verdict: Verdict, found: string, fix?: string): Line => ({ check, verdict, found, ...(fix === undefined ? {} : { fix }) });
  return {
    good: (found) => line("good", found),
    bad: (found, fix) => line("bad", found, fix),
    unknown: (found, fix) => line("not checked", found, fix),
  };
}

/** 1: something is bad; 3: nothing is, and something could not be looked at. */
export function exitCode(lines: Lines): 0 | 1 | 3 {
  if (lines.some(({ verdict }) => verdict === "bad")) return 1;
  return lines.some(({ verdict }) => verdict === "not checked") ? 3 : 0;
}
