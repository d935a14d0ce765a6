/** What a run comes to, in numbers that add up, and the one line that every printer ends with. */
import type { Outcome, Summary } from "./outcome";
import type { NotShown } from "./types";

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
  const [wrong, open, blind] = [violations, unknown, hidden].map((list) => new Set(list.map(({ policy }) => policy)));
  const kind = (id: string): "withFindings" | "cannotTell" | "notEvaluated" | "passed" =>
    wrong?.has(id) ? "withFindings" : open?.has(id) ? "cannotTell" : blind?.has(id) ? "notEvaluated" : "passed";
  const kinds = ran.map(kind);
  const count = (wanted: string): number => kinds.filter((one) => one === wanted).length;
  return {
    ran: ran.length,
    passed: count("passed"),
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
  const { ran, passed, withFindings, cannotTell, notEvaluated, violations, unknown, exempted, disabled, reasons } = summary;
  const blind = blindText(reasons);
  return [
    `${String(ran)} policies ran: ${String(passed)} passed, ${String(withFindings)} with findings, ${String(cannotTell)} cannot tell, ${String(notEvaluated)} not evaluated here${blind === "" ? "" : ` (${blind})`}`,
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

function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? "" : "s"}`;
}
