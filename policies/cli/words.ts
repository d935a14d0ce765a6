/** Counts and tables in plain text, the same in every command. Pure. */
import { wrap, type Screen } from "./terminal";

/** `1 host`, `2 hosts`. @param many where it is not one with an s */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${String(number)} ${number === 1 ? one : many}`;
}

/** Rows of cells as lines, each column as wide as its widest cell. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** The lines of each row; the first row names the columns. In a window that is narrower than the table each cell stands behind the name of its column. */
export function rowsFor(rows: readonly (readonly string[])[], { width, terminal }: Screen): string[][] {
  const lines = columns(rows);
  if (terminal !== true || lines.every((line) => line.length <= width)) return lines.map((line) => [line]);
  const [head = [], ...rest] = rows;
  const whole = (text: string): string => text.replaceAll(" ", "\u00a0");
  return [[], ...rest.map((row) => wrap(row.map((cell, at) => whole(`${head[at] ?? ""} ${cell}`)).join("  "), width, "  "))];
}
