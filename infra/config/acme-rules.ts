/** A certificate that the gateway gets by itself: what is known to fail at the authority is said at preview. Pure. */
import { LETS_ENCRYPT, PUBLIC_AUTHORITIES } from "../external-names";
import { partitionOf } from "../partitions";
import { isPlaceholder } from "./placeholder";
import { isGroup } from "./values";
import { isRefused, type Context } from "./value-rules";

/** No public authority issues for them: RFC 2606, RFC 6761, RFC 8375, and what ICANN keeps for private use. */
const RESERVED =
  /(^|\.)(example\.(com|org|net)|example|test|invalid|localhost|local|internal|home\.arpa|onion|alt|intranet|private|corp|home|lan|localdomain)$/;
/** Let's Encrypt refuses names that whoever gets the address next would have. */
const OF_AWS = /\.(amazonaws\.com(\.cn)?|amazonaws\.eu|cloudfront\.net|elasticbeanstalk\.com)$/;
/** Their Route 53 has no public hosted zones. */
const NO_ZONES = /^(cn|us-gov)-/;
const NO_MAIL = /@(.*\.)?(example\.(com|org|net)|example|test|invalid|localhost)$/i;

interface Keys {
  readonly acme?: { readonly email?: unknown; readonly directory?: unknown; readonly eabKeyId?: unknown; readonly challenge?: unknown };
  readonly certificate?: unknown;
  readonly privateKey?: unknown;
  readonly eabHmacKey?: unknown;
}

const isPublic = (directory: unknown): boolean =>
  typeof directory === "string" && PUBLIC_AUTHORITIES.some((host) => new URL(directory).hostname.endsWith(host));

export function acme(context: Context): string[] {
  const { project, sections } = context;
  const keys = (isGroup(sections.tls) ? sections.tls : {}) as Keys;
  if (!isGroup(keys.acme)) {
    return keys.eabHmacKey === undefined || isRefused(context, "tls.acme")
      ? []
      : [`${project}:tls.eabHmacKey: is given, and tls.acme is not, so that nothing uses it; give tls.acme, or remove it`];
  }
  const { domain } = sections;
  const both = withOwn(project, keys);
  // Which of the two is meant decides whether the rest would be a mistake at all.
  if (both.length > 0) return both;
  return [
    ...(domain === undefined && !isRefused(context, "domain") && !isRefused(context, "tls.domain")
      ? [
          `${project}:domain: missing, and tls.acme gets a certificate for it; write the name under which clients come, for example domain: ml.your-company.com`,
        ]
      : []),
    ...(typeof domain === "string" ? names(project, domain, keys) : []),
    ...(typeof domain === "string" ? proof(context, domain, keys.acme.challenge) : []),
    ...account(project, keys),
  ];
}

function withOwn(project: string, keys: Keys): string[] {
  const own = (["certificate", "privateKey"] as const).filter((key) => keys[key] !== undefined).map((key) => `tls.${key}`);
  return own.length === 0
    ? []
    : [
        `${project}:tls.acme: is given beside ${own.join(" and ")}, and a name has one certificate; remove tls.acme, or ${own.length === 1 ? "that one" : "those two"} (pulumi config rm --path)`,
      ];
}

function names(project: string, domain: string, { acme: given }: Keys): string[] {
  const why = isPublic(given?.directory) ? unissuable(domain, ", or name your own authority in tls.acme.directory") : undefined;
  return why === undefined ? [] : [`${project}:domain: found ${domain}, ${why}`];
}

/** Why no public authority issues a certificate for a name, and what to write. */
export function unissuable(domain: string, or = ""): string | undefined {
  if (RESERVED.test(domain))
    return `a name that is kept for examples or for private networks, for which no public authority issues a certificate; write a name of a domain that is yours${or}`;
  return OF_AWS.test(domain)
    ? "a name of AWS, for which Let's Encrypt and others issue no certificate; write a name of a domain that is yours"
    : undefined;
}

/** What the authority has to find, by the way that is meant; of one that there is not, the message about it says all. */
function proof(context: Context, domain: string, challenge: unknown): string[] {
  if (isRefused(context, "tls.acme.challenge")) return [];
  return challenge === "dns" ? recordable(context) : reachable(context, domain);
}

/** The authority comes by the name, to port 80. */
function reachable({ project, sections }: Context, domain: string): string[] {
  const { elasticIp } = (sections.gateway ?? {}) as { elasticIp?: unknown };
  const { zone } = (sections.dns ?? {}) as { zone?: unknown };
  return elasticIp === true || zone !== undefined
    ? []
    : [
        `${project}:gateway.elasticIp: is false, so that the gateway's address changes at each stop and no record of ${domain} keeps leading to it, and the authority asks by that name; set it to true, or give the hosted zone in dns.zone`,
      ];
}

/** The gateway makes a record in the zone. */
function recordable(context: Context): string[] {
  const { project, region, sections } = context;
  const { zone } = (sections.dns ?? {}) as { zone?: unknown };
  const place = `${project}:tls.acme.challenge: is dns`;
  // Of China and GovCloud the rule of dns.zone speaks.
  const known = ["aws", undefined].includes(partitionOf(region)?.id) || NO_ZONES.test(region);
  return [
    ...(zone === undefined && !isRefused(context, "dns.zone") && !isRefused(context, "dns")
      ? [
          `${project}:dns.zone: missing, and tls.acme.challenge: dns proves the name by a record in it; give the id of the public hosted zone (aws route53 list-hosted-zones), or write challenge: http, for which the name has to lead to the gateway`,
        ]
      : []),
    ...(known ? [] : [`${place}, and Route 53 is reached in the partition aws alone, not in ${region}; write http`]),
  ];
}

function account(project: string, { acme: given, eabHmacKey }: Keys): string[] {
  const { email, eabKeyId, directory } = given ?? {};
  const half =
    (eabKeyId === undefined) === (eabHmacKey === undefined)
      ? []
      : [
          eabKeyId === undefined
            ? `${project}:tls.acme.eabKeyId: missing, and tls.eabHmacKey is of no use without it; write the key id that came with it`
            : `${project}:tls.eabHmacKey: missing, the key that belongs to tls.acme.eabKeyId. Set it: pulumi config set --secret --path '${project}:tls.eabHmacKey'`,
        ];
  const format =
    typeof eabHmacKey === "string" && !isPlaceholder(eabHmacKey) && !/^[A-Za-z0-9_-]+=*$/.test(eabHmacKey)
      ? [`${project}:tls.eabHmacKey: has characters that base64url does not have; set it as the authority gave it`]
      : [];
  const nobody =
    typeof email === "string" && NO_MAIL.test(email) && isPublic(directory)
      ? [`${project}:tls.acme.email: found ${email}, an address of examples, which authorities refuse; write your own`]
      : [];
  return [...half, ...format, ...nobody];
}

/** A record without a name, or in a partition whose Route 53 is another one. */
export function dns({ project, region, sections }: Context): string[] {
  const { zone } = (sections.dns ?? {}) as { zone?: unknown };
  if (zone === undefined) return [];
  return [
    ...(sections.domain === undefined
      ? [`${project}:dns.zone: is given, and domain is not, so that there is no name to make a record of; write domain, or remove it`]
      : []),
    ...(NO_ZONES.test(region)
      ? [`${project}:dns.zone: found a hosted zone in ${region}, whose partition has no public hosted zones; make the record elsewhere`]
      : []),
  ];
}

/** What a preview reminds of: that the name has to lead here is what fails most often. */
export function acmeNotices({ project, sections }: Pick<Context, "project" | "sections">): string[] {
  const { acme: given } = (isGroup(sections.tls) ? sections.tls : {}) as Keys;
  if (!isGroup(given) || typeof sections.domain !== "string") return [];
  const { zone } = (sections.dns ?? {}) as { zone?: unknown };
  return [
    ...(zone === undefined && given.challenge !== "dns"
      ? [
          `${project}:tls.acme: the authority asks http://${sections.domain}/, so an A record of it has to lead to the gateway (pulumi stack output gatewayAddress) before the acme step; on a new stack deploy without domain first, or give dns.zone`,
        ]
      : []),
    ...(given.directory === LETS_ENCRYPT.staging
      ? [`${project}:tls.acme.directory: is the staging authority, whose certificates no client trusts; remove it when all else is right`]
      : []),
  ];
}
