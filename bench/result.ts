/** What a measurement is, and what is said of it. Pure. */

/** One thing that was measured several times. */
export interface Row {
  readonly what: string;
  /** "ms", "MiB", "requests/s". */
  readonly unit: string;
  readonly values: readonly number[];
  /** Whether more of it is better. @default false */
  readonly more?: boolean;
}

/** What two rows should be to each other. */
export interface Target {
  readonly what: string;
  readonly of: string;
  readonly by: string;
  /** of / by: at most this. */
  readonly atMost?: number;
  /** of / by: at least this. */
  readonly atLeast?: number;
  /** Why it is not met, from a profile; one sentence. */
  readonly because?: string;
}

/** What one value should be. */
export interface Limit {
  readonly what: string;
  readonly of: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly because?: string;
}

export interface Result {
  readonly name: string;
  readonly title: string;
  /** How it was measured, in whole sentences. */
  readonly method: string;
  readonly rows: readonly Row[];
  readonly targets: readonly (Target | Limit)[];
  /** When, of what and under which load, where that is not the report's own: a report may be made of several runs. */
  readonly run?: Run;
}

export interface Run {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly commit: string;
  /** Processes that waited for a core, on average over a minute, before it. */
  readonly load: number;
}

export interface Machine {
  readonly node: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** Processes that waited for a core, on average over a minute, before the first measurement. */
  readonly load: number;
}

export interface Report {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly results: readonly Result[];
}

/** A report with the results of another run of the same machine in place of its own of these names, in the order of `names`. */
export function mergeReports(before: Report, after: Report, names: readonly string[]): Report {
  const withRun = ({ at, commit, machine: { load }, results }: Report): Result[] =>
    results.map((result) => ({ ...result, run: result.run ?? { at, commit, load } }));
  const fresh = withRun(after);
  const kept = withRun(before).filter(({ name }) => fresh.every((one) => one.name !== name));
  const place = ({ name }: Result): number => names.indexOf(name);
  return { ...after, results: [...kept, ...fresh].sort((a, b) => place(a) - place(b)) };
}

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** @throws where nothing was measured */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [upper, lower] = [sorted[middle], sorted[sorted.length % 2 === 0 ? middle - 1 : middle]];
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (upper === undefined || lower === undefined || least === undefined || most === undefined) throw new Error("nothing was measured");
  return { median: (upper + lower) / 2, least, most };
}

export interface Verdict {
  readonly what: string;
  readonly value: number;
  /** "at most 1.5". */
  readonly limit: string;
  readonly met: boolean;
  readonly because?: string;
}

/** Each target with what was found: medians, and where nothing is allowed the most of all runs. Targets whose rows were not measured (a peer could not be installed) are left out. */
export function verdicts({ rows, targets }: Result): Verdict[] {
  const found = (what: string, which: "median" | "most"): number | undefined => {
    const row = rows.find((one) => one.what === what);
    return row === undefined ? undefined : spreadOf(row.values)[which];
  };
  return targets.flatMap((target): Verdict[] => {
    // What may never happen is judged by the run in which it happened most.
    const of = found(target.of, target.atMost === 0 ? "most" : "median");
    const by = "by" in target ? found(target.by, "median") : 1;
    if (of === undefined || by === undefined) return [];
    const value = of / by;
    const { what, atMost = Infinity, atLeast = -Infinity, because } = target;
    const met = value <= atMost && value >= atLeast;
    const limit = atMost === Infinity ? `at least ${String(atLeast)}` : `at most ${String(atMost)}`;
    return [{ what, value, limit, met, ...(met || because === undefined ? {} : { because }) }];
  });
}

export interface Difference {
  readonly what: string;
  readonly before: Spread;
  readonly after: Spread;
  /** after / before. */
  readonly ratio: number;
  readonly verdict: "better" | "same" | "worse";
}

/** Less than this is the machine's own noise. */
const NOISE = 0.1;

/**
 * Rows that both reports have. Worse is what lies outside of the other's spread by more than a tenth: a median that moves within what one
 * run's values differ by says nothing.
 */
export function compareReports(before: Report, after: Report): Difference[] {
  const old = new Map<string, Row>(
    before.results.flatMap(({ name, rows }) => rows.map((row): [string, Row] => [`${name}: ${row.what}`, row])),
  );
  return after.results.flatMap(({ name, rows }) =>
    rows.flatMap((row): Difference[] => {
      const what = `${name}: ${row.what}`;
      const match = old.get(what);
      if (match === undefined) return [];
      const [a, b] = [spreadOf(match.values), spreadOf(row.values)];
      const ratio = b.median / a.median;
      const up = b.median > a.most && ratio > 1 + NOISE;
      const down = b.median < a.least && ratio < 1 - NOISE;
      const worse = row.more === true ? down : up;
      const better = row.more === true ? up : down;
      return [{ what, before: a, after: b, ratio, verdict: worse ? "worse" : better ? "better" : "same" }];
    }),
  );
}
