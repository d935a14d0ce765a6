/** The result for programs. */
import type { Result } from "../core/evaluate";

/**
 * `policies`: one entry a finding, and one of verdict "pass" (urn and message empty) for each policy that found nothing.
 * `summary.ran` counts policies; `passed`, `violations` and `unknown` count entries of that verdict.
 */
export function jsonReport(result: Result): string {
  const report = {
    policies: result.outcomes.map(({ policy, level, verdict, urn, message, notShown }) => ({
      policy,
      level,
      verdict,
      urn,
      message,
      ...(notShown ? { notShown } : {}),
    })),
    exempted: result.exempted.map(({ outcome, exemption }) => ({ ...outcome, reason: exemption.reason, expires: exemption.expires })),
    summary: { ...result.summary, exempted: result.exempted.length, disabled: result.disabled },
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
