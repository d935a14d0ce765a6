/** The script of sed(1), taken apart into its commands, as POSIX and GNU write them. */

export interface SedCommand {
  /** Which lines it is for: `/PATTERN/`, `3`, `$`; empty for all. */
  readonly address: string;
  readonly name: string;
  /** Of `s` and `y`. */
  readonly pattern: string;
  readonly replacement: string;
  /** What `a`, `i` and `c` put there, with its escapes resolved. */
  readonly text: string;
  /** The command as it stands there. */
  readonly raw: string;
}

/** They print, keep, move on or end; what the file holds comes of the others. */
const MOVES = "dDpPqQnNhHgGxlzF=bBtT:";
const MOST = 1000;

/** Undefined where it cannot be read. */
export function readSed(script: string): SedCommand[] | undefined {
  const found: SedCommand[] = [];
  let at = 0;
  while (at < script.length && found.length < MOST) {
    const char = script[at] ?? "";
    if (/[\s;{}]/u.test(char)) at += 1;
    else if (char === "#") at = endOfLine(script, at);
    else {
      const read = command(script, at);
      if (read === undefined) return undefined;
      found.push(read.command);
      at = read.end;
    }
  }
  return found;
}

export const endOfLine = (text: string, at: number): number => {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
};

function command(script: string, start: number): { readonly command: SedCommand; readonly end: number } | undefined {
  const from = addressEnd(script, start);
  if (from === undefined) return undefined;
  const address = script.slice(start, from).trim();
  const name = script[from] ?? "";
  const made = (end: number, more: Partial<SedCommand> = {}): { readonly command: SedCommand; readonly end: number } => ({
    command: { address, name, pattern: "", replacement: "", text: "", raw: script.slice(start, end).trim(), ...more },
    end,
  });
  if (name === "{") return { command: { address, name, pattern: "", replacement: "", text: "", raw: "{" }, end: from + 1 };
  if (name === "s" || name === "y") {
    const sign = script[from + 1] ?? "";
    if (sign === "" || /[\\\n]/u.test(sign)) return undefined;
    const middle = closing(script, from + 2, sign);
    const last = middle === undefined ? undefined : closing(script, middle + 1, sign);
    if (middle === undefined || last === undefined) return undefined;
    return made(endOfCommand(script, last + 1), {
      pattern: script.slice(from + 2, middle).replaceAll(`\\${sign}`, sign),
      replacement: script.slice(middle + 1, last).replaceAll(`\\${sign}`, sign),
    });
  }
  if (/[aic]/u.test(name)) {
    const end = endOfText(script, from + 1);
    return made(end, { text: resolved(script.slice(from + 1, end).replace(/^[ \t]*(\\[ \t]*\n?)?/u, "")) });
  }
  if (/[rRwWe]/u.test(name)) return made(endOfLine(script, from));
  return MOVES.includes(name) && name !== "" ? made(endOfCommand(script, from + 1)) : undefined;
}

/** Behind the addresses in front of a command; undefined where one has no end. */
function addressEnd(script: string, start: number): number | undefined {
  let at = start;
  for (;;) {
    const rest = script.slice(at, at + 40);
    const number = /^(\d+([,~+]\d*)?|\$|[+~]\d+|,|!|[IM](?=[\s,!a-z{=])|[ \t]+)/u.exec(rest)?.[0];
    if (number !== undefined) at += number.length;
    else if (rest.startsWith("/") || /^\\[^\sa-zA-Z\d]/u.test(rest)) {
      const sign = rest.startsWith("/") ? "/" : (rest[1] ?? "");
      const end = closing(script, at + (rest.startsWith("/") ? 1 : 2), sign);
      if (end === undefined) return undefined;
      at = end + 1;
    } else return at;
  }
}

/** Where the sign stands next that is not escaped. */
function closing(text: string, from: number, sign: string): number | undefined {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === sign) return at;
  }
  return undefined;
}

const endOfCommand = (text: string, from: number): number => {
  const end = text.slice(from).search(/[;\n}]/u);
  return end < 0 ? text.length : from + end;
};

/** Text goes on behind a line that ends with a backslash. */
function endOfText(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === "\n") return at;
  }
  return text.length;
}

/** `\n` is a line end, `\t` a tab, and any other character stands for itself. */
export const resolved = (text: string): string =>
  text.replace(/\\([\s\S])/gu, (_, char: string) => (char === "n" ? "\n" : char === "t" ? "\t" : char));

/** What the group of this number can match, where it is a choice of words; undefined for anything else. */
export function wordsOfGroup(pattern: string, number: number, isExtended: boolean): string[] | undefined {
  const groups = isExtended ? /(?<!\\)\(((?:[^()\\]|\\.)*)\)/gu : /\\\(((?:(?!\\[()])[\s\S])*)\\\)/gu;
  const inner = [...pattern.matchAll(groups)][number - 1]?.[1];
  const words = inner?.split(isExtended ? "|" : "\\|");
  return words?.every((word) => /^[\w .-]+$/u.test(word)) ? words : undefined;
}
