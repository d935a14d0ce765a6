/** What the hosts start by themselves: to the Internet by their routes and rules, and to S3 by an endpoint. Pure. */
import { ofType } from "../../policies/core/graph";
import { sourceOf } from "../../policies/core/source";
import { ruleLabel } from "../../policies/explain/hops";
import { isEmpty, publicPart } from "../../policies/graph/network/ip-set";
import { TABLE_OR_VPC } from "../../policies/graph/network/kinds";
import type { Network } from "../../policies/graph/network/model";
import { covers } from "../../policies/graph/network/ports";
import type { Route } from "../../policies/graph/network/routes";
import { tableKey } from "../../policies/graph/network/routes";
import type { Rule } from "../../policies/graph/network/rules";
import { targetsOf } from "../../policies/graph/network/targets";
import { safeText } from "../diff/safe";
import type { Crowd } from "./places";
import { OUTSIDE } from "./peers";
import { portsText } from "./ports";
import { plain } from "./text";
import type { ReachRow } from "./types";

export interface Exit extends ReachRow {
  readonly crowd: Crowd;
  /** Id of the box that it leads to. */
  readonly target: string;
  readonly label: string;
}

export const BUCKETS = "buckets";
const HTTPS = 443;

export function outgoing(network: Network, crowds: readonly Crowd[], buckets: string | undefined): Exit[] {
  return crowds.flatMap((crowd) => [
    ...internetExits(network, crowd, crowds),
    ...(buckets === undefined ? [] : bucketExits(network, crowd, buckets)),
  ]);
}

function internetExits(network: Network, crowd: Crowd, crowds: readonly Crowd[]): Exit[] {
  const rules = egressRules(network, crowd);
  const route = defaultRoute(crowd);
  const [first] = rules;
  if (first === undefined || route === undefined) return [];
  const hop = crowds.find(({ hosts }) =>
    hosts.some((host) => host.resource === route.hop || host.interfaceResources.some((one) => one === route.hop)),
  );
  const direct = route.ways.every((way) => way === "internet");
  if (hop === crowd || (direct && !hasAddress(network, crowd))) return [];
  const ports = portsText(rules.map(({ traffic }) => traffic));
  const certain = !route.ways.includes("unknown");
  const isNat = route.ways.every((way) => way === "nat");
  const via = direct ? "" : hop === undefined && !isNat ? `, ${safeText(route.via)}` : ", NAT";
  return [
    {
      crowd,
      target: hop?.id ?? OUTSIDE.id,
      label: `${ports}${via}`,
      from: crowd.label,
      to: hop !== undefined ? `Internet, by way of ${hop.label}` : isNat ? "Internet, by way of a NAT gateway" : "Internet",
      ports,
      verdict: certain ? "open" : "unknown",
      outward: true,
      paths: [
        ...rules.map((rule) => safeText(ruleLabel(rule))),
        safeText(`route ${route.destination} to ${route.via === "natGatewayId" ? "a NAT gateway" : route.via}`),
      ],
      ...sourceOf(network.graph, route.resource.urn),
    },
  ];
}

function letsHttpsOut(network: Network, { groups }: Crowd): boolean {
  // Groups that are not known may let it.
  if (groups.length === 0) return true;
  const own = new Set(groups.map(({ key }) => key));
  const rules = network.rules.filter(({ direction, group }) => direction === "egress" && group.is !== undefined && own.has(group.is.key));
  return rules.some(({ source, traffic }) => {
    return covers(traffic, HTTPS) !== "no" && (source.kind === "addresses" ? !isEmpty(publicPart(source.set)) : source.kind !== "group");
  });
}

function egressRules(network: Network, crowd: Crowd): Rule[] {
  const own = new Set(crowd.groups.map(({ key }) => key));
  return network.rules.filter(
    ({ direction, group, source }) =>
      direction === "egress" &&
      group.is !== undefined &&
      own.has(group.is.key) &&
      source.kind === "addresses" &&
      !isEmpty(publicPart(source.set)),
  );
}

/** By the tables that apply for sure. */
function defaultRoute({ subnets }: Crowd): Route | undefined {
  const routes = subnets.flatMap(({ tables }) => tables.filter(({ certain }) => certain).flatMap(({ table }) => table.routes));
  return routes.find(({ destination, ways }) => /^(0\.0\.0\.0|::)\/0$/.test(destination) && !ways.includes("endpoint"));
}

function hasAddress(network: Network, { hosts, subnets }: Crowd): boolean {
  const own = new Set(hosts.flatMap(({ resource, interfaceResources }) => [resource, ...interfaceResources]));
  const elastic = network.addresses.some(({ on }) => (on.is !== undefined && own.has(on.is)) || on.maybe.some((one) => own.has(one)));
  const given = hosts.flatMap(({ networkInterfaces }) => networkInterfaces.map(({ publicIp }) => publicIp));
  return (
    elastic ||
    given.some((one) => one === true || one === "unknown" || (one === undefined && subnets.some(({ mapPublicIp }) => mapPublicIp === true)))
  );
}

/** A gateway endpoint of S3 applies where a route table names it and the groups let https out: to anybody, or to a list of AWS's own addresses. */
function bucketExits(network: Network, crowd: Crowd, name: string): Exit[] {
  if (!letsHttpsOut(network, crowd)) return [];
  const keys = new Set(crowd.subnets.flatMap(({ tables }) => tables.map(({ table }) => table.key)));
  const endpoint = ofType(network.graph, "aws:ec2/vpcEndpoint:VpcEndpoint").find((one) => {
    const tables = targetsOf(network.graph, one, "routeTableIds", TABLE_OR_VPC);
    return plain(one, "serviceName").endsWith(".s3") && tables?.certain.some((table) => keys.has(tableKey(network.graph, table))) === true;
  });
  if (endpoint === undefined) return [];
  return [
    {
      crowd,
      target: BUCKETS,
      label: "S3 endpoint",
      from: crowd.label,
      to: name,
      ports: "https",
      verdict: "rule",
      outward: true,
      paths: [safeText(`endpoint ${endpoint.name} in the route table; which buckets it may read is for IAM and for the bucket's policy`)],
      ...sourceOf(network.graph, endpoint.urn),
    },
  ];
}
