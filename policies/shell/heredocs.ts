/**
 * Where here documents end. Bash ends one at the line that is its word and nothing else. The grammar ends it at the first line that begins with
 * the word, blanks in front of it left out (tree-sitter-bash 0.25, scan_heredoc_end_identifier): `<<S` at `  StrictHostKeyChecking no`, and takes
 * the rest of the text for commands. So a word that another line begins with is replaced before the text is parsed.
 */
import type { Node } from "./nodes";

interface Change {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The text with one word replaced that would end its document too early; undefined where each ends where it should. Lines stay as they are. */
export function withPlainEnds(root: Node, text: string): string | undefined {
  let reached = 0;
  for (const { start, strips } of documents(root)) {
    const word = start.text.replace(/["'\\]/gu, "");
    const first = text.indexOf("\n", Math.max(start.endIndex, reached) - (reached > start.endIndex ? 1 : 0)) + 1;
    if (word === "" || first === 0) continue;
    const { end, isAmbiguous } = ending(text, first, word, strips);
    if (end === undefined) continue;
    if (isAmbiguous) {
      const own = freeWord(text);
      const isRaw = start.text !== word;
      return changed(text, [
        { from: start.startIndex, to: start.endIndex, text: isRaw ? `'${own}'` : own },
        { from: end, to: end + word.length, text: own },
      ]);
    }
    reached = end + word.length + 1;
  }
  return undefined;
}

/** In the order in which they begin. */
function documents(root: Node): { start: Node; strips: boolean }[] {
  const found: { start: Node; strips: boolean }[] = [];
  const rest = [root];
  for (let node = rest.pop(); node; node = rest.pop()) {
    const start = node.type === "heredoc_redirect" ? node.children.find(({ type }) => type === "heredoc_start") : undefined;
    if (start) found.push({ start, strips: node.children.some(({ type }) => type === "<<-") });
    rest.push(...node.children);
  }
  return found.sort((a, b) => a.start.startIndex - b.start.startIndex);
}

/** Where the word stands that ends it, and whether a line before that begins with the word. */
function ending(text: string, first: number, word: string, strips: boolean): { end?: number; isAmbiguous: boolean } {
  let isAmbiguous = false;
  for (let at = first; at < text.length;) {
    const next = text.indexOf("\n", at);
    const line = text.slice(at, next < 0 ? text.length : next);
    const own = strips ? line.replace(/^\t+/u, "") : line;
    if (own === word) return { end: at + line.length - word.length, isAmbiguous };
    if (line.trimStart().startsWith(word)) isAmbiguous = true;
    if (next < 0) break;
    at = next + 1;
  }
  return { isAmbiguous };
}

/** A word that no line of the text can begin with. */
function freeWord(text: string): string {
  let word = "END_OF_DOCUMENT";
  while (text.includes(word)) word += "_";
  return word;
}

const changed = (text: string, changes: readonly Change[]): string =>
  [...changes].reverse().reduce((whole, { from, to, text: own }) => whole.slice(0, from) + own + whole.slice(to), text);
