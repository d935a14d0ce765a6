import type { ErrorObject } from "ajv";
import { instancePath, keyText } from "../policies/cli/schema-words";
import { FORMAT_NAMES } from "./formats";

const MAKE = 'Make it with "npm run models -- add FILE --role model --release r1".';

/** One sentence for each schema error: the key, what was found, what to write instead. */
export function describeSchemaErrors(path: string, errors: readonly ErrorObject[]): string[] {
  return errors.filter((error) => error.keyword !== "propertyNames").map((error) => `${path}: ${describe(error)}`);
}

function describe(error: ErrorObject): string {
  const at = keyText(instancePath(error));
  const child = (name: unknown): string => [at, String(name)].filter((part) => part !== "").join(".");
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case "additionalProperties":
      return `${child(params["additionalProperty"])} is not a known key. Remove it or correct its spelling.`;
    case "required":
      return `${child(params["missingProperty"])} is missing. Add it.`;
    case "enum":
      return `${at}: found ${shown(error.data)}, which is not a known format; write one of ${FORMAT_NAMES.join(", ")}. "other" is copied unchecked.`;
    case "type":
      return wrongType(at, String(params["type"]), error.data);
    case "pattern":
      return wrongForm(at, error.propertyName, error.data);
    default:
      return wrongAmount(at, error);
  }
}

const shown = (value: unknown): string => JSON.stringify(value) ?? "nothing";

function kindOf(value: unknown): string {
  if (value === null) return "nothing (null)";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a group of keys" : `${typeof value === "string" ? "the text" : "the value"} ${shown(value)}`;
}

const TYPES: Readonly<Record<string, string>> = {
  object: "a group of keys in braces",
  array: "a list in square brackets",
  string: "a text in quotes",
  integer: "a whole number without quotes",
  boolean: "true or false, without quotes",
};

function wrongType(at: string, type: string, found: unknown): string {
  if (at === "") return `is ${kindOf(found)}, but a manifest is a group of keys: release, runtime and files. ${MAKE}`;
  return `${at}: found ${kindOf(found)}; write ${TYPES[type] ?? type}.`;
}

const SHA = "write the SHA-256 of the file: 64 digits and letters a to f, as sha256sum prints it.";

/** By the key: what a text must look like, in words. */
function wrongForm(at: string, property: string | undefined, found: unknown): string {
  const key = at.replace(/\[\d+\]/g, "[]");
  const text = property ?? String(found);
  const head = `${at}: found ${shown(text)}`;
  if (property !== undefined)
    return `${head}, which is no name of a Python package as pip writes it; use small letters, digits and dashes, such as scikit-learn.`;
  if (key.startsWith("runtime."))
    return `${head}, which is ${rangeOrNot(text)}: pickles load safely only with the version that wrote them. Write it whole, for example 1.7.2.`;
  if (key === "release")
    return `${head}; write a name of letters, digits, dots, dashes and underscores, at most 64 of them, that begins with a letter or digit.`;
  if (key === "generated") return `${head}, which nothing here can make. Only samples have this key (sample, sample:100MB); remove it.`;
  if (key === "files[].sha256") return `${head}; ${SHA}`;
  if (key === "files[].path" || key === "checks") return `${head}, ${pathFault(text)}`;
  if (key === "files[].role") return `${head}; write a word or two on one line, at most 64 characters, such as model.`;
  if (key === "imports[]")
    return `${head}, which is no top-level module; write the name before the first dot of what Python imports, such as my_package.`;
  return `${head}, which has not the form that is expected.`;
}

const rangeOrNot = (text: string): string => (/[<>=~!*^,]/.test(text) ? "a range of versions" : "no version");

function pathFault(text: string): string {
  if (/^([/\\]|[A-Za-z]:)/.test(text))
    return "which is absolute: another machine has no such folder. Put the file into the project and write its path from there, such as models/model.pkl.";
  if (text.includes("\\")) return "with backslashes; write the path with forward slashes, such as models/model.pkl.";
  if (/[\s]/.test(text)) return "with a space in it; rename the file, hosts take letters, digits, dots, dashes and underscores.";
  const name = text.split("/").at(-1) ?? "";
  if (name.length > 128 && /^[\w.-]+$/.test(name))
    return `whose name has ${name.length} characters; hosts take 128 at most. Rename the file.`;
  return "which is no path of plain names; hosts take letters, digits, dots, dashes and underscores, and a name that begins with a letter or digit.";
}

function wrongAmount(at: string, error: ErrorObject): string {
  const limit = (error.params as Record<string, unknown>)["limit"];
  switch (error.keyword) {
    case "uniqueItems":
      return `${at}: found ${shown(error.data)}, where a name stands twice. Remove one.`;
    case "maximum":
      return `${at}: found ${shown(error.data)} bytes; S3 takes (and checks) at most ${String(limit)} in one request. Split or shrink the file.`;
    case "minimum":
      return `${at}: found ${shown(error.data)}; an empty file is no model. Write it again.`;
    default:
      return `${at === "" ? "the document" : at} ${error.message ?? "is not valid"}.`;
  }
}
