import { lstatSync, statSync, type Stats } from "node:fs";

/** A path that the system does not even look for: links that lead in a circle, a name that is too long, a part of it that is a file. */
const NOTHING = ["ELOOP", "ENAMETOOLONG", "ENOTDIR"];

/** What lies at a path, links followed; undefined where there can be nothing. */
export const statsAt = (place: string): Stats | undefined => asked(() => statSync(place, { throwIfNoEntry: false }));

/** Whether a symbolic link lies at a path, wherever it leads. */
export const isLinkAt = (place: string): boolean => asked(() => lstatSync(place, { throwIfNoEntry: false }))?.isSymbolicLink() === true;

function asked(ask: () => Stats | undefined): Stats | undefined {
  try {
    return ask();
  } catch (error) {
    if (NOTHING.includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
