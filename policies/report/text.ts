/** The result for people: what is wrong first, then what is unknown, what is not evaluated here, and the closing line. */
import { closingLine } from "../core/summary";
import type { Outcome, Result } from "../core/outcome";

const ORDER = ["mandatory violation", "mandatory unknown", "advisory violation", "advisory unknown"];

export function textReport(result: Result): string {
  // What holds for every policy is in the closing line.
  const spoken = result.outcomes.filter((outcome) => outcome.verdict !== "pass" && outcome.notShown !== "unchangedResources");
  const ranked = [...spoken].sort((a, b) => rank(a) - rank(b));
  const lines = ranked.map(
    (outcome) =>
      `${label(outcome)} (${outcome.level}) ${outcome.policy}\n  ${outcome.urn || "(the graph as a whole)"}\n  ${outcome.message}\n`,
  );
  const exempted = result.exempted.map(
    ({ outcome, exemption }) => `exempted until ${exemption.expires}: ${outcome.policy}\n  ${outcome.urn}\n  reason: ${exemption.reason}\n`,
  );
  return [...lines, ...exempted, closingLine(result.summary), ""].join("\n");
}

function label({ verdict, notShown }: Outcome): string {
  if (notShown !== undefined) return "NOT EVALUATED HERE";
  return verdict === "violation" ? "VIOLATION" : "CANNOT TELL";
}

function rank(outcome: Outcome): number {
  if (outcome.notShown !== undefined) return ORDER.length;
  return ORDER.indexOf(`${outcome.level} ${outcome.verdict}`);
}
