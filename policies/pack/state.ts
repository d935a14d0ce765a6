/** What the pack's policies share within one process: the configuration, the records, and the evaluation that is under way. */
import type { ReportViolation, StackValidationArgs } from "@pulumi/policy";
import { DEFAULT_CONFIG, readSettings } from "../core/config";
import type { Config } from "../core/config";
import type { Outcome, Ran } from "../core/outcome";
import type { Graph, Policy } from "../core/types";
import { makeEarly } from "./early";
import type { Early } from "./early";
import { SETTINGS_POLICY } from "./names";
import { makeRecorder } from "./recorder";
import type { Recorder } from "./recorder";
import { configured } from "./report";
import { makeGraphReader, NOT_SHOWN } from "./stack-graph";

export interface Surroundings {
  /** True in a continuous integration run: there a mandatory "cannot tell" is an error unless configured otherwise. */
  readonly ci: boolean;
  /** True where resources are about to be changed (not a preview). */
  readonly updating: boolean;
  /** YYYY-MM-DD, UTC. */
  today(this: void): string;
  /** A line for the person at the terminal. */
  say(this: void, line: string): void;
}

/** One evaluation of one stack: from its first policy to its last. */
export interface Session {
  readonly graph: Graph;
  readonly config: Config;
  readonly ran: Map<string, { readonly level: Ran["level"]; readonly outcomes: readonly Outcome[] }>;
}

export interface PackState {
  readonly around: Surroundings;
  readonly recorder: Recorder;
  readonly early: Early;
  /** What was reported before a resource was created: it is not reported once more at the end of the run. */
  readonly reported: { add(this: void, outcome: Outcome): void; has(this: void, outcome: Outcome): boolean };
  /** The configuration last read, the defaults before. */
  config(this: void): Config;
  /** Reads the configuration; reports what is wrong with it. */
  configure(this: void, given: object, reportViolation: ReportViolation): void;
  /** The evaluation that this request belongs to. */
  session(this: void, args: StackValidationArgs, policyId: string): Promise<Session>;
}

/** @param policyIds what a configuration may name */
export function makePackState(policies: readonly Policy[], policyIds: readonly string[], around: Surroundings): PackState {
  const recorder = makeRecorder();
  const reported = new WeakMap<object, Set<string>>();
  const readGraph = makeGraphReader(recorder);
  let config: Config = DEFAULT_CONFIG;
  let session: Session | undefined;
  return {
    around,
    recorder,
    early: makeEarly((type) => policies.some((policy) => policy.early?.test(type) === true), NOT_SHOWN),
    reported: {
      add: (outcome) => void reported.set(recorder.run(), (reported.get(recorder.run()) ?? new Set()).add(keyOf(outcome))),
      has: (outcome) => reported.get(recorder.run())?.has(keyOf(outcome)) === true,
    },
    config: () => config,
    configure(given, reportViolation) {
      config = configured(() => readSettings(given, policyIds), DEFAULT_CONFIG, reportViolation);
    },
    async session(args, policyId) {
      const graph = await readGraph(args);
      // A policy that has answered already, or the first one, means that a new request has begun.
      if (session?.graph !== graph || policyId === SETTINGS_POLICY || session.ran.has(policyId))
        session = { graph, config, ran: new Map() };
      return session;
    },
  };
}

function keyOf({ policy, urn, message }: Outcome): string {
  return `${policy} ${urn} ${message}`;
}
