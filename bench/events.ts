/** Where the time of a deployment went, from what the local provider told of each Command. Pure. */
import type { Event } from "../test/lab/provider";

export interface HostsPart {
  /** From the start of the first Command on a host to the end of the last one; 0 where none ran. */
  readonly ms: number;
  /** Commands that ran on a host. */
  readonly commands: number;
  /** Milliseconds of each of them. */
  readonly steps: ReadonlyMap<string, number>;
}

const WAIT = /-host-key$/;

/** A host is waited for by the Command that asks its key: what counts begins when the first host has answered, at a first set-up. */
export function hostsPart(events: readonly Event[]): HostsPart {
  const ran = events.filter(({ kind, what }) => kind === "command" && what !== "unchanged");
  const waits = ran.filter(({ name }) => WAIT.test(name));
  const steps = ran.filter(({ name }) => !WAIT.test(name));
  if (steps.length === 0) return { ms: 0, commands: 0, steps: new Map() };
  const begins = waits.length > 0 ? waits.map(({ ended }) => ended) : steps.map(({ ended, seconds }) => ended - seconds * 1000);
  return {
    ms: Math.max(...steps.map(({ ended }) => ended)) - Math.min(...begins),
    commands: steps.length,
    steps: new Map(steps.map(({ name, seconds }) => [name, seconds * 1000])),
  };
}
