/** JSON schemas of the configuration; the engine is given the same ones as configSchema. */
import { DEFAULT_SETTINGS } from "./settings";
import type { Level } from "./types";

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

/** What is allowed under `settings`; the configSchema of the pack's policy of that name as well. */
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

const { exemptions: _, unknownIsError: __, ...perPolicy } = SETTINGS_PROPERTIES;
/** What may be set for one policy alone. */
export const OWN_PROPERTIES = perPolicy;

/** Schema of the engine's configuration of one policy. */
export function propertiesSchema(properties: object): object {
  return { type: "object", properties, additionalProperties: false };
}

/** Schema of a configuration file. What each of the policies may be given is compiled once, not ninety times. */
export function fileSchema(policyIds: readonly string[]): object {
  const policy = {
    if: { type: "string" },
    then: level,
    else: propertiesSchema({ enforcementLevel: level, ...OWN_PROPERTIES }),
  };
  const file = propertiesSchema({
    ...Object.fromEntries(policyIds.map((id) => [id, { $ref: "#/definitions/policy" }])),
    ...SETTINGS_PROPERTIES,
    settings: propertiesSchema({ ...SETTINGS_PROPERTIES, enforcementLevel: level }),
    levels: propertiesSchema(Object.fromEntries(["all", ...policyIds].map((id) => [id, { $ref: "#/definitions/level" }]))),
    all: level,
  });
  return { ...file, definitions: { policy, level } };
}
