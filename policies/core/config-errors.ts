/** Turns a schema validator's errors into lines that name the key, what was found and what is allowed. */
import type { ErrorObject } from "ajv";

const COMBINING = ["if", "anyOf"];

/** One line an error. Combining keywords report their branch and themselves: the branch says it better. */
export function describeAll(errors: readonly ErrorObject[]): string[] {
  return [...new Set(errors.filter((error) => !COMBINING.includes(error.keyword)).map(describe))];
}

function describe(error: ErrorObject): string {
  const params = error.params as Readonly<Record<string, unknown>>;
  const path = error.instancePath.slice(1).replaceAll("/", ".");
  const at = path === "" ? "the configuration" : path;
  if (error.keyword === "additionalProperties") {
    const known = Object.keys((error.parentSchema as { properties?: object }).properties ?? {});
    const key = String(params.additionalProperty);
    const close = known.filter((name) => name.toLowerCase().startsWith(key.slice(0, 3).toLowerCase()));
    const hint =
      known.length <= 10 ? `; keys: ${known.join(", ")}` : close.length > 0 ? `; did you mean ${close.slice(0, 4).join(", ")}?` : "";
    return `${path === "" ? key : `${path}.${key}`}: unknown key${hint}`;
  }
  if (error.keyword === "enum") return `${at}: ${shown(error.data)} is not one of ${(params.allowedValues as string[]).join(", ")}`;
  if (error.keyword === "required") return `${at}: ${String(params.missingProperty)} is missing`;
  if (error.keyword === "pattern" && path.endsWith("reason")) return `${at}: give a reason of at least ten characters`;
  return `${at}: ${error.message ?? error.keyword}, found ${shown(error.data)}`;
}

function shown(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 80) ?? "nothing";
}
