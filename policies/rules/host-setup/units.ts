/** systemd units that a set-up writes. */
import type { Settings } from "../../core/types";
import type { Files, Place } from "../../shell/files";
import { isWithin, nameOf } from "../../shell/paths";
import type { Happenings } from "../../shell/state";
import { holesOf, isBlank, isKnown, plain, withHoles } from "../../shell/text";
import { editedLines } from "../../shell/obeyed/edits";
import { matches } from "../../core/glob";

export interface Unit {
  readonly path: string;
  /** Undefined when nothing of it is known. */
  readonly text: string | undefined;
  readonly place: Place;
}

const UNIT = /^\/(etc|usr\/lib|lib|run|usr\/local\/lib)\/systemd\/(system|user)\/.*(\.service|\.service\.d\/[^/]+\.conf)$/u;

/** Service units, the last text each of them gets. Drop-ins count as units of their own without an ExecStart. */
export function unitsOf(record: Happenings, files: Files): Unit[] {
  const units = new Map<string, Unit>();
  for (const { path, content, place } of record.written)
    // An edit is no text of a unit (lastEdited).
    if (UNIT.test(path) && !isOfNothing(content) && editedLines(plain(content)) === undefined)
      units.set(path + content, { path, text: textOf(content), place });
  for (const [path, entries] of files.entries) {
    const [entry] = entries;
    if (
      entry &&
      UNIT.test(path) &&
      entry.kind === "any" &&
      entry.content === undefined &&
      entry.time > 0 &&
      ![...units.keys()].some((k) => k.startsWith(path))
    ) {
      units.set(path, { path, text: undefined, place: entry.place });
    }
  }
  return [...units.values()];
}

/**
 * What sed's edits leave in the unit files that they change: of the lines which `sets` finds in a file, by whatever writes it, the last one, where
 * that is one of an edit.
 */
export function lastEdited(record: Happenings, sets: RegExp): { readonly path: string; readonly line: string; readonly place: Place }[] {
  const last = new Map<string, { readonly path: string; readonly line: string; readonly place: Place } | undefined>();
  for (const { path, content, place } of record.written) {
    if (!UNIT.test(path)) continue;
    const text = plain(content);
    const edited = editedLines(text);
    const line = (edited ?? text.split("\n")).findLast((one) => sets.test(one));
    // A text that is written anew has none of the edits before.
    if (line !== undefined || edited === undefined) last.set(path, edited && line !== undefined ? { path, line, place } : undefined);
  }
  return [...last.values()].filter((one) => one !== undefined);
}

/** Copied from where nothing is: a branch of a script that the program gives nothing to, where the copy fails. */
const isOfNothing = (content: string): boolean =>
  isBlank(plain(content)) && holesOf(content).every(({ label }) => label.startsWith("content_of_nothing_at_"));

/** The units that a drop-in of this name adds to: of this very name, or, where no step names it in full, of one that can be it. */
export function wholeOf(all: readonly Unit[], name: string): Unit[] {
  const exact = all.filter(({ path }) => nameOf(path) === name);
  if (exact.length > 0) return exact;
  return all.filter(({ path, text }) => text !== undefined && !isKnown(nameOf(path)) && matches(withHoles(nameOf(path)), name));
}

/** A text that is one hole, or has no line that can be read, is unknown. */
function textOf(content: string): string | undefined {
  const text = plain(content);
  return isBlank(text) ? undefined : text;
}

/** All values of a key, in order; lines that end with a backslash are continued. */
export function valuesOf(text: string, key: string): string[] {
  return text
    .replace(/\\\n\s*/gu, " ")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith(`${key}=`) || line.startsWith(`${key} =`))
    .map((line) => line.slice(line.indexOf("=") + 1).trim());
}

/** A command line that runs the application: an application server, or a program of the service's home. */
export function isApplication(line: string, settings: Settings): boolean {
  const words = line.replace(/^[-@:+!]+/u, "").split(/\s+/u);
  if (words.some((w) => /(^|\/)(uvicorn|gunicorn|hypercorn|daphne|waitress-serve|flask)$/u.test(w))) return true;
  const [program = ""] = words;
  if (isWithin(program, settings.home)) return true;
  return /(^|\/)python[\d.]*$/u.test(program) && words.some((w) => isWithin(w, settings.home));
}
