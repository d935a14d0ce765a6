/** Turns a schema validator's errors into lines that name the key, what was found and what to write. */
import type { ErrorObject } from "ajv";
import { keyText, schemaProblems } from "../cli/schema-words";

/** One line a mistake, in the words of config-schema.ts. */
export function describeAll(errors: readonly ErrorObject[]): string[] {
  return schemaProblems(errors, { json: true, place: (path) => (path.length === 0 ? "the configuration" : keyText(path)) });
}
