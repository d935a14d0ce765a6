/** Our policies as policies of the SDK: each one its own to the engine, all of them judging one graph. */
import type { Policies, ReportViolation, ResourceValidationArgs, StackValidationArgs } from "@pulumi/policy";
import { readOverrides, settingsOf } from "../core/config";
import type { Overrides } from "../core/config";
import { OWN_PROPERTIES, SETTINGS_PROPERTIES } from "../core/config-schema";
import { closingLine, conclude, judge } from "../core/evaluate";
import type { Outcome } from "../core/evaluate";
import { applyExemptions } from "../core/exemptions";
import type { Exempted } from "../core/exemptions";
import { makeGraph, makeResource } from "../core/graph";
import type { Graph, Policy } from "../core/types";
import { SETTINGS_POLICY, SUMMARY_POLICY } from "./names";
import { readProps } from "./read";
import { configured, reportOutcome } from "./report";
import { NOT_SHOWN, optionsOf } from "./stack-graph";
import { makePackState } from "./state";
import type { PackState, Surroundings } from "./state";

type EnginePolicy = Policies[number];

/** @param policyIds what a configuration may name; more than `policies` where the runner has others beside them */
export function enginePolicies(policies: readonly Policy[], policyIds: readonly string[], around: Surroundings): Policies {
  const state = makePackState(policyIds, around);
  return [settingsPolicy(state), ...policies.map((policy) => enginePolicy(policy, state)), summaryPolicy(policies, state)];
}

function settingsPolicy({ around, recorder, configure, session }: PackState): EnginePolicy {
  return {
    name: SETTINGS_POLICY,
    description: "The pack's configuration can be used, and what the engine shows of each resource is kept for the other policies.",
    // Only a remediation is shown which inputs are secret. This one changes nothing.
    enforcementLevel: "remediate",
    severity: "high",
    configSchema: { properties: SETTINGS_PROPERTIES as never },
    remediateResource: async (args) => {
      recorder.noteMarked(args.urn, await readProps(args.props));
      return undefined;
    },
    validateResource: async (args: ResourceValidationArgs, reportViolation: ReportViolation) => {
      // Policies that one resource decides need it now. What is wrong with it stops the first resource.
      if (around.updating) configure(args.getConfig(), reportViolation);
      recorder.notePlain(args.urn, await readProps(args.props));
    },
    validateStack: async (args: StackValidationArgs, reportViolation: ReportViolation) => {
      configure(args.getConfig(), reportViolation);
      await session(args, SETTINGS_POLICY);
    },
  };
}

function enginePolicy(policy: Policy, state: PackState): EnginePolicy {
  return {
    name: policy.id,
    description: policy.description,
    enforcementLevel: policy.level,
    severity: policy.severity,
    remediationSteps: policy.mend,
    framework: { name: "ml-gateway security checklist", version: "1", reference: policy.checklist, specification: policy.why },
    configSchema: { properties: OWN_PROPERTIES as never },
    validateStack: async (args: StackValidationArgs, reportViolation: ReportViolation) => {
      const { graph, config, ran } = await state.session(args, policy.id);
      const own = configured<Overrides | undefined>(() => readOverrides(args.getConfig()), undefined, reportViolation);
      const found = await judge(policy, policy.level, graph, settingsOf(config.settings, own));
      ran.set(policy.id, { level: policy.level, outcomes: found });
      const { kept, notices } = exempt(policy, found, state);
      const strict = config.unknownIsError ?? state.around.ci;
      for (const outcome of [...kept, ...notices]) reportOutcome(policy, outcome, strict, reportViolation);
    },
    ...(state.around.updating && policy.local && policy.level === "mandatory" ? { validateResource: validateAlone(policy, state) } : {}),
  };
}

/** A policy that one resource decides is asked at an update before that resource is touched. */
function validateAlone(
  policy: Policy,
  state: PackState,
): (args: ResourceValidationArgs, reportViolation: ReportViolation) => Promise<void> {
  return async (args, reportViolation) => {
    const { urn, type, name, opts } = args;
    const { inputs, marked } = state.recorder.get(urn) ?? { inputs: await readProps(args.props), marked: false };
    const resource = makeResource({ urn, type, name, inputs, options: optionsOf(opts) });
    const graph: Graph = { ...makeGraph([resource], marked), notShown: NOT_SHOWN };
    const own = configured<Overrides | undefined>(() => readOverrides(args.getConfig()), undefined, reportViolation);
    const found = await judge(policy, policy.level, graph, settingsOf(state.config().settings, own));
    // What cannot be told of one resource may be told of the stack: that is judged at the end.
    const violations = exempt(policy, found, state).kept.filter((outcome) => outcome.verdict === "violation");
    for (const outcome of violations) reportOutcome(policy, outcome, false, reportViolation);
  };
}

function exempt(policy: Policy, found: readonly Outcome[], state: PackState): Exempted {
  const own = state.config().exemptions.filter((exemption) => exemption.policy === policy.id);
  return applyExemptions(found, own, [policy.id], state.around.today());
}

function summaryPolicy(policies: readonly Policy[], { around, session }: PackState): EnginePolicy {
  return {
    name: SUMMARY_POLICY,
    description: "Says how many policies ran, how many could not tell, and which are disabled.",
    enforcementLevel: "advisory",
    severity: "low",
    validateStack: async (args: StackValidationArgs, reportViolation: ReportViolation) => {
      const { ran, config } = await session(args, SUMMARY_POLICY);
      const disabled = policies.map(({ id }) => id).filter((id) => !ran.has(id));
      const found = [...ran.values()].flatMap((entry) => entry.outcomes);
      const levels = [...ran].map(([id, { level }]) => ({ id, level }));
      const result = conclude(found, levels, disabled, config.exemptions, around.today());
      const line = closingLine(result);
      around.say(line);
      // Also where only diagnostics are looked at, whenever something was left out or stayed open.
      const open = result.outcomes.some((outcome) => outcome.verdict === "unknown" && outcome.notShown !== true);
      if (disabled.length > 0 || open || result.exempted.length > 0) reportViolation(line);
    },
  };
}
