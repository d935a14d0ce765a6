import type { Finding, Policy, Settings } from "../../core/types";
import type { HostReport } from "../../shell/host";
import { show } from "../../shell/text";
import { forEachHost, violation } from "./judge";
import { isProtective } from "./protective";

const MEND = "Drop `|| true`; where a failure is expected, test for its reason.";

function judge({ record }: HostReport, _settings: Settings): Finding[] {
  return record.executed
    .filter((run) => run.ignored && isProtective(run))
    .map((run) => violation(run.place, `A failure of \`${show(run.argv.join(" "))}\` goes unnoticed (\`|| true\`). ${MEND}`));
}

export const policy: Policy = {
  id: "no-hidden-errors",
  severity: "low",
  checklist: "All directories 755 permissions",
  description: "No command that protects something may fail unnoticed.",
  why: "With `|| true` after chmod the set-up reports success while the file stays open.",
  mend: MEND,
  level: "advisory",
  bad: `new command.remote.Command("x", { connection, create: "chmod 600 /home/ddos/app/.env || true" });`,
  good: `new command.remote.Command("x", { connection, create: "chmod 600 /home/ddos/app/.env" });`,
  evaluate: forEachHost(judge),
};
