/** What a fleet needs, and what is known to fail with one. Pure. */
import { PARAMETER_LIMIT, secretText, type AccessTexts } from "../fleet/bundle";
import { DEFAULT_FLEET, mostHosts } from "../fleet/limits";
import { readBlock } from "../network/cidr";
import { hasExisting, isRefused, type Context } from "./value-rules";
import { isGroup, textsOf } from "./values";

/** Addresses of a subnet that AWS keeps, and those that a load balancer may take there. */
const TAKEN = 5 + 8;

export function fleet(context: Context): string[] {
  const { project, sections } = context;
  const backend = (sections.backend ?? {}) as { mode?: unknown; loadBalancer?: unknown; fleet?: unknown };
  const keys = (isGroup(backend.fleet) ? backend.fleet : {}) as Readonly<Record<string, unknown>>;
  if (backend.mode !== "fleet") return isRefused(context, "backend.mode") ? [] : withoutFleet(`${project}:backend.fleet`, keys);
  return [
    ...(backend.loadBalancer === true || isRefused(context, "backend.loadBalancer")
      ? []
      : [
          `${project}:backend.loadBalancer: is not true, and the hosts of a fleet are reached through the load balancer alone; set it to true, or backend.mode to single. On a stack that stands, set it in an update of its own before`,
        ]),
    ...wayOut(context),
    ...sizes(`${project}:backend.fleet`, keys),
    ...room(context, { key: `${project}:backend.fleet`, subnets: "webserverSubnets", others: 0 }, keys),
    ...shadow(context),
    ...foreignBucket(context),
    ...secrets(context),
  ];
}

/** A release is started by the AWS CLI, which finds credentials in the environment or by a profile, and not in the provider's settings. */
export function fleetCredentials(project: string, { backend }: Context["sections"], given: readonly string[]): string[] {
  const own = ["accessKey", "secretKey", "token", "assumeRoles", "assumeRoleWithWebIdentity"]
    .map((name) => `aws:${name}`)
    .filter((key) => given.includes(key));
  return (backend as { mode?: unknown } | undefined)?.mode !== "fleet" || own.length === 0
    ? []
    : [
        `${own.join(", ")}: given, and a release of a fleet (${project}:backend.mode) is started by the AWS CLI, which does not know ${own.length === 1 ? "it" : "them"}; write it as a profile (~/.aws/config: role_arn and source_profile) and name that in aws:profile, or take the role before (AWS_ACCESS_KEY_ID in the environment)`,
      ];
}

/** Whoever writes one of these means that there is a fleet. */
function withoutFleet(key: string, keys: Readonly<Record<string, unknown>>): string[] {
  const given = Object.keys(keys).filter((name) => keys[name] !== (DEFAULT_FLEET as unknown as Readonly<Record<string, unknown>>)[name]);
  return given.length === 0
    ? []
    : [
        `${key}: found ${given.sort().join(", ")}, and backend.mode is single, so nothing would read ${given.length === 1 ? "it" : "them"}; set backend.mode to fleet, or remove ${given.length === 1 ? "it" : "them"}`,
      ];
}

/** Hosts fetch packages, secrets and leave to serve by themselves, all of them and at any time. */
function wayOut(context: Context): string[] {
  const { project, sections } = context;
  const { egress } = (sections.network ?? {}) as { egress?: unknown };
  if (isRefused(context, "network.egress") || (egress !== "gateway" && egress !== "none")) return [];
  const why =
    egress === "gateway"
      ? "is gateway (the default), whose NAT passes the packets of hosts that the program knows, and those of a fleet come and go"
      : "is none, and the hosts of a fleet ask SSM for their secrets and tell Auto Scaling when they serve";
  return [`${project}:network.egress: ${why}; with backend.mode fleet set it to managed`];
}

export function sizes(key: string, { min, max, warmPool }: Readonly<Record<string, unknown>>): string[] {
  if (typeof min !== "number" || typeof max !== "number") return [];
  return [
    ...(min > max ? [`${key}.min: found ${min}, and max is ${max}; write at most ${max}, or a larger max`] : []),
    ...(typeof warmPool === "number" && warmPool > max - min && min <= max
      ? [
          `${key}.warmPool: found ${warmPool}, and between min (${min}) and max (${max}) there are ${max - min} hosts that could be started; write at most ${max - min}, or a larger max`,
        ]
      : []),
  ];
}

/**
 * A release has one host more for each ten, the load balancer has addresses in each subnet. Those of an existing network are looked up by nobody.
 * @param others addresses that something else has there: a managed NAT
 */
export function room(
  { sections }: Context,
  { key, subnets, others }: { readonly key: string; readonly subnets: "webserverSubnets" | "gatewaySubnets"; readonly others: number },
  { max }: Readonly<Record<string, unknown>>,
): string[] {
  const given = ((sections.network ?? {}) as Readonly<Record<string, unknown>>)[subnets];
  if (hasExisting({ sections }) || typeof max !== "number" || !Array.isArray(given)) return [];
  const blocks = given.map((text: unknown) => (typeof text === "string" ? readBlock(text) : { problem: "" }));
  if (blocks.some((block) => "problem" in block)) return [];
  const free = blocks.reduce((sum, block) => sum + ("prefix" in block ? Math.max(0, 2 ** (32 - block.prefix) - TAKEN) : 0), 0);
  const hosts = Math.max(0, free - others);
  return mostHosts({ max }) <= hosts
    ? []
    : [
        `${key}.max: found ${max}, and network.${subnets} have room for ${hosts} hosts, of which a release needs one more for each ten; write a smaller number, or larger blocks`,
      ];
}

/** A host of a fleet never has two releases. */
function shadow({ project, sections }: Context): string[] {
  const { seconds } = ((sections.release ?? {}) as { shadow?: { seconds?: unknown } }).shadow ?? {};
  return typeof seconds === "number" && seconds > 0
    ? [
        `${project}:release.shadow.seconds: found ${seconds}, and on a host of a fleet no other release serves whose requests could be copied; remove it, or set backend.mode to single`,
      ]
    : [];
}

/** Bundles lie beside the models, below a prefix of their own. */
function foreignBucket({ project, sections }: Context): string[] {
  return (sections.models as { existing?: unknown } | undefined)?.existing === undefined
    ? []
    : [
        `${project}:models.existing: is set, and the bundles of a fleet lie below releases/ of a bucket of the program's own; remove it, or set backend.mode to single`,
      ];
}

function secrets({ project, sections }: Context): string[] {
  return secretsFit(project, { ...textsOf(sections.env), ...textsOf(sections.secretEnv) });
}

/**
 * @param place what the sentence begins with, before the names of the keys
 * @param more of a gateway
 */
export function secretsFit(
  place: string,
  env: Readonly<Record<string, string>>,
  more: { readonly names?: string; readonly access?: AccessTexts } = {},
): string[] {
  try {
    // Room for what the program adds: MODEL_PATH or the gateway's own settings, and the login of a package index.
    secretText({ ...env, MODEL_PATH: "-".repeat(200) }, more);
    return [];
  } catch (error) {
    const { keys = "", users = {} } = more.access ?? {};
    const size = [...Object.values(env), ...Object.values(users), keys].reduce((sum, value) => sum + Buffer.byteLength(value), 0);
    if (size < PARAMETER_LIMIT / 2) return []; // a value that has no form in .env, which its own rule reports
    return [`${place}:${(error as Error).message}`];
  }
}
