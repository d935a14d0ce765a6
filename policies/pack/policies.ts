/** Our policies as policies of the SDK: each one its own to the engine, all of them evaluating one graph. */
import type { Policies, ReportViolation, ResourceValidationArgs, StackValidationArgs } from "@pulumi/policy";
import { readOverrides, settingsOf } from "../core/config";
import type { Overrides } from "../core/config";
import { OWN_PROPERTIES, SETTINGS_PROPERTIES } from "../core/config-schema";
import { conclude, isOpen, evaluatePolicy } from "../core/evaluate";
import type { Outcome } from "../core/outcome";
import { applyExemptions } from "../core/exemptions";
import type { Exempted } from "../core/exemptions";
import { frameworkEntry } from "../core/framework";
import { mappingTags } from "../core/mappings";
import { makeGraph, makeResource } from "../core/graph";
import { closingLine } from "../core/summary";
import { answersEarly } from "../core/types";
import type { Graph, Policy } from "../core/types";
import type { EarlyRecord } from "./early";
import { displayName, SETTINGS_POLICY, SUMMARY_POLICY } from "./names";
import { readProps } from "./read";
import type { Recorded } from "./recorder";
import { configured, reportOutcome } from "./report";
import { NOT_SHOWN, optionsOf } from "./stack-graph";
import { makePackState } from "./state";
import type { PackState, Surroundings } from "./state";

type EnginePolicy = Policies[number];

/** @param policyIds what a configuration may name; more than `policies` where the runner has others beside them */
export function enginePolicies(policies: readonly Policy[], policyIds: readonly string[], around: Surroundings): Policies {
  const state = makePackState(policies, policyIds, around);
  return [settingsPolicy(state), ...policies.map((policy) => enginePolicy(policy, state)), summaryPolicy(policies, state)];
}

function settingsPolicy({ around, recorder, early, config, configure, session }: PackState): EnginePolicy {
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
      const inputs = await readProps(args.props);
      recorder.notePlain(args.urn, inputs);
      if (!around.updating) return;
      // Policies that answer before a resource is created need it now. What is wrong with it stops the first resource.
      configure(args.getConfig(), reportViolation);
      early.note(recordOf(args, recorder.get(args.urn) ?? { inputs, marked: false }), config().settings, recorder.run());
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
    enforcementLevel: policy.enforcementLevel,
    severity: policy.severity,
    remediationSteps: policy.remediationSteps,
    displayName: displayName(policy.id),
    framework: frameworkEntry(policy.control),
    tags: [...policy.tags, ...mappingTags(policy.id)],
    configSchema: { properties: OWN_PROPERTIES as never },
    validateStack: async (args: StackValidationArgs, reportViolation: ReportViolation) => {
      const { graph, config, ran } = await state.session(args, policy.id);
      const own = configured<Overrides | undefined>(() => readOverrides(args.getConfig()), undefined, reportViolation);
      const found = await evaluatePolicy(policy, policy.enforcementLevel, graph, settingsOf(config.settings, own));
      ran.set(policy.id, { level: policy.enforcementLevel, outcomes: found });
      const { kept, notices } = exempt(policy, found, state);
      const strict = config.unknownIsError ?? state.around.ci;
      for (const outcome of [...kept, ...notices].filter((one) => !state.reported.has(one)))
        reportOutcome(policy, outcome, strict, reportViolation);
    },
    ...(state.around.updating && answersEarly(policy) ? { validateResource: validateBefore(policy, state) } : {}),
  };
}

/**
 * At an update a policy that can is evaluated before a resource is created or changed: over that resource alone, or over what has been
 * registered so far. Only a violation counts that no later resource takes back; all else is evaluated at the end.
 */
function validateBefore(
  policy: Policy,
  state: PackState,
): (args: ResourceValidationArgs, reportViolation: ReportViolation) => Promise<void> {
  return async (args, reportViolation) => {
    if (policy.early && !policy.early.test(args.type)) return;
    const graph = policy.early ? state.early.graph(args.urn) : await alone(args, state);
    if (!graph) return;
    const own = configured<Overrides | undefined>(() => readOverrides(args.getConfig()), undefined, reportViolation);
    const found = await evaluatePolicy(policy, policy.enforcementLevel, graph, settingsOf(state.config().settings, own));
    const certain = found.filter(({ verdict, whole }) => verdict === "violation" && whole !== true);
    if (certain.length === 0) return;
    for (const outcome of exempt(policy, certain, state).kept.filter((one) => !state.reported.has(one))) {
      reportBefore(policy, outcome, args, reportViolation);
      state.reported.add(outcome);
    }
  };
}

/** The diagnostic is reported at the resource that is stopped, which may complete what another one began. */
function reportBefore(policy: Policy, outcome: Outcome, args: ResourceValidationArgs, reportViolation: ReportViolation): void {
  const completed = outcome.urn === args.urn ? "" : ` ("${args.name}" completes it, and is not created or changed)`;
  reportOutcome(policy, { ...outcome, urn: args.urn, message: `${outcome.message}${completed}` }, false, reportViolation);
}

async function alone(args: ResourceValidationArgs, { recorder }: PackState): Promise<Graph> {
  const recorded = recorder.get(args.urn) ?? { inputs: await readProps(args.props), marked: false };
  const known = graphsOfOne.get(recorded);
  if (known) return known;
  const { resource, marked } = recordOf(args, recorded);
  const graph = { ...makeGraph([resource], marked), notShown: NOT_SHOWN };
  graphsOfOne.set(recorded, graph);
  return graph;
}

/** One for all policies that are asked about a resource. Each time the engine shows one it is recorded anew. */
const graphsOfOne = new WeakMap<Recorded, Graph>();

function recordOf({ urn, type, name, opts, provider }: ResourceValidationArgs, { inputs, marked }: Recorded): EarlyRecord {
  const made = { urn, type, name, inputs, options: optionsOf(opts), ...(provider ? { provider: provider.urn } : {}) };
  return { resource: makeResource(made), marked };
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
      const line = closingLine(result.summary);
      // A diagnostic whenever something was left out or stayed open, at every pass; a line on standard error otherwise, once a run: the
      // preview has said it when the update begins.
      if (disabled.length > 0 || result.outcomes.some(isOpen) || result.exempted.length > 0) reportViolation(line);
      else if (!around.updating) around.say(line);
    },
  };
}
