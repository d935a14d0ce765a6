/**
 * A change as Markdown for a comment on GitHub. What it quotes comes from a pull request, perhaps of a stranger: it is shown as text and cannot
 * end a block, make a link, mention anybody or load an image. Pure.
 */
import type { Change } from "./change";
import { safeLines, safeText } from "./safe";
import { headline, partsOf, type Part, type Row } from "./words";

/** GitHub takes 65,535 characters (65,536 in some places). */
export const COMMENT_LIMIT = 65_000;

export function renderMarkdown(change: Change, limit = COMMENT_LIMIT): string {
  if (change.same && change.notices.length === 0) return `${text(headline(change))}.\n`;
  const parts = partsOf(change).map((part) => ({ ...part, blocks: part.rows.map(block) }));
  const head = [`### ${text(headline(change))}`, "", ...notices(change), ...overview(parts)];
  const foot = "\nEvaluated offline, from both commits alone: no credentials, nothing contacted. Ids and secret values are not known.\n";
  // The longest block goes first; what is left says how many are missing.
  for (;;) {
    const body = [...head, ...parts.map(folded)].join("\n") + foot;
    const longest = parts.reduce((a, b) => (size(b.blocks) > size(a.blocks) ? b : a), parts[0] ?? { blocks: [] as string[] });
    if (body.length <= limit) return body;
    if (longest.blocks.length === 0) return `${body.slice(0, limit - 60)}\n\n(cut here: longer than a comment may be)\n`;
    shrink(longest.blocks);
  }
}

const size = (blocks: readonly string[]): number => blocks.reduce((sum, one) => sum + one.length, 0);

/** Takes the difference out of the longest row; where no row has one, the last half of the rows. */
function shrink(blocks: string[]): void {
  const longest = blocks.reduce((best, one, index) => (one.length > (blocks[best]?.length ?? 0) ? index : best), 0);
  const row = blocks[longest] ?? "";
  const first = row.split("\n", 1)[0] ?? "";
  if (first.length < row.length) blocks[longest] = `${first.replace(/ \(difference left out\)$/, "")} (difference left out)`;
  else blocks.splice(Math.floor(blocks.length / 2));
}

function overview(parts: readonly Part[]): string[] {
  return ["| | |", "| --- | --- |", ...parts.map(({ title, count }) => `| ${title} | ${text(count)} |`), ""];
}

function notices({ notices: list }: Change): string[] {
  return list.length === 0 ? [] : [...list.map((notice) => `- ${text(safeText(notice))}`), ""];
}

function folded({ title, rows, blocks }: Part & { readonly blocks: readonly string[] }): string {
  const missing = rows.length - blocks.length;
  const rest = missing > 0 ? [`- and ${missing} more; \`npm run preview:offline -- --against\` shows them`] : [];
  return [`<details><summary>${title} (${rows.length})</summary>`, "", ...blocks, ...rest, "", "</details>"].join("\n");
}

function block({ sign, name, text: what, lines = [] }: Row): string {
  const mark = sign === "!" ? "⚠️ " : "";
  const head = `- ${mark}${name === undefined ? "" : `${code(safeText(name))} `}${text(safeText(what))}`;
  if (lines.length === 0) return head;
  const shown = safeLines(lines);
  const longest = Math.max(2, ...shown.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)));
  const fence = "`".repeat(longest + 1);
  return [head, "", ...[`${fence}diff`, ...shown, fence].map((line) => `  ${line}`), ""].join("\n");
}

/**
 * Numbers in place of all that Markdown and HTML read as more than itself, and of what could begin a list: a reference to a character is never
 * structure. GitHub looks for names to mention and for issues (`#12`, `GH-12`) afterwards, in the text itself, so nothing may stand right behind
 * their signs: https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
 */
function text(value: string): string {
  const numbered = (character: string): string => `&#${character.codePointAt(0) ?? 0xfffd};${/[@#]/.test(character) ? "&#8288;" : ""}`;
  return value
    .replace(/[^\p{L}\p{N} .,:;()/+-]/gu, numbered)
    .replace(/^[+-]|(?<=^\d+)[.)]/, numbered)
    .replace(/gh-(?=\d)/gi, "$&&#8288;")
    .replaceAll("://", "&#58;//")
    .replace(/www\./gi, "www&#46;");
}

/** GitHub looks for names to mention outside of code only. */
function code(value: string): string {
  return `<code>${text(value)}</code>`;
}
