/** The files of the system that have a format of their own here. */
import { ACCESS } from "./access";
import { CODE } from "./code";
import type { Format } from "./format";
import { linesOf } from "./format";
import { MOUNTS } from "./mounts";
import { NAMES } from "./names";
import { PACKETS } from "./packets";

const FORMATS: readonly Format[] = [...ACCESS, ...CODE, ...NAMES, ...MOUNTS, ...PACKETS];

export const formatOf = (path: string): Format | undefined => FORMATS.find((one) => one.path.test(path));

/** The first line that is not understood in a file with this path. */
export function strangeLine(path: string, text: string, home: string): string | undefined {
  const format = formatOf(path);
  return format && (format.lines ?? linesOf)(text).find((line) => !format.harmless(line, home));
}
