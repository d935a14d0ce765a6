/** The result for programs. */
import { lessonOf } from "../core/lesson";
import type { Result } from "../core/outcome";
import type { Policy } from "../core/types";

/**
 * `policies`: one entry a finding, and one of verdict "pass" (urn and message empty) for each policy that found nothing. `summary` counts
 * policies (`ran = passed + nothingToEvaluate + withFindings + cannotTell + notEvaluated`) and, apart from them, findings (`violations`, `unknown`). `rules`: for each
 * policy with a finding what is checked, why, and the fix as words and as code.
 */
export function jsonReport(result: Result, policies: readonly Policy[]): string {
  return `${JSON.stringify(reportOf(result, policies), null, 2)}\n`;
}

/** The same as plain data. */
export function reportOf(result: Result, policies: readonly Policy[]): object {
  const spoke = new Set(result.outcomes.filter(({ verdict }) => verdict !== "pass").map(({ policy }) => policy));
  return {
    policies: result.outcomes.map(({ policy, level, verdict, urn, message, source, notShown, nothing }) => ({
      policy,
      level,
      verdict,
      urn,
      message,
      ...(source === undefined ? {} : { source }),
      ...(notShown === undefined ? {} : { notShown: true }),
      ...(nothing === true ? { nothingToEvaluate: true } : {}),
    })),
    exempted: result.exempted.map(({ outcome: { notShown: _, whole: __, pending: ___, ...outcome }, exemption }) => ({
      ...outcome,
      reason: exemption.reason,
      expires: exemption.expires,
    })),
    rules: Object.fromEntries(policies.filter(({ id }) => spoke.has(id)).map((policy) => [policy.id, lessonOf(policy)])),
    summary: result.summary,
  };
}
