/**
 * The text of a stack's file: whether it is a file of settings at all, in words and not in the parser's. Pure.
 */
import { nearest } from "../../policies/cli/nearest";
import { isGroup } from "./values";
import { readYaml } from "./yaml-text";

/** What the CLI reads at the top of a stack's file. */
const TOP_KEYS = ["config", "environment", "secretsprovider", "encryptedkey", "encryptionsalt"];

const BEGIN = "begin it with a line config: and write the keys indented below it, as Pulumi.dev.yaml does";

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
  const read = readYaml(file, text, BEGIN);
  if ("problems" in read) return read;
  const problem = problemOf(read.value);
  return problem === undefined ? { settings: read.value as Record<string, unknown> } : { problems: [`${file}: ${problem}`] };
}

function topProblem(value: unknown): string | undefined {
  if (value === null || value === undefined) return `is empty; ${BEGIN}`;
  if (typeof value !== "object") return `holds only a text; ${BEGIN}`;
  if (Array.isArray(value)) return `is a list, and a group of keys is needed; ${BEGIN}`;
  const top = value as Record<string, unknown>;
  if (!("config" in top)) return withoutConfig(Object.keys(top));
  if (top.config === null) return "config: has nothing below it; write the keys indented below it, as Pulumi.dev.yaml does";
  if (!Array.isArray(top.config) && !isGroup(top.config))
    return "config: holds a single value; write the keys on lines of their own, indented below it";
  if (Array.isArray(top.config)) return "config: holds a list; write its keys without the hyphens at their beginning";
  if (isGroup(top.config.config)) return "config: is there twice, one below the other; keep one, and indent the keys once";
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
