import type { Finding, Policy } from "../../core/types";
import { isAbsent } from "../../core/values";
import type { Host } from "../../graph/network/hosts";
import { describe, networkOf } from "../../graph/network/model";
import type { Network } from "../../graph/network/model";
import { switchOf } from "../../graph/network/subnets";
import { TEMPLATE } from "../../graph/network/launch";
import { distinct, finding, NETWORK_TYPES } from "./report";

export const policy: Policy = {
  id: "gateway-group-only-on-gateway",
  severity: "high",
  control: "NET-1",
  tags: ["network", "security-group"],
  description: "Only the gateway carries the gateway's security group.",
  why: "Membership in that group is the key to the service port and to SSH on the backend. A second member is a second gateway that inspects nothing.",
  remediationSteps: "Give the other resource a group of its own.",
  enforcementLevel: "mandatory",
  early: NETWORK_TYPES,
  bad: `new aws.lambda.Function("probe", { vpcConfig: { subnetIds, securityGroupIds: [gatewayGroup.id] }, ... });`,
  good: `new aws.lambda.Function("probe", { vpcConfig: { subnetIds, securityGroupIds: [probeGroup.id] }, ... });`,
  evaluate(graph, settings) {
    const network = networkOf(graph, settings);
    // Without a gateway in sight nobody can be distinguished from it; that the role is not played is reported by itself.
    if (!network.hosts.some(({ gateway }) => gateway)) return [];
    return distinct(network.hosts.filter(startsConnections).flatMap((host) => check(network, host)));
  },
};

/** What can use the membership: hosts and services that open connections, not databases or endpoints that answer them. */
function startsConnections({ resource, gateway, backend }: Host): boolean {
  if (gateway || backend === "role" || TEMPLATE.test(resource.type)) return false;
  if (resource.type.endsWith(":LoadBalancer")) return switchOf(resource.inputs.internal) !== true;
  // RDS Custom is a host that its owner logs in to.
  if (!isAbsent(resource.inputs.customIamInstanceProfile)) return true;
  return !/^aws:(ec2\/vpcEndpoint|(rds|docdb|neptune|elasticache|memorydb|redshift|efs|fsx|opensearch|elasticsearch|mq|msk|dax)\/)/.test(
    resource.type,
  );
}

function check({ gateways, graph }: Network, { resource, networkInterfaces }: Host): Finding[] {
  const lists = networkInterfaces.map(({ groups }) => groups).filter((groups) => typeof groups !== "string");
  const certain = lists.flatMap((list) => list.certain).find(({ key }) => gateways.has(key));
  const text = `${describe(resource)} carries the gateway's group`;
  if (certain)
    return [
      finding("violation", resource, `${text} ${certain.label}, so the backend lets it in like the gateway. Give it a group of its own.`),
    ];
  const maybe = lists.flatMap((list) => list.maybe).find(({ key }) => gateways.has(key));
  return maybe && graph.byUrn.has(resource.urn) ? [finding("unknown", resource, `Whether ${text} ${maybe.label} is not known yet.`)] : [];
}
