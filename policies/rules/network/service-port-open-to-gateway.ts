import type { Policy } from "../../core/types";
import { onlyBalancers } from "../../graph/network/balancer-members";
import { mayBeIn, type Group } from "../../graph/network/groups";
import { networkOf, type Network } from "../../graph/network/model";
import { covers } from "../../graph/network/ports";
import { distinct, finding } from "./report";

export const policy: Policy = {
  id: "service-port-open-to-gateway",
  severity: "low",
  control: "NET-1",
  tags: ["network", "security-group"],
  description: "The gateway's group may reach the service port of the backend, by itself or by way of a load balancer.",
  why: "Without such a rule the service is reached by nobody, or by a way that the configured service port does not describe.",
  remediationSteps: "Add the rule, or set servicePort to the port that the backend serves.",
  enforcementLevel: "advisory",
  bad: `new aws.ec2.SecurityGroup("backend", { vpcId }); // no rule at all, or for another port`,
  good: `new aws.vpc.SecurityGroupIngressRule("service", { securityGroupId: backend.id, ipProtocol: "tcp", fromPort: 9000, toPort: 9000, referencedSecurityGroupId: gateway.id });`,
  evaluate(graph, settings) {
    const network = networkOf(graph, settings);
    const { rules, guards, maybeGuards, gateways, roles } = network;
    const [group] = roles.backend.size > 0 ? [...roles.backend.values()] : [...guards.values()];
    // Who plays which part is a question of its own (roles-resolved).
    if (!group || gateways.size === 0) return [];
    const some = rules.some(({ direction, group: owner, traffic, source }) => {
      const here = mayBeIn(owner, guards) || mayBeIn(owner, maybeGuards) || (!owner.is && owner.maybe.length === 0);
      const from =
        source.kind === "unknown" ||
        (source.kind === "group" && (mayBeIn(source.ref, gateways) || !source.ref.is || leadsFromGateway(network, source.ref.is))) ||
        source.kind !== "group";
      return direction !== "egress" && here && from && covers(traffic, settings.servicePort) !== "no";
    });
    if (some || group.resource.external === true) return [];
    return distinct([
      finding(
        "violation",
        group.resource,
        `No rule lets the gateway's group reach port ${String(settings.servicePort)} of ${group.label}. Add it; if the backend serves another port, tag its group with it (ServicePort) or configure servicePort.`,
      ),
    ]);
  },
};

/** A group of load balancers that a rule opens to the gateway's group. Who else reaches them is asked by service-port-only-from-gateway. */
function leadsFromGateway(network: Network, group: Group): boolean {
  return (
    onlyBalancers(network, group) &&
    network.rules.some(
      ({ direction, group: owner, source }) =>
        direction !== "egress" && owner.is?.key === group.key && source.kind === "group" && mayBeIn(source.ref, network.gateways),
    )
  );
}
