import type { Finding, Policy, Resource } from "../../core/types";
import { asBoolean, isAbsent } from "../../core/values";

const FIX = "Drop the option: a Command runs at `pulumi up` and not before.";

function check(resource: Resource): Finding[] {
  return Object.entries(resource.inputs)
    .filter(([key, value]) => /preview/iu.test(key) && !isAbsent(value) && asBoolean(value) !== false)
    .map(([key]) => ({
      verdict: "violation",
      urn: resource.urn,
      message: `«${resource.name}» sets ${key}, so a preview already changes the host. ${FIX}`,
    }));
}

export const policy: Policy = {
  id: "no-run-at-preview",
  severity: "medium",
  control: "SETUP-1",
  tags: ["host-setup", "engine"],
  description: "No Command or copy runs while the program is previewed.",
  why: "A preview is run by every pull request and by people who may look but not change; what it runs was reviewed by nobody.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: 'new command.remote.Command("x", { connection, create: "…", addPreviewOutput: true });',
  good: 'new command.remote.Command("x", { connection, create: "…" });',
  evaluate: (graph) => graph.resources.filter((r) => /^command:(local|remote):/u.test(r.type)).flatMap(check),
  local: true,
};
