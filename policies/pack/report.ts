/** From outcomes to the engine's diagnostics. */
import type { ReportViolation } from "@pulumi/policy";
import { ConfigError } from "../core/config";
import { lessonOf, lessonText } from "../core/lesson";
import type { Outcome } from "../core/outcome";
import type { Policy } from "../core/types";

/** @param strict whether a "cannot tell" is as bad as a violation */
export function reportOutcome(policy: Policy, outcome: Outcome, strict: boolean, reportViolation: ReportViolation): void {
  const urn = outcome.urn === "" ? undefined : outcome.urn;
  if (outcome.verdict === "violation" && outcome.policy === policy.id) {
    reportViolation(`${outcome.message}\n${lessonText(lessonOf(policy), outcome.message)}`, urn);
    return;
  }
  if (outcome.verdict === "pass") return;
  // What the engine never shows is no news at every run: the summary names it.
  if (outcome.notShown !== undefined) return;
  const unknown = outcome.verdict === "unknown";
  const message = `${policy.description}\n${unknown ? "CANNOT TELL: " : ""}${outcome.message}\n${lessonText(lessonOf(policy), outcome.message)}`;
  reportAt(reportViolation, message, urn, unknown && strict ? undefined : "advisory");
}

/** Reads configuration; what is wrong with it is a mandatory matter, and the fallback is used. */
export function configured<T>(read: () => T, fallback: T, reportViolation: ReportViolation): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    reportAt(reportViolation, `The policy pack's configuration cannot be used:\n  ${error.problems.join("\n  ")}`, undefined, "mandatory");
    return fallback;
  }
}

/** The SDK takes an object as well, with a level of its own; its types do not say so (test/policies/pack pins it). */
function reportAt(
  reportViolation: ReportViolation,
  message: string,
  urn: string | undefined,
  level: "advisory" | "mandatory" | undefined,
): void {
  const info = { message, ...(urn === undefined ? {} : { urn }), ...(level === undefined ? {} : { enforcementLevel: level }) };
  (reportViolation as unknown as (info: object) => void)(info);
}
