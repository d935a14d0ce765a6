/** The result for people: what is wrong first, then what is unknown, what is not evaluated here, and the closing line. */
import type { Paint, Palette } from "../cli/terminal";
import { lessons, lessonText } from "../core/lesson";
import type { Lesson } from "../core/lesson";
import { showPosition } from "../core/source";
import { closingLine } from "../core/summary";
import type { Outcome, Result } from "../core/outcome";
import type { Policy } from "../core/types";

const ORDER = ["mandatory violation", "mandatory unknown", "advisory violation", "advisory unknown"];

/** @param policies those that were asked: each finding's reason and fix are theirs */
export function textReport(result: Result, policies: readonly Policy[]): string {
  const taught = lessons(policies);
  // What holds for every policy is in the closing line.
  const spoken = result.outcomes.filter((outcome) => outcome.verdict !== "pass" && outcome.notShown !== "unchangedResources");
  const ranked = [...spoken].sort((a, b) => rank(a) - rank(b));
  const lines = ranked.flatMap((outcome, index) => {
    // Findings of one policy stand together, and its reason and fix are said once, below the last of them.
    const last = ranked[index + 1]?.policy !== outcome.policy || label(ranked[index + 1] ?? outcome) !== label(outcome);
    return [...findingLines(outcome), ...(last ? lessonLines(outcome, taught.get(outcome.policy)) : []), ""];
  });
  const exempted = result.exempted.map(
    ({ outcome, exemption }) => `exempted until ${exemption.expires}: ${outcome.policy}\n  ${outcome.urn}\n  reason: ${exemption.reason}\n`,
  );
  return [...lines, ...exempted, closingLine(result.summary), ""].join("\n");
}

/** What is wrong and what is unknown stand out on a terminal. */
export function paintFinding({ red, yellow }: Palette): Paint {
  return (line) => (line.startsWith("VIOLATION") ? red(line) : line.startsWith("CANNOT TELL") ? yellow(line) : line);
}

function findingLines(outcome: Outcome): string[] {
  return [
    `${label(outcome)} (${outcome.level}) ${outcome.policy}`,
    `  ${outcome.urn || "(the graph as a whole)"}`,
    ...(outcome.source === undefined ? [] : [`  at ${showPosition(outcome.source)}`]),
    `  ${outcome.message}`,
  ];
}

function lessonLines({ notShown, message }: Outcome, lesson: Lesson | undefined): string[] {
  if (lesson === undefined || notShown !== undefined) return [];
  return lessonText(lesson, message)
    .split("\n")
    .map((line) => `  ${line}`);
}

function label({ verdict, notShown }: Outcome): string {
  if (notShown !== undefined) return "NOT EVALUATED HERE";
  return verdict === "violation" ? "VIOLATION" : "CANNOT TELL";
}

function rank(outcome: Outcome): number {
  if (outcome.notShown !== undefined) return ORDER.length;
  return ORDER.indexOf(`${outcome.level} ${outcome.verdict}`);
}
