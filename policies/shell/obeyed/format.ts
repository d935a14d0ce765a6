/** A file of the system that programs obey: what it decides, and which of its lines are understood. */
export interface Format {
  readonly path: RegExp;
  /** What a line in it decides, as the end of a sentence. */
  readonly decides: string;
  /** A line (without comments, and not empty) that changes nothing that is guarded. */
  readonly harmless: (line: string, home: string) => boolean;
  /** Lines of another form than one setting a line. Default: split at line ends, a comment begins with # or ;. */
  readonly lines?: (text: string) => string[];
}

export const linesOf = (text: string): string[] =>
  text
    .replace(/\\\n[ \t]{0,100}/gu, " ")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^[#;]/u.test(line));

/** Every line that one of the patterns covers. */
export const only =
  (...patterns: readonly { test: (line: string) => boolean }[]) =>
  (line: string): boolean =>
    patterns.some((pattern) => pattern.test(line));
/** No line at all is harmless. */
export const never = (): boolean => false;
