/**
 * What of the stack's file is encrypted and should not be, and the other way round. The engine says of a section only that something in it is
 * encrypted (PULUMI_CONFIG_SECRET_KEYS), so the file itself is asked. Pure.
 */
import { keyText } from "../../policies/cli/schema-words";
import { isSecretKey, secretGroupOf } from "./environments";
import { SECTIONS } from "./schema";
import { isGroup, keyOf } from "./values";

interface Leaf {
  readonly path: readonly string[];
  readonly encrypted: boolean;
  readonly value: unknown;
}

/** What the secrets providers write: base64, and for a passphrase v1 with two of it. */
const CIPHERTEXT = /^[A-Za-z0-9+/=:_-]+$/;

export function isEncrypted(value: unknown): boolean {
  return isGroup(value) && Object.keys(value).length === 1 && "secure" in value;
}

function leavesOf(value: unknown, path: readonly string[] = []): Leaf[] {
  if (isEncrypted(value)) return [{ path, encrypted: true, value: (value as { secure: unknown }).secure }];
  if (value === null || typeof value !== "object") return [{ path, encrypted: false, value }];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, [...path, name]));
}

interface Section {
  readonly name: string;
  readonly value: unknown;
}

/** Sections of the program in the `config:` of the file. */
function sectionsOf(project: string, config: Readonly<Record<string, unknown>>): Section[] {
  return Object.entries(config).flatMap(([key, value]) => {
    const name = key.startsWith(`${project}:`) ? key.slice(project.length + 1) : key.includes(":") ? "" : key;
    return name in SECTIONS ? [{ name, value }] : [];
  });
}

/** Secrets in plain text beside encrypted ones of the same section. Where nothing of a section is encrypted, the structure's check says so. */
export function plainBesideEncrypted(project: string, config: Readonly<Record<string, unknown>>): string[] {
  return sectionsOf(project, config).flatMap(({ name, value }) => {
    const leaves = leavesOf(value);
    if (!leaves.some(({ encrypted }) => encrypted)) return [];
    return leaves.flatMap(({ path, encrypted }) => {
      if (encrypted || path.length === 0 || !isSecretKey(name, path[0] ?? "")) return [];
      const key = `${project}:${keyText([name, ...path])}`;
      return [
        `${key}: stored in plain text, beside others that are encrypted; set it again, which encrypts it: pulumi config set --secret --path '${key}'; ` +
          "then treat the old value as known to others",
      ];
    });
  });
}

/** Encrypted values where plain ones belong, and what only looks encrypted: nothing can be said of them without the key, and they would hide the whole section. */
export function encryptedBesidePlain(project: string, config: Readonly<Record<string, unknown>>): string[] {
  const broken = sectionsOf(project, config).flatMap(({ name, value }) =>
    leavesOf(value)
      .filter((leaf) => leaf.encrypted && !(typeof leaf.value === "string" && CIPHERTEXT.test(leaf.value)))
      .map(({ path }) => notEncrypted(`${project}:${keyText([name, ...path])}`)),
  );
  const region = isEncrypted(config["aws:region"]) ? [plainAgain("aws:region")] : [];
  const own = sectionsOf(project, config).flatMap(({ name, value }) =>
    leavesOf(value)
      .filter(({ path, encrypted }) => encrypted && !isSecretKey(name, path[0] ?? ""))
      .map(({ path }) => encryptedProblem(`${project}:${keyText([name, ...path])}`, project, [name, ...path])),
  );
  return [...broken, ...region, ...own.filter((problem) => !broken.some((other) => keyOf(other) === keyOf(problem)))];
}

function notEncrypted(key: string): string {
  return (
    `${key}: what follows secure: is not encrypted (only the Pulumi CLI writes that line); remove it and set the value: ` +
    `pulumi config set --secret --path '${key}'; if it was the secret itself, treat it as known to others`
  );
}

function plainAgain(key: string): string {
  return `${key}: is encrypted, so that it cannot be read here, and it is no secret; write it in plain text: pulumi config set --plaintext --path '${key}' VALUE`;
}

function encryptedProblem(key: string, project: string, path: readonly string[]): string {
  if (path.length === 1 && SECTIONS[path[0] ?? ""]?.schema.type === "object") {
    return `${key}: is encrypted as a whole, so that its keys cannot be read here, and they are no secrets; write them in plain text (pulumi config set --path '${key}.NAME' VALUE)`;
  }
  const group = secretGroupOf(path.slice(0, -1).join("."));
  if (group !== undefined) {
    return `${key}: is encrypted, and ${path.slice(0, -1).join(".")} is for plain settings; move it: pulumi config set --secret --path '${project}:${group}.${path.at(-1) ?? ""}'`;
  }
  return plainAgain(key);
}
