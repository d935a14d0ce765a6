/** The policy pack as the engine runs it: `pulumi preview --policy-pack policies [--policy-pack-config FILE]`. */
import { PolicyPack } from "@pulumi/policy";
import { enginePolicies } from "./pack/policies";
import { policies, policyIds } from "./rules";

const { CI, PULUMI_NODEJS_DRY_RUN } = process.env;

new PolicyPack("ml-gateway", {
  enforcementLevel: "mandatory",
  displayName: "ML gateway",
  description: "Who can reach what, what a host ends up with, and where secrets end up.",
  policies: enginePolicies(policies, policyIds, {
    ci: CI !== undefined && !["", "0", "false"].includes(CI.toLowerCase()),
    updating: PULUMI_NODEJS_DRY_RUN === "false",
    today: () => new Date().toISOString().slice(0, 10),
    // Standard output belongs to the engine: it reads the port there.
    say: (line) => {
      process.stderr.write(`ml-gateway policies: ${line}\n`);
    },
  }),
});
