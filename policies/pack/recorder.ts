/**
 * What the engine showed of each resource before it was created: its inputs. The stack is evaluated at the end by outputs
 * (at a preview mostly unknown: the provider fills in what the program left out), so the inputs are kept until then.
 * Secret marks are seen in remediations only, and are put on what is seen elsewhere.
 */
import type { Props } from "../core/types";
import { propsWithMarks } from "./read";

export interface Recorded {
  readonly inputs: Props;
  /** True where the secret marks of the inputs were seen. */
  readonly marked: boolean;
}

export interface Recorder {
  /** Inputs with their secret marks, from a remediation. */
  noteMarked(urn: string, inputs: Props): void;
  /** Inputs without marks, from a validation; the marks seen before stay. */
  notePlain(urn: string, inputs: Props): void;
  /** What has been noted of one resource. */
  get(urn: string): Recorded | undefined;
  /** Everything noted since the last stack was evaluated. Counts as evaluating: what is noted later belongs to another run. */
  take(): ReadonlyMap<string, Recorded>;
  /** Another object for each run. */
  run(): object;
  /** True while something has been noted that no `take` has seen. */
  fresh(): boolean;
}

export function makeRecorder(): Recorder {
  let records = new Map<string, Recorded>();
  let fresh = false;
  let taken = false;
  const note = (urn: string, recorded: (before: Recorded | undefined) => Recorded): void => {
    if (taken) records = new Map();
    taken = false;
    fresh = true;
    records.set(urn, recorded(records.get(urn)));
  };
  return {
    noteMarked: (urn, inputs) => {
      note(urn, () => ({ inputs, marked: true }));
    },
    notePlain: (urn, inputs) => {
      note(urn, (before) => (before?.marked ? { inputs: propsWithMarks(inputs, before.inputs), marked: true } : { inputs, marked: false }));
    },
    get: (urn) => records.get(urn),
    take() {
      // A second stack without any resource seen before it: the records belong to the first one.
      if (taken && !fresh) records = new Map();
      taken = true;
      fresh = false;
      return records;
    },
    run: () => records,
    fresh: () => fresh,
  };
}
