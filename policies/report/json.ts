/** The result for programs. */
import type { Result } from "../core/outcome";

/**
 * `policies`: one entry a finding, and one of verdict "pass" (urn and message empty) for each policy that found nothing. `summary` counts
 * policies (`ran = passed + nothingToEvaluate + withFindings + cannotTell + notEvaluated`) and, apart from them, findings (`violations`, `unknown`).
 */
export function jsonReport(result: Result): string {
  return `${JSON.stringify(reportOf(result), null, 2)}\n`;
}

/** The same as plain data. */
export function reportOf(result: Result): object {
  return {
    policies: result.outcomes.map(({ policy, level, verdict, urn, message, notShown, nothing }) => ({
      policy,
      level,
      verdict,
      urn,
      message,
      ...(notShown === undefined ? {} : { notShown: true }),
      ...(nothing === true ? { nothingToEvaluate: true } : {}),
    })),
    exempted: result.exempted.map(({ outcome: { notShown: _, ...outcome }, exemption }) => ({
      ...outcome,
      reason: exemption.reason,
      expires: exemption.expires,
    })),
    summary: result.summary,
  };
}
