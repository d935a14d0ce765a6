/** Files that belong to something that may end at any moment: processes and control groups. */

import { rmdirSync } from "node:fs";

/** The thing went away: its file is not there, or it was while we opened it (ENODEV of a control group, ESRCH of a process). */
const isGone = (error: unknown): boolean => ["ENOENT", "ENODEV", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "");

/** @returns what `read` returns, or `otherwise` when what it looks at has gone @throws every other error */
export function ifThere<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (isGone(error)) return otherwise;
    throw error;
  }
}

/** Removes a directory (or control group) in which nothing is, and leaves one that another process uses. */
export function removeIfEmpty(directory: string): void {
  try {
    ifThere(() => rmdirSync(directory), undefined);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST", "EBUSY"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
