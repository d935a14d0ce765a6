/** YAML of a stranger. The parser calls itself for each level, and takes memory and time by the square of what is nested and never closed. */
import { parseDocument, type Document, type Tags } from "yaml";

/** Characters; user data of AWS ends at 16 KiB, stack files are shorter. */
const LONGEST = 262_144;
const DEEPEST = 100;
/** Quotes and brackets in a row, and anchors and tags of one node: a text has no use for so many. */
const ROW = /["'[\]{}]{200}|(?:[&!]\S{0,50}[ \t]){20}/u;

/**
 * @param longest in characters
 * @param customTags of a dialect, such as CloudFormation's
 * @returns undefined where the text is too long or too deeply nested to be read; what is no YAML is in the document's `errors`
 */
export function readYaml(text: string, longest = LONGEST, customTags: Tags = []): Document | undefined {
  return text.length > longest || ROW.test(text) || depth(text) > DEEPEST ? undefined : parseDocument(text, { ...QUIET, customTags });
}

/** What a text says; undefined where it cannot be read. */
export function yamlValue(text: string): unknown {
  try {
    const document = readYaml(text);
    return document === undefined || document.errors.length > 0 ? undefined : document.toJS();
  } catch {
    return undefined; // an alias without an anchor, or a hundred of them
  }
}

/** Nothing is said on stderr of keys that are lists; more than one document stays an error, unlike with `silent`. */
const QUIET = { logLevel: "error" } as const;

/** Levels of brackets that are open at once, and of indentation. */
function depth(text: string): number {
  let [open, deepest] = [0, 0];
  for (const char of text) {
    if (char === "[" || char === "{") deepest = Math.max(deepest, (open += 1));
    else if (char === "]" || char === "}") open = Math.max(0, open - 1);
  }
  // "- - - a" and "? ? ? a" nest within a line.
  const inline = text.split("\n").map((line) => (/^[\s?:-]*/u.exec(line.slice(0, 2000))?.[0].length ?? 0) / 2);
  return inline.reduce((most, one) => Math.max(most, one), deepest);
}
