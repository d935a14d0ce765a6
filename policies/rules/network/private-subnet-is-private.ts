import type { Finding, Policy } from "../../core/types";
import { networkOf } from "../../graph/network/model";
import { backendSubnets } from "../../graph/network/placement";
import type { Subnet, TableLink } from "../../graph/network/subnets";
import { distinct, finding, NETWORK_TYPES } from "./report";

export const policy: Policy = {
  id: "private-subnet-is-private",
  severity: "critical",
  control: "NET-3",
  tags: ["network", "subnet"],
  description:
    "No route table that applies in a private subnet, or in a subnet of the backend, has a route to an internet gateway, for IPv4 or IPv6.",
  why: "A subnet is private only because its route table has no way to an internet gateway. One route makes every host in it reachable.",
  remediationSteps:
    "Route the private table to a NAT instance, a NAT gateway or an egress-only internet gateway, or give it no default route.",
  enforcementLevel: "mandatory",
  early: NETWORK_TYPES,
  bad: `new aws.ec2.Route("out", { routeTableId: privateTable.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: internetGateway.id });`,
  good: `new aws.ec2.Route("out", { routeTableId: privateTable.id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: nat.id });`,
  evaluate: (graph, settings) => distinct(backendSubnets(networkOf(graph, settings)).flatMap(checkSubnet)),
};

function checkSubnet(subnet: Subnet): Finding[] {
  const { name } = subnet.resource;
  const open = subnet.tables.flatMap((link) => checkTable(subnet, link));
  if (subnet.tableUnknown === undefined) return open;
  return [
    ...open,
    finding(
      "unknown",
      subnet.resource,
      `Whether ${name} is private is not known: ${subnet.tableUnknown}. Associate it with a route table of the program.`,
    ),
  ];
}

function checkTable(subnet: Subnet, { table, certain, how }: TableLink): Finding[] {
  const where = `${subnet.resource.name} uses ${table.label} (${how})`;
  const known = table.routes.flatMap((route): Finding[] => {
    const path = route.path === "" ? "" : ` (${route.path})`;
    const text = `${where}, whose route for ${route.destination} goes to ${route.via}${path}`;
    if (route.ways.every((way) => way === "internet")) {
      const verdict = certain ? "violation" : "unknown";
      return [finding(verdict, route.resource, `${text}, an internet gateway: the subnet is public. Use a NAT or an egress-only gateway.`)];
    }
    if (route.ways.some((way) => way === "internet" || way === "unknown"))
      return [finding("unknown", route.resource, `${text}; whether that is an internet gateway is not known.`)];
    return [];
  });
  const maybe = table.maybe
    .filter(({ ways }) => ways.includes("internet") || ways.includes("unknown"))
    .map((route) =>
      finding(
        "unknown",
        route.resource,
        `The route ${route.resource.name} to ${route.via} may belong to ${table.label}, which ${subnet.resource.name} uses.`,
      ),
    );
  return [...known, ...maybe];
}
