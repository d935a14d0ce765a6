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
  /** Where that is not the report's own. */
  readonly machine?: Hardware;
}

export interface Hardware {
  readonly node: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
}

export interface Machine extends Hardware {
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

/** Whether values of both may stand beside each other as they are. */
const alike = (a: Hardware, b: Hardware): boolean => a.processor === b.processor && a.cores === b.cores;

/** What one result of a report was measured on. */
const hardwareOf = (report: Report, { run }: Result): Hardware => run?.machine ?? report.machine;

/** A report with the results of another run in place of its own of these names, in the order of `names`; each keeps where it was measured. */
export function mergeReports(before: Report, after: Report, names: readonly string[]): Report {
  const withRun = (report: Report): Result[] =>
    report.results.map((result) => {
      const { at, commit, load } = result.run ?? { at: report.at, commit: report.commit, load: report.machine.load };
      const { node, processor, cores, memoryGiB } = hardwareOf(report, result);
      const machine = { node, processor, cores, memoryGiB };
      return { ...result, run: { at, commit, load, ...(alike(machine, after.machine) ? {} : { machine }) } };
    });
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
  readonly verdict: "better" | "same" | "worse" | "other machine";
}

/** Less than this is the machine's own noise. */
const NOISE = 0.1;

/**
 * Rows that both reports have. Worse is what lies outside of the other's spread by more than a tenth: a median that moves within what one
 * run's values differ by says nothing, and neither does one that was found on another machine.
 */
export function compareReports(before: Report, after: Report): Difference[] {
  const old = new Map<string, { readonly row: Row; readonly on: Hardware }>(
    before.results.flatMap((result) => result.rows.map((row) => [`${result.name}: ${row.what}`, { row, on: hardwareOf(before, result) }])),
  );
  return after.results.flatMap((result) =>
    result.rows.flatMap((row): Difference[] => {
      const what = `${result.name}: ${row.what}`;
      const match = old.get(what);
      if (match === undefined) return [];
      const same = alike(match.on, hardwareOf(after, result));
      return [{ what, ...difference(match.row, row, same) }];
    }),
  );
}

function difference(before: Row, after: Row, sameMachine: boolean): Omit<Difference, "what"> {
  const [a, b] = [spreadOf(before.values), spreadOf(after.values)];
  const ratio = b.median / a.median;
  const up = b.median > a.most && ratio > 1 + NOISE;
  const down = b.median < a.least && ratio < 1 - NOISE;
  const [worse, better] = after.more === true ? [down, up] : [up, down];
  return { before: a, after: b, ratio, verdict: !sameMachine ? "other machine" : worse ? "worse" : better ? "better" : "same" };
}
