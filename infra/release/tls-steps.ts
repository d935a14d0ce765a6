/** The steps that bring the certificate of the gateway's name: one's own, or one that certbot gets. Pure. */
import { sha256 } from "../sha256";
import { given, type Line, type Plan } from "./plan";
import { readTemplate } from "./templates";
import { DNS_HOOK, WEBROOT } from "./tls";
import type { Acme, HostSpec, Tls } from "./types";

/** Of the package certbot: its timer renews. A record in Route 53 is made with boto3's botocore. */
export const tlsPackages = ({ tls }: HostSpec): string[] =>
  tls?.acme === undefined ? [] : ["certbot", ...(tls.acme.zone === undefined ? [] : ["python3-boto3"])];

/** What the prepare step has to know. */
export function tlsPrepared({ tls }: HostSpec): Line[] {
  if (tls === undefined) return [];
  const renewed: Line[] = tls.acme === undefined ? [] : [["acme", "yes"]];
  return [["tls", "yes"], ...renewed];
}

/** Before the release: the site names a certificate, without which nginx does not start. */
export const tls = ({ serverName, certificate }: Tls): Plan =>
  certificate === undefined ? standIn(serverName) : own(serverName, certificate);

/** The certificate is public and part of the script; its key travels by stdin. */
const own = (serverName: string, certificate: string): Plan => ({
  name: "tls",
  parts: ["tls-served", "tls"],
  lock: "exclusive",
  limitSeconds: 240,
  files: [{ name: "fullchain.pem", content: certificate }],
  secret: true,
  uses: ["tlsKey"],
  input: (values) => ({
    lines: [
      ["name", serverName],
      ["certificate", sha256(certificate)],
    ],
    payload: Buffer.from(given("tls", "tlsKey", values.tlsKey)).toString("base64"),
  }),
});

const standIn = (serverName: string): Plan => ({
  name: "tls",
  parts: ["tls-acme"],
  lock: "exclusive",
  limitSeconds: 240,
  files: [],
  uses: [],
  input: () => [["name", serverName]],
});

/** Longest wait for the authority, for a renewal that is at work, and for the lock, together. */
const ACME_SECONDS = 660;
/** May this host make the record? (templates/steps/acme.sh, set_up_hook) */
const TRIAL_SECONDS = 300;

export const acme = (serverName: string, { email, directory, eabKeyId, zone }: Acme): Plan => ({
  name: "acme",
  ...(zone === undefined ? {} : { parts: ["acme-dns", "acme"] }),
  lock: "exclusive",
  limitSeconds: ACME_SECONDS + (zone === undefined ? 0 : TRIAL_SECONDS),
  files: zone === undefined ? [] : [{ name: DNS_HOOK.stage, content: readTemplate(`steps/${DNS_HOOK.stage}`) }],
  secret: eabKeyId !== undefined,
  uses: eabKeyId === undefined ? [] : ["eabKey"],
  input: (values) => ({
    lines: [
      ["name", serverName],
      ["email", email],
      ["directory", directory],
      ["webroot", WEBROOT],
      ...(zone === undefined ? [] : [["zone", zone] as const]),
      ["eabKeyId", eabKeyId ?? "none"],
    ],
    payload: eabKeyId === undefined ? "" : Buffer.from(given("acme", "eabKey", values.eabKey)).toString("base64"),
  }),
});
