/**
 * Structure of the configuration: unknown keys, types, ranges and defaults, all problems at once. Pure.
 */
import Ajv, { type ErrorObject } from "ajv";
import { environmentsAsText, isSecretKey, withoutLeaks } from "./environments";
import { nearest } from "../../policies/cli/nearest";
import { SECTIONS } from "./schema";
import type { Raw } from "./types";

/* eslint-disable-next-line @typescript-eslint/no-explicit-any -- the schema has just checked what this holds */
export type Sections = Record<string, any>;

export interface Parsed {
  readonly sections: Sections;
  readonly problems: string[];
}

/** Checks structure and fills in defaults. Sections with a problem are present as far as they could be read. */
export function parseSections(raw: Raw): Parsed {
  const problems = unknownSections(raw);
  const sections: Sections = {};
  for (const [name, section] of Object.entries(SECTIONS)) {
    const key = `${raw.project}:${name}`;
    const given = raw.values[name];
    if (given === undefined && section.required === true) {
      problems.push(`${key}: missing. ${section.description}${setHint(key, section.secret)}`);
      continue;
    }
    if (given !== undefined && section.secret === true && !raw.secretKeys.has(name)) {
      problems.push(
        `${key}: stored in plain text. Remove it from the stack's file and set it again${setHint(key, true)}; then treat the old value as known to others`,
      );
      continue;
    }
    const { value, problem } = readSection(key, given, section.schema);
    if (problem !== undefined) {
      problems.push(problem);
    } else if (value !== undefined) {
      const { plain, leaks } = withoutLeaks(raw, name, environmentsAsText(name, value));
      problems.push(...leaks);
      sections[name] = plain;
    }
  }
  return { sections, problems: [...problems, ...check(raw.project, sections)] };
}

function unknownSections(raw: Raw): string[] {
  const known = Object.keys(SECTIONS);
  return Object.keys(raw.values)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const [head = "", rest = ""] = /^([^.[]*)(.*)$/s.exec(name)?.slice(1) ?? [];
      const section = known.includes(head) ? head : nearest(head, known);
      return rest === "" || section === undefined
        ? `${raw.project}:${name}: unknown key${suggestion(name, known)}`
        : withoutPath(raw, name, section + rest);
    });
}

/** `pulumi config set a.b x` without --path makes a key that is called "a.b", beside the group "a". */
function withoutPath(raw: Raw, name: string, path: string): string {
  const [section = "", key = ""] = path.split(/[.[]/);
  const secret = isSecretKey(section, key);
  const leaked = secret && !raw.secretKeys.has(name);
  return [
    `${raw.project}:${name}: found a key of that whole name, which nothing reads: it was set without --path.`,
    `Remove it (pulumi config rm '${raw.project}:${name}') and set it again:`,
    `pulumi config set ${secret ? "--secret " : ""}--path '${raw.project}:${path}' VALUE`,
    ...(leaked ? ["(it was stored in plain text: treat the old value as known to others)"] : []),
  ].join(" ");
}

function setHint(key: string, secret: boolean | undefined): string {
  return secret === true ? ` (pulumi config set --secret --path '${key}…')` : "";
}

function readSection(
  key: string,
  given: string | undefined,
  schema: Readonly<Record<string, unknown>>,
): { value?: unknown; problem?: string } {
  if (schema.type === "string" || given === undefined) {
    return { value: given ?? structuredClone(schema.default) };
  }
  try {
    const value: unknown = JSON.parse(given);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return { value };
    }
  } catch {
    // Falls through: the text is no JSON, which the message below says.
  }
  return { problem: `${key}: expected a group of keys, found a single value; write its keys indented below it in the stack's file` };
}

/** One schema for all sections, compiled once: compiling is what costs. Sections that are absent stay so. */
const validate = new Ajv({ allErrors: true, useDefaults: true, verbose: true, strict: false }).compile({
  type: "object",
  properties: Object.fromEntries(Object.entries(SECTIONS).map(([name, { schema }]) => [name, { ...schema, default: undefined }])),
});

/** Fills in defaults in place. */
function check(project: string, sections: Sections): string[] {
  if (validate(sections)) {
    return [];
  }
  // Each branch of an `anyOf` reports as well; the `anyOf` itself says all that is needed.
  const relevant = (validate.errors ?? []).filter((error) => !error.schemaPath.includes("/anyOf/"));
  return relevant.map((error) => describe(project, error));
}

function describe(project: string, error: ErrorObject): string {
  const [, section = "", key = ""] = error.instancePath.split("/");
  const secret = isSecretKey(section, key);
  const path = `${project}:${error.instancePath
    .slice(1)
    .replaceAll("/", ".")
    .replace(/\.(\d+)/g, "[$1]")}`;
  const parent = error.parentSchema as { description?: string; properties?: Record<string, unknown> } | undefined;
  const params = error.params as Record<string, unknown>;
  if (error.keyword === "additionalProperties") {
    const name = String(params.additionalProperty);
    return `${path}.${name}: unknown key${suggestion(name, Object.keys(parent?.properties ?? {}))}`;
  }
  if (error.keyword === "required") {
    const name = String(params.missingProperty);
    const wanted = parent?.properties?.[name] as { description?: string } | undefined;
    const hint = secret ? ` Set it: pulumi config set --secret --path '${path}.${name}'` : "";
    return `${path}.${name}: missing. ${wanted?.description ?? ""}${hint}`.trimEnd();
  }
  const found = secret ? "the given (secret) value" : JSON.stringify(error.data);
  const expectation = parent?.description === undefined ? "" : ` ${parent.description}`;
  return `${path}: found ${found}, ${wording(error)}.${expectation}`;
}

function wording(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case "enum":
      return `expected one of ${(params.allowedValues as string[]).join(", ")}`;
    case "pattern":
      return `expected the form ${String(params.pattern)}`;
    case "anyOf":
      return `expected ${(error.schema as { const?: string; type?: string }[]).map((branch) => branch.const ?? branch.type).join(" or ")}`;
    default:
      return error.message ?? error.keyword;
  }
}

function suggestion(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  if (meant !== undefined) {
    return `; did you mean "${meant}"?`;
  }
  return known.length === 0 ? "" : `; known keys: ${known.join(", ")}`;
}

/** Names of projects that are probably this one, misspelt: nothing would read their keys. */
export function misspeltProjects(project: string, keys: readonly string[]): string[] {
  return keys
    .filter((key) => !key.startsWith(`${project}:`) && nearest(key.split(":", 1)[0] ?? "", [project]) !== undefined)
    .map((key) => `${key}: nothing reads it; did you mean "${project}:${key.slice(key.indexOf(":") + 1)}"?`);
}
