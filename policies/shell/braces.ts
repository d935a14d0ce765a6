/** Brace expansion: `{a,b}` and `{1..3}` in unquoted text. */
import type { Part, Word } from "./syntax";
import { copied } from "./work";

const BASE = 0xf000;
/** More than a loop follows, so that the loop says that there are more. */
const MOST_WORDS = 80;

export const hasBraces = (word: Word): boolean => word.parts.some((p) => p.kind === "text" && !p.quoted && p.text.includes("{"));

/** The words that a word with braces stands for; the word itself when it has none. */
export function braces(word: Word): Word[] {
  if (!hasBraces(word)) return [word];
  const kept: Part[] = [];
  const line = word.parts
    .map((part) => {
      if (part.kind === "text" && !part.quoted) return part.text;
      kept.push(part);
      return String.fromCharCode(BASE + kept.length - 1);
    })
    .join("");
  const words = expand(line);
  const parts = (text: string): Part[] => [...text.matchAll(/[\uF000-\uF8FF]|[^\uF000-\uF8FF]+/gu)].map(([piece]) => restore(piece, kept));
  const followed = words.slice(0, MOST_WORDS).map((text) => ({ parts: parts(text) }));
  if (words.length <= MOST_WORDS) return followed;
  // What is left out begins like the others, and nothing more is known of it.
  return [...followed, { parts: [...parts(line.slice(0, line.indexOf("{"))), { kind: "opaque", text: line }] }];
}

const restore = (piece: string, kept: readonly Part[]): Part =>
  kept[piece.charCodeAt(0) - BASE] ?? { kind: "text", text: piece, quoted: false };

/** Words before and after a group are put together from the right, and never more than are wanted. */
function expand(text: string): string[] {
  for (let open = text.indexOf("{"); open >= 0; open = text.indexOf("{", open + 1)) {
    const inner = alternatives(text, open);
    if (!inner) {
      // Without an end here there is none behind it either, unless a group closes inside.
      if (!text.includes("}", open)) return [text];
      continue;
    }
    const before = text.slice(0, open);
    const after = expand(text.slice(inner.end + 1));
    const words: string[] = [];
    for (const item of inner.items) {
      for (const middle of expand(item)) {
        for (const rest of after) words.push(before + middle + rest);
        if (words.length > MOST_WORDS) return words;
      }
    }
    return words;
  }
  return [text];
}

/** The items of the group that opens at `open`, or undefined when it is no brace expansion. */
function alternatives(text: string, open: number): { items: string[]; end: number } | undefined {
  const items: string[] = [""];
  let depth = 0;
  copied(text.length - open);
  for (let i = open; i < text.length; i += 1) {
    const c = text[i] ?? "";
    if (c === "{") depth += 1;
    if (c === "}") depth -= 1;
    if (c === "}" && depth === 0) return finished(items, i);
    if (c === "," && depth === 1) items.push("");
    else if (i > open) items[items.length - 1] = (items.at(-1) ?? "") + c;
  }
  return undefined;
}

function finished(items: string[], end: number): { items: string[]; end: number } | undefined {
  if (items.length > 1) return { items, end };
  const range = /^(-?\d{1,4})\.\.(-?\d{1,4})$/u.exec(items[0] ?? "");
  if (!range) return undefined;
  const [from, to] = [Number(range[1]), Number(range[2])];
  const count = Math.min(Math.abs(to - from) + 1, MOST_WORDS + 1);
  return { items: Array.from({ length: count }, (_, i) => String(from + Math.sign(to - from) * i)), end };
}
