/** Route tables of a gateway: where what comes in by an internet or VPN gateway is led ("gateway route tables" of the VPC user guide). */
import { ofType } from "../../core/graph";
import type { Resource } from "../../core/types";
import { asString, isAbsent, propertyOf } from "../../core/values";
import { intersect, isEmpty, parseCidr, parseCidrs } from "./ip-set";
import { TABLE_OR_VPC } from "./kinds";
import type { Network } from "./model";
import { backendSubnets } from "./placement";
import { allTables, tableKey } from "./routes";
import type { Route } from "./routes";
import { targetOf } from "./targets";

export interface EdgeRoute {
  readonly route: Route;
  /** Associates the table with a gateway. */
  readonly association: Resource;
}

/** Routes of gateways for addresses of the backend's subnets. `local` is what applies without such a table. */
export function edgeRoutes(network: Network): EdgeRoute[] {
  const { graph } = network;
  const edges = ofType(graph, "aws:ec2/routeTableAssociation:RouteTableAssociation").filter(({ inputs }) => !isAbsent(inputs.gatewayId));
  if (edges.length === 0) return [];
  const cidrs = backendSubnets(network).flatMap(({ resource }) => asString(propertyOf(resource, "cidrBlock")) ?? []);
  const own = parseCidrs(cidrs).set;
  const tables = allTables(graph);
  return edges.flatMap((association) => {
    const table = targetOf(graph, association, "routeTableId", TABLE_OR_VPC)?.is;
    const routes = table ? (tables.get(tableKey(graph, table))?.routes ?? []) : [];
    return routes.filter((route) => leadsAway(route, own)).map((route) => ({ route, association }));
  });
}

/** Does it lead packets for these addresses, or for a destination not known yet, to something else than the host they are for? */
function leadsAway({ ways, destination }: Route, own: ReturnType<typeof parseCidrs>["set"]): boolean {
  if (ways.every((way) => way === "local")) return false;
  const set = parseCidr(destination);
  return set === undefined || !isEmpty(intersect(set, own));
}
