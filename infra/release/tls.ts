/** The certificate of the gateway's name: where it lies on the host, and the step that brings it. Pure. */
import { sha256 } from "../sha256";
import type { HostFile, HostSpec } from "./types";

const STORE = "/etc/ddos/tls";

/** What the site names. A link that is replaced by one rename, so that certificate and key are always a pair. */
export const TLS_FILES = { certificate: `${STORE}/current/fullchain.pem`, key: `${STORE}/current/privkey.pem` };

/** Folder of one certificate, below the store; templates/steps/tls.sh makes the same. The digest is of what is public. */
const folderOf = (certificate: string): string => `own-${sha256(certificate).slice(0, 16)}`;

/** The rows of the file table; none without a certificate. */
export function tlsFiles({ tls }: HostSpec): Omit<HostFile, "host">[] {
  if (tls === undefined) return [];
  const own = folderOf(tls.certificate);
  const root = { owner: "root", group: "root" };
  return [
    ...["", `/${own}`].map((path) => ({ path: `${STORE}${path}`, kind: "directory" as const, ...root, mode: "0700", sha256: null })),
    { path: `${STORE}/current`, kind: "link", ...root, mode: "0777", sha256: null, target: own },
    {
      path: `${STORE}/${own}/fullchain.pem`,
      kind: "file",
      ...root,
      mode: "0644",
      sha256: sha256(tls.certificate),
      content: tls.certificate,
    },
    { path: `${STORE}/${own}/privkey.pem`, kind: "file", ...root, mode: "0600", sha256: null },
  ];
}
