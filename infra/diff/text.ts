/** A change as text for a terminal. Pure. */
import { palette, wrap, type Palette, type Screen } from "../../policies/cli";
import type { Change } from "./change";
import { safeLines, safeText } from "./safe";
import { headline, partsOf, type Row } from "./words";

/** Lines of one difference that are shown. Of a whole stack none: what is new is read where it is written. */
const MOST_LINES = 80;

export function renderText(change: Change, screen: Screen): string {
  const colour = palette(screen.colours);
  const most = change.sides === "both" ? MOST_LINES : 0;
  const parts = partsOf(change).flatMap(({ title, count, rows }) => [
    "",
    ...wrap(`${title}: ${count}`, screen.width, "  ").map(colour.bold),
    ...rows.flatMap((row) => rowLines(row, most, screen.width, colour)),
  ]);
  const notices = change.notices.flatMap((notice) => wrap(safeText(notice), screen.width, "  ").map(colour.yellow));
  return [
    ...wrap(headline(change), screen.width, "  ").map(colour.bold),
    ...notices,
    ...parts,
    ...whereTheRestIs(change, most, screen),
  ].join("\n");
}

function whereTheRestIs(change: Change, most: number, { width }: Screen): string[] {
  const isCut = partsOf(change).some(({ rows }) => rows.some(({ lines = [] }) => lines.length > most));
  if (!isCut) return [];
  const files =
    change.sides === "only then" ? "" : `; a file as it becomes: npm run -s preview:offline -- --stack ${change.stack} --files PATTERN`;
  return ["", ...wrap(`All lines: --json, or --markdown FILE${files}`, width, "  ")];
}

function rowLines({ sign, name, text, lines = [] }: Row, most: number, width: number, colour: Palette): string[] {
  const paint = sign === "+" ? colour.green : sign === "-" ? colour.red : sign === "!" ? colour.yellow : (line: string): string => line;
  const left = lines.length - most;
  const size = most === 0 && left > 0 ? `, ${left} ${left === 1 ? "line" : "lines"}` : "";
  const head = safeText(`${name === undefined ? "" : `${name} `}${text}${size}`);
  const rest = most > 0 && left > 0 ? [`      ... ${left} more ${left === 1 ? "line" : "lines"}`] : [];
  const own = safeLines(lines.slice(0, most)).map(
    (line) => `      ${line.startsWith("+") ? colour.green(line) : line.startsWith("-") ? colour.red(line) : line}`,
  );
  return [...wrap(`  ${sign} ${head}`, width, "    ").map(paint), ...own, ...rest];
}
