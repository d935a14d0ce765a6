/** Subnets: what part they play, which addresses they give out, and which routes apply in them. */
import { ofType } from "../../core/graph";
import { selectRoles } from "../../core/select";
import type { Graph, Resource, Settings, Value } from "../../core/types";
import { asBoolean, isAbsent, isUnknown } from "../../core/values";
import * as kinds from "./kinds";
import { allTables, mainKey, tableKey } from "./routes";
import type { Route, Table } from "./routes";
import { isLost, property, targetOf } from "./targets";

/** A switch: `undefined` where nothing is said, "unknown" where it is said but not known yet. */
export type Switch = boolean | "unknown" | undefined;

export function switchOf(value: Value | undefined): Switch {
  if (isAbsent(value)) return undefined;
  return isUnknown(value) ? "unknown" : asBoolean(value);
}

/** A route table that applies, or may apply, in a subnet. */
export interface TableLink {
  readonly table: Table;
  readonly certain: boolean;
  /** How it comes to apply, for messages. */
  readonly how: string;
}

export interface Subnet {
  readonly resource: Resource;
  readonly isPrivate: boolean;
  readonly isPublic: boolean;
  /** One of the subnets that AWS made in the default VPC: they give out public addresses and route to the Internet. */
  readonly isDefault: boolean;
  readonly mapPublicIp: Switch;
  readonly assignIpv6: Switch;
  readonly tables: readonly TableLink[];
  /** Why the table that applies is not known, where it is not. */
  readonly tableUnknown?: string;
}

/** All subnets of a program. */
export function allSubnets(graph: Graph, settings: Settings): Map<string, Subnet> {
  const context = { graph, tables: allTables(graph), links: associations(graph), mains: mainTables(graph) };
  const role = (selector: Settings["roles"]["privateSubnets"]): Set<Resource> => {
    const { certain, possible } = selectRoles(graph, selector, kinds.SUBNET);
    return new Set([...certain, ...possible.filter(({ idOnly }) => idOnly !== true)]);
  };
  const [privates, publics] = [role(settings.roles.privateSubnets), role(settings.roles.publicSubnets)];
  const read = (resource: Resource): Subnet => {
    const isDefault = resource.type === kinds.DEFAULT_SUBNET;
    const native = switchOf(property(resource, "ipv6Native"));
    const ipv6 = switchOf(property(resource, "assignIpv6AddressOnCreation"));
    return {
      resource,
      isPrivate: privates.has(resource),
      isPublic: publics.has(resource),
      isDefault,
      mapPublicIp:
        switchOf(property(resource, "mapPublicIpOnLaunch")) ?? (isDefault ? true : resource.external === true ? "unknown" : undefined),
      assignIpv6: native === true || ipv6 === true ? true : native === "unknown" ? native : ipv6,
      ...tablesOf(context, resource),
    };
  };
  return new Map(ofType(graph, kinds.SUBNET).map((resource) => [resource.urn, read(resource)]));
}

interface Association {
  readonly table: string | undefined;
  readonly maybe: readonly string[];
  readonly certain: boolean;
  readonly name: string;
  readonly literal: string | undefined;
}

interface Context {
  readonly graph: Graph;
  readonly tables: ReadonlyMap<string, Table>;
  readonly links: ReadonlyMap<Resource, readonly Association[]>;
  /** VPC to the tables that replace its main one. */
  readonly mains: ReadonlyMap<Resource, readonly Association[]>;
}

/** Which tables are associated with which subnet. */
function associations(graph: Graph): Map<Resource, Association[]> {
  return linked(graph, "aws:ec2/routeTableAssociation:RouteTableAssociation", "subnetId", kinds.SUBNET);
}

function mainTables(graph: Graph): Map<Resource, Association[]> {
  return linked(graph, "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation", "vpcId", kinds.VPC);
}

function linked(graph: Graph, type: string, key: string, of: RegExp): Map<Resource, Association[]> {
  const links = new Map<Resource, Association[]>();
  for (const resource of ofType(graph, type)) {
    const owner = targetOf(graph, resource, key, of);
    const table = targetOf(graph, resource, "routeTableId", kinds.TABLE_OR_VPC);
    const owners = owner?.is ? [owner.is] : isLost(graph, resource, key, owner) ? ofType(graph, of) : (owner?.maybe ?? []);
    const link: Association = {
      table: table?.is && tableKey(graph, table.is),
      maybe: (table?.maybe ?? []).map((one) => tableKey(graph, one)),
      certain: owner?.is !== undefined,
      name: resource.name,
      literal: table?.literal,
    };
    for (const one of owners) links.set(one, [...(links.get(one) ?? []), link]);
  }
  return links;
}

/** The tables that apply: the associated ones, else the VPC's main one. */
function tablesOf(context: Context, subnet: Resource): Pick<Subnet, "tables" | "tableUnknown"> {
  const own = context.links.get(subnet) ?? [];
  const found = own.map((link) => resolveLink(context, link, `associated by ${link.name}`));
  if (own.some((link) => link.certain)) return collect(found);
  return collect([...found, mainOf(context, subnet)]);
}

type Found = Pick<Subnet, "tables" | "tableUnknown">;

function collect(found: readonly Found[]): Found {
  const unknown = found.map(({ tableUnknown }) => tableUnknown).find((why) => why !== undefined);
  return { tables: found.flatMap(({ tables }) => tables), ...(unknown !== undefined && { tableUnknown: unknown }) };
}

function resolveLink(context: Context, link: Association, how: string): Found {
  const at = (key: string, certain: boolean): TableLink => ({ table: tableAt(context, key), certain: certain && link.certain, how });
  if (link.table !== undefined) return { tables: [at(link.table, true)] };
  const tables = link.maybe.map((key) => at(key, false));
  if (tables.length > 0) return { tables };
  return { tables, tableUnknown: `the route table ${link.literal ?? "named by " + link.name} is not part of this program` };
}

function tableAt({ tables }: Context, key: string): Table {
  return tables.get(key) ?? { key, label: "the main route table", routes: [], maybe: [] };
}

function mainOf(context: Context, subnet: Resource): Found {
  if (subnet.type === kinds.DEFAULT_SUBNET) return { tables: [] };
  const vpc = targetOf(context.graph, subnet, "vpcId", kinds.VPC);
  const foreign = vpc?.is?.external === true && !context.tables.has(mainKey(vpc.is.urn));
  if (!vpc?.is || foreign) {
    const where = vpc?.literal ?? vpc?.is?.name ?? "that is not known";
    return {
      tables: [],
      tableUnknown: `it has no route table of its own, and the main table of the VPC ${where} is not part of this program`,
    };
  }
  const replaced = context.mains.get(vpc.is) ?? [];
  const how = "the main table of its VPC";
  if (replaced.length > 0) return collect(replaced.map((link) => doubted(context, resolveLink(context, link, how))));
  if (vpc.is.type === kinds.DEFAULT_VPC) return doubted(context, { tables: [defaultVpcTable(context, vpc.is)] });
  return doubted(context, { tables: [{ table: tableAt(context, mainKey(vpc.is.urn)), certain: true, how }] });
}

/** What a later registration may still replace. */
function doubted({ graph }: Context, found: Found): Found {
  return graph.partial === true ? { ...found, tables: found.tables.map((link) => ({ ...link, certain: false })) } : found;
}

/** AWS routes the main table of a default VPC to an internet gateway. */
function defaultVpcTable(context: Context, vpc: Resource): TableLink {
  const table = tableAt(context, mainKey(vpc.urn));
  const route: Route = { ways: ["internet"], destination: "0.0.0.0/0", via: "the default VPC's internet gateway", resource: vpc, path: "" };
  return { table: { ...table, routes: [...table.routes, route] }, certain: true, how: "the main table of the default VPC" };
}
