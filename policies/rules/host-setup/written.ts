/** Lines that a set-up writes into files whose path is known. */
import type { Place } from "../../shell/files";
import type { Happenings } from "../../shell/state";
import { plain } from "../../shell/text";

export interface WrittenLine {
  readonly path: string;
  readonly line: string;
  readonly place: Place;
}

export const linesWritten = (record: Happenings, path: RegExp): WrittenLine[] =>
  record.written
    .filter((one) => path.test(one.path))
    .flatMap(({ path: at, content, place }) => uncommented(plain(content)).map((line) => ({ path: at, line, place })));

/** In a sed script the text after the last slash pair counts, and its pattern may hold a comment sign. */
const uncommented = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.replace(/^s([^\w\s])(?:\\.|(?!\1).)*\1/u, "").trim())
    .filter((line) => line !== "" && !/^(#|\/\/)/u.test(line));
