/** What an evaluation gives: one line for each finding, and the numbers. Types only, so that whatever makes or prints them may import them. */
import type { Exemption } from "./config";
import type { Level, NotShown, SourcePosition, Verdict } from "./types";

export type ActiveLevel = Exclude<Level, "disabled">;

/** One line of the result: a finding, or the pass of a policy that found nothing (its urn and message are empty). */
export interface Outcome {
  readonly policy: string;
  readonly level: ActiveLevel;
  readonly verdict: Verdict;
  readonly urn: string;
  readonly message: string;
  /** Where the program registers the resource, where the graph says so. */
  readonly source?: SourcePosition;
  /** What the source of the graph can never show: the policy is not evaluated there. Reported, but no finding and no error. */
  readonly notShown?: NotShown;
  /** With a pass: the graph has nothing that the policy is about. */
  readonly nothing?: true;
  /** See `Finding`; neither is part of a result. */
  readonly whole?: boolean;
  readonly pending?: true;
}

export interface Result {
  readonly outcomes: readonly Outcome[];
  readonly exempted: readonly { readonly outcome: Outcome; readonly exemption: Exemption }[];
  /** Ids of policies that the configuration disables. */
  readonly disabled: readonly string[];
  readonly summary: Summary;
}

/** A policy that ran, and how strictly. */
export interface Ran {
  readonly id: string;
  readonly level: ActiveLevel;
}

export interface Summary {
  /** Policies that ran: `passed + nothingToEvaluate + withFindings + cannotTell + notEvaluated`. */
  readonly ran: number;
  /** Policies that found nothing, or nothing but what is exempted. */
  readonly passed: number;
  /** Policies for which the graph has nothing to look at: no backend, no machine, no script. */
  readonly nothingToEvaluate: number;
  /** Policies with at least one violation. */
  readonly withFindings: number;
  /** Policies without a violation that could not tell of at least one thing. */
  readonly cannotTell: number;
  /** Policies that found nothing, but need what this source never shows. */
  readonly notEvaluated: number;
  /** Findings, not policies: how many violations, and how many things are unknown. */
  readonly violations: number;
  readonly unknown: number;
  readonly exempted: number;
  /** Ids of the policies that the configuration disables; they did not run. */
  readonly disabled: readonly string[];
  /** Ids of the policies that are not evaluated here, with the reason. */
  readonly reasons: Readonly<Record<string, string>>;
}
