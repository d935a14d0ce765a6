/** What a run comes to, in numbers that add up, and the one line that every printer ends with. */
import type { Outcome, Summary } from "./outcome";
import type { NotShown } from "./types";
import { count } from "../cli/words";

const REASONS: Readonly<Record<NotShown, string>> = {
  retainOnDelete: "the engine does not show policies the option retainOnDelete",
  outputSecretMarks: "the engine does not show policies which outputs are secret",
  stackOutputs: "pulumi preview --json lists no stack outputs",
  unchangedResources: "nothing changes, and this preview lists no unchanged resource; pulumi preview --json --show-sames does",
};

/** @param ran ids of the policies that ran */
export function summarize(ran: readonly string[], outcomes: readonly Outcome[], exempted: number, disabled: readonly string[]): Summary {
  const of = (test: (outcome: Outcome) => boolean): readonly Outcome[] => outcomes.filter(test);
  const violations = of(({ verdict }) => verdict === "violation");
  const unknown = of(({ verdict, notShown }) => verdict === "unknown" && notShown === undefined);
  const hidden = of(({ notShown }) => notShown !== undefined);
  const idle = of(({ nothing }) => nothing === true);
  const sets = { withFindings: violations, cannotTell: unknown, notEvaluated: hidden, nothingToEvaluate: idle };
  const kinds = Object.entries(sets).map(([name, list]) => [name, new Set(list.map(({ policy }) => policy))] as const);
  const kind = (id: string): string => kinds.find(([, ids]) => ids.has(id))?.[0] ?? "passed";
  const all = ran.map(kind);
  const count = (wanted: string): number => all.filter((one) => one === wanted).length;
  return {
    ran: ran.length,
    passed: count("passed"),
    nothingToEvaluate: count("nothingToEvaluate"),
    withFindings: count("withFindings"),
    cannotTell: count("cannotTell"),
    notEvaluated: count("notEvaluated"),
    violations: violations.length,
    unknown: unknown.length,
    exempted,
    disabled,
    reasons: Object.fromEntries(
      hidden.flatMap(({ policy, notShown }) =>
        notShown !== undefined && kind(policy) === "notEvaluated" ? [[policy, REASONS[notShown]]] : [],
      ),
    ),
  };
}

/** The closing line: nothing is silently left out. */
export function closingLine(summary: Summary): string {
  const { ran, passed, nothingToEvaluate, withFindings, cannotTell, notEvaluated, violations, unknown, exempted, disabled, reasons } =
    summary;
  const blind = blindText(reasons);
  return [
    `${String(ran)} policies ran: ${String(passed)} passed, ${nothingToEvaluate > 0 ? `${String(nothingToEvaluate)} had nothing to evaluate, ` : ""}${String(withFindings)} with findings, ${String(cannotTell)} cannot tell, ${String(notEvaluated)} not evaluated here${blind === "" ? "" : ` (${blind})`}`,
    `${count(violations, "violation")}, ${String(unknown)} unknown`,
    ...(exempted > 0 ? [`${String(exempted)} exempted`] : []),
    disabled.length > 0 ? `disabled: ${disabled.join(", ")}` : "none is disabled",
  ]
    .join("; ")
    .concat(".");
}

/** Each policy with its reason; a reason that holds for many is said once. */
function blindText(reasons: Summary["reasons"]): string {
  const byReason = new Map<string, string[]>();
  for (const [id, reason] of Object.entries(reasons)) byReason.set(reason, [...(byReason.get(reason) ?? []), id]);
  return [...byReason].map(([reason, ids]) => (ids.length > MOST_NAMED ? reason : `${ids.join(", ")}: ${reason}`)).join("; ");
}

const MOST_NAMED = 3;
