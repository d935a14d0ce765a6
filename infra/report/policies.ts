/** What every policy says, its reason and its fix: those that found something first. Pure. */
import { lessonOf } from "../../policies/core/lesson";
import type { Outcome, Result } from "../../policies/core/outcome";
import { isGeneral } from "../../policies/core/profile";
import { closingLine } from "../../policies/core/summary";
import type { Graph, Policy, Settings } from "../../policies/core/types";
import { nameOfUrn } from "../../policies/core/graph";
import { safeText } from "../diff/safe";
import type { FindingRow, PolicyRow, PolicyView } from "./types";

const ORDER: readonly PolicyRow["verdict"][] = ["violation", "unknown", "notEvaluated", "pass", "nothing"];

export function policyView(result: Result, policies: readonly Policy[], graph: Graph, settings: Settings): PolicyView {
  const byPolicy = new Map<string, Outcome[]>();
  for (const outcome of result.outcomes) byPolicy.set(outcome.policy, [...(byPolicy.get(outcome.policy) ?? []), outcome]);
  const rows = policies.flatMap((policy) => {
    const outcomes = byPolicy.get(policy.id);
    return outcomes === undefined ? [] : [rowOf(policy, outcomes)];
  });
  const rank = ({ level, verdict }: PolicyRow): number => ORDER.indexOf(verdict) * 2 + (level === "mandatory" ? 0 : 1);
  return {
    rows: [...rows].sort((a, b) => rank(a) - rank(b)),
    exempted: result.exempted.map(({ outcome, exemption }) => ({
      policy: outcome.policy,
      urn: safeText(outcome.urn),
      reason: safeText(exemption.reason),
      expires: exemption.expires,
    })),
    disabled: result.disabled,
    closing: closingLine(result.summary),
    profile: isGeneral(graph, settings) ? "general" : "gateway-backend",
  };
}

function rowOf(policy: Policy, outcomes: readonly Outcome[]): PolicyRow {
  const { description, why, remediationSteps, example, references } = lessonOf(policy);
  const findings = outcomes.flatMap((outcome) => (outcome.verdict === "pass" ? [] : [findingOf(outcome, outcome.verdict)]));
  const verdicts = new Set(findings.map(({ verdict }) => verdict));
  const clean = outcomes.some(({ nothing }) => nothing === true) ? "nothing" : "pass";
  return {
    id: policy.id,
    verdict: (["violation", "unknown", "notEvaluated"] as const).find((one) => verdicts.has(one)) ?? clean,
    level: outcomes[0]?.level ?? policy.enforcementLevel,
    severity: policy.severity,
    description,
    why,
    fix: remediationSteps,
    example,
    references,
    findings,
  };
}

function findingOf({ urn, message, source, notShown }: Outcome, verdict: "violation" | "unknown"): FindingRow {
  return {
    verdict: notShown === undefined ? verdict : "notEvaluated",
    urn,
    name: urn === "" ? "the graph as a whole" : safeText(nameOfUrn(urn)),
    message: safeText(message),
    ...(source === undefined ? {} : { source }),
  };
}
