/** Settings of the .env files in the configuration: what of them is secret. Pure. */
import { SECTIONS } from "./schema";
import type { Raw } from "./types";
import { isGroup } from "./values";

/** Where groups of environment variables are: a section, or a key of one. */
export const ENVIRONMENTS: readonly (readonly [section: string, key?: string])[] = [
  ["env"],
  ["secretEnv"],
  ["gateway", "env"],
  ["gateway", "secretEnv"],
];

/** Where the secrets of the same .env are: "gateway.env" belongs to "gateway.secretEnv"; undefined for what is no group of plain settings. */
export function secretGroupOf(group: string): string | undefined {
  return ENVIRONMENTS.some((one) => one.join(".") === group) && /(^|\.)env$/.test(group) ? group.replace(/env$/, "secretEnv") : undefined;
}

/** Whether the values of a key of the second level are secret, with its whole section or by itself. */
export function isSecretKey(section: string, key: string): boolean {
  return SECTIONS[section]?.secret === true || secretKeysOf(section).includes(key);
}

/** Keys of a section whose values are secret though the section is not; the schema marks them. */
function secretKeysOf(name: string): string[] {
  const properties = (SECTIONS[name]?.schema.properties ?? {}) as Readonly<Record<string, { secret?: boolean }>>;
  return Object.keys(properties).filter((key) => properties[key]?.secret === true);
}

/**
 * A section with an encrypted value anywhere in it arrives in clear, and marked as secret as a whole (PULUMI_CONFIG_SECRET_KEYS names sections).
 * One that is not marked holds none, so what should be secret in it is stored in plain text; it is left out of what is read further.
 */
export function withoutLeaks(raw: Raw, name: string, value: unknown): { plain: unknown; leaks: string[] } {
  const group = value as Record<string, unknown>;
  const leaked = raw.secretKeys.has(name) ? [] : secretKeysOf(name).filter((key) => !isEmptyGroup(group[key]));
  const leaks = leaked.map((key) => {
    const path = `${raw.project}:${name}.${key}`;
    const given = group[key];
    const [first = "NAME"] = isGroup(given) ? Object.keys(given) : [];
    const place = isSingle(name, key) ? path : `${path}.${first}`;
    const again = `pulumi config rm --path '${path}', then pulumi config set --secret --path '${place}'`;
    return `${path}: stored in plain text. Remove it from the stack's file and set it again (${again}); then treat the old value as known to others`;
  });
  return leaked.length === 0
    ? { plain: value, leaks }
    : { plain: Object.fromEntries(Object.entries(group).filter(([key]) => !leaked.includes(key))), leaks };
}

function isSingle(name: string, key: string): boolean {
  return (SECTIONS[name]?.schema.properties as Readonly<Record<string, { type?: string }>>)[key]?.type === "string";
}

function isEmptyGroup(value: unknown): boolean {
  return value === undefined || value === null || (isGroup(value) && Object.keys(value).length === 0);
}
