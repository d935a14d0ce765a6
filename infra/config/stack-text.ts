/**
 * The text of a stack's file: whether it is a file of settings at all, in words and not in the parser's. Pure.
 */
import { parseAllDocuments, type Document, type YAMLError } from "yaml";
import { nearest } from "../../policies/cli/nearest";

/** What the CLI reads at the top of a stack's file. */
const TOP_KEYS = ["config", "environment", "secretsprovider", "encryptedkey", "encryptionsalt"];

const BEGIN = "begin it with a line config: and write the keys indented below it, as Pulumi.dev.yaml does";

/** What the parser's codes mean to whoever wrote the line. */
const YAML_FAULTS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "a key that is there twice; keep one of the two",
  TAB_AS_INDENT: "a tab at its beginning; indent with spaces",
  BAD_INDENT: "an indentation that fits no line above it; align keys of one group with each other",
  BAD_ALIAS: "a reference (*name) to nothing; put quotes around a value that begins with an asterisk",
  BLOCK_AS_IMPLICIT_KEY:
    "a second colon or a wrong indentation; put quotes around a value that holds a colon and a space, or start a new line",
  MISSING_CHAR: "a quote, bracket or colon that is missing; close what is opened there",
  UNEXPECTED_TOKEN: "something that cannot stand there; check quotes, brackets and indentation",
  BAD_DQ_ESCAPE: "a backslash in double quotes that means nothing; use single quotes",
  BAD_SCALAR_START: "a value that begins with a special character; put single quotes around it",
  MULTILINE_IMPLICIT_KEY: "a key that goes over more than one line; is a colon missing?",
};

export type Settings = { readonly settings: Record<string, unknown> } | { readonly problems: string[] };

/** @returns the settings of Pulumi.<stack>.yaml, or the problems that keep the file from being read; each names the file. */
export function stackSettings(file: string, text: string): Settings {
  return settingsOf(file, text, topProblem);
}

/** The same of Pulumi.yaml, which needs no config:. */
export function projectSettings(file: string, text: string): Settings {
  return settingsOf(file, text, (value) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? undefined
      : "is no group of keys; restore it from the repository",
  );
}

function settingsOf(file: string, text: string, problemOf: (value: unknown) => string | undefined): Settings {
  const bare = text.replace(/^\uFEFF/, "");
  if (/[\0\uFFFD]/.test(bare)) {
    return { problems: [`${file}: is not a text file (it holds binary data, or is not UTF-8); write it anew: ${BEGIN}`] };
  }
  const documents = parseAllDocuments(bare, { prettyErrors: false, logLevel: "silent" }) as Document[];
  const faults = documents.flatMap((document) => document.errors).map((error) => faultText(file, bare, error));
  if (faults.length > 0) {
    return { problems: faults.slice(0, 1) };
  }
  if (documents.length > 1) {
    return {
      problems: [
        `${file}: holds ${documents.length} documents, and only one is read; remove the line that is only ---, and keep one config:`,
      ],
    };
  }
  const value: unknown = documents[0]?.toJS();
  const problem = problemOf(value);
  return problem === undefined ? { settings: value as Record<string, unknown> } : { problems: [`${file}: ${problem}`] };
}

function faultText(file: string, text: string, error: YAMLError): string {
  const line = text.slice(0, error.pos[0]).split("\n").length;
  return `${file}: line ${line}: is not valid YAML: ${YAML_FAULTS[error.code] ?? "it cannot be read there; check quotes, brackets and indentation"}`;
}

function topProblem(value: unknown): string | undefined {
  if (value === null || value === undefined) return `is empty; ${BEGIN}`;
  if (typeof value !== "object") return `holds only a text; ${BEGIN}`;
  if (Array.isArray(value)) return `is a list, and a group of keys is needed; ${BEGIN}`;
  const top = value as Record<string, unknown>;
  if (!("config" in top)) return withoutConfig(Object.keys(top));
  if (top.config === null) return "config: has nothing below it; write the keys indented below it, as Pulumi.dev.yaml does";
  if (typeof top.config !== "object") return "config: holds a single value; write the keys on lines of their own, indented below it";
  if (Array.isArray(top.config)) return "config: holds a list; write its keys without the hyphens at their beginning";
  const beside = Object.keys(top).filter((key) => key.includes(":"));
  return beside.length === 0 ? undefined : `${beside.join(", ")}: stands beside config: and is not read there; indent it below config:`;
}

function withoutConfig(keys: readonly string[]): string | undefined {
  const settings = keys.filter((key) => key.includes(":"));
  if (settings.length > 0) {
    return `the line config: is missing above ${settings.slice(0, 3).join(", ")}${settings.length > 3 ? " and more" : ""}; write it first, and indent these keys below it`;
  }
  const near = keys.find((key) => nearest(key, ["config"]) !== undefined);
  if (near !== undefined) return `found ${near}: at the top; did you mean config:?`;
  return keys.some((key) => TOP_KEYS.includes(key)) && keys.includes("environment") ? undefined : `has no config:; ${BEGIN}`;
}
