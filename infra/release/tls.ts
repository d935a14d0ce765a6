/** The certificate of the gateway's name: where it lies on the host, and who brings it there. Pure. */
import { sha256 } from "../sha256";
import { pathOnly, pathPattern } from "./health";
import { readTemplate, type TemplateView } from "./templates";
import type { HostFile, HostSpec, Tls } from "./types";

const STORE = "/etc/ddos/tls";

/** What the site names. A link that is replaced by one rename, so that certificate and key are always a pair. */
const TLS_FILES = { certificate: `${STORE}/current/fullchain.pem`, key: `${STORE}/current/privkey.pem` };

/** Where nginx finds the answers to the authority's questions. prepare.sh makes it, by its name: a folder of an unknown name could be any. */
export const WEBROOT = "/var/www/ddos-acme";

/** What certbot runs to prove the name by a record. */
export const DNS_HOOK = { stage: "dns_challenge.py", path: "/usr/local/lib/ddos/dns_challenge.py", mode: "0700" };

/** What certbot runs after a renewal. */
export const RENEWED = { stage: "certificate.sh", path: "/usr/local/lib/ddos/certificate.sh", mode: "0700" };

/** Folder of one certificate, below the store; templates/steps/tls.sh makes the same. The digest is of what is public. */
const folderOf = (certificate: string): string => `own-${sha256(certificate).slice(0, 16)}`;

/** Of gateway.nginx.mustache. */
export function tlsView({ tls }: HostSpec, healthPath: string): TemplateView[] {
  if (tls === undefined) return [];
  const { serverName, hstsSeconds, acme } = tls;
  const hsts = hstsSeconds > 0 ? [{ hstsSeconds }] : [];
  const common = { serverName, hsts, ...TLS_FILES };
  return acme === undefined
    ? [{ ...common, own: [{ healthPath: pathOnly(healthPath) }], acme: [] }]
    : [
        {
          ...common,
          own: [],
          acme: [
            {
              front: `${STORE}/front.conf`,
              healthPattern: pathPattern(healthPath),
              asked: acme.zone === undefined ? [{ webroot: WEBROOT }] : [],
            },
          ],
        },
      ];
}

type Row = Omit<HostFile, "host">;
const ROOT = { owner: "root", group: "root" };
const folder = (path: string, mode = "0700"): Row => ({ path, kind: "directory", ...ROOT, mode, sha256: null });
const file = (path: string, mode: string): Row => ({ path, kind: "file", ...ROOT, mode, sha256: null });

/** The rows of the file table; none without a certificate. */
export function tlsFiles({ tls }: HostSpec): Row[] {
  if (tls === undefined) return [];
  return tls.certificate === undefined ? [...acmeFiles(), ...proofFiles(tls)] : ownFiles(tls.certificate);
}

function ownFiles(certificate: string): Row[] {
  const own = folderOf(certificate);
  return [
    ...["", `/${own}`].map((path) => folder(`${STORE}${path}`)),
    { path: `${STORE}/current`, kind: "link", ...ROOT, mode: "0777", sha256: null, target: own },
    { ...file(`${STORE}/${own}/fullchain.pem`, "0644"), sha256: sha256(certificate), content: certificate },
    file(`${STORE}/${own}/privkey.pem`, "0600"),
  ];
}

/** The acme step brings them, with the text that templates/steps/acme.sh writes. */
function proofFiles({ serverName, acme }: Tls): Row[] {
  if (acme?.zone === undefined) return [];
  const known = (path: string, mode: string, content: string): Row => ({ ...file(path, mode), sha256: sha256(content), content });
  return [
    known(DNS_HOOK.path, DNS_HOOK.mode, readTemplate(`steps/${DNS_HOOK.stage}`)),
    known("/etc/ddos/acme-dns.conf", "0644", `zone=${acme.zone}\nname=${serverName}\n`),
  ];
}

/** Which certificate it is shows on the host alone: it renews itself. */
function acmeFiles(): Row[] {
  return [
    folder(STORE),
    file(TLS_FILES.certificate, "0644"),
    file(TLS_FILES.key, "0600"),
    file(`${STORE}/front.conf`, "0644"),
    file(`${STORE}/lineage`, "0600"),
    folder(WEBROOT, "0755"),
    { path: "/etc/letsencrypt/renewal-hooks/deploy/ddos", kind: "link", ...ROOT, mode: "0777", sha256: null, target: RENEWED.path },
  ];
}
