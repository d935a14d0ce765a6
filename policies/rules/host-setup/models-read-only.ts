import type { Finding, Policy, Settings } from "../../core/types";
import type { Asked } from "../../shell/answers";
import { DEEP } from "../../shell/text";
import type { Files } from "../../shell/files";
import { isWithin } from "../../shell/paths";
import { isModelPath } from "./models";
import { plain } from "../../shell/text";
import { forEachHost, checkMode, seenFromHome, subjects, unknown, violation, withLinks } from "./findings";

const FIX = "Fetch the models in a step of their own and `chmod 444` (or `install -m 444`) each of them.";

function check(report: Asked, settings: Settings): Finding[] {
  const { files } = report;
  const seen = seenFromHome(files, settings);
  const found = subjects(files, (path, e) => isModelPath(seen(path), settings) && (e.kind === "file" || e.kind === "any"));
  const modes = found.flatMap((s) =>
    s.entry.mode.untouched === true && s.entry.doubt === undefined && (files.fog?.time ?? -1) <= s.entry.time
      ? [unknown(s.entry.place, `Cannot tell whether the model ${withLinks(files, s.path)} is read-only: no step sets its mode. ${FIX}`)]
      : checkMode(files, s, 0o555, "model", FIX),
  );
  const arrived = found.some((s) => s.entry.presumed !== true) || cameInBulk(files, settings);
  return arrived ? modes : [...modes, ...missing(report, settings)];
}

/** An archive or a checkout that was unpacked above the models folder may have brought them. */
const cameInBulk = (files: Files, settings: Settings): boolean =>
  [...files.entries].some(
    ([path, [entry]]) => path.endsWith(`/${DEEP}`) && entry?.presumed !== true && isWithin(`${settings.home}/models`, path.slice(0, -2)),
  );

function missing(report: Asked, settings: Settings): Finding[] {
  const { files, host, record } = report;
  if (host.role !== "backend" || !report.isSetUp) return [];
  if (files.fog)
    return [unknown(files.fog.place, `Cannot tell whether models are there and read-only: the host runs ${files.fog.reason}. ${FIX}`)];
  const service =
    record.written.find((w) => /\.service$/u.test(w.path) && runsApplication(w.content)) ??
    record.executed.find((e) => e.argv.some((a) => runsApplication(a)));
  return service
    ? [violation(service.place, `The service is set up on «${host.name}», but no step puts models into ${settings.home}/models. ${FIX}`)]
    : [];
}

const runsApplication = (text: string): boolean => /\b(uvicorn|gunicorn|hypercorn|daphne|requirements[\w.-]*\.txt)\b/u.test(plain(text));

export const policy: Policy = {
  id: "models-read-only",
  severity: "high",
  control: "MODEL-1",
  tags: ["host-setup", "models", "file-mode"],
  description: "The set-up puts the models below the service's models folder and ends with mode 444 or stricter on each.",
  why: "A model is code: who may change the file decides what the service answers, and with pickle what it runs.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: `new command.remote.Command("x", { connection, create: "aws s3 cp s3://models/m.pkl /home/ddos/models/m.pkl" });`,
  good: `new command.remote.Command("x", { connection, create: "aws s3 cp s3://models/m.pkl /home/ddos/models/m.pkl && chmod 444 /home/ddos/models/m.pkl" });`,
  evaluate: forEachHost("models-read-only", check),
};
