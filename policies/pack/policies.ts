/** Our policies as policies of the SDK: each one its own to the engine, all of them judging one graph. */
import type { Policies, ReportViolation, ResourceValidationArgs, StackValidationArgs } from "@pulumi/policy";
import { ConfigError, DEFAULT_CONFIG, readOverrides, readSettings, settingsOf } from "../core/config";
import type { Config, Overrides } from "../core/config";
import { OWN_PROPERTIES, SETTINGS_PROPERTIES } from "../core/config-schema";
import { closingLine, conclude, judge } from "../core/evaluate";
import type { Outcome, Ran } from "../core/evaluate";
import { applyExemptions } from "../core/exemptions";
import { makeGraph, makeResource } from "../core/graph";
import type { Graph, Policy } from "../core/types";
import { SETTINGS_POLICY, SUMMARY_POLICY } from "./names";
import { readProps } from "./read";
import { makeRecorder } from "./recorder";
import { makeGraphReader } from "./stack-graph";

export interface Surroundings {
  /** True in a continuous integration run: there a mandatory "cannot tell" is an error unless configured otherwise. */
  readonly ci: boolean;
  /** True where resources are about to be changed (not a preview). */
  readonly updating: boolean;
  /** YYYY-MM-DD, UTC. */
  today(): string;
  /** A line for the person at the terminal. */
  say(line: string): void;
}

/** One judging of one stack: from the first policy asked about it to the last. */
interface Session {
  readonly graph: Graph;
  readonly ran: Map<string, { readonly level: Ran["level"]; readonly outcomes: readonly Outcome[] }>;
  config: Config;
}

/** @param policyIds what a configuration may name; more than `policies` where the runner has others beside them */
export function enginePolicies(policies: readonly Policy[], policyIds: readonly string[], around: Surroundings): Policies {
  const recorder = makeRecorder();
  const readGraph = makeGraphReader(recorder);
  let session: Session | undefined;
  let settings: Config = DEFAULT_CONFIG;

  /** The session of this request; a policy that has answered already means that a new request has begun. */
  const sessionOf = async (args: StackValidationArgs, policyId: string): Promise<Session> => {
    const graph = await readGraph(args);
    if (session?.graph !== graph || policyId === SETTINGS_POLICY || session.ran.has(policyId))
      session = { graph, ran: new Map(), config: settings };
    return session;
  };

  const settingsPolicy: Policies[number] = {
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
    validateResource: async (args: ResourceValidationArgs) => {
      recorder.notePlain(args.urn, await readProps(args.props));
    },
    validateStack: async (args: StackValidationArgs, report: ReportViolation) => {
      settings = configured(() => readSettings(args.getConfig(), policyIds), DEFAULT_CONFIG, report);
      (await sessionOf(args, SETTINGS_POLICY)).config = settings;
    },
  };

  const asked = (policy: Policy): Policies[number] => ({
    name: policy.id,
    description: policy.description,
    enforcementLevel: policy.level,
    severity: policy.severity,
    remediationSteps: policy.mend,
    framework: { name: "ml-gateway security checklist", version: "1", reference: policy.checklist, specification: policy.why },
    configSchema: { properties: OWN_PROPERTIES as never },
    ...(policy.local && around.updating ? { validateResource: validateAlone(policy, () => settings, report) } : {}),
    validateStack: async (args: StackValidationArgs, reportViolation: ReportViolation) => {
      const current = await sessionOf(args, policy.id);
      const own = configured<Overrides | undefined>(() => readOverrides(args.getConfig()), undefined, reportViolation);
      const found = await judge(policy, policy.level, current.graph, settingsOf(current.config.settings, own));
      current.ran.set(policy.id, { level: policy.level, outcomes: found });
      const exemptions = current.config.exemptions.filter((exemption) => exemption.policy === policy.id);
      const { kept, notices } = applyExemptions(found, exemptions, [policy.id], around.today());
      for (const outcome of [...kept, ...notices]) report(policy, current.config, outcome, reportViolation);
    },
  });

  const report = (policy: Policy, config: Config, outcome: Outcome, reportViolation: ReportViolation): void => {
    const urn = outcome.urn === "" ? undefined : outcome.urn;
    if (outcome.verdict === "violation" && outcome.policy === policy.id) {
      reportViolation(outcome.message, urn);
      return;
    }
    const strict = config.unknownIsError ?? around.ci;
    const stops = outcome.verdict === "unknown" && strict && outcome.notShown !== true;
    const message = `${policy.description}\n${outcome.verdict === "unknown" ? "CANNOT TELL: " : ""}${outcome.message}`;
    reportAt(reportViolation, message, urn, stops ? undefined : "advisory");
  };

  const summaryPolicy: Policies[number] = {
    name: SUMMARY_POLICY,
    description: "Says how many policies ran, how many could not tell, and which are disabled.",
    enforcementLevel: "advisory",
    severity: "low",
    validateStack: async (args: StackValidationArgs, reportViolation: ReportViolation) => {
      const { ran, config } = await sessionOf(args, SUMMARY_POLICY);
      const disabled = policies.map(({ id }) => id).filter((id) => !ran.has(id));
      const found = [...ran.values()].flatMap((entry) => entry.outcomes);
      const result = conclude(
        found,
        [...ran].map(([id, { level }]) => ({ id, level })),
        disabled,
        config.exemptions,
        around.today(),
      );
      const line = closingLine(result);
      around.say(line);
      // Also where only diagnostics are looked at, whenever something was left out or stayed open.
      if (disabled.length > 0 || result.summary.unknown > 0 || result.exempted.length > 0) reportViolation(line);
    },
  };
  return [settingsPolicy, ...policies.map(asked), summaryPolicy];
}

/** A policy that one resource decides is asked at an update before that resource is touched. */
function validateAlone(
  policy: Policy,
  config: () => Config,
  report: (policy: Policy, config: Config, outcome: Outcome, reportViolation: ReportViolation) => void,
): (args: ResourceValidationArgs, reportViolation: ReportViolation) => Promise<void> {
  return async (args, reportViolation) => {
    const resource = makeResource({ urn: args.urn, type: args.type, name: args.name, inputs: await readProps(args.props) });
    const graph: Graph = { ...makeGraph([resource], false), notShown: ["retainOnDelete", "outputSecretMarks"] };
    const found = await judge(policy, policy.level, graph, settingsOf(config().settings, readOverrides(args.getConfig())));
    // What cannot be told of one resource may be told of the stack: that is judged at the end.
    for (const outcome of found) if (outcome.verdict === "violation") report(policy, config(), outcome, reportViolation);
  };
}

/** Reads configuration; what is wrong with it is a mandatory matter, and the fallback is used. */
function configured<T>(read: () => T, fallback: T, reportViolation: ReportViolation): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    reportAt(reportViolation, `The policy pack's configuration cannot be used:\n  ${error.problems.join("\n  ")}`, undefined, "mandatory");
    return fallback;
  }
}

/** The SDK takes an object as well, with a level of its own; its types do not say so (test/policies/pack pins it). */
function reportAt(
  reportViolation: ReportViolation,
  message: string,
  urn: string | undefined,
  level: "advisory" | "mandatory" | undefined,
): void {
  (reportViolation as unknown as (info: object) => void)({
    message,
    ...(urn === undefined ? {} : { urn }),
    ...(level === undefined ? {} : { enforcementLevel: level }),
  });
}
