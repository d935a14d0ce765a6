import { ofType } from "../../core/references";
import type { Finding, Graph, Policy } from "../../core/types";
import { asProps, asString, isAbsent, isUnknown } from "../../core/values";
import { block, label, launches, MACHINE_TYPES, report, text } from "./hosts";
import type { Launch } from "./hosts";

const FIX = 'set metadataOptions: { httpTokens: "required" }';

export const policy: Policy = {
  id: "imds-v2-required",
  severity: "high",
  control: "SECRET-2",
  tags: ["instance", "imds"],
  description: "Every machine, and every template that machines start from, answers metadata requests with a session token only (IMDSv2).",
  why: "With IMDSv1 a forged request through a proxy or an SSRF hole reads the role's keys.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  early: MACHINE_TYPES,
  bad: 'new aws.ec2.Instance("backend", { metadataOptions: { httpTokens: "optional" }, ... });',
  good: 'new aws.ec2.Instance("backend", { metadataOptions: { httpTokens: "required" }, ... });',
  evaluate: (graph) => [...defaults(graph), ...launches(graph).flatMap((launch) => check(graph, launch))],
};

function check(graph: Graph, launch: Launch): Finding[] {
  const given = block(launch.property("metadataOptions"));
  const options = asProps(given);
  const tokens = options?.httpTokens;
  if (asString(tokens) === "required" || asString(options?.httpEndpoint) === "disabled") return [];
  if (isAbsent(tokens) && !isUnknown(given) && requiredByDefault(graph)) return [];
  const what = `httpTokens of ${label(launch)}`;
  if (isUnknown(given) || isUnknown(tokens)) return [report(launch.resource, "unknown", `${what} is not known yet: ${FIX}`)];
  if (isAbsent(given) && launch.strangeTemplate)
    return [report(launch.resource, "unknown", `${what} comes from a launch template that is not part of this program: ${FIX}`)];
  if (isAbsent(tokens))
    return [
      report(
        launch.resource,
        "violation",
        `${what} is not set, so the image (imds-support of the AMI) and the account's default of the region decide whether IMDSv1 is answered, and EC2 answers it where both are silent: ${FIX}`,
      ),
    ];
  return [report(launch.resource, "violation", `${what} is "${text(tokens)}", so IMDSv1 is answered: ${FIX}`)];
}

const DEFAULTS = /^aws:ec2\/instanceMetadataDefaults:/;

function requiredByDefault(graph: Graph): boolean {
  return ofType(graph, DEFAULTS).some((resource) => asString(resource.inputs.httpTokens) === "required");
}

function defaults(graph: Graph): Finding[] {
  return ofType(graph, DEFAULTS).flatMap((resource) => {
    const { httpTokens } = resource.inputs;
    const what = `the account's default httpTokens ("${resource.name}")`;
    if (isUnknown(httpTokens)) return [report(resource, "unknown", `${what} is not known yet: set it to "required"`)];
    if (asString(httpTokens) !== "optional") return [];
    return [report(resource, "violation", `${what} is "optional": set it to "required"`)];
  });
}
