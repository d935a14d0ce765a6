/** The configuration of the pack and of the runner: one schema, all errors at once. */
import Ajv from "ajv";
import type { ErrorObject } from "ajv";
import { DEFAULT_SETTINGS } from "./settings";
import type { Level, Roles, Settings } from "./types";

/** Leaves out one finding, for a reason and until a day. */
export interface Exemption {
  /** Id of the policy. */
  readonly policy: string;
  /** URN of the resource the finding names. */
  readonly urn: string;
  /** A part of the finding's message; needed where the policy says several things of the same resource. */
  readonly message?: string;
  readonly reason: string;
  /** Last day it holds (UTC), YYYY-MM-DD. */
  readonly expires: string;
}

export interface Config {
  readonly settings: Settings;
  /** Level per policy id; policies not named keep their own. */
  readonly levels: Readonly<Record<string, Level>>;
  readonly exemptions: readonly Exemption[];
  /** In the engine: may a mandatory "cannot tell" stop a preview? Default: only where the variable CI is set. The runner always exits 3. */
  readonly unknownIsError?: boolean;
}

export const DEFAULT_CONFIG: Config = { settings: DEFAULT_SETTINGS, levels: {}, exemptions: [] };

/** A configuration that cannot be used; `problems` has one line each. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`the configuration cannot be used:\n  ${problems.join("\n  ")}`);
  }
}

const LEVELS: readonly Level[] = ["advisory", "mandatory", "disabled"];
const text = { type: "string", minLength: 1 };
const level = { type: "string", enum: LEVELS };
const selector = {
  type: "object",
  description: "Resources that carry all of `tags`, and resources whose logical name, URN or id is among `names`.",
  properties: {
    tags: { type: "object", additionalProperties: text, minProperties: 1 },
    names: { type: "array", items: text, minItems: 1 },
  },
  additionalProperties: false,
  minProperties: 1,
};
const roles = {
  type: "object",
  description: "Which resources play which part.",
  properties: Object.fromEntries(Object.keys(DEFAULT_SETTINGS.roles).map((role) => [role, selector])),
  additionalProperties: false,
};
const exemptions = {
  type: "array",
  description: "Findings to leave out, each with a reason and a last day.",
  items: {
    type: "object",
    properties: {
      policy: text,
      urn: text,
      message: text,
      reason: { type: "string", pattern: "\\S.{8,}\\S" },
      expires: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}$" },
    },
    required: ["policy", "urn", "reason", "expires"],
    additionalProperties: false,
  },
};

/** What may stand under `settings`; the configSchema of the pack's policy of that name as well. */
export const SETTINGS_PROPERTIES = {
  roles,
  servicePort: { type: "integer", minimum: 1, maximum: 65535, description: "TCP port of the backend's front. Default 9000." },
  home: { type: "string", pattern: "^/.*[^/]$", description: "Home of the service on a host. Default /home/ddos." },
  user: { ...text, description: "User that owns the service's files. Default ddos." },
  sshWidestPrefix: {
    type: "integer",
    minimum: 0,
    maximum: 32,
    description: "IPv4 ranges this wide or wider may never reach SSH on the gateway. Default 8.",
  },
  exemptions,
  unknownIsError: {
    type: "boolean",
    description: "A mandatory 'cannot tell' stops the preview. Default: only where the variable CI is set.",
  },
} as const;

type SettingsInput = Partial<Omit<Settings, "roles">> & {
  readonly roles?: Partial<Roles>;
  readonly exemptions?: readonly Exemption[];
  readonly unknownIsError?: boolean;
};
interface FileInput extends SettingsInput {
  readonly settings?: SettingsInput;
  readonly levels?: Readonly<Record<string, Level>>;
  readonly [policyId: string]: unknown;
}

/**
 * Reads a configuration file's content: Pulumi's own form for `--policy-pack-config` (`settings`, `all`, and a level
 * per policy id), or the keys of `settings` and `levels` at the top.
 * @throws ConfigError with every problem
 */
export function readConfig(json: unknown, policyIds: readonly string[]): Config {
  const byPolicy = {
    anyOf: [
      level,
      { type: "object", properties: { enforcementLevel: level }, required: ["enforcementLevel"], additionalProperties: false },
    ],
  };
  const schema = {
    type: "object",
    properties: {
      ...Object.fromEntries(policyIds.map((id) => [id, byPolicy])),
      ...SETTINGS_PROPERTIES,
      settings: { type: "object", properties: { ...SETTINGS_PROPERTIES, enforcementLevel: level }, additionalProperties: false },
      levels: {
        type: "object",
        properties: Object.fromEntries(["all", ...policyIds].map((id) => [id, level])),
        additionalProperties: false,
      },
      all: level,
    },
    additionalProperties: false,
  };
  const file = check<FileInput>(json, schema, policyIds);
  const config = withDefaults({ ...file, ...file.settings });
  return { ...config, levels: levelsOf(file, policyIds) };
}

/** Reads what the engine hands to the pack's policy `settings`. @throws ConfigError with every problem */
export function readSettings(json: unknown, policyIds: readonly string[]): Config {
  return withDefaults(
    check<SettingsInput>(json, { type: "object", properties: SETTINGS_PROPERTIES, additionalProperties: false }, policyIds),
  );
}

function levelsOf(file: FileInput, policyIds: readonly string[]): Record<string, Level> {
  const all = (file.levels?.all ?? file.all) as Level | undefined;
  const levels: Record<string, Level> = {};
  for (const id of policyIds) {
    const own = file[id] as Level | { readonly enforcementLevel: Level } | undefined;
    const found = file.levels?.[id] ?? (typeof own === "object" ? own.enforcementLevel : own) ?? all;
    if (found !== undefined) levels[id] = found;
  }
  return levels;
}

function withDefaults(input: SettingsInput): Config {
  const { servicePort, home, user, sshWidestPrefix } = { ...DEFAULT_SETTINGS, ...input };
  return {
    settings: { roles: { ...DEFAULT_SETTINGS.roles, ...input.roles }, servicePort, home, user, sshWidestPrefix },
    levels: {},
    exemptions: input.exemptions ?? [],
    ...(input.unknownIsError === undefined ? {} : { unknownIsError: input.unknownIsError }),
  };
}

function check<T>(json: unknown, schema: object, policyIds: readonly string[]): T {
  const validate = new Ajv({ allErrors: true, strict: false, verbose: true }).compile(schema);
  const problems = validate(json) ? [] : describeAll(validate.errors ?? []);
  if (problems.length === 0) {
    const input = json as FileInput;
    const all = [...(input.exemptions ?? []), ...(input.settings?.exemptions ?? [])];
    for (const exemption of all) {
      if (!policyIds.includes(exemption.policy)) problems.push(`exemptions: "${exemption.policy}" is no policy of this pack`);
      if (!isDay(exemption.expires)) problems.push(`exemptions: expires "${exemption.expires}" is no day of the calendar (YYYY-MM-DD)`);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return json as T;
}

function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

/** An `anyOf` reports each branch and itself: the branches say it better. */
function describeAll(errors: readonly ErrorObject[]): string[] {
  return [...new Set(errors.filter((error) => error.keyword !== "anyOf").map(describe))];
}

function describe(error: ErrorObject): string {
  const params = error.params as Readonly<Record<string, unknown>>;
  const path = error.instancePath.slice(1).replaceAll("/", ".");
  const at = path === "" ? "the configuration" : path;
  if (error.keyword === "additionalProperties") {
    const known = Object.keys((error.parentSchema as { properties?: object }).properties ?? {});
    const key = String(params.additionalProperty);
    const close = known.filter((name) => name.toLowerCase().startsWith(key.slice(0, 3).toLowerCase()));
    const hint =
      known.length <= 10 ? `; keys: ${known.join(", ")}` : close.length > 0 ? `; did you mean ${close.slice(0, 4).join(", ")}?` : "";
    return `${path === "" ? key : `${path}.${key}`}: unknown key${hint}`;
  }
  if (error.keyword === "enum") return `${at}: ${shown(error.data)} is not one of ${(params.allowedValues as string[]).join(", ")}`;
  if (error.keyword === "required") return `${at}: ${String(params.missingProperty)} is missing`;
  if (error.keyword === "pattern" && path.endsWith("reason")) return `${at}: give a reason of at least ten characters`;
  return `${at}: ${error.message ?? error.keyword}, found ${shown(error.data)}`;
}

function shown(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 80) ?? "nothing";
}
