/** Keeps out of a report what must not be in it: secrets that stand where none belongs, and characters that change how a text is read. Pure. */
import { findShown } from "../../policies/rules/secrets/detect";

/**
 * The lines of a difference. What the program knows to be a secret is masked before; here goes what only looks like one: a token in a script, a password
 * in an address, a key block.
 */
export function safeLines(lines: readonly string[]): string[] {
  let inKey = false;
  return lines.map((line) => {
    const begins = line.includes("PRIVATE KEY") && line.includes("-----BEGIN");
    const hidden = inKey || begins;
    if (begins) inKey = true;
    if (line.includes("-----END")) inKey = false;
    const kinds = hidden ? ["a private key"] : findShown(line.slice(1));
    return kinds.length === 0 ? visible(line) : `${line.slice(0, 1)}(not shown: looks like ${kinds[0] ?? "a secret"})`;
  });
}

/** One sentence or name of somebody else's. */
export function safeText(text: string): string {
  const kinds = findShown(text);
  return kinds.length === 0 ? visible(text) : `(not shown: looks like ${kinds[0] ?? "a secret"})`;
}

/** Control characters, and those that turn the direction of reading or have no width, as their code points. */
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g; // eslint-disable-line no-control-regex

function visible(text: string): string {
  return text.replace(HIDDEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
