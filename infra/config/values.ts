/** Values of the configuration as they come from the stack's file. Pure. */

export function isGroup(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** Those values of a group that are texts; none of anything else. */
export function textsOf(value: unknown): Record<string, string> {
  const entries = Object.entries(isGroup(value) ? value : {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

/** Groups, lists, numbers and switches come as JSON; undefined for a text of its own. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The key at the beginning of a problem: `ml-gateway:backend.port: found …` is about ml-gateway:backend.port. */
export function keyOf(problem: string): string {
  return problem.split(": ", 1)[0] ?? "";
}
