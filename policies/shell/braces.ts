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
  const made = numbers(items[0] ?? "") ?? letters(items[0] ?? "");
  return made && { items: made, end };
}

/** No more of them than are wanted; beyond the numbers of a shell, bash leaves the text as it is. */
function series(from: bigint, to: bigint, step: string | undefined, show: (value: bigint) => string): string[] {
  const given = BigInt(step ?? "1");
  const size = given === 0n ? 1n : given < 0n ? -given : given;
  const by = to < from ? -size : size;
  const count = (to < from ? from - to : to - from) / size + 1n;
  return Array.from({ length: Number(count > BigInt(MOST_WORDS) ? BigInt(MOST_WORDS + 1) : count) }, (_, i) => show(from + by * BigInt(i)));
}

const LARGEST = 2n ** 63n;

/** `1..100`, `001..100`, `1..9..2`. */
function numbers(text: string): string[] | undefined {
  const range = /^([-+]?\d{1,30})\.\.([-+]?\d{1,30})(?:\.\.([-+]?\d{1,30}))?$/u.exec(text);
  if (!range) return undefined;
  const [, first = "", last = "", step] = range;
  const plainly = (digits: string): bigint => BigInt(digits.replace(/^\+/u, ""));
  const [from, to] = [plainly(first), plainly(last)];
  if ([from, to, plainly(step ?? "1")].some((n) => n >= LARGEST || n < -LARGEST)) return undefined;
  const width = [first, last].some((digits) => /^[-+]?0\d/u.test(digits)) ? Math.max(first.length, last.length) : 0;
  return series(from, to, step?.replace(/^\+/u, ""), (value) =>
    value < 0n ? `-${String(-value).padStart(width - 1, "0")}` : String(value).padStart(width, "0"),
  );
}

/** `a..e`, `e..a..2`. */
function letters(text: string): string[] | undefined {
  const range = /^([A-Za-z])\.\.([A-Za-z])(?:\.\.([-+]?\d{1,9}))?$/u.exec(text);
  if (!range) return undefined;
  const code = (letter: string | undefined): bigint => BigInt((letter ?? "a").charCodeAt(0));
  return series(code(range[1]), code(range[2]), range[3]?.replace(/^\+/u, ""), (value) => String.fromCharCode(Number(value)));
}
