/**
 * Structure of the configuration: unknown keys, types, ranges and defaults, all problems at once. Pure.
 */
import { nearest } from "../../policies/cli/nearest";
import { expectation, keyText, pathOf, schemaProblems, shown, suggestion } from "../../policies/cli/schema-words";
import { validator } from "../../policies/cli/validator";
import { isRegionKey } from "./aws-names";
import { elsewhere } from "./misplaced";
import { envTexts } from "./env-texts";
import { isSecretKey, withoutLeaks } from "./environments";
import { SECTIONS, type Section } from "./schema";
import type { Raw } from "./types";
import { isGroup, keyOf, parseJson } from "./values";

/* eslint-disable-next-line @typescript-eslint/no-explicit-any -- the schema has just checked what this holds */
export type Sections = Record<string, any>;

export interface Parsed {
  readonly sections: Sections;
  readonly problems: string[];
  /** Keys (`gateway.sshFrom[0]`) that have been reported: what else is said of them would be a second message for one mistake. */
  readonly refused: readonly string[];
}

/** Checks structure and fills in defaults. Sections with a problem are present as far as they could be read. */
export function parseSections(raw: Raw): Parsed {
  const problems = unknownSections(raw);
  const refused: string[] = [];
  const sections: Sections = {};
  for (const [name, section] of Object.entries(SECTIONS)) {
    const { value, problem } = sectionOf(raw, name, section);
    if (problem !== undefined) {
      problems.push(`${raw.project}:${name}: ${problem}`);
      refused.push(name);
    } else if (value !== undefined) {
      const { plain, leaks } = withoutLeaks(raw, name, value);
      problems.push(...leaks);
      refused.push(...leaks.map((leak) => keyOf(leak).slice(raw.project.length + 1)));
      sections[name] = plain;
    }
  }
  const checked = check(raw.project, sections);
  return { sections, problems: [...problems, ...checked.problems], refused: [...refused, ...checked.refused] };
}

function sectionOf(raw: Raw, name: string, section: Section): { value?: unknown; problem?: string } {
  const given = raw.values[name];
  if (given === undefined && section.required === true) {
    return { problem: `missing. ${section.description}${missingHint(raw.project, name, section)}` };
  }
  if (given !== undefined && section.secret === true && !raw.secretKeys.has(name)) {
    const again = setHint(`${raw.project}:${name}`, section, firstName(given));
    return {
      problem: `stored in plain text. Remove it from the stack's file and set it again${again}; then treat the old value as known to others`,
    };
  }
  const beside = Object.keys(raw.values).filter((key) => emptyAbove(raw, key) === name);
  if (beside.length > 0) {
    return {
      problem: `found nothing below it, and ${beside.join(", ")} beside it, where nothing reads it; indent ${beside.join(", ")} below "${name}:"`,
    };
  }
  return readSection(name, given, { ...section, secret: section.secret === true || raw.secretKeys.has(name) });
}

function unknownSections(raw: Raw): string[] {
  const known = Object.keys(SECTIONS);
  return Object.keys(raw.values)
    .filter((name) => !known.includes(name) && emptyAbove(raw, name) === undefined)
    .map((name) => {
      const [outer = "", ...inner] = name.split(":");
      if (inner.length > 0 && known.includes(outer))
        return `${raw.project}:${name}: unknown key; did you mean "${raw.project}:${outer}.${inner.join(".")}"? A key of a group is indented below it, or set with --path`;
      if (name === raw.project)
        return `${name}: found a group of that name, and each key has it in front; write ${name}:backend: and the like, one beside the other`;
      if (isRegionKey(name)) return `${raw.project}:${name}: nothing reads it; did you mean "aws:region"?`;
      const [head = "", rest = ""] = /^([^.[]*)(.*)$/s.exec(name)?.slice(1) ?? [];
      const section = known.includes(head) ? head : nearest(head, known);
      return rest === "" || section === undefined
        ? `${raw.project}:${name}: unknown key${elsewhere(raw.project, [name]) ?? suggestion(name, known)}`
        : withoutPath(raw, name, section + rest);
    });
}

/** The section that has nothing below it, where a key of it stands beside it. */
function emptyAbove(raw: Raw, name: string): string | undefined {
  return Object.keys(SECTIONS).find(
    (section) => raw.values[section] === "" && Object.keys(SECTIONS[section]?.schema.properties ?? {}).includes(name),
  );
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

function missingHint(project: string, name: string, section: Section): string {
  if (section.secret === true) return setHint(`${project}:${name}`, section);
  const write = expectation(section.schema, [`${project}:${name}`]);
  return ` W${write.slice(1)}`;
}

/** The first of the names that stand in a group. */
function firstName(given: string): string | undefined {
  const parsed = parseJson(given);
  return isGroup(parsed) ? Object.keys(parsed)[0] : undefined;
}

function setHint(key: string, { secret, schema }: Section, name = "NAME"): string {
  if (secret !== true) return "";
  return schema.type === "object"
    ? ` (pulumi config set --secret --path '${key}.${name}')`
    : ` (pulumi config set --secret '${key}' < KEYFILE)`;
}

/** A section from the text that the CLI passes: JSON where it is a group. */
function readSection(name: string, given: string | undefined, { schema, secret }: Section): { value?: unknown; problem?: string } {
  if (given === undefined) {
    return { value: structuredClone(schema.default) };
  }
  const isText = schema.type === "string";
  const parsed = parseJson(given);
  if (isText && (typeof parsed !== "object" || parsed === null)) {
    return { value: given };
  }
  if (!isText && isGroup(parsed)) {
    return { value: envTexts(name, parsed, given) };
  }
  const found = secret === true ? secretKind(parsed) : parsed !== null && typeof parsed === "object" ? shown(parsed) : single(given);
  return { problem: `found ${found}; ${expectation(schema, [])}${isText ? "" : groupAdvice(name, given, secret)}` };
}

/** What it is and not what it says: it may be a secret that was put one level too high. */
function secretKind(parsed: unknown): string {
  if (Array.isArray(parsed)) return "a (secret) list";
  return parsed !== null && typeof parsed === "object" ? "a (secret) group of keys" : "a single (secret) value";
}

function single(given: string): string {
  return given === "" ? "nothing below it" : `a single value (${shown(given)})`;
}

function groupAdvice(name: string, given: string, secret: boolean | undefined): string {
  const joined = /^([A-Za-z]\w*):(?=\S)/.exec(given);
  if (joined !== null && secret !== true) {
    return `. A space is missing after the colon of "${joined[1] ?? ""}:"; YAML reads the line as one text without it`;
  }
  return given === "" ? `. Or remove the line "${name}:"` : ". Its keys stand on lines of their own, indented below it";
}

/** One schema for all sections, compiled once: compiling is what costs. Sections that are absent stay so. */
const validate = validator(
  "sections",
  {
    type: "object",
    properties: Object.fromEntries(Object.entries(SECTIONS).map(([name, { schema }]) => [name, { ...schema, default: undefined }])),
  },
  { allErrors: true, useDefaults: true, verbose: true, strict: false },
);

/** Fills in defaults in place. */
function check(project: string, sections: Sections): { problems: string[]; refused: string[] } {
  if (validate(sections)) {
    return { problems: [], refused: [] };
  }
  const isSecret = ([section = "", key = ""]: readonly string[]): boolean => isSecretKey(section, key);
  const place = (path: readonly string[]): string => `${project}:${keyText(path)}`;
  const problems = schemaProblems(validate.errors ?? [], {
    place,
    hidden: isSecret,
    elsewhere: (path) => elsewhere(project, path),
    remedy: (path) => (isSecret(path) ? ` Set it: pulumi config set --secret --path '${place(path)}'` : undefined),
  });
  return { problems, refused: (validate.errors ?? []).map((error) => keyText(pathOf(error))) };
}
