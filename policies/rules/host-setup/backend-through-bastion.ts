import type { Finding, Graph, Policy, Resource, Settings } from "../../core/types";
import { asProps, asString, isAbsent, isUnknown } from "../../core/values";
import { seenHosts } from "../../shell/host";
import { connected } from "../../shell/steps";
import type { Host } from "../../shell/steps";
import { comesByTunnel, isTunnelled } from "../../graph/network/connect-endpoints";
import { unknown, violation } from "./findings";

const FIX = "Set `connection.proxy` to the gateway and `connection.host` to the backend's private address.";

function evaluate(graph: Graph, settings: Settings): Finding[] {
  const reports = seenHosts(graph, settings);
  const gateways = new Set(reports.filter((r) => r.host.role === "gateway").map((r) => r.host.key));
  return reports
    .filter((r) => r.host.role === "backend")
    .flatMap(({ host }) => host.steps.flatMap((step) => check(graph, host, step, gateways)));
}

function check(graph: Graph, host: Host, step: Resource, gateways: ReadonlySet<string>): Finding[] {
  const { connection } = step.inputs;
  const place = { urn: step.urn, part: "connection", line: 1 };
  const props = asProps(connection);
  if (isAbsent(connection)) return [];
  if (props && !isUnknown(props.proxy)) {
    // By a tunnel: ssh-closed-behind-tunnel asks that there is no other way.
    if (!isAbsent(props.proxy) || isTunnelled(step)) return [];
    const address = asString(props.host);
    return [
      violation(
        place,
        `«${step.name}» reaches the backend ${address === undefined ? "" : `at ${address} `}directly, without a proxy. ${FIX}`,
      ),
    ];
  }
  if (isUnknown(props?.proxy)) return [];
  const viaGateway = connected(graph, step).some((instance) => gateways.has(instance.urn));
  if (viaGateway || host.instance === undefined) return [];
  // Not known yet: by whatever way it comes, ssh-closed-behind-tunnel leaves none but tunnels.
  if (comesByTunnel(graph)) return [];
  const message = `«${step.name}» is connected to the backend, and nothing of the bastion flows into its connection`;
  return gateways.size > 0
    ? [violation(place, `${message}. ${FIX}`)]
    : [unknown(place, `Cannot tell whether a bastion is used: ${message}. ${FIX}`)];
}

export const policy: Policy = {
  id: "backend-through-bastion",
  severity: "high",
  control: "NET-2",
  tags: ["host-setup", "ssh"],
  description:
    "Commands reach the backend through the bastion or, on a port of the machine that runs Pulumi, through a tunnel, and by no other way.",
  why: "A connection without a proxy works only when the backend can be reached from outside, by a public address or an opened port 22.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: `connection: { host: backend.publicIp, user: "ubuntu", privateKey, hostKey }`,
  good: `connection: { host: backend.privateIp, user: "ubuntu", privateKey, hostKey, proxy: { host: gateway.publicIp, user: "ubuntu", privateKey, hostKey: gatewayKey } }`,
  evaluate: evaluate,
};
