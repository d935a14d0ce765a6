/** Asks AWS about a network that is there already, with the provider's own credentials. Nothing is decided here (examine.ts does). */
import { ROUTE_TARGETS } from "../../policies/graph/network/route-targets";
import * as aws from "../aws";
import type { NetworkConfig } from "../config/types";
import { s3EndpointService } from "../external-names";
import { isAbsent, reason } from "../refusal";
import { isKnown } from "./facts";
import type { Asked, EndpointFacts, NatFacts, NetworkFacts, RouteFacts, SubnetAnswer, SubnetFacts, TableFacts, VpcFacts } from "./facts";

type Existing = NonNullable<NetworkConfig["existing"]>;

export interface Wanted {
  readonly region: string;
  readonly egress: NetworkConfig["egress"];
  /** Ids of security groups. */
  readonly groups: readonly string[];
}

export async function lookUpNetwork(
  { vpcId, gatewaySubnetId, webserverSubnetIds, balancerSubnets = [] }: Existing,
  wanted: Wanted,
): Promise<NetworkFacts> {
  const found = await asked(() => aws.ec2.getVpc({ id: vpcId }));
  const main = isKnown(found) ? found.mainRouteTableId : "";
  const [gateway, webservers, balancers, endpoint, prefixList, groups] = await Promise.all([
    subnetAnswer(gatewaySubnetId, main),
    Promise.all(webserverSubnetIds.map((id) => subnetAnswer(id, main))),
    Promise.all(balancerSubnets.map(({ id }) => subnetAnswer(id, main))),
    asked(() => endpointOf(vpcId, wanted.region)),
    wanted.egress === "none" ? asked(() => prefixListOf(wanted.region)) : undefined,
    lookUpGroups(wanted.groups),
  ]);
  const nats = [...new Set(webservers.flatMap(natsOf))];
  return {
    vpc: isKnown(found) ? vpcFacts(found) : found,
    gateway,
    webservers,
    balancers,
    nats: new Map(await Promise.all(nats.map(async (id) => [id, await asked(() => natOf(id))] as const))),
    endpoint,
    ...(prefixList === undefined ? {} : { prefixList }),
    groups,
  };
}

/** The VPC of each group. */
export async function lookUpGroups(ids: readonly string[]): Promise<ReadonlyMap<string, Asked<string>>> {
  const entry = async (id: string): Promise<readonly [string, Asked<string>]> => [
    id,
    await asked(async () => (await aws.ec2.getSecurityGroup({ id })).vpcId),
  ];
  return new Map(await Promise.all([...new Set(ids)].map(entry)));
}

/** What AWS answered; or that there is no such thing; or why nobody knows. */
export async function asked<T>(question: () => Promise<T>): Promise<Asked<T>> {
  try {
    return await question();
  } catch (error) {
    const said = reason(error);
    return isAbsent(said) ? "absent" : { unknown: said };
  }
}

function vpcFacts(found: Awaited<ReturnType<typeof aws.ec2.getVpc>>): VpcFacts {
  const { id, ownerId: owner, enableDnsSupport: dnsSupport, enableDnsHostnames: dnsHostnames, instanceTenancy: tenancy } = found;
  return { id, owner, dnsSupport, dnsHostnames, tenancy };
}

async function subnetAnswer(id: string, main: string): Promise<SubnetAnswer> {
  const subnet = await asked(async () => subnetFacts(await aws.ec2.getSubnet({ id })));
  if (!isKnown(subnet)) return { subnet, table: { unknown: "the subnet is not known" } };
  const own = await asked(async () => tableFacts(await aws.ec2.getRouteTable({ subnetId: id }), false));
  // Associations are what the question finds a table by: a subnet without one has the main table of its VPC.
  if (own !== "absent") return { subnet, table: own };
  if (main === "") return { subnet, table: { unknown: "the VPC's main route table is not known" } };
  return { subnet, table: await asked(async () => tableFacts(await aws.ec2.getRouteTable({ routeTableId: main }), true)) };
}

function subnetFacts(found: Awaited<ReturnType<typeof aws.ec2.getSubnet>>): SubnetFacts {
  return {
    id: found.id,
    vpcId: found.vpcId,
    zone: found.availabilityZone,
    cidr: found.cidrBlock,
    ipv6Only: found.ipv6Native,
    givesPublicIpv4: found.mapPublicIpOnLaunch,
    givesIpv6: found.assignIpv6AddressOnCreation,
    free: found.availableIpAddressCount,
  };
}

type Found = Awaited<ReturnType<typeof aws.ec2.getRouteTable>>;

function tableFacts({ routeTableId: id, routes }: Found, main: boolean): TableFacts {
  return { id, main, routes: routes.map(routeFacts) };
}

function routeFacts(route: Found["routes"][number]): RouteFacts {
  const destination = [route.cidrBlock, route.ipv6CidrBlock, route.destinationPrefixListId].find(given) ?? "";
  for (const field of TARGETS) {
    const via = route[field];
    if (given(via)) return { destination, kind: ROUTE_TARGETS[field], field, via };
  }
  const via = route.gatewayId;
  return { destination, kind: via.startsWith("igw-") ? "internet" : via.startsWith("vgw-") ? "network" : "other", field: "gatewayId", via };
}

const TARGETS = Object.keys(ROUTE_TARGETS) as (keyof typeof ROUTE_TARGETS)[];

/** The provider answers with an empty text, or with nothing, where AWS says nothing. */
function given(text: string | undefined): text is string {
  return text !== undefined && text !== "";
}

function natsOf({ table }: SubnetAnswer): string[] {
  return isKnown(table)
    ? table.routes.filter(({ kind, destination }) => kind === "nat" && destination === "0.0.0.0/0").map(({ via }) => via)
    : [];
}

async function natOf(id: string): Promise<NatFacts> {
  const { state, connectivityType: connectivity } = await aws.ec2.getNatGateway({ id });
  return { id, state, connectivity };
}

async function endpointOf(vpcId: string, region: string): Promise<EndpointFacts> {
  // An interface endpoint of S3 has the same name.
  const filters = [{ name: "vpc-endpoint-type", values: ["Gateway"] }];
  const { id, routeTableIds: tableIds, policy } = await aws.ec2.getVpcEndpoint({ vpcId, serviceName: s3EndpointService(region), filters });
  return { id, tableIds, policy };
}

async function prefixListOf(region: string): Promise<string> {
  return (await aws.ec2.getPrefixList({ name: s3EndpointService(region) })).id;
}
