/** A clean stack of the kind the pack is made for, in two spellings: our own, and one that another team might write. */
import type { Config } from "../../../policies/core/config";
import { DEFAULT_CONFIG } from "../../../policies/core/config";
import { program } from "../core/builder";
import type { Handle, Program } from "../core/builder";

/** What every such network has, whoever wrote it. */
export interface NetworkParts {
  readonly vpc: Handle;
  readonly internet: Handle;
  readonly publicTable: Handle;
  readonly privateTable: Handle;
  readonly publicSubnet: Handle;
  readonly privateSubnet: Handle;
  readonly gatewayGroup: Handle;
  readonly backendGroup: Handle;
  readonly gateway: Handle;
  readonly backend: Handle;
}

export interface Stack extends NetworkParts {
  readonly p: Program;
  readonly serviceRule?: Handle;
}

const ANYWHERE = "0.0.0.0/0";

/** The program of this repository, its network part: rules as resources, NAT on the gateway. */
export function ownStack(): Stack {
  const p = program();
  const role = (Role: string): object => ({ tags: { Role } });
  const vpc = p.add("aws:ec2/vpc:Vpc", "net", { cidrBlock: "10.0.0.0/16" });
  p.add("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default-sg", { vpcId: vpc.id, ingress: [], egress: [] });
  const internet = p.add("aws:ec2/internetGateway:InternetGateway", "internet", { vpcId: vpc.id });
  const publicTable = p.add("aws:ec2/routeTable:RouteTable", "public", { vpcId: vpc.id });
  const privateTable = p.add("aws:ec2/routeTable:RouteTable", "private", { vpcId: vpc.id });
  p.add("aws:ec2/route:Route", "public-default", { routeTableId: publicTable.id, destinationCidrBlock: ANYWHERE, gatewayId: internet.id });
  const subnet = (name: string, cidrBlock: string, table: Handle, kind: string): Handle => {
    const made = p.add("aws:ec2/subnet:Subnet", name, { vpcId: vpc.id, cidrBlock, mapPublicIpOnLaunch: false, ...role(kind) });
    p.add("aws:ec2/routeTableAssociation:RouteTableAssociation", name, { subnetId: made.id, routeTableId: table.id });
    return made;
  };
  const publicSubnet = subnet("gateway-a", "10.0.1.0/24", publicTable, "public");
  const privateSubnet = subnet("webserver-a", "10.0.101.0/24", privateTable, "private");
  subnet("webserver-b", "10.0.102.0/24", privateTable, "private");
  const endpoint = p.add("aws:ec2/vpcEndpoint:VpcEndpoint", "s3", {
    vpcId: vpc.id,
    vpcEndpointType: "Gateway",
    serviceName: "com.amazonaws.us-east-1.s3",
    routeTableIds: [publicTable.id, privateTable.id],
  });
  const gatewayGroup = p.add("aws:ec2/securityGroup:SecurityGroup", "gateway-sg", { vpcId: vpc.id, ...role("gateway") });
  const backendGroup = p.add("aws:ec2/securityGroup:SecurityGroup", "webserver-sg", { vpcId: vpc.id, ...role("backend") });
  const rule = (direction: "Ingress" | "Egress", name: string, group: Handle, ipProtocol: string, port: number, peer: object): Handle =>
    p.add(`aws:vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`, `${direction}-${name}`, {
      securityGroupId: group.id,
      ipProtocol,
      fromPort: port,
      toPort: port,
      ...peer,
    });
  const world = { cidrIpv4: ANYWHERE };
  rule("Ingress", "gateway-http", gatewayGroup, "tcp", 80, world);
  rule("Ingress", "gateway-https", gatewayGroup, "tcp", 443, world);
  rule("Ingress", "gateway-ssh", gatewayGroup, "tcp", 22, { cidrIpv4: "198.51.100.0/24" });
  rule("Ingress", "gateway-ntp", gatewayGroup, "udp", 123, { referencedSecurityGroupId: backendGroup.id });
  const serviceRule = rule("Ingress", "service", backendGroup, "tcp", 9000, { referencedSecurityGroupId: gatewayGroup.id });
  rule("Ingress", "ssh", backendGroup, "tcp", 22, { referencedSecurityGroupId: gatewayGroup.id });
  rule("Egress", "gateway-service", gatewayGroup, "tcp", 9000, { referencedSecurityGroupId: backendGroup.id });
  rule("Egress", "gateway-https", gatewayGroup, "tcp", 443, world);
  rule("Egress", "https", backendGroup, "tcp", 443, world);
  rule("Egress", "s3", backendGroup, "tcp", 443, { prefixListId: endpoint.out("prefixListId") });
  const host = (name: string, kind: string, inputs: object): Handle =>
    p.add("aws:ec2/instance:Instance", name, {
      ami: "ami-0123456789abcdef0",
      instanceType: "t3.micro",
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: { encrypted: true, volumeSize: 16 },
      ...role(kind),
      ...inputs,
    });
  const gateway = host("gateway", "gateway", {
    subnetId: publicSubnet.id,
    vpcSecurityGroupIds: [gatewayGroup.id],
    associatePublicIpAddress: true,
    sourceDestCheck: false,
  });
  const backend = host("backend", "backend", {
    subnetId: privateSubnet.id,
    vpcSecurityGroupIds: [backendGroup.id],
    associatePublicIpAddress: false,
    sourceDestCheck: true,
  });
  p.add("aws:ec2/route:Route", "private-default", {
    routeTableId: privateTable.id,
    destinationCidrBlock: ANYWHERE,
    networkInterfaceId: gateway.out("primaryNetworkInterfaceId"),
  });
  return {
    p,
    vpc,
    internet,
    publicTable,
    privateTable,
    publicSubnet,
    privateSubnet,
    gatewayGroup,
    backendGroup,
    gateway,
    backend,
    serviceRule,
  };
}

/** Another team's program: inline rules, main table private, a managed NAT, another port, no tags that we know. */
export function foreignStack(): Stack {
  const p = program(undefined, "live", "shop");
  const vpc = p.add("aws:ec2/vpc:Vpc", "corp", { cidrBlock: "172.20.0.0/16", assignGeneratedIpv6CidrBlock: true });
  const internet = p.add("aws:ec2/internetGateway:InternetGateway", "igw", { vpcId: vpc.id });
  const publicTable = p.add("aws:ec2/routeTable:RouteTable", "dmz", {
    vpcId: vpc.id,
    routes: [
      { cidrBlock: ANYWHERE, gatewayId: internet.id },
      { ipv6CidrBlock: "::/0", gatewayId: internet.id },
    ],
  });
  const publicSubnet = p.add("aws:ec2/subnet:Subnet", "dmz-1", { vpcId: vpc.id, cidrBlock: "172.20.0.0/24", mapPublicIpOnLaunch: true });
  const privateSubnet = p.add("aws:ec2/subnet:Subnet", "core-1", { vpcId: vpc.id, cidrBlock: "172.20.8.0/24" });
  p.add("aws:ec2/routeTableAssociation:RouteTableAssociation", "dmz-1", { subnetId: publicSubnet.id, routeTableId: publicTable.id });
  const address = p.add("aws:ec2/eip:Eip", "nat", { domain: "vpc" });
  const nat = p.add("aws:ec2/natGateway:NatGateway", "nat", { subnetId: publicSubnet.id, allocationId: address.id });
  const outward = p.add("aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway", "eigw", { vpcId: vpc.id });
  const privateTable = p.add("aws:ec2/defaultRouteTable:DefaultRouteTable", "core", {
    defaultRouteTableId: vpc.out("defaultRouteTableId"),
    routes: [
      { cidrBlock: ANYWHERE, natGatewayId: nat.id },
      { ipv6CidrBlock: "::/0", egressOnlyGatewayId: outward.id },
    ],
  });
  const gatewayGroup = p.add("aws:ec2/securityGroup:SecurityGroup", "edge", {
    vpcId: vpc.id,
    ingress: [
      { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: [ANYWHERE], ipv6CidrBlocks: ["::/0"] },
      { protocol: "TCP", fromPort: 22, toPort: 22, cidrBlocks: ["10.0.0.0/8", "192.0.2.7/32"] },
    ],
    egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: [ANYWHERE] }],
  });
  const backendGroup = p.add("aws:ec2/securityGroup:SecurityGroup", "api", {
    vpcId: vpc.id,
    ingress: [
      { protocol: "tcp", fromPort: 8443, toPort: 8443, securityGroups: [gatewayGroup.id], self: false },
      { protocol: "6", fromPort: 22, toPort: 22, securityGroups: [gatewayGroup.id] },
    ],
    egress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: [ANYWHERE] }],
  });
  const card = p.add("aws:ec2/networkInterface:NetworkInterface", "api", { subnetId: privateSubnet.id, securityGroups: [backendGroup.id] });
  const gateway = p.add("aws:ec2/instance:Instance", "edge-1", { subnetId: publicSubnet.id, vpcSecurityGroupIds: [gatewayGroup.id] });
  const backend = p.add("aws:ec2/instance:Instance", "api-1", { networkInterfaces: [{ deviceIndex: 0, networkInterfaceId: card.id }] });
  p.add("aws:ec2/eip:Eip", "edge", { domain: "vpc", instance: gateway.id });
  return { p, vpc, internet, publicTable, privateTable, publicSubnet, privateSubnet, gatewayGroup, backendGroup, gateway, backend };
}

/** What the other team writes into the pack's configuration. */
export const FOREIGN_CONFIG: Config = {
  ...DEFAULT_CONFIG,
  settings: {
    ...DEFAULT_CONFIG.settings,
    servicePort: 8443,
    roles: {
      ...DEFAULT_CONFIG.settings.roles,
      backendInstances: { names: ["api-1"] },
      gatewayInstances: { names: ["edge-1"] },
      backendGroup: { names: ["api"] },
      gatewayGroup: { names: ["edge"] },
      privateSubnets: { names: ["core-1"] },
      publicSubnets: { names: ["dmz-1"] },
    },
  },
};
