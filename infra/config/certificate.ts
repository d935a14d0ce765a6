/**
 * The certificate of one's own: what nginx would refuse, and what clients would, said at preview. Pure but for the time that it is given. No
 * message shows anything of the key.
 */
import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { isPlaceholder } from "./placeholder";
import { isRefused, type Context } from "./value-rules";

export interface CertificateReport {
  readonly problems: readonly string[];
  /** One line each. */
  readonly notices: readonly string[];
}

interface TlsKeys {
  readonly acme?: unknown;
  readonly acm?: unknown;
  readonly certificate?: unknown;
  readonly privateKey?: unknown;
}

const DAY_MS = 86_400_000;
/** Days before the end of a certificate from which somebody is reminded of it. */
export const REMIND_DAYS = 30;

/** Whole days; negative behind the end. */
export const daysLeft = (end: Date, now: Date): number => Math.floor((end.getTime() - now.getTime()) / DAY_MS);

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;
/** TLS feature extension (RFC 7633), 1.3.6.1.5.5.7.1.24, as DER: the certificate demands a stapled OCSP answer. */
const MUST_STAPLE = Buffer.from("06082b06010505070118", "hex");
const REMEDY_CHAIN =
  "write the server's certificate first, then the one that issued it, and so on (most authorities call that file fullchain.pem)";

/** The text as nginx gets it: the certificates alone, without what stands between them. */
export function certificateText(text: string): string {
  return (text.replaceAll("\r", "").match(CERTIFICATE) ?? []).map((one) => `${one}\n`).join("");
}

export const keyText = (text: string): string => `${text.replaceAll("\r", "").trim()}\n`;

export function checkCertificate(context: Context, now: Date): CertificateReport {
  const { project, sections } = context;
  const keys = (sections.tls ?? {}) as TlsKeys;
  const together = relations(context, keys);
  const { certificate, privateKey } = keys;
  const chain = typeof certificate === "string" ? readChain(`${project}:tls.certificate`, certificate) : { problems: [], chain: [] };
  const key = typeof privateKey === "string" ? readKey(`${project}:tls.privateKey`, privateKey) : { problems: [] };
  const [own] = chain.chain;
  const problems = [...together, ...chain.problems, ...key.problems];
  // Of a chain in the wrong order nobody knows which one is the server's.
  if (own === undefined || chain.problems.length > 0) return { problems, notices: [] };
  const domain = typeof sections.domain === "string" ? sections.domain : undefined;
  if (key.key !== undefined && !own.checkPrivateKey(key.key)) {
    problems.push(
      `${project}:tls.privateKey: is not the key of the certificate of ${nameOf(own)}, so nginx would not start; give the two files that belong together`,
    );
  }
  problems.push(...ownProblems(`${project}:tls.certificate`, own, domain), ...timeProblems(`${project}:tls.certificate`, chain.chain, now));
  return { problems, notices: problems.length > 0 ? [] : notices(`${project}:tls.certificate`, chain.chain, now) };
}

/** What belongs together. */
function relations(context: Context, { acme, acm, certificate, privateKey }: TlsKeys): string[] {
  const { project, sections } = context;
  const { loadBalancer } = (sections.gateway ?? {}) as { loadBalancer?: unknown };
  // acme-rules.ts and front-rules.ts say what belongs to it.
  if (acme !== undefined || acm !== undefined || loadBalancer === true || isRefused(context, "tls.acme") || isRefused(context, "tls.acm"))
    return [];
  const lacks = (key: string, value: unknown): boolean => value === undefined && !isRefused(context, key) && !isRefused(context, "tls");
  const setKey = `pulumi config set --secret --path '${project}:tls.privateKey' < privkey.pem`;
  const setCertificate = `pulumi config set --path '${project}:tls.certificate' < fullchain.pem`;
  const given = certificate !== undefined || privateKey !== undefined;
  if (!given && sections.domain !== undefined && lacks("tls.certificate", certificate) && lacks("tls.privateKey", privateKey)) {
    return [
      `${project}:tls: has no certificate, and without one nginx cannot serve ${String(sections.domain)}. Let the gateway get one by itself (tls.acme), or set your own: ${setCertificate}; and its key: ${setKey}`,
    ];
  }
  return [
    ...(given && lacks("domain", sections.domain)
      ? [
          `${project}:domain: missing, and tls has a certificate, which nothing would serve; write the name that it is for, for example domain: ml.example.org`,
        ]
      : []),
    ...((sections.domain !== undefined || privateKey !== undefined) && lacks("tls.certificate", certificate)
      ? [
          `${project}:tls.certificate: missing, and without it nginx cannot serve ${sections.domain === undefined ? "by TLS" : String(sections.domain)}. Set it: ${setCertificate}; or let the gateway get one by itself: tls.acme`,
        ]
      : []),
    ...((sections.domain !== undefined || certificate !== undefined) && lacks("tls.privateKey", privateKey)
      ? [`${project}:tls.privateKey: missing, the key of the certificate. Set it: ${setKey}`]
      : []),
  ];
}

function readChain(place: string, text: string): { problems: string[]; chain: X509Certificate[] } {
  if (text.includes("PRIVATE KEY-----"))
    return {
      problems: [
        `${place}: holds a private key, and this text is not secret. Remove it there, set it as tls.privateKey, and treat it as known to others`,
      ],
      chain: [],
    };
  const blocks = text.replaceAll("\r", "").match(CERTIFICATE) ?? [];
  if (blocks.length === 0)
    return { problems: [`${place}: holds no certificate in PEM form (-----BEGIN CERTIFICATE-----); ${REMEDY_CHAIN}`], chain: [] };
  const chain: X509Certificate[] = [];
  for (const [index, block] of blocks.entries()) {
    try {
      chain.push(new X509Certificate(block));
    } catch {
      return {
        problems: [`${place}: its certificate number ${index + 1} is damaged or cut off; write the file as the authority gave it`],
        chain: [],
      };
    }
  }
  return { problems: orderProblems(place, chain), chain };
}

/** Each is issued by the next; the first is the server's. */
function orderProblems(place: string, chain: readonly X509Certificate[]): string[] {
  const [own] = chain;
  if (own?.ca === true && chain.length > 1)
    return [`${place}: begins with ${nameOf(own)}, which is an authority's certificate; ${REMEDY_CHAIN}`];
  const wrong = chain.findIndex((one, index) => {
    const issuer = chain[index + 1];
    return issuer !== undefined && !(one.checkIssued(issuer) && one.verify(issuer.publicKey));
  });
  const [one, next] = [chain[wrong], chain[wrong + 1]];
  return one === undefined || next === undefined
    ? []
    : [
        `${place}: its number ${wrong + 2}, ${nameOf(next)}, did not issue number ${wrong + 1}, ${nameOf(one)}, so clients could not follow the chain; ${REMEDY_CHAIN}`,
      ];
}

function readKey(place: string, text: string): { problems: string[]; key?: KeyObject } {
  if (isPlaceholder(text)) return { problems: [] };
  if (/ENCRYPTED/.test(text))
    return {
      problems: [
        `${place}: has a passphrase, and nobody is there to type it when nginx starts; write the key without one (openssl pkey -in KEY -out PLAIN)`,
      ],
    };
  try {
    return { problems: [], key: createPrivateKey(text) };
  } catch {
    return {
      problems: [`${place}: is no private key in PEM form (-----BEGIN PRIVATE KEY-----); write the file that belongs to the certificate`],
    };
  }
}

function ownProblems(place: string, own: X509Certificate, domain: string | undefined): string[] {
  const { asymmetricKeyType: kind, asymmetricKeyDetails: details = {} } = own.publicKey;
  const names = (own.subjectAltName ?? "").replaceAll("DNS:", "") || "no name";
  return [
    ...(domain === undefined || own.checkHost(domain, { subject: "never" }) !== undefined
      ? []
      : [
          `${place}: is for ${names}, and not for ${domain}, so every client would refuse it; give the certificate of that name, or correct domain`,
        ]),
    ...(kind === "rsa" && (details.modulusLength ?? 0) < 2048
      ? [
          `${place}: has an RSA key of ${details.modulusLength} bits, which clients and OpenSSL refuse; make a new one with at least 2048 bits, or ECDSA P-256`,
        ]
      : []),
    ...(kind === "rsa" || kind === "ec"
      ? []
      : [
          `${place}: has a key of the kind ${kind ?? "unknown"}, which browsers do not take; make a new one, ECDSA P-256 or RSA with 2048 bits`,
        ]),
    ...(own.raw.includes(MUST_STAPLE)
      ? [
          `${place}: demands a stapled OCSP answer (must-staple), which nginx here does not give, so browsers would refuse it; make a new one without`,
        ]
      : []),
  ];
}

/** The first of the chain that is not valid now: an authority's certificate is renewed together with those below it. */
function timeProblems(place: string, chain: readonly X509Certificate[], now: Date): string[] {
  const index = chain.findIndex((one) => new Date(one.validTo) <= now || new Date(one.validFrom) > now);
  const found = chain[index];
  if (found === undefined) return [];
  const which = `its number ${index + 1}, ${nameOf(found)},`;
  return new Date(found.validTo) <= now
    ? [`${place}: ${which} ended on ${day(found.validTo)}; write a renewed one`]
    : [`${place}: ${which} is valid from ${day(found.validFrom)} on only; write one that is valid now`];
}

function notices(place: string, chain: readonly X509Certificate[], now: Date): string[] {
  const [own] = chain;
  if (own === undefined) return [];
  const first = [...chain].sort((a, b) => new Date(a.validTo).getTime() - new Date(b.validTo).getTime())[0] ?? own;
  const left = daysLeft(new Date(first.validTo), now);
  const selfSigned = own.checkIssued(own) && own.verify(own.publicKey);
  return [
    ...(left < REMIND_DAYS
      ? [`${place}: ${nameOf(first)} ends on ${day(first.validTo)}, in ${left} days; renew it and set both keys again`]
      : []),
    ...(selfSigned
      ? [
          `${place}: is signed by itself, so clients that were not told to trust it refuse it; give one of an authority, if they are not all yours`,
        ]
      : []),
    ...(!selfSigned && chain.length === 1
      ? [
          `${place}: has no certificate of its issuer (${own.issuer.split("\n").at(-1) ?? ""}) below it; most clients cannot check it then. If the authority gave a chain, add it`,
        ]
      : []),
  ];
}

const day = (text: string): string => new Date(text).toISOString().slice(0, 10);

/** Its common name, else its first other name. */
function nameOf(certificate: X509Certificate): string {
  return /(?:^|\n)CN=(.*)/.exec(certificate.subject)?.[1] ?? certificate.subjectAltName?.split(", ")[0] ?? "a certificate without a name";
}
