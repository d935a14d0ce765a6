/** Whether an answer that stands in the code is the one that health expects, and how to write it down. Pure. */
import { isDeepStrictEqual } from "node:util";
import type { RouteBody } from "./syntax";

/** As a host compares: a text byte for byte, an object by the keys that it has. FastAPI writes JSON without blanks. True where that cannot be told. */
export function matches(expected: unknown, answered: RouteBody): boolean {
  if (expected === "any") return true;
  if ("text" in answered) return typeof expected === "string" ? expected === answered.text : holds(expected, parsedJson(answered.text), []);
  const { json, unknown = [], loose = false } = answered;
  if (typeof expected !== "string") return holds(expected, json, unknown);
  if (!loose && unknown.length === 0) return expected === JSON.stringify(json);
  const wanted = parsedJson(expected);
  return holds(wanted, json, unknown) && sameKeys(wanted, json);
}

/** @param unknown keys at the top that may have any value */
function holds(expected: unknown, answered: unknown, unknown: readonly string[]): boolean {
  if (expected === null || typeof expected !== "object" || Array.isArray(expected)) return isDeepStrictEqual(expected, answered);
  if (answered === null || typeof answered !== "object") return false;
  const values = answered as Record<string, unknown>;
  return Object.entries(expected).every(([key, value]) => unknown.includes(key) || holds(value, values[key], []));
}

function sameKeys(expected: unknown, answered: unknown): boolean {
  const keys = (value: unknown): string[] => (value !== null && typeof value === "object" ? Object.keys(value).sort() : []);
  return isDeepStrictEqual(keys(expected), keys(answered));
}

/** What is answered, for people. */
export function answeredText(body: RouteBody): string {
  if ("text" in body) return body.text;
  const written = JSON.stringify(body.json);
  return (body.unknown ?? []).reduce((text, key) => text.replace(`${JSON.stringify(key)}:null`, `${JSON.stringify(key)}:…`), written);
}

/** The key that expects it. An object is compared by its keys, whatever stands between them; anything else as it is written. */
export function bodyKey(body: RouteBody): string {
  if ("json" in body && body.unknown !== undefined) {
    const known = Object.entries(body.json as object).filter(([key]) => body.unknown?.includes(key) !== true);
    return known.length === 0 ? "health.body: any" : `health.body: ${yaml(Object.fromEntries(known))}`;
  }
  const written = answeredText(body);
  const parsed = parsedJson(written);
  const isGroup = parsed !== null && typeof parsed === "object" && !Array.isArray(parsed);
  const byKeys = isGroup && (JSON.stringify(parsed) !== written || ("json" in body && body.loose === true));
  if (byKeys) return `health.body: ${yaml(parsed)}`;
  // Several lines, or nothing, are no text that the key takes.
  return /^[^\r\n]{1,4096}$/.test(written) ? `health.body: '${written.replaceAll("'", "''")}'` : "health.body: any";
}

const yaml = (group: object): string => JSON.stringify(group).replaceAll('":', '": ').replaceAll(',"', ', "');

function parsedJson(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return undefined; // a text of another kind
  }
}

export function isSameJson(expected: unknown, body: RouteBody): boolean {
  return typeof expected === "string" && "text" in body && isDeepStrictEqual(parsedJson(expected) ?? expected, parsedJson(body.text));
}
