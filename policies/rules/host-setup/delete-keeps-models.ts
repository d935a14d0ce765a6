import type { Finding, Policy, Settings } from "../../core/types";
import type { Asked } from "../../shell/answers";
import { isWithin, normalise, relation } from "../../shell/paths";
import type { Executed } from "../../shell/state";
import { DEEP, plain, show } from "../../shell/text";
import { forEachRun, unknown, violation } from "./findings";
import { awsCall, programOf } from "./runs";

const FIX = "Leave data alone in `delete`; drop the script, or limit it to what the Command itself made.";

function check(report: Asked, settings: Settings): Finding[] {
  const removed = report.deletion.executed.flatMap((run) => {
    const lost = loss(run, settings);
    return lost === undefined ? [] : [violation(run.place, `On delete, \`${show(run.argv.join(" "))}\` removes ${lost}. ${FIX}`)];
  });
  return [...removed, ...others(report, settings)];
}

/** Models that are written over, and text that nobody can follow: either may be the end of them. */
function others({ deletion }: Asked, settings: Settings): Finding[] {
  const models = `${settings.home}/models`;
  return [
    ...deletion.written.flatMap(({ path, place }) =>
      isWithin(path, models) ? [violation(place, `On delete, ${show(path)} is written over. ${FIX}`)] : [],
    ),
    ...deletion.unclear.map(({ what, place }) =>
      unknown(place, `Cannot tell whether the delete script removes models: it runs ${what}. ${FIX}`),
    ),
  ];
}

function loss(run: Executed, settings: Settings): string | undefined {
  const call = awsCall(run);
  if (call) return destroysBucket(call.service, call.action, call.words) ? "what the bucket holds" : undefined;
  const program = programOf(run);
  const operands = run.argv.slice(1).filter((a) => !a.startsWith("-"));
  if (/^(userdel|deluser)$/u.test(program)) {
    const withHome = run.argv.some((a) => /^-[a-z]*[rf]|^--remove/u.test(a));
    return withHome && operands.some((o) => plain(o) === settings.user) ? `the home of ${settings.user} with the models` : undefined;
  }
  if (/^(rclone|s3cmd|s5cmd|mc)$/u.test(program))
    return operands.some((o) => /^(purge|delete|deletefile|del|rm|rb)$/u.test(o)) ? "objects of a bucket" : undefined;
  const removes =
    /^(rm|rmdir|unlink|shred|truncate)$/u.test(program) ||
    (program === "find" && run.argv.includes("-delete")) ||
    (program === "rsync" && run.argv.some((a) => /^--del/u.test(a)));
  const models = `${settings.home}/models`;
  // A copy takes nothing away from where it comes from, but what lies where it goes.
  const taken = removes || program === "mv" ? operands : /^(cp|install|ln)$/u.test(program) ? operands.slice(-1) : [];
  const hit = taken.some((o) => hits(normalise(plain(o) === "~" ? settings.home : o, settings.home), models));
  return hit ? `models in ${models}` : undefined;
}

/** The folder itself, one above it, or something in it. */
const hits = (path: string, models: string): boolean =>
  isWithin(models, path) ||
  isWithin(path, models) ||
  relation(path, models) === "covers" ||
  relation(path, `${models}/${DEEP}`) === "covers";

const destroysBucket = (service: string, action: string, words: readonly string[]): boolean =>
  (service === "s3" &&
    (/^(rm|rb)$/u.test(action) || (action === "mv" && words.some((w) => w.startsWith("s3://"))) || words.includes("--delete"))) ||
  (service === "s3api" && /^delete-(object|objects|bucket)$/u.test(action));

export const policy: Policy = {
  id: "delete-keeps-models",
  severity: "high",
  control: "MODEL-2",
  tags: ["host-setup", "models"],
  description: "No delete script removes models from a host or objects from a bucket.",
  why: "`pulumi destroy`, and each replacement of a Command, runs the delete script: what was meant as tidying up is a data loss.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: `new command.remote.Command("models", { connection, create: "…", delete: "rm -rf /home/ddos/models" });`,
  good: `new command.remote.Command("models", { connection, create: "…" });`,
  evaluate: forEachRun("delete-keeps-models", check),
};
