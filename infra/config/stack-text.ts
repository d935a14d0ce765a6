/**
 * The text of a stack's file: whether it is a file of settings at all, in words and not in the parser's. Pure.
 */
import { nearest } from "../../policies/cli/nearest";
import { visible } from "../../policies/cli/schema-words";
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
  return besideConfig(top) ?? belowConfig(top.config) ?? twice(Object.keys(top.config)) ?? ofTheCli(top);
}

/** The other way round: the CLI does not find there what decrypts the secrets. */
function belowConfig(config: unknown): string | undefined {
  const found = isGroup(config) ? Object.keys(config).find((key) => TOP_KEYS.includes(key)) : undefined;
  return found === undefined
    ? undefined
    : `${found}: stands below config:, and the CLI reads it beside that alone; move it to the beginning of its line, as config: stands`;
}

/** Below config: everything is a setting; beside it the CLI reads its own keys and nothing else. */
function besideConfig(top: Record<string, unknown>): string | undefined {
  const others = Object.keys(top).filter((key) => key !== "config" && !TOP_KEYS.includes(key));
  if (others.length === 0) return undefined;
  const meant = others.length === 1 ? nearest(others[0] ?? "", TOP_KEYS) : undefined;
  const instead =
    meant === undefined
      ? `indent ${others.length === 1 ? "it" : "them"} below config:, or remove ${others.length === 1 ? "it" : "them"}`
      : `did you mean ${meant}:?`;
  return `${others.map(visible).join(", ")}: ${others.length === 1 ? "stands beside config: and is" : "stand beside config: and are"} not read there; ${instead}`;
}

/** `port` is short for `PROJECT:port`; with both, which of them counts changes from run to run. */
function twice(keys: readonly string[]): string | undefined {
  const short = keys.find((key) => !key.includes(":") && keys.some((other) => other.endsWith(`:${key}`) && !other.startsWith("aws:")));
  const long = keys.find((key) => key.endsWith(`:${short ?? ""}`) && !key.startsWith("aws:"));
  return short === undefined || long === undefined ? undefined : `config: has ${short} and ${long}, which are one key; keep one of the two`;
}

/** What `pulumi stack init` writes, and would say of in its own words. */
function ofTheCli(top: Record<string, unknown>): string | undefined {
  const text = TOP_KEYS.filter((key) => key !== "config" && key !== "environment").find(
    (key) => key in top && typeof top[key] !== "string",
  );
  if (text !== undefined)
    return `${text}: is no text, and only the Pulumi CLI writes it; restore it, or remove it and run: pulumi stack change-secrets-provider`;
  const { environment } = top;
  const list = Array.isArray(environment) && environment.every((one) => typeof one === "string" || isGroup(one));
  return environment === undefined || list || isGroup(environment)
    ? undefined
    : "environment: is no list of names; write the names of environments of Pulumi ESC, a line with a hyphen for each, or remove it";
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
