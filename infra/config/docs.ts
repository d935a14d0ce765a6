/** docs/configuration.md, as Markdown. Pure; `npm run docs` writes it. */
import { stringify } from "yaml";
import { formOf, type Worded } from "../../policies/cli/schema-words";
import { SECTIONS, type Section } from "./schema";

const INTRODUCTION = `# Configuration

Every key of \`Pulumi.<stack>.yaml\` under \`ml-gateway:\`. Keys that are not listed are errors, and all errors are reported at once, before anything
is created. Set a value with \`pulumi config set --path 'ml-gateway:network.egress' managed\`, a secret with \`--secret\` as well.
\`aws:region\` names the region; credentials and endpoints come from the standard AWS configuration.

This page is generated from \`infra/config/schema.ts\` by \`npm run docs\`.
`;

/** The page as Markdown. Pure. */
export function configurationPage(): string {
  const parts = Object.entries(SECTIONS).map(([name, section]) => sectionText(name, section));
  return [INTRODUCTION, ...parts].join("\n");
}

function sectionText(name: string, section: Section): string {
  const notes = [section.secret === true ? "Secret." : "", section.required === true ? "Required." : ""]
    .filter((note) => note !== "")
    .join(" ");
  const keys = keysOf("", section.schema);
  const whole = exampleOf(section.schema);
  const table = [
    "",
    "| key | kind | default | example | required |",
    "| --- | --- | --- | --- | --- |",
    ...keys.map(({ key, schema, required }) => row(key, schema, required)),
    "",
    ...keys.map(({ key, schema }) => `- **\`${key}\`**: ${meaning(schema)}`),
  ];
  const alone =
    keys.length > 0
      ? table
      : ["", `Kind: ${kindOf(section.schema)}.${whole === "" ? "" : ` Example: ${whole}.`} Write ${formOf(section.schema)}.`];
  return [`## \`${name}\``, "", `${section.description}${notes === "" ? "" : ` ${notes}`}`, ...alone, ""].join("\n");
}

interface Key {
  readonly key: string;
  readonly schema: Worded;
  readonly required: boolean;
}

function keysOf(prefix: string, schema: Worded): Key[] {
  const needed = (schema["required"] ?? []) as readonly string[];
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const own = { key: prefix + name, schema: property, required: needed.includes(name) };
    return [own, ...(property.properties === undefined ? [] : keysOf(`${own.key}.`, property))];
  });
}

function row(key: string, schema: Worded, required: boolean): string {
  const usual = schema.default === undefined || schema.properties !== undefined ? "" : code(schema.default);
  return `| \`${key}\` | ${kindOf(schema)} | ${usual} | ${exampleOf(schema)} | ${required ? "yes" : ""} |`;
}

/** What a value is, in a word or two; the sentence below the table says what it may be. */
function kindOf(schema: Worded): string {
  if (schema.enum !== undefined) return schema.enum.map((choice) => `\`${String(choice)}\``).join(", ");
  if (schema.anyOf !== undefined)
    return [...new Set(schema.anyOf.map((one) => (one.const === undefined ? kindOf(one) : code(one.const))))].join(" or ");
  const kinds: Readonly<Record<string, string>> = {
    string: "text",
    integer: "whole number",
    number: "number",
    boolean: "true or false",
    array: "list",
  };
  return kinds[schema.type ?? ""] ?? "group";
}

/** The schema's own, else its default: every key shows a value that is right. */
function exampleOf(schema: Worded): string {
  if (schema.properties !== undefined) return "";
  const value = schema.example ?? (schema.enum === undefined ? undefined : schema.enum.find((choice) => choice !== schema.default));
  return value === undefined ? "" : code(typeof value === "string" ? asWritten(value) : value);
}

/** In quotes where YAML would read a date, a number or an alias: the engine's YAML reads dates, as version 1.1 does. */
function asWritten(text: string): string {
  // Words on where it comes from.
  return text.startsWith("(") ? text : stringify(text, { version: "1.1", lineWidth: 0 }).trim();
}

const code = (value: unknown): string => `\`${cell(typeof value === "string" ? value : JSON.stringify(value))}\``;

function meaning(schema: Worded): string {
  const said = (schema.description ?? "").trim();
  const form = schema.enum === undefined && schema.properties === undefined && schema.type !== "boolean" ? `Write ${formOf(schema)}.` : "";
  return [said === "" || /[.!?]$/.test(said) ? said : `${said}.`, form].filter((part) => part !== "").join(" ");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
