/**
 * Environment variables are texts. `pulumi config set --path` stores 300 and true as a number and a boolean, and a number of more than 15 digits
 * is another one once it has been a number: what stands in the configuration's JSON is taken digit by digit. Pure.
 */
import { ENVIRONMENTS } from "./environments";
import { isGroup } from "./values";

/** A JSON text is strings and what is between them; numbers stand only there. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.]*(?:[eE][+-]?\d+)?/g;

/**
 * The section with numbers and booleans of its environments as texts.
 *
 * @param text the JSON that `section` was parsed from.
 */
export function envTexts(name: string, section: Record<string, unknown>, text: string): Record<string, unknown> {
  const groups = ENVIRONMENTS.filter(([where]) => where === name);
  if (groups.length === 0) {
    return section;
  }
  const exact = JSON.parse(text.replace(STRING_OR_NUMBER, (part) => (part.startsWith('"') ? part : `"${part}"`))) as Record<
    string,
    unknown
  >;
  return groups.reduce<Record<string, unknown>>((done, [, key]) => {
    if (key === undefined) return mapped(done, exact);
    const inner = done[key];
    return isGroup(inner) ? { ...done, [key]: mapped(inner, exact[key] as Record<string, unknown>) } : done;
  }, section);
}

function mapped(values: Record<string, unknown>, exact: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(values).map(([name, value]) => {
    const isText = typeof value === "number" || typeof value === "boolean";
    return [name, isText ? String(exact[name]) : value];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}
