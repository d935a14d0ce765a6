import { once } from "../../core/graph";
import type { Finding, Policy, Settings } from "../../core/types";
import type { Place } from "../../shell/files";
import type { Asked } from "../../shell/answers";
import type { Executed } from "../../shell/state";
import { show } from "../../shell/text";
import { forEachHost, violation } from "./findings";
import { isProtective } from "./protective";

const FIX = "Begin the script with `set -euo pipefail`.";

const scriptOf = once(({ urn, part, start, runBy }: Place) => [urn, part, start, runBy].join(" "));

/** Per script: a protective command, no `set -e` in effect, and later lines that would run after its failure and hide it. */
function check({ record }: Asked, _settings: Settings): Finding[] {
  const scripts = new Map<string, Executed[]>();
  for (const run of record.executed) {
    // Commands that cloud-init is given one by one are no script of anybody's.
    if (/ (runcmd|bootcmd)$/u.test(run.place.part)) continue;
    const key = scriptOf(run.place);
    const runs = scripts.get(key);
    if (runs) runs.push(run);
    else scripts.set(key, [run]);
  }
  return [...scripts.values()].flatMap((runs) => {
    if (runs.some((run) => run.options.errexit)) return [];
    const last = Math.max(...runs.map((run) => run.place.line));
    const run = runs.find((one) => isProtective(one) && one.place.line < last);
    return run ? [violation(run.place, `The script goes on when \`${show(run.argv.join(" "))}\` fails, and reports success. ${FIX}`)] : [];
  });
}

export const policy: Policy = {
  id: "strict-shell",
  severity: "low",
  control: "SETUP-1",
  tags: ["host-setup", "shell"],
  description: "A script that protects something stops at its first failure.",
  why: "Without `set -e` a failed chmod or install is followed by the next line, and the Command succeeds.",
  remediationSteps: FIX,
  enforcementLevel: "advisory",
  bad: `new command.remote.Command("x", { connection, create: "chmod 600 /home/ddos/app/.env\\nsystemctl restart app" });`,
  good: `new command.remote.Command("x", { connection, create: "set -euo pipefail\\nchmod 600 /home/ddos/app/.env\\nsystemctl restart app" });`,
  evaluate: forEachHost("strict-shell", check),
};
