/**
 * Files of the system that decide who may do what, which code is loaded and where names lead. A line that is not understood is not taken to be
 * harmless: it is reported as something that cannot be told, with the line.
 */
import type { Entry, Files, Place } from "../files";
import { matches } from "../../core/glob";
import { dropInOf, isPattern, isWithin, nameOf, normalise } from "../paths";
import { isGuarded, isSystemFile } from "../guarded";
import { showMode } from "../mode";
import type { Happenings } from "../state";
import { holesOf, isBlank, isKnown, plain, show, withHoles } from "../text";
import { editedLines, takenOut } from "./edits";
import { formatOf } from "./formats";
import { linesOf } from "./format";
import { strangeFile } from "./others";
import { strangeInUnit, UNIT_FILE } from "./units";

export interface Obeyed {
  readonly what: string;
  readonly place: Place;
}

/** What is written into such files and not understood. */
export function obeyed(files: Files, record: Happenings, home: string): Obeyed[] {
  const found = new Map<string, Obeyed>();
  const runsIt = applicationUnits(record, home);
  const add = (path: string, text: string, place: Place): void => {
    for (const what of strangeIn(path, text, home, runsIt)) if (!found.has(what)) found.set(what, { what, place });
  };
  for (const { path, content, place } of record.written) {
    add(path, content, place);
    const gone = takenOut(path, plain(content), record.written);
    if (gone !== undefined)
      found.set(`${path} ${gone}`, { what: `«sed», which takes ${show(gone)} out of ${show(path)}, which guards the host,`, place });
  }
  for (const [path, entries] of files.entries)
    for (const entry of entries) {
      if (entry.kind === "absent" || entry.kind === "dir") continue;
      const what = rights(path, entry, home);
      if (what !== undefined) found.set(what, { what, place: entry.place });
      if (entry.presumed !== true) add(path, entry.kind === "link" ? "" : (entry.content ?? UNKNOWN), entry.place);
    }
  return [...found.values()];
}

const UNKNOWN = "\uE002vtext that is not known\uE003";

/** A copy that root keeps of a text of the host: it was evaluated when it was written. */
const isKeptText = (text: string): boolean =>
  holesOf(text).every(({ kind, label }) => kind === "value" && /^content_of_(var_lib|var_backups|etc|usr_lib|run)_/u.test(label));

type RunsIt = (name: string, text: string) => boolean;

/** Units that run something of the service's home, by name, and those that a step brings whole and that run nothing: they take files to nobody. */
function applicationUnits(record: Happenings, home: string): RunsIt {
  const units = record.written.filter(({ path }) => UNIT_FILE.test(path));
  const idle = idleUnits(units);
  const runs = (text: string): boolean => text.split("\n").some((line) => /^\s*ExecStart\s*=/u.test(line) && line.includes(`${home}/`));
  const isApplication = oneOf(units.filter(({ content }) => runs(content)).map(({ path }) => nameOf(path)));
  return (name, text) => isApplication(name) || idle.has(name) || runs(text);
}

/** Names of units that are written whole, of which neither they nor a drop-in starts anything. */
function idleUnits(units: Happenings["written"]): ReadonlySet<string> {
  const starts = oneOf(
    units.filter(({ content }) => !isKnown(content) || /^\s*Exec/mu.test(content)).map(({ path }) => dropInOf(path) ?? nameOf(path)),
  );
  const whole = units.filter(({ path }) => dropInOf(path) === undefined && path.endsWith(".service")).map(({ path }) => nameOf(path));
  return new Set(whole.filter((name) => !starts(name)));
}

/** Whether a name is one of these, or can be one that is not known in full. */
function oneOf(given: readonly string[]): (name: string) => boolean {
  const names = new Set(given);
  const open = [...names].filter((name) => !isKnown(name)).map(withHoles);
  return (name) => names.has(name) || open.some((pattern) => matches(pattern, name));
}

function strangeUnit(path: string, text: string, home: string, runsIt: RunsIt): string[] {
  const lines = editedLines(text);
  const known = lines?.join("\n") ?? text;
  const line = isBlank(known)
    ? isOwnText(known, path) || isKeptText(known)
      ? undefined
      : known
    : strangeInUnit(path, known, home, runsIt, lines !== undefined);
  return line === undefined ? [] : [`${show(line)}, a line in ${show(path)}, which decides as whom and with what a service runs,`];
}

function strangeIn(path: string, text: string, home: string, runsIt: RunsIt): string[] {
  if (text === "" || isPattern(path) || !path.startsWith("/")) return [];
  if (UNIT_FILE.test(path))
    return [...strangeUnit(path, plain(text), home, runsIt), ...(path.endsWith(".socket") ? formatted(path, text, home) : [])];
  return formatted(path, text, home);
}

function formatted(path: string, text: string, home: string): string[] {
  const format = formatOf(path);
  if (!format) return strangeFile(path, editedLines(plain(text))?.join("\n") ?? plain(text), home);
  const lines = editedLines(plain(text)) ?? (format.lines ?? linesOf)(plain(text));
  const strange = lines.find((line) => !isOwnText(line, path) && !format.harmless(line.replace(/\uE003\uE002/gu, ""), home));
  return strange === undefined ? [] : [`${show(strange)}, a line in ${show(path)}, which decides ${format.decides},`];
}

/** What a program made of the file's own earlier text, or of an edit that is judged by itself. */
const isOwnText = (line: string, path: string): boolean =>
  isBlank(line) &&
  holesOf(line).every(
    ({ label }) =>
      /^(edited|earlier_text|awk|sed|grep|sort|uniq|stdin|input|content_of_nothing)(\b|_)/u.test(label) ||
      label.endsWith(normalise(path, "/").replace(/[^\w.:-]+/gu, "_")),
  );

/** A file that whoever calls it runs with the rights of its owner, and a way to a secret where a web server looks. */
function rights(path: string, entry: Entry, home: string): string | undefined {
  if ((entry.mode.set & (entry.kind === "file" ? 0o6000 : 0o4000)) !== 0 && entry.kind !== "link" && (entry.mode.may & 0o111) !== 0)
    return `${show(path)}, a program with the setuid or setgid bit,`;
  if (isSystemFile(path) && entry.kind !== "link" && entry.kind !== "dir") {
    if ((entry.mode.set & 0o022) !== 0)
      return `${show(path)}, which the system obeys and others than root may change (mode ${showMode(entry.mode)}),`;
    if (entry.owner !== undefined && isKnown(entry.owner) && !/^(root|0)$/u.test(entry.owner))
      return `${show(path)}, which the system obeys and ${show(entry.owner)} owns,`;
  }
  if (
    entry.kind === "link" &&
    entry.target !== undefined &&
    WEB.test(path) &&
    (isGuarded(entry.target, home) || isWithin(home, entry.target))
  )
    return `a link in ${show(path)} to ${show(nameOf(entry.target))}, where a web server looks,`;
  if (entry.kind === "link" && /^\/etc\/apparmor\.d\/(disable|force-complain)\//u.test(path) && entry.presumed !== true)
    return `a link in ${show(path)}, which takes away a profile of AppArmor,`;
  return undefined;
}

const WEB = /^\/(var\/www|usr\/share\/nginx|srv\/(www|http|ftp)|var\/ftp)\//u;
