/** Exemptions: each leaves out exactly one finding, for a reason, until a day. */
import type { Exemption } from "./config";
import type { Outcome } from "./outcome";

export interface Exempted {
  readonly kept: readonly Outcome[];
  readonly exempted: readonly { readonly outcome: Outcome; readonly exemption: Exemption }[];
  /** What is wrong with the exemptions themselves: expired, fitting nothing, or fitting several findings. */
  readonly notices: readonly Outcome[];
}

/**
 * @param ran ids of the policies that ran; an exemption of a disabled policy is not called useless
 * @param today YYYY-MM-DD, UTC; an exemption still holds on its last day
 */
export function applyExemptions(
  found: readonly Outcome[],
  exemptions: readonly Exemption[],
  ran: readonly string[],
  today: string,
): Exempted {
  const exempted = new Map<Outcome, Exemption>();
  const notices: Outcome[] = [];
  for (const exemption of exemptions) {
    const fitting = found.filter((outcome) => fits(outcome, exemption));
    const [only] = fitting;
    if (exemption.expires < today)
      notices.push(notice(exemption, `expired on ${exemption.expires} and leaves nothing out any more: remove it, or fix what it names`));
    else if (fitting.length > 1)
      notices.push(notice(exemption, `fits ${String(fitting.length)} findings and leaves none out: name one by a part of its \`message\``));
    else if (only) exempted.set(only, exemption);
    else if (ran.includes(exemption.policy)) notices.push(notice(exemption, "fits no finding: remove it"));
  }
  return {
    kept: found.filter((outcome) => !exempted.has(outcome)),
    exempted: [...exempted].map(([outcome, exemption]) => ({ outcome, exemption })),
    notices,
  };
}

function fits(outcome: Outcome, exemption: Exemption): boolean {
  return outcome.policy === exemption.policy && outcome.urn === exemption.urn && outcome.message.includes(exemption.message ?? "");
}

function notice(exemption: Exemption, problem: string): Outcome {
  return {
    policy: "exemptions",
    level: "advisory",
    verdict: "violation",
    urn: exemption.urn,
    message: `The exemption of ${exemption.policy} ("${exemption.reason}") ${problem}.`,
  };
}
