/** The configuration of the pack and of the runner: one schema, all errors at once. */
import type { ValidateFunction } from "ajv";
import { nearest } from "../cli/nearest";
import { validator } from "../cli/validator";
import { describeAll } from "./config-errors";
import { fileSchema, OWN_PROPERTIES, propertiesSchema, SETTINGS_PROPERTIES } from "./config-schema";
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
  /** Settings that apply to one policy only, laid over `settings`. */
  readonly own: Readonly<Record<string, Overrides>>;
  readonly exemptions: readonly Exemption[];
  /** In the engine: may a mandatory "cannot tell" stop a preview? Default: only where the variable CI is set. The runner always exits 3. */
  readonly unknownIsError?: boolean;
}

export const DEFAULT_CONFIG: Config = { settings: DEFAULT_SETTINGS, levels: {}, own: {}, exemptions: [] };

/** A configuration that cannot be used; `problems` has one line each. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`the configuration cannot be used:\n  ${problems.join("\n  ")}`);
  }
}

/** Settings with anything left out; a role that is given replaces that role alone. */
export type Overrides = Partial<Omit<Settings, "roles">> & { readonly roles?: Partial<Roles> };

type SettingsInput = Overrides & {
  readonly exemptions?: readonly Exemption[];
  readonly unknownIsError?: boolean;
};
interface FileInput extends SettingsInput {
  readonly settings?: SettingsInput;
  readonly levels?: Readonly<Record<string, Level>>;
  readonly all?: Level;
  readonly [policyId: string]: unknown;
}

/**
 * Reads a configuration file's content: Pulumi's own form for `--policy-pack-config` (`settings`, `all`, and a level
 * or an object per policy id), or the keys of `settings` and `levels` at the top.
 * @throws ConfigError with every problem
 */
export function readConfig(json: unknown, policyIds: readonly string[]): Config {
  const file = check<FileInput>(json, fileValidator(policyIds), policyIds);
  const { levels, own } = byPolicy(file, policyIds);
  return { ...withDefaults({ ...file, ...file.settings }), levels, own };
}

/** Reads what the engine hands to the pack's policy `settings`. @throws ConfigError with every problem */
export function readSettings(json: unknown, policyIds: readonly string[]): Config {
  return withDefaults(check<SettingsInput>(json, settingsValidator(), policyIds));
}

/** Reads what the engine hands to any other policy. @throws ConfigError with every problem */
export function readOverrides(json: unknown): Overrides {
  return check<Overrides>(json, overridesValidator(), []);
}

/** The settings as one policy sees them. Without any of its own the same object: what is derived from a graph is kept by it. */
export function settingsOf(settings: Settings, own: Overrides | undefined): Settings {
  return own && Object.keys(own).length > 0 ? { ...settings, ...own, roles: { ...settings.roles, ...own.roles } } : settings;
}

function byPolicy(file: FileInput, policyIds: readonly string[]): Pick<Config, "levels" | "own"> {
  const all = file.levels?.all ?? file.all;
  const levels: Record<string, Level> = {};
  const own: Record<string, Overrides> = {};
  for (const id of policyIds) {
    const given = file[id] as Level | (Overrides & { readonly enforcementLevel?: Level }) | undefined;
    const { enforcementLevel, ...overrides } = typeof given === "object" ? given : { enforcementLevel: given };
    const level = file.levels?.[id] ?? enforcementLevel ?? all;
    if (level !== undefined) levels[id] = level;
    if (Object.keys(overrides).length > 0) own[id] = overrides;
  }
  return { levels, own };
}

function withDefaults(input: SettingsInput): Config {
  const { servicePort, home, user, sshWidestPrefix, profile, roles } = input;
  const given = Object.fromEntries(
    Object.entries({ servicePort, home, user, sshWidestPrefix, profile }).filter(([, value]) => value !== undefined),
  );
  return {
    settings: settingsOf(DEFAULT_SETTINGS, { ...given, ...(roles ? { roles } : {}) }),
    levels: {},
    own: {},
    exemptions: input.exemptions ?? [],
    ...(input.unknownIsError === undefined ? {} : { unknownIsError: input.unknownIsError }),
  };
}

function check<T>(json: unknown, validate: ValidateFunction, policyIds: readonly string[]): T {
  const problems = validate(json) ? exemptionProblems(json as FileInput, policyIds) : describeAll(validate.errors ?? []);
  if (problems.length > 0) throw new ConfigError(problems);
  return json as T;
}

function compile(name: string, schema: object): ValidateFunction {
  return validator(name, schema, { allErrors: true, strict: false, verbose: true, inlineRefs: false });
}

/** The engine asks for these once a policy and request. */
const settingsValidator = once(() => compile("policy-settings", propertiesSchema(SETTINGS_PROPERTIES)));
const overridesValidator = once(() => compile("policy-overrides", propertiesSchema(OWN_PROPERTIES)));

/** A tenth of a second each, and every preview asks with the same ids. */
const fileValidators = new Map<string, ValidateFunction>();

function fileValidator(policyIds: readonly string[]): ValidateFunction {
  const ids = policyIds.join(" ");
  const made = fileValidators.get(ids) ?? compile("policy-file", fileSchema(policyIds));
  fileValidators.set(ids, made);
  return made;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** What a schema cannot say of exemptions. */
function exemptionProblems(input: FileInput, policyIds: readonly string[]): string[] {
  const of = (list: readonly Exemption[] | undefined, at: string): string[] =>
    (list ?? []).flatMap(({ policy, expires }, index) => [
      ...(policyIds.includes(policy)
        ? []
        : [
            `${at}[${index}].policy: found "${policy}", which is no policy of this pack${meant(policy, policyIds)}; write the id that the finding shows`,
          ]),
      ...(isDay(expires)
        ? []
        : [`${at}[${index}].expires: found "${expires}", which is no day of the calendar; write one as year-month-day`]),
    ]);
  return [...of(input.exemptions, "exemptions"), ...of(input.settings?.exemptions, "settings.exemptions")];
}

function meant(word: string, known: readonly string[]): string {
  const close = nearest(word, known);
  return close === undefined ? "" : ` (did you mean ${close}?)`;
}

function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
