/** A network that is there already, as AWS answers. */
import { Refusal, type Properties, type Provider } from "../../../infra/offline/engine";
import { previewProvider } from "../../../infra/offline/preview-provider";

export const VPC = "vpc-0aaaaaaaaaaaaaaa1";
export const PUBLIC = "subnet-0aaaaaaaaaaaaaaa1";
export const PRIVATE = "subnet-0bbbbbbbbbbbbbbb1";
export const SECOND = "subnet-0bbbbbbbbbbbbbbb2";
/** Public ones: of another zone than the gateway's, and of its own. */
export const FRONT = "subnet-0aaaaaaaaaaaaaaa2";
export const BESIDE = "subnet-0aaaaaaaaaaaaaaa3";
/** As a load balancer's, with its block. */
export const placed = (id: string): { id: string; cidr: string } => ({ id, cidr: String((GOOD[id] as Properties).cidrBlock) });
export const EXISTING = { vpcId: VPC, gatewaySubnetId: PUBLIC, webserverSubnetIds: [PRIVATE, SECOND] };

/** By id: subnets, tables, VPCs, NAT gateways, groups. An Error is what AWS says in place of an answer. */
export type World = Readonly<Record<string, Properties | Error>>;

const subnet = (id: string, zone: string, cidrBlock: string): Properties => ({
  ...{ id, vpcId: VPC, availabilityZone: zone, cidrBlock, ipv6Native: false, mapPublicIpOnLaunch: false },
  ...{ assignIpv6AddressOnCreation: false, availableIpAddressCount: 200, ownerId: "123456789012" },
});

export const route = (cidrBlock: string, target: Properties): Properties => ({
  // The provider answers with empty texts.
  ...{ cidrBlock, ipv6CidrBlock: "", destinationPrefixListId: "", gatewayId: "", natGatewayId: "", networkInterfaceId: "", instanceId: "" },
  ...{ transitGatewayId: "", vpcPeeringConnectionId: "", egressOnlyGatewayId: "", carrierGatewayId: "", coreNetworkArn: "" },
  ...{ localGatewayId: "", odbNetworkArn: "", vpcEndpointId: "" },
  ...target,
});
export const table = (id: string, ...routes: Properties[]): Properties => ({ id, routeTableId: id, routes });

export const GOOD: World = {
  [VPC]: {
    ...{ id: VPC, ownerId: "123456789012", enableDnsSupport: true, enableDnsHostnames: true, instanceTenancy: "default" },
    ...{ mainRouteTableId: "rtb-main", cidrBlock: "10.20.0.0/16" },
  },
  [PUBLIC]: { ...subnet(PUBLIC, "us-east-1a", "10.20.1.0/24"), mapPublicIpOnLaunch: true },
  [FRONT]: subnet(FRONT, "us-east-1b", "10.20.2.0/24"),
  [BESIDE]: subnet(BESIDE, "us-east-1a", "10.20.3.0/24"),
  [PRIVATE]: subnet(PRIVATE, "us-east-1a", "10.20.101.0/24"),
  [SECOND]: subnet(SECOND, "us-east-1b", "10.20.102.0/24"),
  [`table of ${PUBLIC}`]: table("rtb-public", route("0.0.0.0/0", { gatewayId: "igw-1" })),
  [`table of ${FRONT}`]: table("rtb-public", route("0.0.0.0/0", { gatewayId: "igw-1" })),
  [`table of ${BESIDE}`]: table("rtb-public", route("0.0.0.0/0", { gatewayId: "igw-1" })),
  [`table of ${PRIVATE}`]: table("rtb-private", route("0.0.0.0/0", { natGatewayId: "nat-1" })),
  [`table of ${SECOND}`]: table("rtb-private", route("0.0.0.0/0", { natGatewayId: "nat-1" })),
  "rtb-main": table("rtb-main"),
  "nat-1": { state: "available", connectivityType: "public" },
  endpoint: {
    ...{ id: "vpce-1", routeTableIds: ["rtb-private"], prefixListId: "pl-63a5400a" },
    policy: JSON.stringify({ Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }] }),
  },
  prefixList: { id: "pl-63a5400a" },
};

const NOT_FOUND = "invoking aws:ec2: 1 error occurred:\n\t* no matching EC2 thing found\n\n";
const NO_TABLE = "1 error occurred:\n\t* query returned no results. Please change your search criteria and try again\n\n";
const KEYS: Readonly<Record<string, (args: Properties) => string>> = {
  "aws:ec2/getRouteTable:getRouteTable": ({ subnetId, routeTableId }) =>
    subnetId === undefined ? String(routeTableId) : `table of ${String(subnetId)}`,
  "aws:ec2/getVpcEndpoint:getVpcEndpoint": () => "endpoint",
  "aws:ec2/getPrefixList:getPrefixList": () => "prefixList",
};
const NETWORK = /^aws:ec2\/get(Vpc|Subnet|RouteTable|NatGateway|VpcEndpoint|SecurityGroup|PrefixList):/;

/** @param world what differs from the good network; undefined: it is not there @param below answers all else */
export function answering(world: Readonly<Record<string, Properties | Error | undefined>> = {}, below?: Provider): Provider {
  const all: Readonly<Record<string, Properties | Error | undefined>> = { ...GOOD, ...world };
  const provider = below ?? previewProvider("us-east-1");
  return {
    ...provider,
    call: (token, args) => {
      if (!NETWORK.test(token)) return provider.call(token, args);
      const answer = all[(KEYS[token] ?? (({ id }) => String(id)))(args)];
      if (answer instanceof Error) return Promise.reject(new Refusal(answer.message));
      if (answer === undefined) return Promise.reject(new Refusal(token.includes("getRouteTable") ? NO_TABLE : NOT_FOUND));
      return Promise.resolve({ ...args, ...answer });
    },
  };
}
