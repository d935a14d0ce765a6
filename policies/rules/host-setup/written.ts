/** Lines that a set-up writes into files whose path is known. */
import type { Place } from "../../shell/files";
import type { Happenings } from "../../shell/state";
import { editedLines } from "../../shell/obeyed/edits";
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

/** Of an edit by sed, what it puts in. */
const uncommented = (text: string): string[] =>
  (editedLines(text) ?? text.split("\n")).map((line) => line.trim()).filter((line) => line !== "" && !/^(#|\/\/)/u.test(line));
