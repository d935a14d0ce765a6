import { ofType } from "../../core/graph";
import type { Finding, Graph, Policy, Resource } from "../../core/types";
import { asString, isUnknown } from "../../core/values";
import { edgeRoutes } from "../../graph/network/edge";
import { SUBNET, VPC } from "../../graph/network/kinds";
import { networkOf } from "../../graph/network/model";
import type { Network } from "../../graph/network/model";
import { backendSubnets } from "../../graph/network/placement";
import type { Subnet, TableLink } from "../../graph/network/subnets";
import { isLost, mayBe, property, targetOf } from "../../graph/network/targets";
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
  evaluate(graph, settings) {
    const network = networkOf(graph, settings);
    const subnets = backendSubnets(network);
    return distinct([...subnets.flatMap(checkSubnet), ...exclusions(graph, subnets), ...edges(network)]);
  },
};

/** What comes in by a gateway is handed to something else first, which forwards it as its owner says. */
function edges(network: Network): Finding[] {
  return edgeRoutes(network).map(({ route, association }) =>
    finding(
      "unknown",
      association,
      `${association.name} gives a gateway the route for ${route.destination} to ${route.via}: whether that forwards what comes from outside to the private subnets is not known. Take the association away, or leave the private subnets out of that table.`,
    ),
  );
}

/** VPC Block Public Access holds where a route is wrong; an exclusion takes a subnet, or all of a VPC, out of it. */
function exclusions(graph: Graph, subnets: readonly Subnet[]): Finding[] {
  return ofType(graph, /^aws:(vpc|ec2)\/(vpcB|b)lockPublicAccessExclusion:/).flatMap((resource): Finding[] => {
    const mode = property(resource, "internetGatewayExclusionMode");
    if (asString(mode) === "allow-egress") return [];
    const [one, all] = [targetOf(graph, resource, "subnetId", SUBNET), targetOf(graph, resource, "vpcId", VPC)];
    const isIn = ({ resource: subnet }: Subnet): boolean =>
      one?.is === subnet || (all?.is !== undefined && vpcOf(graph, subnet) === all.is);
    const mayBeIn = ({ resource: subnet }: Subnet): boolean =>
      (one !== undefined && mayBe(one, subnet)) || isLost(graph, resource, "subnetId", one) || isLost(graph, resource, "vpcId", all);
    const what = (name: string): string =>
      `${resource.name} takes ${name} out of VPC Block Public Access, for connections from the Internet too`;
    const fix = 'Exclude the public subnets alone, or write internetGatewayExclusionMode: "allow-egress"';
    const certain = subnets.find(isIn);
    if (certain && !isUnknown(mode)) return [finding("violation", resource, `${what(certain.resource.name)}. ${fix}.`)];
    const doubtful = certain ?? subnets.find(mayBeIn);
    return doubtful ? [finding("unknown", resource, `Perhaps ${what(doubtful.resource.name)}: that is not known. ${fix}.`)] : [];
  });
}

function vpcOf(graph: Graph, subnet: Resource): Resource | undefined {
  return targetOf(graph, subnet, "vpcId", VPC)?.is;
}

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
