/** From what a host ends up with to findings. */
import type { Finding, Policy, Settings } from "../../core/types";
import type { Entry, Files, Place } from "../../shell/files";
import { askHosts } from "../../shell/answers";
import type { Asked, Question } from "../../shell/answers";
import { isGuarded } from "../../shell/guarded";
import { showMode } from "../../shell/mode";
import { isWithin, nameOf } from "../../shell/paths";
import { show } from "../../shell/text";

export type Check = (report: Asked, settings: Settings) => readonly Finding[];

/** A policy that looks at one host after the other, the machine that runs Pulumi left out. */
export const forEachHost = (policy: string, check: Check): Policy["evaluate"] => over({ name: policy, answer: check });

/** The same with the machine that runs Pulumi, for what scripts call and not what files become. */
export const forEachRun = (policy: string, check: Check): Policy["evaluate"] => over({ name: policy, operator: true, answer: check });

function over(question: Question<readonly Finding[]>): Policy["evaluate"] {
  return async (graph, settings) => distinct((await askHosts(question, graph, settings)).flat());
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

/**
 * The path as the service sees it: what lies behind a link from its home into another folder is a part of its home, and the modes there count as
 * much. Folders that programs fill (logs, data) may be elsewhere, under rules of their own.
 */
export function seenFromHome(files: Files, { home }: Settings): (path: string) => string {
  const links = [...files.entries].flatMap(([link, entries]) =>
    entries.flatMap(({ kind, target }) =>
      kind === "link" && target !== undefined && target !== "/" && isGuarded(link, home) && isWithin(link, home) && !isWithin(target, home)
        ? [{ link, target }]
        : [],
    ),
  );
  return (path) => {
    const found = links.find(({ target }) => isWithin(path, target));
    return found === undefined ? path : found.link + path.slice(found.target.length);
  };
}

export { nameOf };
