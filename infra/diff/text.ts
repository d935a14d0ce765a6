/** A change as text for a terminal. Pure. */
import { palette, wrap, type Palette, type Screen } from "../../policies/cli";
import type { Change } from "./change";
import { safeLines, safeText } from "./safe";
import { headline, partsOf, type Row } from "./words";

export function renderText(change: Change, screen: Screen): string {
  const colour = palette(screen.colours);
  const parts = partsOf(change).flatMap(({ title, count, rows }) => [
    "",
    ...wrap(`${title}: ${count}`, screen.width, "  ").map(colour.bold),
    ...rows.flatMap((row) => rowLines(row, screen.width, colour)),
  ]);
  const notices = change.notices.flatMap((notice) => wrap(safeText(notice), screen.width, "  ").map(colour.yellow));
  return [...wrap(headline(change), screen.width, "  ").map(colour.bold), ...notices, ...parts].join("\n");
}

function rowLines({ sign, name, text, lines = [] }: Row, width: number, colour: Palette): string[] {
  const paint = sign === "+" ? colour.green : sign === "-" ? colour.red : sign === "!" ? colour.yellow : (line: string): string => line;
  const head = safeText(name === undefined ? text : `${name} ${text}`);
  const own = safeLines(lines).map(
    (line) => `      ${line.startsWith("+") ? colour.green(line) : line.startsWith("-") ? colour.red(line) : line}`,
  );
  return [...wrap(`  ${sign} ${head}`, width, "    ").map(paint), ...own];
}
