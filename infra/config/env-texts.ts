/**
 * Environment variables are texts. `pulumi config set --path` stores 300 and true as a number and a boolean, and a number of more than 15 digits
 * is another one once it has been a number: what stands in the configuration's JSON is taken digit by digit. Pure.
 */

/** Where groups of environment variables are: the section itself, or keys of it. */
const GROUPS: Readonly<Record<string, readonly string[]>> = { env: [""], secretEnv: [""], gateway: ["env", "secretEnv"] };

/** A JSON text is strings and what is between them; numbers stand only there. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.]*(?:[eE][+-]?\d+)?/g;

/**
 * The section with numbers and booleans of its environments as texts.
 *
 * @param text the JSON that `section` was parsed from.
 */
export function envTexts(name: string, section: Record<string, unknown>, text: string): Record<string, unknown> {
  const groups = GROUPS[name];
  if (groups === undefined) {
    return section;
  }
  const exact = JSON.parse(text.replace(STRING_OR_NUMBER, (part) => (part.startsWith('"') ? part : `"${part}"`))) as Record<
    string,
    unknown
  >;
  return groups.reduce<Record<string, unknown>>((done, group) => {
    if (group === "") return mapped(done, exact);
    const inner = done[group];
    return isGroup(inner) ? { ...done, [group]: mapped(inner, exact[group] as Record<string, unknown>) } : done;
  }, section);
}

function mapped(values: Record<string, unknown>, exact: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(values).map(([name, value]) => {
    const isText = typeof value === "number" || typeof value === "boolean";
    return [name, isText ? String(exact[name]) : value];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
