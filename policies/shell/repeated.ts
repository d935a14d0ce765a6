/** Loops, and the same script on different ways, run a command again and again: what is the same in all that a policy can see is recorded once. */
import { once } from "../core/graph";
import type { Entry, Place } from "./files";
import type { Executed, Happenings, Written } from "./state";
import { shortened } from "./text";

export function withoutRepeats(record: Happenings): Happenings {
  return { ...record, executed: distinct(record.executed, keyOfRun), written: distinct(record.written, keyOfWriting) };
}

/** The first of each key, in their order. */
function distinct<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const before = seen.size;
    return seen.add(keyOf(item)).size > before;
  });
}

const placeKey = once(({ urn, part, line, start, runBy }: Place) => JSON.stringify([urn, part, line, start, runBy]));
const optionsKey = once((options: Executed["options"]) => JSON.stringify(options));
const entryKey = once((entry: Entry) => JSON.stringify({ ...entry, time: undefined }));

/** Every field but the program, which the first word says. A length before each list and text: two keys are alike only where all parts are. */
function keyOfRun({ argv, user, place, options, stdin, code, assignments, ignored, isInside }: Executed): string {
  // A payload on the standard input, which each command of a script has, is summed up once.
  const lists = [...argv, ...assignments.flat(), shortened(stdin), shortened(code ?? ""), user];
  const lengths = [argv.length, code === undefined ? -1 : 0, ignored ? 1 : 0, isInside ? 1 : 0, ...lists.map(({ length }) => length)];
  return `${placeKey(place)} ${optionsKey(options)} ${lengths.join(" ")} ${lists.join("")}`;
}

function keyOfWriting({ path, entries, content, sheltered, place }: Written): string {
  const text = shortened(content);
  return `${placeKey(place)} ${String(sheltered)} ${String(path.length)} ${path} ${String(text.length)} ${text} ${entries.map(entryKey).join()}`;
}
