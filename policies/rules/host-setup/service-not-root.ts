import type { Finding, Policy, Settings } from "../../core/types";
import type { HostReport } from "../../shell/host";
import { show } from "../../shell/text";
import { isApplication, unitsOf, valuesOf } from "./units";
import { forEachHost, unknown, violation } from "./findings";
import { programOf } from "./runs";
import { isKnown, plain } from "../../shell/text";

const FIX = "Set `User=ddos` and `Group=ddos` in the unit.";

function check({ record, files }: HostReport, settings: Settings): Finding[] {
  const all = unitsOf(record, files);
  // Copies of unknown units (one that a release brings back, say) matter only where the application's own unit is not seen.
  const seen = all.some((unit) => valuesOf(unit.text ?? "", "ExecStart").some((line) => isApplication(line, settings)));
  const units = all.flatMap((unit) => {
    if (unit.text === undefined && seen) return [];
    if (unit.text === undefined)
      return [unknown(unit.place, `Cannot tell which user ${show(unit.path)} runs as: its text is not known. ${FIX}`)];
    if (!valuesOf(unit.text, "ExecStart").some((line) => isApplication(line, settings))) return [];
    const user = valuesOf(unit.text, "User").at(-1);
    if (valuesOf(unit.text, "DynamicUser").at(-1) === "yes") return [];
    if (user === undefined || user === "" || user === "root" || user === "0")
      return [violation(unit.place, `${show(unit.path)} runs the application as root${user === undefined ? " (no User=)" : ""}. ${FIX}`)];
    return isKnown(user) ? [] : [unknown(unit.place, `Cannot tell which user ${show(unit.path)} runs as: User=${show(user)}. ${FIX}`)];
  });
  const started = record.executed
    .filter(
      (run) =>
        run.user === "root" &&
        /^(uvicorn|gunicorn|hypercorn|daphne)$/u.test(programOf(run)) &&
        !run.argv.some((a) => /^(--version|--help|--check-config|-V|-v|-h)$/u.test(plain(a))),
    )
    .map((run) => violation(run.place, `\`${show(run.argv.join(" "))}\` starts the application as root. ${FIX}`));
  return [...units, ...started];
}

export const policy: Policy = {
  id: "service-not-root",
  severity: "high",
  control: "FILE-1",
  tags: ["host-setup", "systemd"],
  description: "The application runs as the service's user, never as root.",
  why: "A flaw in the application or in a model is then root's on the host, and .env, code and models are writable to it.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: "[Service]\nExecStart=/home/ddos/venv/bin/uvicorn ml_gateway.app:app",
  good: "[Service]\nUser=ddos\nExecStart=/home/ddos/venv/bin/uvicorn ml_gateway.app:app",
  evaluate: forEachHost(check),
};
