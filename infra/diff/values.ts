/** Values of inputs as lines to compare. Pure. */
import { lineDiff } from "./lines";
import { holdsSecret, stable } from "./side";

export interface InputChange {
  readonly input: string;
  /** True: it comes from a secret, so only that it differs is said. */
  readonly secret: boolean;
  /** Lines with "-", "+", " " or "@@" before them. */
  readonly lines: readonly string[];
}

/** @param hidden it is a secret, though it bears no mark */
export function inputChange(input: string, before: unknown, after: unknown, hidden = false): InputChange {
  const secret = hidden || holdsSecret(before) || holdsSecret(after);
  return { input, secret, lines: secret ? [] : inputLines(before, after) };
}

export function inputLines(before: unknown, after: unknown): string[] {
  return lineDiff(textOf(before), textOf(after));
}

/** Documents (policies as JSON) and lists in lines of their own; packed text has no lines that mean anything to a reader. */
function textOf(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "string") return readable(value);
  return JSON.stringify(JSON.parse(stable(value)), null, 2);
}

function readable(text: string): string {
  if (/^\s*[{[]/.test(text)) {
    try {
      return JSON.stringify(JSON.parse(stable(JSON.parse(text))), null, 2);
    } catch {
      return text; // only looks like JSON
    }
  }
  return withoutPayload(text);
}

const PACKED = /^[A-Za-z0-9+/=]{60,}$/;

/** Lines of base64 that follow each other become one. */
export function withoutPayload(text: string): string {
  const lines: string[] = [];
  let packed: string[] = [];
  const flush = (): void => {
    if (packed.length > 0) lines.push(`(packed, ${packed.join("").length} characters)`);
    packed = [];
  };
  for (const line of text.split("\n")) {
    if (PACKED.test(line) || (packed.length > 0 && /^[A-Za-z0-9+/=]+$/.test(line) && line !== "===")) packed.push(line);
    else {
      flush();
      lines.push(line);
    }
  }
  flush();
  return lines.join("\n");
}
