import { ofType } from "../../core/references";
import type { Finding, Policy } from "../../core/types";
import { asNumber, asProps, asString, isUnknown } from "../../core/values";
import { block, label, launches, report } from "./hosts";
import type { Launch } from "./hosts";

const FIX = "set httpPutResponseHopLimit to 1";
const WIDEST = 1;

export const policy: Policy = {
  id: "imds-hop-limit",
  severity: "low",
  control: "SECRET-2",
  tags: ["instance", "imds"],
  description: "Metadata answers reach the machine itself and nothing behind it (hop limit 1).",
  why: "Each further hop lets containers and proxied clients fetch the role's keys.",
  remediationSteps: FIX,
  enforcementLevel: "advisory",
  bad: 'metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 5 }',
  good: 'metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 }',
  evaluate: (graph) => [
    ...launches(graph).flatMap(check),
    ...ofType(graph, /^aws:ec2\/instanceMetadataDefaults:/)
      .filter((resource) => (asNumber(resource.inputs.httpPutResponseHopLimit) ?? 0) > WIDEST)
      .map((resource) =>
        report(
          resource,
          "violation",
          `the account's default hop limit ("${resource.name}") is ${String(asNumber(resource.inputs.httpPutResponseHopLimit))}: ${FIX}`,
        ),
      ),
  ],
};

function check(launch: Launch): Finding[] {
  const options = asProps(block(launch.property("metadataOptions")));
  if (asString(options?.httpEndpoint) === "disabled") return [];
  const limit = options?.httpPutResponseHopLimit;
  const what = `httpPutResponseHopLimit of ${label(launch)}`;
  if (isUnknown(limit)) return [report(launch.resource, "unknown", `${what} is not known yet: ${FIX}`)];
  const hops = asNumber(limit);
  return hops !== undefined && hops > WIDEST ? [report(launch.resource, "violation", `${what} is ${String(hops)}: ${FIX}`)] : [];
}
