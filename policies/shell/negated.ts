/**
 * `! { a && b; }`: the grammar knows no group behind `!`, and takes its braces for words. It knows a subshell there, so it is given one; what the
 * tree says of the text is read from the text as it was, whose brace tells the group from a subshell (convert.ts).
 */
import { endOfLine } from "./sed-script";

const NEGATED = /(?<![^\s;&|()`])![ \t]+\{(?=\s)/gu;

/** Groups within groups are looked at once for each that they lie in; what is left then stays unread, and is said to be. */
const MOST_LOOKED_AT = 200_000;

/** The text with such braces as parentheses, of the same length. */
export function withSubshells(text: string): string {
  if (!text.includes("! ")) return text;
  const chars: [at: number, char: string][] = [];
  let left = MOST_LOOKED_AT + 8 * text.length;
  for (const { 0: found, index } of text.matchAll(NEGATED)) {
    if (left < 0) break;
    const open = index + found.length - 1;
    const { end, reached } = closing(text, open + 1);
    left -= reached - open;
    if (end !== undefined) chars.push([open, "("], [end, ")"]);
  }
  if (chars.length === 0) return text;
  const units = text.split("");
  for (const [at, char] of chars) units[at] = char;
  return units.join("");
}

/** Where the group ends that begins before `from` (undefined where that cannot be told), and how far the text was looked at for it. */
function closing(text: string, from: number): { end?: number; reached: number } {
  let depth = 0;
  let at = from;
  for (; at < text.length; at += 1) {
    const char = text[at] ?? "";
    const before = text[at - 1] ?? " ";
    if (char === "\\") at += 1;
    else if (char === "'" || opens(text, at, "")) {
      const end = quoted(text, at);
      if (end === undefined) return { reached: text.length };
      at = end;
    } else if (char === "#" && /[\s;(]/u.test(before)) at = endOfLine(text, at);
    else if (char === "<" && text[at + 1] === "<" && text[at + 2] !== "<") return { reached: at };
    else if (char === "{" && /[\s;&|()]/u.test(before) && /\s/u.test(text[at + 1] ?? "")) depth += 1;
    else if (char === "}" && /[\s;]/u.test(before) && /^(?:$|[\s;&|)<>])/u.test(text.slice(at + 1, at + 2))) {
      if (depth === 0) return { end: at, reached: at };
      depth -= 1;
    }
  }
  return { reached: at };
}

const CLOSES: Readonly<Record<string, string>> = { "'": "'", '"': '"', "`": "`", "(": ")", "{": "}" };

/** The last character of what is quoted, or expanded, from here on. */
function quoted(text: string, start: number): number | undefined {
  const open = text[start] === "$" ? start + 1 : start;
  const sign = text[open] ?? "";
  for (let at = open + 1; at < text.length; at += 1) {
    const char = text[at] ?? "";
    if (char === CLOSES[sign]) return at;
    if (sign === "'" && open === start) continue;
    if (char === "\\") at += 1;
    else if (opens(text, at, sign)) {
      const end = quoted(text, at);
      if (end === undefined) return undefined;
      at = end;
    }
  }
  return undefined;
}

/** @param within what it stands in: a quote is a character like any other within the other kind */
function opens(text: string, at: number, within: string): boolean {
  const [char = "", next = ""] = text.slice(at, at + 2);
  if (char === "$") return within === '"' ? /[({]/u.test(next) : /[({'"]/u.test(next);
  return char === '"' || char === "`" || (within === "(" && (char === "'" || char === "("));
}
