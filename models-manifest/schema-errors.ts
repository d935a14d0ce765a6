import type { ErrorObject } from "ajv";

/** `/files/0/size` -> `files[0].size` */
const keyPath = (pointer: string): string =>
  pointer
    .slice(1)
    .replace(/\/(\d+)/g, "[$1]")
    .replace(/\//g, ".");

/** One sentence for each schema error: the key, what is wrong with it, what to do. */
export function describeSchemaErrors(path: string, errors: readonly ErrorObject[]): string[] {
  return errors.filter((error) => error.keyword !== "propertyNames").map((error) => `${path}: ${describe(error)}`);
}

function describe(error: ErrorObject): string {
  const at = keyPath(error.instancePath);
  const child = (name: unknown): string => [at, String(name)].filter((part) => part !== "").join(".");
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case "additionalProperties":
      return `${child(params["additionalProperty"])} is not a known key. Remove it or correct its spelling.`;
    case "required":
      return `${child(params["missingProperty"])} is missing. Add it.`;
    case "enum":
      return `${at} must be one of ${(params["allowedValues"] as string[]).join(", ")}.`;
    case "type":
      return `${at === "" ? "the document" : at} must be of type ${String(params["type"])}.`;
    case "pattern":
      return `${error.propertyName ?? at} must match ${String(params["pattern"])}.`;
    default:
      return `${at === "" ? "the document" : at} ${error.message ?? "is not valid"}.`;
  }
}
