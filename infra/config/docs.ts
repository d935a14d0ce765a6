/** docs/configuration.md, as Markdown. Pure; `npm run docs` writes it. */
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
  const rows = tableRows("", section.schema);
  const table = rows.length === 0 ? [] : ["", "| key | value | default | meaning |", "| --- | --- | --- | --- |", ...rows];
  return [`## \`${name}\``, "", `${section.description}${notes === "" ? "" : ` ${notes}`}`, ...table, ""].join("\n");
}

function tableRows(prefix: string, schema: Worded): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const key = prefix + name;
    const nested = property.properties === undefined ? [] : tableRows(`${key}.`, property);
    const usual = property.default === undefined || nested.length > 0 ? "" : `\`${JSON.stringify(property.default)}\``;
    return [`| \`${key}\` | ${cell(valueText(property))} | ${cell(usual)} | ${cell(property.description ?? "")} |`, ...nested];
  });
}

/** Choices are what to type; anything else is words. */
function valueText(property: Worded): string {
  return property.enum === undefined ? formOf(property) : property.enum.map((choice) => `\`${String(choice)}\``).join(", ");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
