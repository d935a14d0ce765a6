/** The .env file of the service, in the syntax of python-dotenv (which `uvicorn --env-file` uses) and of systemd's EnvironmentFile=. */
import { scryptSync } from "node:crypto";

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * One `NAME='value'` per variable, sorted by name, so that the same values always give the same bytes. Line breaks stand in the quotes as they are.
 * In single quotes python-dotenv knows escapes and systemd knows none, in double quotes both know `\\` and `\"`: a value with a backslash or a
 * single quote is in double quotes. python-dotenv expands `${NAME}` in any quotes, which systemd does not: there a literal `${` is written as the
 * default of a variable without a name, which only python-dotenv reads as it is meant.
 * @throws Error naming every bad key at once; values are never shown.
 */
export function renderEnvFile(env: Readonly<Record<string, string>>): string {
  const problems: string[] = [];
  const lines: string[] = [];
  for (const name of Object.keys(env).sort()) {
    const value: unknown = env[name];
    if (!NAME.test(name)) problems.push(`«${name}» is not a variable name (letters, digits and _, not beginning with a digit)`);
    else if (typeof value !== "string") problems.push(`«${name}» is not a text; put quotes around it`);
    else if (/[\r\0]/.test(value))
      problems.push(`«${name}» has a carriage return or a NUL, which .env cannot hold; encode it, for example as base64`);
    else lines.push(`${name}=${quote(value)}\n`);
  }
  if (problems.length > 0) throw new Error(`.env: ${problems.join("; ")}.`);
  return lines.join("");
}

function quote(value: string): string {
  const text = value.replace(/\$\{/g, "${:-$}{");
  return /[\\']/.test(text) ? `"${text.replace(/[\\"]/g, "\\$&")}"` : `'${text}'`;
}

/** The same text with the values of all names outside `plain` masked; for previews. */
export function maskedEnvFile(names: readonly string[], plain: Readonly<Record<string, string>>): string {
  return [...new Set(names)]
    .sort()
    .map((name) => (Object.hasOwn(plain, name) ? renderEnvFile({ [name]: plain[name] ?? "" }) : `${name}=[secret]\n`))
    .join("");
}

/** Must stay equal to what templates/steps/env.sh computes. */
const SCRYPT = { N: 16384, r: 8, p: 1 };
const SALT = "ml-gateway .env v1";

/**
 * Names one content of .env: 32 hex digits. It stands in file names and in plain inputs, so it is a slow hash: a bare SHA-256 of a file
 * with a weak password would let anybody who sees it try passwords at full speed.
 */
export function envDigest(env: Readonly<Record<string, string>>): string {
  const text = renderEnvFile(env);
  const digest = digests.get(text) ?? scryptSync(text, SALT, 16, SCRYPT).toString("hex");
  digests.set(text, digest);
  return digest;
}

/** Slow on purpose, and asked for by several steps of a host. */
const digests = new Map<string, string>();
