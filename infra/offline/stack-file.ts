/**
 * Reads Pulumi.yaml and Pulumi.<stack>.yaml as the CLI would, without decrypting anything: encrypted values, and secrets that are not set
 * yet, become placeholders.
 */
import * as fs from "fs";
import * as path from "path";
import { parse } from "yaml";
import { SECTIONS } from "../config/schema";

export interface StackFile {
  readonly project: string;
  readonly stack: string;
  /** Fully qualified key to raw value. */
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  /** Secrets that `pulumi up` will ask for. */
  readonly unset: readonly string[];
}

export interface Placeholders {
  /** A throwaway private key in OpenSSH form. */
  readonly privateKey: () => string;
}

/** The stack's file cannot be used; `message` names the file and what to do. */
export class StackFileError extends Error {}

/** @throws StackFileError */
export function readStackFile(root: string, stack: string, placeholders: Placeholders): StackFile {
  const project = readYaml(root, "Pulumi.yaml", stack);
  const settings = readYaml(root, `Pulumi.${stack}.yaml`, stack);
  const name = String(project.name);
  const values = { ...projectDefaults(project.config), ...object(settings.config) };
  const config: Record<string, string> = {};
  const secretKeys: string[] = [];
  for (const [given, value] of Object.entries(values)) {
    const key = given.includes(":") ? given : `${name}:${given}`;
    if (holdsSecret(value)) {
      secretKeys.push(key);
    }
    const plain = key === `${name}:sshPrivateKey` && holdsSecret(value) ? placeholders.privateKey() : reveal(value, key);
    config[key] = typeof plain === "string" ? plain : JSON.stringify(plain);
  }
  const unset = fillSecrets(name, config, secretKeys, placeholders);
  return { project: name, stack, config, secretKeys, unset };
}

/** The project's name as Pulumi.yaml has it: the prefix of all its configuration keys. */
export function projectName(root: string): string {
  return String(readYaml(root, "Pulumi.yaml", "").name);
}

function readYaml(root: string, file: string, stack: string): Record<string, unknown> {
  const full = path.join(root, file);
  if (!fs.existsSync(full)) {
    const others = fs.readdirSync(root).flatMap((entry) => /^Pulumi\.(.+)\.yaml$/.exec(entry)?.[1] ?? []);
    throw new StackFileError(
      `${file}: not found. The stack "${stack}" has no configuration here; stacks with one: ${others.join(", ") || "none"}`,
    );
  }
  try {
    return object(parse(fs.readFileSync(full, "utf8")));
  } catch (error) {
    throw new StackFileError(`${file}: not valid YAML: ${(error as Error).message}`);
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

function isEncrypted(value: unknown): boolean {
  const keys = Object.keys(object(value));
  return keys.length === 1 && keys[0] === "secure";
}

function holdsSecret(value: unknown): boolean {
  return isEncrypted(value) || (value !== null && typeof value === "object" && Object.values(value).some(holdsSecret));
}

function reveal(value: unknown, key: string): unknown {
  if (isEncrypted(value)) {
    return placeholderFor(key);
  }
  if (Array.isArray(value)) {
    return value.map((entry) => reveal(entry, key));
  }
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, reveal(entry, name)]));
  }
  return typeof value === "number" || typeof value === "boolean" ? value : (value ?? "");
}

/** Has the form of a URL and more than 16 characters, so that it passes wherever a secret is expected. */
function placeholderFor(name: string): string {
  return `placeholder:${name}-is-not-read-offline`;
}

/** Puts placeholders where a required secret is not set; returns their names. */
function fillSecrets(project: string, config: Record<string, string>, secretKeys: string[], placeholders: Placeholders): string[] {
  const unset: string[] = [];
  const envKey = `${project}:secretEnv`;
  if (config[envKey] === undefined || secretKeys.includes(envKey)) {
    const env = object(JSON.parse(config[envKey] ?? "{}"));
    const required = (SECTIONS.secretEnv?.schema.required ?? []) as readonly string[];
    const missing = required.filter((name) => !(name in env));
    config[envKey] = JSON.stringify({ ...env, ...Object.fromEntries(missing.map((name) => [name, placeholderFor(name)])) });
    secretKeys.push(envKey);
    unset.push(...missing.map((name) => `${envKey}.${name}`));
  }
  const file = object(JSON.parse(config[`${project}:ssh`] ?? "{}")).privateKeyFile;
  const keyName = `${project}:sshPrivateKey`;
  if (config[keyName] === undefined && file === undefined) {
    config[keyName] = placeholders.privateKey();
    secretKeys.push(keyName);
    unset.push(keyName);
  }
  return unset;
}
