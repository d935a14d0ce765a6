import type { Finding, Policy } from "../../core/types";
import { networkOf } from "../../graph/network/model";
import { backendSubnets } from "../../graph/network/placement";
import type { Subnet } from "../../graph/network/subnets";
import { distinct, finding, NETWORK_TYPES } from "./report";

export const policy: Policy = {
  id: "private-subnet-no-other-network",
  severity: "high",
  control: "NET-1",
  tags: ["network", "subnet"],
  description: "No route table of a private subnet leads to another network: a VPC peering, a transit gateway, a VPN or a core network.",
  why: "Hosts of the other network reach the backend past the gateway, and the backend answers them.",
  remediationSteps: "Route the other network to the public subnets, so that it comes by way of the gateway.",
  enforcementLevel: "mandatory",
  early: NETWORK_TYPES,
  bad: `new aws.ec2.Route("peer", { routeTableId: privateTable.id, destinationCidrBlock: "10.9.0.0/16", vpcPeeringConnectionId: peering.id });`,
  good: `new aws.ec2.Route("peer", { routeTableId: publicTable.id, destinationCidrBlock: "10.9.0.0/16", vpcPeeringConnectionId: peering.id });`,
  evaluate: (graph, settings) => distinct(backendSubnets(networkOf(graph, settings)).flatMap(check)),
};

function check(subnet: Subnet): Finding[] {
  return subnet.tables.flatMap(({ table, certain }) => {
    const where = `${table.label}, used by the private subnet ${subnet.resource.name}`;
    const known = table.routes.flatMap((route): Finding[] => {
      if (!route.ways.includes("network")) return [];
      const sure = certain && route.ways.every((way) => way === "network");
      const path = route.path === "" ? "" : ` (${route.path})`;
      const text = `The route for ${route.destination}${path} in ${where}, leads to ${route.via}, another network`;
      // Networks of others are joined as a rule, and nobody here can take the route away.
      if (route.resource.external === true)
        return [finding("unknown", route.resource, `${text}: whether its hosts reach the backend is for its security group alone to say.`)];
      return [
        finding(sure ? "violation" : "unknown", route.resource, `${text}: its hosts reach the backend past the gateway. Remove the route.`),
      ];
    });
    const maybe = table.maybe
      .filter(({ ways }) => ways.includes("network"))
      .map((route) => finding("unknown", route.resource, `The route ${route.resource.name} to ${route.via} may belong to ${where}.`));
    return [...known, ...maybe];
  });
}
