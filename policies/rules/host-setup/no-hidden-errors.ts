import type { Finding, Policy, Settings } from "../../core/types";
import type { Asked } from "../../shell/answers";
import { show } from "../../shell/text";
import { forEachHost, violation } from "./findings";
import { isProtective } from "./protective";

const FIX = "Drop `|| true`; where a failure is expected, test for its reason.";

function check({ record }: Asked, _settings: Settings): Finding[] {
  return record.executed
    .filter((run) => run.ignored && isProtective(run))
    .map((run) => violation(run.place, `A failure of \`${show(run.argv.join(" "))}\` goes unnoticed (\`|| true\`). ${FIX}`));
}

export const policy: Policy = {
  id: "no-hidden-errors",
  severity: "low",
  control: "SETUP-1",
  tags: ["host-setup", "shell"],
  description: "No command that protects something may fail unnoticed.",
  why: "With `|| true` after chmod the set-up reports success while the file stays open.",
  remediationSteps: FIX,
  enforcementLevel: "advisory",
  bad: `new command.remote.Command("x", { connection, create: "chmod 600 /home/ddos/app/.env || true" });`,
  good: `new command.remote.Command("x", { connection, create: "chmod 600 /home/ddos/app/.env" });`,
  evaluate: forEachHost("no-hidden-errors", check),
};
