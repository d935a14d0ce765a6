import { statSync, type Stats } from "node:fs";

/** What lies at a path, links followed; undefined where there is nothing, and where a link leads to itself. */
export function statsAt(place: string): Stats | undefined {
  try {
    return statSync(place, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ELOOP") return undefined;
    throw error;
  }
}
