/** How the generated pages shorten text. Pure. */

/** What a line of a table holds. */
const LINE = 110;

/** The first sentence, cut between its words where it is longer than a line. */
export function firstSentence(text: string): string {
  const [sentence = text] = /^.*?\.(?= |$)/s.exec(text) ?? [];
  return sentence.length <= LINE ? sentence : `${sentence.slice(0, LINE).replace(/[\s,;:(]+\S*$/, "")} …`;
}

/** A table with columns of one width, as the linter of pages wants it. The first row is its head. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)];
}
