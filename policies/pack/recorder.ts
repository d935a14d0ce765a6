/**
 * What the engine showed of each resource before it was created: its inputs. The stack is evaluated at the end by outputs
 * (at a preview mostly unknown: the provider fills in what the program left out), so the inputs are kept until then.
 * Secret marks are seen in remediations only, and are put on what is seen elsewhere.
 *
 * One process of the pack sees several runs: `pulumi up` shows it the resources and the stack of the preview, then those of the update. The
 * engine does not say where one run ends and the next begins, so it is read from the order of the calls:
 *
 * ```text
 * noteMarked, notePlain   once a resource: the remediation, then the validation
 * take                    the stack: all policies of this evaluation use these records
 * take                    no resource since: another stack, evaluated from its state alone; it gets no records
 * noteMarked              a resource after a stack: a new run, which starts with no records
 * ```
 *
 * Every policy of the pack asks for the graph of the stack, and only the first of them may take. `fresh` says whether anything has been
 * noted since the last `take`: `stack-graph.ts` takes when the stack differs from the last one, or when it is fresh.
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
  /** The records of the run that ends with this stack. What is noted later belongs to the next run. */
  take(): ReadonlyMap<string, Recorded>;
  /** Identifies the run: another object for each. */
  run(): object;
  /** True where something has been noted since the last `take`. */
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
      // A second stack with no resource seen since the first: the records belong to the first one.
      if (taken && !fresh) records = new Map();
      taken = true;
      fresh = false;
      return records;
    },
    run: () => records,
    fresh: () => fresh,
  };
}
