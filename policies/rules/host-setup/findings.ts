/** From what a host ends up with to findings. */
import type { Finding, Policy, Settings } from "../../core/types";
import type { Entry, Files, Place } from "../../shell/files";
import { hostReports } from "../../shell/host";
import type { HostReport } from "../../shell/host";
import { showMode } from "../../shell/mode";
import { isWithin, nameOf } from "../../shell/paths";
import { show } from "../../shell/text";

export type Check = (report: HostReport, settings: Settings) => readonly Finding[];

/** A policy that looks at one host after the other, the machine that runs Pulumi left out. */
export const forEachHost = (check: Check): Policy["evaluate"] => over(check, (report) => !report.host.isOperator);

/** The same with the machine that runs Pulumi, for what scripts call and not what files become. */
export const forEachRun = (check: Check): Policy["evaluate"] => over(check, () => true);

function over(check: Check, wanted: (report: HostReport) => boolean): Policy["evaluate"] {
  const known = new WeakMap<Files, Map<string, readonly Finding[]>>();
  return async (graph, settings) => {
    const key = JSON.stringify([settings.home, settings.user]);
    const reports = (await hostReports(graph, settings)).filter(wanted);
    return distinct(
      reports.flatMap((report) => {
        const answers = known.get(report.files) ?? new Map<string, readonly Finding[]>();
        known.set(report.files, answers);
        const found = answers.get(key) ?? check(report, settings);
        answers.set(key, found);
        return found;
      }),
    );
  };
}

/** The same finding from two orders, or on two lines, is said once; a violation outweighs a doubt about the same resource and text. */
export function distinct(findings: readonly Finding[]): Finding[] {
  const seen = new Map<string, Finding>();
  for (const finding of findings) seen.set(`${finding.verdict}${finding.urn}${finding.message}`, finding);
  return [...seen.values()];
}

export const violation = (place: Place, message: string): Finding => ({
  verdict: "violation",
  urn: place.urn,
  message: `${message} (${where(place)})`,
});
export const unknown = (place: Place, message: string): Finding => ({
  verdict: "unknown",
  urn: place.urn,
  message: `${message} (${where(place)})`,
});

const where = ({ part, line, runBy }: Place): string =>
  `${part}, line ${String(line)}${runBy === undefined ? "" : `, run by «${runBy.split("::").pop() ?? runBy}»`}`;

export interface Subject {
  readonly path: string;
  readonly entry: Entry;
}

/** The states of every listed path that the test accepts; paths that are gone are left out. */
export function subjects(files: Files, accepts: (path: string, entry: Entry) => boolean): Subject[] {
  return [...files.entries].flatMap(([path, entries]) =>
    entries.filter((e) => e.kind !== "absent" && accepts(path, e)).map((entry) => ({ path, entry })),
  );
}

/** Whether later text that could not be followed may have changed it. */
export const inFog = (files: Files, entry: Entry): boolean => (files.fog?.time ?? -1) > entry.time;

/**
 * Evaluates a mode against the bits that are allowed: bits that are certainly too many are a violation, bits that may be
 * there (or a state that is doubtful, or fog since) is not known.
 */
export function checkMode(files: Files, subject: Subject, allowed: number, what: string, fix: string): Finding[] {
  const { entry, path } = subject;
  const shown = withLinks(files, path);
  const bad = entry.mode.set & ~allowed & 0o7777;
  // A mode that nobody set may have any bit; setuid and the like on what is neither run nor entered by others give no right to read or write.
  const perhaps = entry.mode.may & ~allowed & 0o777;
  if (inFog(files, entry) && files.fog) {
    return [
      unknown(
        files.fog.place,
        `Cannot tell the final mode of ${what} ${shown}: after it was set, the host ran ${files.fog.reason}. ${fix}`,
      ),
    ];
  }
  if (bad !== 0 && entry.doubt === undefined) {
    return [violation(entry.place, `${capital(what)} ${shown} ends with mode ${showMode(entry.mode)}. ${fix}`)];
  }
  if (perhaps === 0) return [];
  const why = entry.doubt ?? `its mode is ${showMode(entry.mode)}`;
  return [unknown(entry.place, `Cannot tell whether ${what} ${shown} is protected: ${why}. ${fix}`)];
}

/** The path, and the one that a script writes where a link leads there: `/home/ddos/releases/1/.env (also /home/ddos/app/.env)`. */
export function withLinks(files: Files, path: string): string {
  const others = [...files.entries].flatMap(([link, entries]) =>
    entries.flatMap(({ kind, target }) =>
      kind === "link" && target !== undefined && target !== "/" && isWithin(path, target) ? [link + path.slice(target.length)] : [],
    ),
  );
  const [other] = others.filter((one) => one !== path).sort();
  return other === undefined ? show(path) : `${show(path)} (also ${show(other)})`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Below the service's home, but not in its virtual environment, which pip fills; the environment's own folder is one that the set-up makes. */
export const isOwnFile = (path: string, settings: Settings): boolean =>
  isWithin(path, settings.home) &&
  !/\/(venvs?|\.venv|\.cache|node_modules|\.git|__pycache__)\/|\/(\.cache|node_modules|\.git|__pycache__)$/u.test(
    path.slice(settings.home.length),
  );

export { nameOf };
