/** The lines for a reader. Pure. */
import { palette, wrap, type Screen } from "../../policies/cli";
import type { Line, Lines, Verdict } from "./line";

const COLOUR = { good: "green", bad: "red", "not checked": "yellow" } as const;

/** Columns that a sentence needs beside the others. */
const ROOM = 30;

export function renderLines(stack: string, lines: Lines, screen: Screen): string {
  const colour = palette(screen.colours);
  const column = Math.max(...lines.map(({ check }) => check.length)) + 2;
  // In a narrow window the words would stand one below the other beside the columns: there they go below them.
  const below = screen.width < 13 + column + ROOM;
  const indent = " ".repeat(below ? 2 : 13 + column);
  const shown = lines.flatMap(({ check, verdict, found, fix }) => {
    const head = `${verdict.padEnd(13)}${check}`;
    const wide = (): string[] => wrap(`${verdict.padEnd(13)}${check.padEnd(column)}${found}`, screen.width, indent);
    const [first = "", ...rest] = below ? [head, ...wrap(`${indent}${found}`, screen.width, indent)] : wide();
    const painted = colour[COLOUR[verdict]](first.slice(0, verdict.length)) + first.slice(verdict.length);
    // A command is to be copied, so it is never broken.
    return [painted, ...rest, ...(fix === undefined ? [] : [`${indent}${colour.bold(fix)}`])];
  });
  return [colour.bold(`What a deployment of stack ${stack} needs`), ...shown, "", closing(lines)].join("\n");
}

function closing(lines: readonly Line[]): string {
  const count = (wanted: Verdict): number => lines.filter(({ verdict }) => verdict === wanted).length;
  return `${count("good")} good, ${count("bad")} bad, ${count("not checked")} not checked`;
}
