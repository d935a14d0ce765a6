/**
 * JSON schemas of the configuration; the engine is given the same ones as configSchema. `form`, `example` and `reason` are for messages
 * (cli/schema-words.ts); the engine's validator passes over them.
 */
import { DEFAULT_SETTINGS } from "./settings";
import type { Level } from "./types";

const LEVELS: readonly Level[] = ["advisory", "mandatory", "disabled"];
const text = { type: "string", minLength: 1, form: "a text that is not empty" };
const level = { type: "string", enum: LEVELS };
const NAME = { ...text, example: "webserver-1" };
const selector = {
  type: "object",
  description: "Resources that carry all of `tags`, and resources whose logical name, URN or id is among `names`.",
  properties: {
    tags: {
      type: "object",
      additionalProperties: { ...text, example: "gateway" },
      minProperties: 1,
      form: "a group of one or more tags and their values",
      example: { Role: "gateway" },
    },
    names: { type: "array", items: NAME, minItems: 1, form: "a list of one or more names", example: ["webserver-1"] },
  },
  additionalProperties: false,
  minProperties: 1,
  form: "a group with tags, names or both",
  example: { tags: { Role: "gateway" } },
};
const roles = {
  type: "object",
  description: "Which resources play which part.",
  form: "a group of roles, each with tags or names",
  example: { backendInstances: { names: ["webserver-1"] } },
  properties: Object.fromEntries(Object.keys(DEFAULT_SETTINGS.roles).map((role) => [role, selector])),
  additionalProperties: false,
};
const exemptions = {
  type: "array",
  description: "Findings to leave out, each with a reason and a last day.",
  form: "a list of groups with policy, urn, reason and expires",
  items: {
    type: "object",
    form: "a group with policy, urn, reason and expires",
    properties: {
      policy: { ...text, form: "the id of a policy", example: "gateway-ssh-restricted" },
      urn: {
        ...text,
        form: "the URN of the resource, as the finding shows it",
        example: "urn:pulumi:dev::shop::aws:ec2/instance:Instance::web",
      },
      message: { ...text, form: "a part of the finding's message", example: "port 22" },
      reason: { type: "string", pattern: "\\S.{8,}\\S", form: "a reason of at least ten characters", example: "a lab without real data" },
      expires: {
        type: "string",
        pattern: "^\\d{4}-\\d{2}-\\d{2}$",
        form: "the last day it holds, year-month-day in quotes",
        example: "2027-03-31",
      },
    },
    required: ["policy", "urn", "reason", "expires"],
    additionalProperties: false,
  },
};

/** What is allowed under `settings`; the configSchema of the pack's policy of that name as well. */
export const SETTINGS_PROPERTIES = {
  roles,
  servicePort: {
    type: "integer",
    minimum: 1,
    maximum: 65535,
    example: 9000,
    description: "TCP port of the backend's front. Default 9000.",
  },
  home: {
    type: "string",
    pattern: "^/.*[^/]$",
    form: "a path that begins with / and does not end in one",
    example: "/home/ddos",
    description: "Home of the service on a host. Default /home/ddos.",
  },
  user: { ...text, example: "ddos", description: "User that owns the service's files. Default ddos." },
  sshWidestPrefix: {
    type: "integer",
    minimum: 0,
    maximum: 32,
    example: 15,
    description:
      "IPv4 ranges this wide or wider are a large part of the internet and may not reach SSH. Default 15 (131,072 addresses); IPv6: twice that and 8 (/38).",
  },
  profile: {
    type: "string",
    enum: ["auto", "general", "gateway-backend"],
    example: "general",
    description:
      "gateway-backend: the program has the roles, and one that nobody plays is an error. general: only what makes sense for any program. Default auto: general where no role is played.",
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
  return { type: "object", properties, additionalProperties: false, form: "a group of keys", example: { servicePort: 9000 } };
}

/** Schema of a configuration file. What each of the policies may be given is compiled once, not ninety times. */
export function fileSchema(policyIds: readonly string[]): object {
  const policy = {
    if: { not: { type: "object" } },
    then: { ...level, form: "advisory, mandatory or disabled, or a group of settings of this policy alone" },
    else: propertiesSchema({ enforcementLevel: level, ...OWN_PROPERTIES }),
  };
  const file = propertiesSchema({
    settings: propertiesSchema({ ...SETTINGS_PROPERTIES, enforcementLevel: level }),
    levels: {
      ...propertiesSchema(Object.fromEntries(["all", ...policyIds].map((id) => [id, { $ref: "#/definitions/level" }]))),
      form: "a group of policies and their levels",
      example: { all: "advisory" },
    },
    all: level,
    ...SETTINGS_PROPERTIES,
    ...Object.fromEntries(policyIds.map((id) => [id, { $ref: "#/definitions/policy" }])),
  });
  return { ...file, definitions: { policy, level } };
}
