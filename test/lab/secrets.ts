/** Values of the stack's secrets for the hosts of a lab: made here, and known to nobody else. */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runDir } from "./paths";

const secretsFile = (lab: string): string => join(runDir(lab), "secrets.json");

/** All that were made until now, by name. */
export const secretsOf = (lab: string): Record<string, string> =>
  JSON.parse(readFileSync(secretsFile(lab), "utf8")) as Record<string, string>;

/** Secrets made for this machine alone; the same in every run, so that a second one changes nothing. */
export function localSecrets(lab: string, names: readonly string[]): Record<string, string> {
  const file = secretsFile(lab);
  const saved = existsSync(file) ? secretsOf(lab) : {};
  const make = (name: string): string =>
    name === "DATABASE_URL" ? `postgresql://local:${randomBytes(12).toString("hex")}@db.internal/ml` : randomBytes(24).toString("hex");
  const all = { ...saved, ...Object.fromEntries(names.filter((name) => saved[name] === undefined).map((name) => [name, make(name)])) };
  writeFileSync(file, JSON.stringify(all), { mode: 0o600 });
  return Object.fromEntries(names.map((name) => [name, all[name] ?? ""]));
}
