/** Judging who owns a file in the end. */
import type { Finding } from "../../core/types";
import type { Files } from "../../shell/files";
import { isKnown } from "../../shell/text";
import { inFog, unknown, violation } from "./findings";
import type { Subject } from "./findings";

/**
 * Owner and group must be `user`. `lenient`: an owner nobody mentioned is no finding, as for the many files of an archive
 * or of a folder whose owner is set as a whole.
 */
export function checkOwner(files: Files, subject: Subject, user: string, what: string, fix: string, lenient = false): Finding[] {
  const { owner, group, place, doubt } = subject.entry;
  if (inFog(files, subject.entry) && files.fog) {
    return lenient
      ? []
      : [unknown(files.fog.place, `Cannot tell who owns ${what}: after it was written, the host ran ${files.fog.reason}. ${fix}`)];
  }
  const parts = [owner, group];
  const wrong = parts.some((part) => part !== undefined && isKnown(part) && part !== user);
  if (wrong && doubt === undefined)
    return [violation(place, `${what} ends with owner ${owner ?? "(unknown)"}:${group ?? "(unknown)"}, not ${user}:${user}. ${fix}`)];
  if (parts.every((part) => part === user) || lenient) return [];
  return [unknown(place, `Cannot tell who owns ${what}: owner ${named(owner)}, group ${named(group)}. ${fix}`)];
}

const named = (part: string | undefined): string => (part === undefined || !isKnown(part) ? "not known" : part);
