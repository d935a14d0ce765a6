/**
 * Reads Pulumi.yaml and Pulumi.<stack>.yaml as the CLI would, without decrypting anything: encrypted values, and secrets that are not set
 * yet, become placeholders.
 */
import * as fs from "fs";
import * as path from "path";
import { projectSettings, stackSettings } from "../config/stack-text";
import { systemSentence } from "../../policies/cli/system-errors";
import { encryptedBesidePlain, isEncrypted } from "../config/plain-secrets";
import { placeholderFor } from "../config/placeholder";
import { SECTIONS } from "../config/schema";

export interface StackFile {
  /** As Pulumi.yaml has it. */
  readonly project: string;
  readonly stack: string;
  /** Fully qualified key to raw value. */
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  /** Secrets that `pulumi up` will ask for. */
  readonly unset: readonly string[];
  /** What is encrypted and should not be, one line each: nothing else that is said of these keys is about what they hold. */
  readonly unreadable: readonly string[];
}

export interface Placeholders {
  /** A throwaway private key in OpenSSH form. `encrypted` is the text that it stands for, where the file has one. */
  readonly privateKey: (encrypted?: string) => string;
  /** What ends the placeholder of an encrypted value, so that another value has another placeholder. @default nothing */
  readonly mark?: (encrypted: string) => string;
}

/** The stack's file cannot be used; `message` names the file and what to do. */
export class StackFileError extends Error {}

/** @throws StackFileError */
export function readStackFile(root: string, stack: string, placeholders: Placeholders): StackFile {
  return stackFileOf(stack, readYaml(root, "Pulumi.yaml", stack), readYaml(root, `Pulumi.${stack}.yaml`, stack), placeholders);
}

/** As if `text` were the stack's file. @throws StackFileError */
export function stackFileFromText(root: string, stack: string, text: string, placeholders: Placeholders): StackFile {
  const read = stackSettings(`Pulumi.${stack}.yaml`, text);
  if ("problems" in read) throw new StackFileError(read.problems.join("\n"));
  return stackFileOf(stack, readYaml(root, "Pulumi.yaml", stack), read.settings, placeholders);
}

function stackFileOf(
  stack: string,
  project: Record<string, unknown>,
  settings: Record<string, unknown>,
  placeholders: Placeholders,
): StackFile {
  const name = String(project.name);
  const values = { ...projectDefaults(project.config), ...object(settings.config) };
  const config: Record<string, string> = {};
  const secretKeys: string[] = [];
  for (const [given, value] of Object.entries(values)) {
    const key = given.includes(":") ? given : `${name}:${given}`;
    if (holdsSecret(value)) {
      secretKeys.push(key);
    }
    config[key] = plainText(name, key, value, placeholders);
  }
  const whole = isEncrypted(values[`${name}:secretEnv`] ?? values.secretEnv);
  const unset = fillSecrets(name, { config, secretKeys, whole }, placeholders);
  return { project: name, stack, config, secretKeys, unset, unreadable: encryptedBesidePlain(name, values) };
}

/** The value as the CLI passes it. A group that is one secret as a whole is a group of which nothing is known. */
function plainText(project: string, key: string, value: unknown, placeholders: Placeholders): string {
  if (isEncrypted(value)) {
    const section = SECTIONS[key.slice(project.length + 1)];
    if (KEYS.some((name) => key === `${project}:${name}`)) return placeholders.privateKey(encryptedText(value));
    return section?.schema.type === "object" ? "{}" : placeholderFor(key, placeholders.mark?.(encryptedText(value)));
  }
  const plain = reveal(value, key, placeholders) ?? "";
  return typeof plain === "string" ? plain : JSON.stringify(plain);
}

const KEYS = ["sshPrivateKey", "sshPreviousPrivateKey"];

/** The project's name as Pulumi.yaml has it: the prefix of all its configuration keys. */
export function projectName(root: string): string {
  return String(readYaml(root, "Pulumi.yaml", "").name);
}

function readYaml(root: string, file: string, stack: string): Record<string, unknown> {
  const full = path.join(root, file);
  if (!fs.existsSync(full) && file === "Pulumi.yaml")
    throw new StackFileError(`${file}: not found. It is a part of the project, and names it; restore it (git checkout ${file})`);
  if (!fs.existsSync(full)) {
    const others = fs.readdirSync(root).flatMap((entry) => /^Pulumi\.(.+)\.yaml$/.exec(entry)?.[1] ?? []);
    throw new StackFileError(
      `${file}: not found. The stack "${stack}" has no configuration here; stacks with one: ${others.join(", ") || "none"}`,
    );
  }
  const read = file === "Pulumi.yaml" ? projectSettings(file, readText(full, file)) : stackSettings(file, readText(full, file));
  if ("problems" in read) {
    throw new StackFileError(read.problems.join("\n"));
  }
  return read.settings;
}

function readText(full: string, file: string): string {
  try {
    return fs.readFileSync(full, "utf8");
  } catch (error) {
    throw new StackFileError(systemSentence(error, file) ?? (error as Error).message);
  }
}

/** `config:` of Pulumi.yaml holds a value, or a description of it with `value` or `default`. */
function projectDefaults(config: unknown): Record<string, unknown> {
  const entries = Object.entries(object(config)).map(([key, entry]) => {
    const described = object(entry);
    return [key, "value" in described ? described.value : "default" in described ? described.default : entry] as const;
  });
  return Object.fromEntries(entries);
}

function object(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function holdsSecret(value: unknown): boolean {
  return isEncrypted(value) || (value !== null && typeof value === "object" && Object.values(value).some(holdsSecret));
}

function encryptedText(value: unknown): string {
  return JSON.stringify((value as { secure: unknown }).secure);
}

function reveal(value: unknown, key: string, placeholders: Placeholders): unknown {
  if (isEncrypted(value)) {
    return placeholderFor(key, placeholders.mark?.(encryptedText(value)));
  }
  if (Array.isArray(value)) {
    return value.map((entry) => reveal(entry, key, placeholders));
  }
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, reveal(entry, name, placeholders)]));
  }
  return value;
}

/** Puts placeholders where a secret that the application requires is not set; returns their names. */
function fillSecrets(
  project: string,
  { config, secretKeys, whole }: { config: Record<string, string>; secretKeys: string[]; whole: boolean },
  placeholders: Placeholders,
): string[] {
  const unset: string[] = [];
  const group = (name: string): Record<string, unknown> => object(json(config[`${project}:${name}`]));
  const envKey = `${project}:secretEnv`;
  const required = group("app").requires;
  if ((config[envKey] === undefined || secretKeys.includes(envKey)) && Array.isArray(required)) {
    const env = group("secretEnv");
    const missing = required.filter(
      (name): name is string => typeof name === "string" && /^[A-Za-z_]\w*$/.test(name) && !(name in env) && !(name in group("env")),
    );
    if (missing.length > 0) {
      config[envKey] = JSON.stringify({ ...env, ...Object.fromEntries(missing.map((name) => [name, placeholderFor(name)])) });
      secretKeys.push(envKey);
      unset.push(...missing.filter(() => !whole).map((name) => `${envKey}.${name}`));
    }
  }
  const keyName = `${project}:sshPrivateKey`;
  const closed = config[`${project}:access`] === "none";
  if (!closed && config[keyName] === undefined && group("ssh").privateKeyFile === undefined) {
    config[keyName] = placeholders.privateKey();
    secretKeys.push(keyName);
    unset.push(keyName);
  }
  return unset;
}

function json(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "{}");
  } catch {
    return undefined; // no group: the program says so
  }
}
