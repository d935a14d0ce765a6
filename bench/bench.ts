/** What each measurement is given, and gives. */
import type { Limit, Result, Target } from "./result";

export interface Around {
  /** How often each thing is measured. */
  readonly runs: number;
  /** Empty, removed at the end. */
  readonly folder: string;
  /** What is being done now. */
  readonly say: (what: string) => void;
  /** For the reader, beside the result: a peer that could not be installed. */
  readonly note: (line: string) => void;
}

export interface Bench {
  readonly name: string;
  readonly summary: string;
  /** What its rows should be to each other. */
  readonly targets: readonly (Target | Limit)[];
  measure(around: Around): Promise<Omit<Result, "name" | "targets">>;
}
