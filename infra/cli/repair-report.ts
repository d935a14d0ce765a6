/** What `npm run repair` does for each part of a host, and how it tells of it. Pure. */
import type { HostId, Step, StepName } from "../release/types";
import type { CommandResult } from "../remote/ssh";
import { exitCode as verdictOf, renderOutcomes, type HostOutcome } from "./verify-report";

/** The steps that put a part right. What they bring is staged; the release step alone touches what serves. */
export const PARTS: Readonly<Record<string, readonly StepName[]>> = {
  system: ["prepare"],
  tls: ["tls"],
  keys: ["access"],
  code: ["code", "release"],
  venv: ["code", "release"],
  env: ["env", "release"],
  models: ["models", "release"],
  service: ["release"],
  site: ["release"],
  all: ["prepare", "tls", "access", "code", "env", "models", "release"],
};

/** What one step said, or why it could not be asked. */
export interface StepOutcome {
  readonly role: HostId;
  readonly step: StepName;
  readonly ok: boolean;
  /** Lines of the step, or the reason of its failure. */
  readonly said: readonly string[];
}

/** The steps of the parts that this host has, in its order. */
export function stepsFor(steps: readonly Step[], parts: readonly string[]): Step[] {
  const names = new Set(parts.flatMap((part) => PARTS[part] ?? []));
  return steps.filter(({ name }) => names.has(name));
}

/** Of a step that sees secrets nothing but the reason of a failure is shown, which is its last line and holds none. */
export function readStep(role: HostId, step: Step, { code, stdout, stderr }: CommandResult): StepOutcome {
  const lines = (text: string): string[] => text.split("\n").filter((line) => line.trim() !== "");
  const reason = step.secret ? lines(stderr).slice(-1) : lines(stderr);
  const failed = reason.length > 0 ? reason : [`it ended with ${code} and said nothing`];
  return { role, step: step.name, ok: code === 0, said: code === 0 ? (step.secret ? [] : lines(stdout)) : failed };
}

/** 0: all is as wanted now, 1: a step failed or something still differs, 3: a host could not be asked. */
export function exitCode(repaired: readonly StepOutcome[], verified: readonly HostOutcome[]): 0 | 1 | 3 {
  return repaired.some(({ ok }) => !ok) ? 1 : verdictOf(verified);
}

export function renderRepair(stack: string, repaired: readonly StepOutcome[], verified: readonly HostOutcome[]): string {
  const lines = repaired.flatMap(({ role, step, ok, said }) => [
    `${role}, ${step}: ${ok ? "done" : "failed"}`,
    ...said.map((line) => `  ${line}`),
  ]);
  const failed = repaired.filter(({ ok }) => !ok).length;
  const closing = `${repaired.length} steps ran: ${repaired.length - failed} done, ${failed} failed.`;
  return [...lines, closing, ...(verified.length > 0 ? ["", renderOutcomes(stack, verified)] : [])].join("\n");
}
