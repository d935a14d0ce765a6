import type { Finding, Policy, Settings } from "../../core/types";
import type { Asked } from "../../shell/answers";
import { forEachHost } from "./findings";

const FIX = "Set it up by this program, or exempt this finding with the place where its image is checked.";

function check(report: Asked, _settings: Settings): Finding[] {
  const { host } = report;
  if (host.role !== "backend" || !host.instance || report.isSetUp || report.record.unclear.length > 0) return [];
  return [
    {
      verdict: "unknown",
      urn: host.instance.urn,
      message: `Cannot tell what «${host.name}» ends up with: no Command and no user data of this stack sets it up. ${FIX}`,
    },
  ];
}

export const policy: Policy = {
  id: "host-setup-present",
  severity: "low",
  control: "SETUP-1",
  tags: ["host-setup"],
  description: "Something in this stack sets the backend up, so that modes, owners and models can be evaluated.",
  why: "A host that is set up elsewhere (a baked image, another tool) passes every check of this area unseen.",
  remediationSteps: FIX,
  enforcementLevel: "advisory",
  bad: "new aws.ec2.Instance(name, args); // and nothing that sets it up",
  good: `new command.remote.Command("x", { connection, create: "…" });`,
  evaluate: forEachHost("host-setup-present", check),
};
