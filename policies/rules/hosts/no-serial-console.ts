import { ofType } from "../../core/references";
import type { Finding, Policy, Resource } from "../../core/types";
import { asBoolean, isUnknown } from "../../core/values";
import { report } from "./hosts";

const FIX = "set enabled: false, or leave the resource out";

export const policy: Policy = {
  id: "no-serial-console",
  severity: "medium",
  control: "NET-4",
  tags: ["instance", "ssh"],
  description: "The account's serial console access is not switched on.",
  why: "It is a way to log in that passes by SSH, its groups and its logs.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  local: true,
  bad: 'new aws.ec2.SerialConsoleAccess("console", { enabled: true });',
  good: 'new aws.ec2.SerialConsoleAccess("console", { enabled: false });',
  evaluate: (graph) => ofType(graph, /^aws:ec2\/serialConsoleAccess:/).flatMap(check),
};

/** Left out, `enabled` is true. */
function check(resource: Resource): Finding[] {
  const { enabled } = resource.inputs;
  if (isUnknown(enabled)) return [report(resource, "unknown", `enabled of "${resource.name}" is not known yet: ${FIX}`)];
  return asBoolean(enabled) === false ? [] : [report(resource, "violation", `"${resource.name}" switches the serial console on: ${FIX}`)];
}
