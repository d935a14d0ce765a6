/** The table of the manifest's fields in docs/models.md, from models-manifest/schema.json. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import schema from "../../models-manifest/schema.json";
import { table } from "../config/docs-words";
import { withParts } from "./readme";

const FILE = "docs/models.md";

/** What the schema says of one field. */
interface Field {
  readonly type?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly string[];
}

export function modelsPage(root: string): string {
  return withParts(readFileSync(join(root, FILE), "utf8"), { fields: table(fields()) }, FILE);
}

function fields(): string[][] {
  const file = schema.definitions.file;
  // `$schema` is for editors.
  const top = Object.entries(schema.properties).filter(([name]) => name !== "$schema");
  return [
    ["field", "kind", "required", "example", "meaning"],
    ...top.map(([name, field]) => row(name, field, schema.required.includes(name))),
    ...Object.entries(file.properties).map(([name, field]) => row(`files[].${name}`, field, file.required.includes(name))),
  ];
}

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  boolean: "true or false",
  object: "group",
  array: "list",
};

function row(name: string, { type, description = "", examples = [], enum: values }: Field, required: boolean): string[] {
  const kind = values === undefined ? KINDS[type ?? ""] : "word";
  if (kind === undefined) throw new Error(`models-manifest/schema.json: ${name}: no word for the type ${type ?? "that is missing"}`);
  const choice = values === undefined ? "" : ` One of ${values.join(", ")}.`;
  const example = examples.map((one) => `\`${shown(one)}\``).join(", ");
  return [`\`${name}\``, kind, required ? "yes" : "", example, description + choice];
}

/** A digest is long, and its end says nothing. */
function shown(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 12)}...` : text;
}
