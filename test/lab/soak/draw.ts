/** What a run of the soak does, drawn from the seed and the number of the run alone, so that any run can be made again by itself. Pure. */
import { createHash } from "node:crypto";

/** What strikes; what each of them may do to requests and to the deployment is in rules.ts. */
export const FAULTS = [
  "step killed",
  "operator killed",
  "power cut",
  "reboot",
  "link cut",
  "disk full",
  "no inodes",
  "S3 slow",
  "S3 failing",
  "DNS dead",
  "clock off",
  "bad release",
  "changed file",
  "two operators",
  "sshd restarted",
] as const;
export type FaultName = (typeof FAULTS)[number];

/** What is being deployed meanwhile. */
export const CHANGES = [
  "one .py",
  ".env value",
  "requirement",
  "model",
  "gateway release",
  "nginx setting",
  "rollback by hand",
  "restore of a backup",
  "repair",
] as const;
export type ChangeName = (typeof CHANGES)[number];

/** How long each takes on two cores, milliseconds: a fault strikes within this time after the beginning. */
const TAKES: Readonly<Record<ChangeName, number>> = {
  "one .py": 8000,
  ".env value": 7000,
  requirement: 12_000,
  model: 8000,
  "gateway release": 8000,
  "nginx setting": 6000,
  "rollback by hand": 6000,
  "restore of a backup": 3000,
  repair: 9000,
};

export interface Draw {
  readonly seed: number;
  /** From 1. */
  readonly run: number;
  readonly fault: FaultName;
  readonly change: ChangeName;
  /** Milliseconds from the beginning of the deployment to the fault. */
  readonly afterMs: number;
  /** @returns one of them, by the seed, the run and `what` it is about */
  pick<T>(what: string, from: readonly [T, ...T[]]): T;
  /** @returns a whole number from `low` up to and with `high` */
  between(what: string, low: number, high: number): number;
}

/** @returns a number from 0 up to but not with 1 that these words decide */
function fraction(...words: readonly (string | number)[]): number {
  return createHash("sha256").update(words.join("/")).digest().readUIntBE(0, 6) / 2 ** 48;
}

/** All of them once in every so many runs, in an order of its own each time. */
function dealt<T extends string>(all: readonly T[], seed: number, run: number): T {
  const round = Math.floor((run - 1) / all.length);
  const order = [...all].sort((a, b) => fraction(seed, round, a) - fraction(seed, round, b));
  return order[(run - 1) % all.length] as T;
}

export function draw(seed: number, run: number): Draw {
  const change = dealt(CHANGES, seed, run);
  const between = (what: string, low: number, high: number): number => low + Math.floor(fraction(seed, run, what) * (high - low + 1));
  return {
    seed,
    run,
    fault: dealt(FAULTS, seed, run),
    change,
    afterMs: Math.round(fraction(seed, run, "moment") * TAKES[change]),
    pick: (what, from) => from[between(what, 0, from.length - 1)] as (typeof from)[number],
    between,
  };
}

/** The command that makes this run again. */
export const again = ({ seed, run }: Pick<Draw, "seed" | "run">): string => `npm run test:soak -- --seed ${seed} --from ${run} --runs 1`;
