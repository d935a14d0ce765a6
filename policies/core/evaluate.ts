/** Runs policies over a graph and sorts what they say: levels, exemptions, and what is unknown. */
import { settingsOf } from "./config";
import { masked } from "./masked";
import { hasSubject, isGeneral } from "./profile";
import { sourceOf } from "./source";
import { withServicePort } from "./service-port";
import type { Config, Exemption } from "./config";
import { applyExemptions } from "./exemptions";
import type { ActiveLevel, Outcome, Ran, Result } from "./outcome";
import { summarize } from "./summary";
import { placeInTemplate } from "./template";
import type { Finding, Graph, Policy, Settings } from "./types";

/** Policies and what they evaluate. */
export interface Part {
  readonly policies: readonly Policy[];
  readonly graph: Graph;
}

/** Hears what is looked at next: "policy 7 of 105, env-file-mode". */
type Tell = (text: string) => void;

/**
 * @param today the day on which exemptions are evaluated, YYYY-MM-DD, UTC
 */
export function evaluate(policies: readonly Policy[], graph: Graph, config: Config, today: string, tell?: Tell): Promise<Result> {
  return evaluateParts([{ policies, graph }], config, today, tell);
}

/** Several graphs, each with policies of its own, evaluated as one. */
export async function evaluateParts(parts: readonly Part[], config: Config, today: string, tell?: Tell): Promise<Result> {
  const ran: Ran[] = [];
  const disabled: string[] = [];
  const found: Outcome[] = [];
  const asked = parts.flatMap((part) => part.policies.map((policy) => ({ policy, graph: part.graph })));
  for (const [index, { policy, graph }] of asked.entries()) {
    tell?.(`policy ${String(index + 1)} of ${String(asked.length)}, ${policy.id}`);
    const level = config.levels[policy.id] ?? policy.enforcementLevel;
    if (level === "disabled") disabled.push(policy.id);
    else {
      ran.push({ id: policy.id, level });
      for (const one of await evaluatePolicy(policy, level, graph, settingsOf(config.settings, config.own[policy.id]))) found.push(one);
    }
  }
  return conclude(found, ran, disabled, config.exemptions, today);
}

/** What is to be done when the policies have answered, such as keeping what was found for the next process. */
const ends: (() => void)[] = [];
export const atEnd = (end: () => void): number => ends.push(end);

/** Sorts out exemptions, adds the passes and counts. */
export function conclude(
  found: readonly Outcome[],
  ran: readonly Ran[],
  disabled: readonly string[],
  exemptions: readonly Exemption[],
  today: string,
): Result {
  for (const end of ends) end();
  const ids = ran.map((policy) => policy.id);
  const { kept, exempted, notices } = applyExemptions(found, exemptions, ids, today);
  const spoke = new Set(kept.map((outcome) => outcome.policy));
  const passed = ran
    .filter(({ id }) => !spoke.has(id))
    .map(({ id, level }): Outcome => ({ policy: id, level, verdict: "pass", urn: "", message: "" }));
  const outcomes = [...kept.map(({ whole: _, pending: __, ...outcome }) => outcome), ...notices, ...passed];
  return { outcomes, exempted, disabled, summary: summarize(ids, outcomes, exempted.length, disabled) };
}

/** Nothing can be said without the resources. */
const unseen = (policy: Policy, level: ActiveLevel): Outcome => ({
  policy: policy.id,
  level,
  verdict: "unknown",
  urn: "",
  message: "Nothing changes in this preview, and what does not change is not listed: not evaluated.",
  notShown: "unchangedResources",
});

/** One policy's findings. A policy that throws could not tell: a mandatory matter, whatever its level. */
export async function evaluatePolicy(policy: Policy, level: ActiveLevel, graph: Graph, settings: Settings): Promise<Outcome[]> {
  if (graph.notShown?.includes("unchangedResources")) return [unseen(policy, level)];
  const nothing: Outcome = { policy: policy.id, level, verdict: "pass", urn: "", message: "", nothing: true };
  let findings: readonly Finding[];
  try {
    const laid = withServicePort(graph, settings);
    const present = hasSubject(policy, graph, laid);
    if (!present && policy.subject?.roles !== undefined && isGeneral(graph, laid)) return [nothing];
    findings = (await policy.evaluate(graph, laid)).map((finding) => atStack(graph, finding));
    if (findings.length === 0 && !present) return [nothing];
  } catch (error) {
    if (isTooMuch(error)) {
      const what =
        "The resources nest too deeply, or a text in them is too long, to be evaluated: nothing is known of what this policy checks. Split the text, or move it into a file that is copied.";
      return [{ policy: policy.id, level: "mandatory", verdict: "unknown", urn: "", message: what }];
    }
    const message = `The policy itself failed (${placeOf(error)}): nothing is known of what it checks. This is a fault of the pack; report it with the graph's shape.`;
    return [{ policy: policy.id, level: "mandatory", verdict: "unknown", urn: "", message }];
  }
  return findings.map((finding) => ({
    policy: policy.id,
    level,
    ...sourceOf(graph, finding.urn),
    ...finding,
    message: masked(finding.message, graph),
  }));
}

/** What a template makes is no resource of the program: the stack is. */
function atStack(graph: Graph, finding: Finding): Finding {
  const made = graph.byUrn.get(finding.urn);
  if (made?.within === undefined) return finding;
  const place = placeInTemplate(graph.byUrn.get(made.within), made.urn.slice(made.within.length + 1));
  return { ...finding, urn: made.within, message: `${place}: ${finding.message}` };
}

/** The engine's own limits: its stack, and the length of a string. */
const isTooMuch = (error: unknown): boolean => error instanceof RangeError;

/** The error's kind and where it arose. Not its message: that may quote a secret. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return `threw a ${typeof error}`;
  const frame = /((?:[\w.-]{1,80}\/)?[\w.-]{1,80}\.[jt]s:\d{1,9})/.exec(
    error.stack
      ?.split("\n    at ")
      .slice(1)
      .map((line) => `at ${line}`)[0] ?? "",
  );
  return frame?.[1] === undefined ? error.name : `${error.name} at ${frame[1]}`;
}

/** Is it unknown, though the source might have shown it? */
export function isOpen(outcome: Outcome): boolean {
  return outcome.verdict === "unknown" && outcome.notShown === undefined;
}

/** 1: a mandatory violation. 3: a mandatory "cannot tell". 0: neither. */
export function exitCode(result: Result): 0 | 1 | 3 {
  const mandatory = result.outcomes.filter((outcome) => outcome.level === "mandatory");
  if (mandatory.some((outcome) => outcome.verdict === "violation")) return 1;
  return mandatory.some((outcome) => isOpen(outcome)) ? 3 : 0;
}
