import type { Finding, Policy, Settings } from "../../core/types";
import type { Asked } from "../../shell/answers";
import { show } from "../../shell/text";
import { dropInOf, nameOf } from "../../shell/paths";
import { isApplication, lastEdited, unitsOf, valuesOf, wholeOf } from "./units";
import type { Unit } from "./units";
import { forEachHost, unknown, violation } from "./findings";
import type { Executed } from "../../shell/state";
import { rootRights } from "./root-rights";
import { programOf, wordsOf } from "./runs";
import { isKnown, plain } from "../../shell/text";

const FIX = "Set `User=ddos` and `Group=ddos` in the unit.";

function check(report: Asked, settings: Settings): Finding[] {
  const { record, files } = report;
  const all = unitsOf(record, files);
  // Copies of unknown units (one that a release brings back, say) matter only where the application's own unit is not seen.
  const seen = all.some((unit) => valuesOf(unit.text ?? "", "ExecStart").some((line) => isApplication(line, settings)));
  const units = all.flatMap((unit) => {
    if (unit.text === undefined && seen) return [];
    if (unit.text === undefined)
      return [unknown(unit.place, `Cannot tell which user ${show(unit.path)} runs as: its text is not known. ${FIX}`)];
    return ofUnit(unit, unit.text, all, settings);
  });
  // Judged above, with the user of their unit.
  const ofDropIns = new Set(
    all.flatMap(({ path, text = "" }) =>
      dropInOf(path) === undefined || valuesOf(text, "User").length > 0
        ? []
        : valuesOf(text, "ExecStart").map((line) => line.split(/\s+/u).join(" ")),
    ),
  );
  const started = record.executed
    .filter(
      (run) =>
        run.user === "root" &&
        startsServer(run) &&
        !ofDropIns.has(run.argv.map(plain).join(" ")) &&
        !run.argv.some((a) => /^(--version|--help|--check-config|-V|-v|-h)$/u.test(plain(a))),
    )
    .map((run) => violation(run.place, `\`${show(run.argv.join(" "))}\` starts the application as root. ${FIX}`));
  return [...units, ...ofEdits(report, all, settings), ...started, ...rootRights(report, settings)];
}

const SERVER = /^(uvicorn|gunicorn|hypercorn|daphne|waitress-serve)$/u;

/** `uvicorn app:app`, `python -m uvicorn app:app`. */
function startsServer(run: Executed): boolean {
  if (SERVER.test(programOf(run))) return true;
  const words = wordsOf(run);
  const at = words.indexOf("-m");
  return /^python[\d.]*$/u.test(programOf(run)) && at >= 0 && SERVER.test(words[at + 1] ?? "");
}

/** A drop-in changes what it names, and has the rest from its unit. */
function ofUnit(unit: Unit, text: string, all: readonly Unit[], settings: Settings): Finding[] {
  const name = dropInOf(unit.path);
  const whole = name === undefined ? [] : wholeOf(all, name);
  // Who has it run as root expressly has a unit that would run as somebody else.
  if (name !== undefined && whole.length === 0 && !SYSTEMS.test(name) && isRoot(valuesOf(text, "User").at(-1)))
    return [violation(unit.place, `${show(unit.path)} makes ${show(name)}, a unit that is not seen here, run as root. ${FIX}`)];
  const runs = [text, ...(valuesOf(text, "User").length > 0 ? whole.map((one) => one.text ?? "") : [])];
  if (!runs.some((one) => valuesOf(one, "ExecStart").some((line) => isApplication(line, settings)))) return [];
  if ([text, ...whole.map((one) => one.text ?? "")].some((one) => valuesOf(one, "DynamicUser").at(-1) === "yes")) return [];
  const own = valuesOf(text, "User").at(-1);
  if (own !== undefined || name === undefined) return ofUser(unit, own);
  const beside = all.flatMap(({ path, text: other }) => (dropInOf(path) === name ? valuesOf(other ?? "", "User").slice(-1) : []));
  if (beside.length === 0 && !whole.some((one) => one.text !== undefined))
    return [
      unknown(unit.place, `Cannot tell which user ${show(unit.path)} runs the application as: the unit ${show(name)} is not seen. ${FIX}`),
    ];
  return (beside.length > 0 ? beside : whole.map((one) => valuesOf(one.text ?? "", "User").at(-1)))
    .flatMap((user) => ofUser(unit, user))
    .slice(0, 1);
}

/** `sed -i 's/^User=ddos/User=root/' UNIT`: of a unit that runs the application. */
function ofEdits({ record }: Asked, all: readonly Unit[], settings: Settings): Finding[] {
  return lastEdited(record, /^\s*User\s*=/u).flatMap(({ path, line, place }) => {
    const name = dropInOf(path) ?? nameOf(path);
    const runsIt = wholeOf(all, name).some(({ text }) => valuesOf(text ?? "", "ExecStart").some((one) => isApplication(one, settings)));
    const user = line.slice(line.indexOf("=") + 1).trim();
    // What another unit runs is asked by host-setup-readable.
    return !runsIt || !(isRoot(user) || user === "")
      ? []
      : [violation(place, `An edit of ${show(path)} puts \`${show(line.trim())}\` there: the application runs as root. ${FIX}`)];
  });
}

const isRoot = (user: string | undefined): boolean => user === "root" || user === "0";
/** Units of the system, which run as root anyway. */
const SYSTEMS =
  /^(nginx|sshd?|cron|docker|containerd|snap[.-]|snapd|systemd-|apt-|unattended-upgrades|certbot|fail2ban|amazon-|cloud-|rsyslog|auditd|ufw|getty@|user@|apparmor|nftables|logrotate|haproxy|redis|postgresql|mysql|mariadb)/u;

function ofUser(unit: Unit, user: string | undefined): Finding[] {
  if (user === undefined || user === "" || isRoot(user))
    return [violation(unit.place, `${show(unit.path)} runs the application as root${user === undefined ? " (no User=)" : ""}. ${FIX}`)];
  return isKnown(user) ? [] : [unknown(unit.place, `Cannot tell which user ${show(unit.path)} runs as: User=${show(user)}. ${FIX}`)];
}

export const policy: Policy = {
  id: "service-not-root",
  severity: "high",
  control: "FILE-1",
  tags: ["host-setup", "systemd"],
  description: "The application runs as the service's user, never as root, and that user is not root under another name.",
  why: "A flaw in the application or in a model is then root's on the host, and .env, code and models are writable to it.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: "[Service]\nExecStart=/home/ddos/venv/bin/uvicorn ml_gateway.app:app",
  good: "[Service]\nUser=ddos\nExecStart=/home/ddos/venv/bin/uvicorn ml_gateway.app:app",
  evaluate: forEachHost("service-not-root", check),
};
