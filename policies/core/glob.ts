/**
 * Patterns with wildcards, matched in a time that grows with pattern times text and never faster: a regular expression with many `.*` tries
 * every way to share a text out among them. The text is read once, with the set of places of the pattern that it can have reached.
 */

/** A character, or what stands for one (`one`) or for any number of them (`any`). */
export type Token = string | { readonly kind: "one" | "any"; readonly fits: (char: string) => boolean };

export type Glob = readonly Token[];

export const everything = (): boolean => true;
export const noSlash = (char: string): boolean => char !== "/";

/** The end of each beginning of the text that the pattern matches, in order. @param spend is told how much was compared */
export function ends(glob: Glob, text: readonly string[], start = 0, spend?: (steps: number) => void): number[] {
  const found: number[] = [];
  // `seen[state]` is the last position at which the state was entered, so that none is entered twice.
  const seen = new Int32Array(glob.length + 1).fill(-1);
  let active: number[] = [];
  const enter = (states: number[], from: number, at: number): void => {
    for (let state = from; seen[state] !== at; state += 1) {
      seen[state] = at;
      states.push(state);
      const token = glob[state];
      if (typeof token !== "object" || token.kind !== "any") return;
    }
  };
  enter(active, 0, start);
  let steps = 0;
  for (let at = start; active.length > 0; at += 1) {
    if (seen[glob.length] === at) found.push(at);
    const char = text[at];
    if (char === undefined) break;
    const next: number[] = [];
    steps += active.length;
    for (const state of active) {
      const token = glob[state];
      if (token === undefined) continue;
      if (typeof token === "string") {
        if (token === char) enter(next, state + 1, at + 1);
      } else if (token.fits(char)) enter(next, token.kind === "any" ? state : state + 1, at + 1);
    }
    active = next;
  }
  spend?.(steps);
  return found;
}

/** Does the pattern match the whole text? */
export function matches(glob: Glob, text: string, spend?: (steps: number) => void): boolean {
  const chars = text.length <= 64 ? [...text] : trimmed(glob, text);
  return chars !== undefined && ends(glob, chars, 0, spend).at(-1) === chars.length;
}

/** A long text whose first or last characters differ from a literal beginning or end of the pattern needs no more than that. */
function trimmed(glob: Glob, text: string): string[] | undefined {
  const chars = [...text];
  for (let i = 0; typeof glob[i] === "string"; i += 1) if (glob[i] !== chars[i]) return undefined;
  for (let i = 1; typeof glob.at(-i) === "string"; i += 1) if (glob.at(-i) !== chars.at(-i)) return undefined;
  return chars;
}
