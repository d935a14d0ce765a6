/** The result for people: what is wrong first, then what could not be told, then the closing line. */
import { closingLine } from "../core/evaluate";
import type { Outcome, Result } from "../core/evaluate";

const ORDER = ["mandatory violation", "mandatory unknown", "advisory violation", "advisory unknown"];
const LABEL: Readonly<Record<Outcome["verdict"], string>> = { violation: "VIOLATION", unknown: "CANNOT TELL", pass: "pass" };

export function textReport(result: Result): string {
  const spoken = result.outcomes.filter((outcome) => outcome.verdict !== "pass");
  const ranked = [...spoken].sort((a, b) => rank(a) - rank(b));
  const lines = ranked.map(
    (outcome) =>
      `${LABEL[outcome.verdict]} (${outcome.level}) ${outcome.policy}\n  ${outcome.urn || "(the graph as a whole)"}\n  ${outcome.message}\n`,
  );
  const exempted = result.exempted.map(
    ({ outcome, exemption }) => `exempted until ${exemption.expires}: ${outcome.policy}\n  ${outcome.urn}\n  reason: ${exemption.reason}\n`,
  );
  return [...lines, ...exempted, closingLine(result), ""].join("\n");
}

function rank(outcome: Outcome): number {
  return ORDER.indexOf(`${outcome.level} ${outcome.verdict}`);
}
