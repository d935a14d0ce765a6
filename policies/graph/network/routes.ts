/** Routes in all their forms, and the table each belongs to. */
import { ofType } from "../../core/graph";
import type { Graph, Props, Resource, Value } from "../../core/types";
import { asArray, asProps, asString, isAbsent, isUnknown } from "../../core/values";
import * as kinds from "./kinds";
import { ROUTE_TARGETS, type Way } from "./route-targets";
import { isLost, property, target, targetOf, targets } from "./targets";
import type { Target } from "./targets";

export interface Route {
  /** What the route leads to; several where an unknown id leaves it open. */
  readonly ways: readonly Way[];
  readonly destination: string;
  /** For messages: the gateway, peering ... it leads to. */
  readonly via: string;
  /** The interface or instance behind an `interface` route, where it is part of the program. */
  readonly hop?: Resource;
  readonly resource: Resource;
  readonly path: string;
}

export interface Table {
  /** URN of the table, or `main of <URN or id of the VPC>`. */
  readonly key: string;
  readonly label: string;
  readonly routes: readonly Route[];
  /** Routes that may belong to this table. */
  readonly maybe: readonly Route[];
}

const DESTINATIONS = ["cidrBlock", "ipv6CidrBlock", "destinationPrefixListId", "destinationCidrBlock", "destinationIpv6CidrBlock"];

/** Reads one route. `key` is the top-level property it stands in, for a route inside a table. */
function readRoute(graph: Graph, resource: Resource, props: Props, path: string, key?: string): Route {
  const destination = DESTINATIONS.map((field) => props[field]).find((value) => !isAbsent(value) && value !== "");
  const common = { destination: asString(destination) ?? "a destination not known yet", resource, path };
  for (const [field, way] of Object.entries(ROUTE_TARGETS)) {
    const value = props[field];
    if (isAbsent(value) || value === "") continue;
    const at = key ?? field;
    const hop = way === "interface" ? target(graph, resource, at, value, kinds.INTERFACE_OR_INSTANCE) : undefined;
    const lost = (hop !== undefined && !hop.is) || (way === "endpoint" && !ownEndpoint(graph, resource, at, value));
    return { ...common, ways: [lost ? "unknown" : way], via: asString(value) ?? hop?.is?.name ?? field, ...(hop?.is && { hop: hop.is }) };
  }
  return { ...common, ...gatewayWays(graph, resource, key ?? "gatewayId", props.gatewayId) };
}

const ENDPOINT = /^aws:(ec2\/vpcEndpoint:VpcEndpoint|networkfirewall\/firewall:Firewall)$/;

/** Does the endpoint lead to a service of the program, or of AWS? An appliance of another account forwards where its owner says. */
function ownEndpoint(graph: Graph, resource: Resource, key: string, value: Value | undefined): boolean {
  const endpoint = target(graph, resource, key, value, ENDPOINT)?.is;
  if (!endpoint) return false;
  const service = endpoint.inputs.serviceName;
  const name = asString(service);
  if (name !== undefined && !/\.vpce-svc-/.test(name)) return true;
  if (endpoint.type.includes("firewall")) return true;
  return target(graph, endpoint, "serviceName", service, /^aws:ec2\/vpcEndpointService:/)?.is !== undefined;
}

/** `gatewayId` takes internet gateways, VPN gateways, endpoints and the word `local`. */
function gatewayWays(graph: Graph, resource: Resource, key: string, value: Value | undefined): Pick<Route, "ways" | "via"> {
  const id = asString(value);
  if (id === "local") return { ways: ["local"], via: "local" };
  const found = target(graph, resource, key, value, kinds.GATEWAY);
  if (found?.is) return { ways: [wayOf(found.is.type)], via: found.is.name };
  const named = id === undefined ? undefined : PREFIXES.find(([prefix]) => id.startsWith(prefix));
  if (named) return { ways: [named[1]], via: id ?? "" };
  const ways = [...new Set((found?.maybe ?? []).map((one) => wayOf(one.type)))];
  if (ways.length > 0) return { ways, via: `one of ${found?.maybe.map((one) => one.name).join(", ") ?? ""}` };
  return { ways: ["unknown"], via: id ?? "a gateway not known yet" };
}

const PREFIXES: readonly (readonly [string, Way])[] = [
  ["igw-", "internet"],
  ["cagw-", "internet"],
  ["eigw-", "egress-only"],
  ["nat-", "nat"],
  ["vgw-", "network"],
  ["vpce-", "endpoint"],
];

function wayOf(type: string): Way {
  if (kinds.INTERNET_GATEWAY.test(type)) return "internet";
  if (type === kinds.VPN_GATEWAY) return "network";
  return type.includes("natGateway") ? "nat" : "egress-only";
}

/** The routes inside a table, and the VPN gateways that may add routes to it. */
function inlineRoutes(graph: Graph, table: Resource): Route[] {
  const list = property(table, "routes");
  const routes: Route[] =
    isUnknown(list) || (table.external === true && isAbsent(list))
      ? [
          {
            ways: ["unknown" as const],
            destination: "destinations not known yet",
            via: "routes not known yet",
            resource: table,
            path: "routes",
          },
        ]
      : (asArray(list) ?? []).map((item, index) => readRoute(graph, table, asProps(item) ?? {}, `routes[${String(index)}]`, "routes"));
  const vpns = targets(graph, table, "propagatingVgws", property(table, "propagatingVgws"), kinds.VPN_GATEWAY);
  if (!vpns || (vpns.certain.length === 0 && vpns.maybe.length === 0 && vpns.literals.length === 0 && !vpns.blind)) return routes;
  const via = [...vpns.certain.map(({ name }) => name), ...vpns.literals].join(", ") || "a VPN gateway";
  return [...routes, { ways: ["network"], destination: "all networks it learns", via, resource: table, path: "propagatingVgws" }];
}

/** The main table of a VPC: whatever of `MainRouteTableAssociation`, `DefaultRouteTable` and `vpc.mainRouteTableId` the program uses. */
export function mainKey(vpc: string): string {
  return `main of ${vpc}`;
}

/** Key of the table that a resource of the type `TABLE_OR_VPC` is. */
export function tableKey(graph: Graph, resource: Resource): string {
  if (kinds.VPC.test(resource.type)) return mainKey(resource.urn);
  const given = resource.type.endsWith(":DefaultRouteTable") ? targetOf(graph, resource, "defaultRouteTableId", kinds.VPC)?.is : undefined;
  return given ? mainKey(given.urn) : resource.urn;
}

/** All tables with their routes, by key. Tables that only a VPC stands for are made when a route names them. */
export function allTables(graph: Graph): Map<string, Table> {
  const tables = new Map<string, { key: string; label: string; routes: Route[]; maybe: Route[] }>();
  const at = (resource: Resource): { routes: Route[]; maybe: Route[] } => {
    const key = tableKey(graph, resource);
    const label = kinds.VPC.test(resource.type) ? `the main route table of ${resource.name}` : resource.name;
    const table = tables.get(key) ?? { key, label, routes: [], maybe: [] };
    tables.set(key, table);
    return table;
  };
  for (const table of ofType(graph, kinds.ROUTE_TABLE)) at(table).routes.push(...inlineRoutes(graph, table));
  for (const { table, vpc } of strayMains(graph)) at(vpc).maybe.push(...inlineRoutes(graph, table));
  for (const { route, owner } of separateRoutes(graph)) {
    if (owner?.is) at(owner.is).routes.push(route);
    else
      for (const maybe of isLost(graph, route.resource, "routeTableId", owner) ? ofType(graph, kinds.ROUTE_TABLE) : (owner?.maybe ?? []))
        at(maybe).maybe.push(route);
  }
  return tables;
}

/** Main tables of which it is not known whose they are, with the VPCs that may be meant. */
function strayMains(graph: Graph): { readonly table: Resource; readonly vpc: Resource }[] {
  return ofType(graph, "aws:ec2/defaultRouteTable:DefaultRouteTable").flatMap((table) => {
    const owner = targetOf(graph, table, "defaultRouteTableId", kinds.VPC);
    const vpcs = isLost(graph, table, "defaultRouteTableId", owner) ? ofType(graph, kinds.VPC) : (owner?.maybe ?? []);
    return vpcs.map((vpc) => ({ table, vpc }));
  });
}

/** aws.ec2.Route and VpnGatewayRoutePropagation, with the table each names. */
function separateRoutes(graph: Graph): { readonly route: Route; readonly owner: Target | undefined }[] {
  const own = ofType(graph, kinds.ROUTE).map((resource) => {
    const names = [...Object.keys(ROUTE_TARGETS), ...DESTINATIONS, "gatewayId"];
    const props = Object.fromEntries(names.map((name) => [name, property(resource, name) ?? null]));
    return readRoute(graph, resource, props, "");
  });
  const learnt = ofType(graph, "aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation").map((resource): Route => {
    const via = targetOf(graph, resource, "vpnGatewayId", kinds.VPN_GATEWAY);
    return {
      ways: ["network"],
      destination: "all networks it learns",
      via: via?.is?.name ?? via?.literal ?? "a VPN gateway",
      resource,
      path: "",
    };
  });
  const served = ofType(graph, "aws:vpc/routeServerPropagation:RouteServerPropagation").map((resource): Route => {
    return { ways: ["network"], destination: "all networks it learns", via: "a route server", resource, path: "" };
  });
  return [...own, ...learnt, ...served].map((route) => ({
    route,
    owner: targetOf(graph, route.resource, "routeTableId", kinds.TABLE_OR_VPC),
  }));
}
