/** What every finding of a policy has to teach beside its own fact: why it matters, and the fix as words and as code. */
import { mappingTexts } from "./mappings";
import type { Policy } from "./types";

export interface Lesson {
  readonly description: string;
  readonly why: string;
  readonly remediationSteps: string;
  /** The fix as code: a clean example. */
  readonly example: string;
  /** Published controls that say the same (core/mappings.ts). */
  readonly references: readonly string[];
}

export function lessonOf({ id, description, why, remediationSteps, good }: Policy): Lesson {
  return {
    description,
    why: sentence(why),
    remediationSteps: sentence(remediationSteps),
    example: good.trim(),
    references: mappingTexts(id),
  };
}

/** Some texts stand in the middle of a message as well, and so begin small and end without a point. */
function sentence(text: string): string {
  const trimmed = text.trim();
  const begun = /^[a-z]+[ ,]/.test(trimmed) ? trimmed.charAt(0).toUpperCase() + trimmed.slice(1) : trimmed;
  return /[.!?)]$/.test(begun) ? begun : `${begun}.`;
}

/** Below a message, for texts that show a finding alone. Many messages end with the fix of their policy: it is not said twice. */
export function lessonText({ why, remediationSteps, example }: Lesson, message: string): string {
  const said = message.toLowerCase().includes(remediationSteps.toLowerCase().replace(/[.]$/, ""));
  const code = example.split("\n").map((line) => `  ${line}`);
  return [`Why: ${why}`, ...(said ? [] : [`Fix: ${remediationSteps}`]), "Write, for example:", ...code].join("\n");
}

/** By id. */
export function lessons(policies: readonly Policy[]): ReadonlyMap<string, Lesson> {
  return new Map(policies.map((policy) => [policy.id, lessonOf(policy)]));
}
