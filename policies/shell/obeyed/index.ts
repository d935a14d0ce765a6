/**
 * Files of the system that decide who may do what, which code is loaded and where names lead. A line that is not understood is not taken to be
 * harmless: it is reported as something that cannot be told, with the line.
 */
import type { Entry, Files, Place } from "../files";
import { isPattern, isWithin, nameOf, normalise } from "../paths";
import { isGuarded } from "../guarded";
import type { Happenings } from "../state";
import { holesOf, isKnown, plain, show } from "../text";
import { ACCESS } from "./access";
import { CODE } from "./code";
import type { Format } from "./format";
import { linesOf } from "./format";
import { NAMES } from "./names";

const FORMATS: readonly Format[] = [...ACCESS, ...CODE, ...NAMES];

export interface Obeyed {
  readonly what: string;
  readonly place: Place;
}

/** What is written into such files and not understood. */
export function obeyed(files: Files, record: Happenings, home: string): Obeyed[] {
  const found = new Map<string, Obeyed>();
  const add = (path: string, text: string, place: Place): void => {
    for (const what of strangeIn(path, text)) if (!found.has(what)) found.set(what, { what, place });
  };
  for (const { path, content, place } of record.written) add(path, content, place);
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

function strangeIn(path: string, text: string): string[] {
  if (text === "" || isPattern(path) || !path.startsWith("/")) return [];
  const format = FORMATS.find((one) => one.path.test(path));
  if (!format) return share(path, plain(text));
  const lines = isEdit(text) ? edited(plain(text)) : (format.lines ?? linesOf)(plain(text));
  const strange = lines.find((line) => !isOwnText(line, path) && !format.harmless(line.replace(/\uE003\uE002/gu, "")));
  return strange === undefined ? [] : [`${show(strange)}, a line in ${show(path)}, which decides ${format.decides},`];
}

/** What a program made of the file's own earlier text, or of an edit that is judged by itself. */
const isOwnText = (line: string, path: string): boolean =>
  !isKnown(line) &&
  line.replace(/\uE002[^\uE002\uE003]*\uE003/gu, "").trim() === "" &&
  holesOf(line).every(
    ({ label }) =>
      /^(edited|earlier_text|awk|sed|grep|stdin|input|content_of_nothing)(\b|_)/u.test(label) ||
      label.endsWith(normalise(path, "/").replace(/[^\w.:-]+/gu, "_")),
  );

/** `sed -i` notes its arguments: the option, and the script. */
const isEdit = (text: string): boolean => /^(-[nErsuz]*i|--in-place)/mu.test(text.slice(0, 40));

/** The lines that a script of sed puts in. */
function edited(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    if (/^(-|$)/u.test(line)) return [];
    const put = /^(?:\S{0,200}?)s([^\w\s\\])(?:\\.|(?!\1).){0,2000}\1((?:\\.|(?!\1).){0,2000})\1/u.exec(line)?.[2];
    if (put !== undefined) return put === "" ? [] : [put.replace(/^\\?[#&]?/u, "").replace(/\\(.)/gu, "$1")];
    if (/^(\/(?:\\.|[^/\\]){0,2000}\/|\d+|\$)?I?!?[dpq]$/u.test(line)) return [];
    return [/^(?:\/(?:\\.|[^/\\]){0,2000}\/|\d+|\$)?\s*[aic]\\?\s*(.*)$/u.exec(line)?.[1] ?? line];
  });
}

/** Files that hand a folder to others: NFS, Samba, rsync, FTP, backups, agents that ship logs. */
const SHARES =
  /^\/etc\/(exports(\.d\/|$)|samba\/|rsyncd\.(conf|d\/)|vsftpd|proftpd|pure-ftpd|lighttpd\/|apache2\/|httpd\/|caddy\/|fluent|td-agent|filebeat|vector\/|rsyslog|promtail|borg|restic|rclone|duplicity)|amazon-cloudwatch-agent.*\.(json|toml|d\/)/u;

function share(path: string, text: string): string[] {
  if (!SHARES.test(path)) return [];
  const named = (text.match(/\/[^\s"',;:(){}]+/gu) ?? []).find((word) => isGuarded(word, "/home/ddos") || isWithin("/home/ddos", word));
  return named === undefined ? [] : [`${show(named)}, which ${show(path)} hands to a program that serves or ships it,`];
}

/** A file that whoever calls it runs with the rights of its owner, and a way to a secret where a web server looks. */
function rights(path: string, entry: Entry, home: string): string | undefined {
  if ((entry.mode.set & (entry.kind === "file" ? 0o6000 : 0o4000)) !== 0 && entry.kind !== "link" && (entry.mode.may & 0o111) !== 0)
    return `${show(path)}, a program with the setuid or setgid bit,`;
  if (
    entry.kind === "link" &&
    entry.target !== undefined &&
    WEB.test(path) &&
    (isGuarded(entry.target, home) || isWithin(home, entry.target))
  )
    return `a link in ${show(path)} to ${show(nameOf(entry.target))}, where a web server looks,`;
  return undefined;
}

const WEB = /^\/(var\/www|usr\/share\/nginx|srv\/(www|http|ftp)|var\/ftp)\//u;
