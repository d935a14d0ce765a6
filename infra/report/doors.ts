/** What answers at the ports that are open to anybody, and why they are open: of this project's own program, whose files say what listens. Pure. */
import type { HostFile } from "../release/types";
import { listensAt } from "../picture/model";
import type { Arrow } from "./incoming";
import { INTERNET } from "./peers";

/** Sends whoever comes to 80 to HTTPS. */
const REDIRECT = /return 308 https:/;

/** A sentence a port. */
export function doors(into: readonly Arrow[], files: readonly HostFile[]): string[] {
  const open = into.filter(({ peer, verdict, crowd }) => peer.id === INTERNET.id && verdict === "open" && crowd.hosts[0]?.gateway === true);
  const listening = listensAt(files, "gateway");
  if (listening.length === 0) return [];
  const redirects = files.some(
    ({ host, path, content }) => host === "gateway" && /sites-available/.test(path) && REDIRECT.test(content ?? ""),
  );
  return open.flatMap(({ to, ports }) => tcpPorts(ports).map((port) => `tcp ${port} of ${to}: ${reason(port, listening, redirects)}`));
}

const tcpPorts = (ports: string): string[] =>
  /\btcp ([\d, ]+)/
    .exec(ports)?.[1]
    ?.split(", ")
    .filter((port) => /^\d+$/.test(port)) ?? [];

function reason(port: string, listening: readonly string[], redirects: boolean): string {
  if (!listening.includes(port))
    return port === "443"
      ? "nothing listens there. It is open for HTTPS, which comes with domain and a certificate (tls); gateway.httpsFrom: [] closes it until then."
      : "nothing listens there.";
  if (port === "443") return "nginx serves HTTPS for domain, for clients.";
  if (redirects) return "nginx sends whoever comes to HTTPS on 443 (308); health is answered to the host itself alone.";
  return "nginx serves plain HTTP to clients; domain and a certificate (tls) make it HTTPS.";
}
