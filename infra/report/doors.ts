/** What answers at the ports that are open to anybody, and why they are open: of this project's own program, whose files say what listens. Pure. */
import { ofType } from "../../policies/core/graph";
import { asNumber, asProps, asString } from "../../policies/core/values";
import { blocks } from "../../policies/graph/join";
import { LISTENER, LOAD_BALANCER } from "../../policies/graph/network/kinds";
import type { Network } from "../../policies/graph/network/model";
import { mayBe, property, targetOf } from "../../policies/graph/network/targets";
import type { HostFile } from "../release/types";
import { listensAt } from "../picture/model";
import type { Arrow } from "./incoming";
import { INTERNET } from "./peers";

/** Sends whoever comes to 80 to HTTPS. */
const REDIRECT = /return 308 https:/;

/** A sentence a port. */
export function doors(network: Network, into: readonly Arrow[], files: readonly HostFile[]): string[] {
  const all = into.filter(({ peer, verdict }) => peer.id === INTERNET.id && verdict === "open");
  const open = all.filter(({ crowd }) => crowd.hosts[0]?.gateway === true);
  const listening = listensAt(files, "gateway");
  if (listening.length === 0) return [];
  const redirects = files.some(
    ({ host, path, content }) => host === "gateway" && /sites-available/.test(path) && REDIRECT.test(content ?? ""),
  );
  return [
    ...open.flatMap(({ to, ports }) => tcpPorts(ports).map((port) => `tcp ${port} of ${to}: ${reason(port, listening, redirects)}`)),
    ...all.flatMap((arrow) => balanced(network, arrow)),
  ];
}

/** Of a load balancer its listeners say it. */
function balanced({ graph }: Network, { crowd, to, ports }: Arrow): string[] {
  const balancer = crowd.hosts[0]?.resource;
  if (balancer === undefined || !LOAD_BALANCER.test(balancer.type)) return [];
  const own = ofType(graph, LISTENER).filter((one) => mayBe(targetOf(graph, one, "loadBalancerArn", LOAD_BALANCER), balancer));
  return tcpPorts(ports).map((port) => {
    const listener = own.find((one) => asNumber(property(one, "port")) === Number(port));
    if (listener === undefined) return `tcp ${port} of ${to}: nothing listens there.`;
    const actions = blocks(property(listener, "defaultActions")).map(asProps);
    const redirect = actions.find((action) => asString(action?.type) === "redirect");
    if (redirect !== undefined)
      return `tcp ${port} of ${to}: the load balancer sends whoever comes ${asString(asProps(redirect.redirect)?.protocol) === "HTTPS" ? "to HTTPS" : "elsewhere"}.`;
    const isHttps = asString(property(listener, "protocol")) === "HTTPS";
    return `tcp ${port} of ${to}: the load balancer ${isHttps ? "ends TLS and passes requests on, for clients" : "passes requests on, without TLS"}.`;
  });
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
