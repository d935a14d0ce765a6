/**
 * Where the text of a script was written. A script may travel as a here document, in a file that another Command brings, or by standard
 * input; findings name the line and the resource in which somebody wrote it, and the Command that runs it when that is another one.
 */
import { once } from "../core/graph";
import { withoutTrailing } from "../core/text";
import type { Place } from "./files";
import type { Context, Origin, Source } from "./state";
import { plain } from "./text";

/** The place of a line of the text that is being run. */
export function placeAt(context: Context, line: number): Place {
  const { origin, running } = context;
  const at = origin.fixed ? origin.start : origin.start + line - 1;
  const known = placesOf(origin);
  const found = known.get(at);
  // A text is nearly always run by one resource.
  if (found && (found.runBy ?? "") === (running === origin.urn ? "" : running)) return found;
  const { urn, part, start } = origin;
  const place: Place = {
    urn,
    part,
    line: at,
    ...(start > 1 ? { start } : {}),
    ...(running === "" || running === urn ? {} : { runBy: running }),
  };
  known.set(at, place);
  return place;
}

const placesOf = once((_: Origin) => new Map<number, Place>());

/** Notes a text, so that what is cut from it can be found there. */
export function addSource(context: Context, urn: string, part: string, text: string): void {
  if (text !== "") context.sources = [...context.sources, { urn, part, text: plain(text) }];
}

/** Runs `body` with another text being run. */
export function within<T>(context: Context, origin: Origin, body: () => T): T {
  const { origin: outer, place } = context;
  context.origin = origin;
  try {
    return body();
  } finally {
    context.origin = outer;
    context.place = place;
  }
}

/**
 * Finds where a text that is about to be run was written.
 * @param hint where the file it comes from was made
 */
export function locate(text: string, context: Context, hint?: Place): Origin {
  const needle = withoutTrailing(text, "\n");
  const near = hint ?? context.place;
  if (needle.trim() !== "") {
    for (const source of candidates(context, [near, context.origin])) {
      const own = source.urn === near.urn && source.part === near.part;
      const after = own ? source.text.indexOf(needle, offsetOf(source.text, near.line)) : -1;
      const at = after >= 0 ? after : isTelling(needle) || own ? source.text.indexOf(needle) : -1;
      if (at >= 0) return { urn: source.urn, part: source.part, start: lineAt(source.text, at) };
    }
  }
  return { urn: near.urn, part: near.part, start: near.line, fixed: true };
}

/** A short text may stand in many places by chance. */
const isTelling = (text: string): boolean => text.includes("\n") || text.length >= 30;

function candidates(context: Context, first: readonly { urn: string; part: string }[]): Source[] {
  const latest = [...context.sources].reverse();
  const chosen = first.flatMap(({ urn, part }) => latest.find((s) => s.urn === urn && s.part === part) ?? []);
  return [...new Set([...chosen, ...latest])];
}

/** Where each line of a text begins. A script of a hundred kilobytes is asked about at every text that it runs. */
function startsOf(text: string): readonly number[] {
  const known = starts.get(text);
  if (known) return known;
  const found = [0];
  for (let next = text.indexOf("\n"); next >= 0; next = text.indexOf("\n", next + 1)) found.push(next + 1);
  if (starts.size > 50) starts.clear();
  starts.set(text, found);
  return found;
}

const starts = new Map<string, readonly number[]>();

function offsetOf(text: string, line: number): number {
  const found = startsOf(text);
  return found[Math.max(line, 1) - 1] ?? found.at(-1) ?? 0;
}

/** The line, from 1, on which the character stands. */
function lineAt(text: string, at: number): number {
  const found = startsOf(text);
  let [low, high] = [0, found.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((found[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return Math.max(low, 1);
}
