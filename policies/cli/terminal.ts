/** What the reader's terminal can show. */

export interface Screen {
  /** Columns. */
  readonly width: number;
  readonly colours: boolean;
  /** Somebody reads it line by line; what is no terminal gets long lines whole, to be searched and compared. */
  readonly terminal?: true;
}

type Stream = Pick<NodeJS.WriteStream, "isTTY" | "columns">;

/** Width of what is no terminal: a pull request's comment, a log, a file. */
const PLAIN_WIDTH = 120;

/** Colours on a terminal only, and never where NO_COLOR says so (https://no-color.org). */
export function screenOf(stream: Stream, env: Readonly<Record<string, string | undefined>>): Screen {
  const asked = Number(env["COLUMNS"]);
  const width = stream.isTTY ? stream.columns : Number.isInteger(asked) && asked > 0 ? asked : undefined;
  const colours = stream.isTTY && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
  return { width: Math.max(40, width ?? PLAIN_WIDTH), colours, ...(stream.isTTY ? { terminal: true } : {}) };
}

export type Paint = (text: string) => string;
export interface Palette {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
}

export function palette(colours: boolean): Palette {
  const paint = (code: number): Paint => (colours ? (text) => `\u001b[${String(code)}m${text}\u001b[0m` : (text) => text);
  return { bold: paint(1), dim: paint(2), red: paint(31), green: paint(32), yellow: paint(33) };
}

/**
 * Breaks a line at spaces so that no part is wider than `width`; a word that is wider stays whole (a path or a URN is to be copied). A no-break
 * space does not break, and becomes a plain one.
 * @param indent what the second and later lines begin with
 */
export function wrap(text: string, width: number, indent = ""): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/(?<=\S)(?= )/)) {
    const begun = line.trim() !== "";
    if (begun && line.length + word.length > width) {
      lines.push(line);
      line = indent + word.trimStart();
    } else line += word;
  }
  return [...lines, line].map((done) => done.replaceAll("\u00a0", " "));
}

/** A command is to be copied. */
const COMMAND = /^\s+(npm|npx|pulumi|aws|ssh|sudo|curl|chmod|export) /;
/** So is the code below this line, up to the next empty one. */
const BEFORE_CODE = "Write, for example:";

/** A text of several lines as a terminal shows it: what is wider is broken at spaces, and goes on below its own beginning. */
export function fitted(text: string, { width, terminal }: Screen): string {
  if (terminal !== true) return text;
  let code = false;
  const shown = (line: string): string[] => {
    code = line !== "" && (code || line.endsWith(BEFORE_CODE));
    return COMMAND.test(line) || code ? [line] : wrap(line, width, `${/^ */.exec(line)?.[0] ?? ""}  `);
  };
  return text.split("\n").flatMap(shown).join("\n");
}
