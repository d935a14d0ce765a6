/** Area B: the private subnet stops being private. */
import { ANYWHERE, partsOf } from "../network/parts";
import type { Mutation } from "./frame";

const PRIVATE = "private-subnet-is-private";
const OTHER = "private-subnet-no-other-network";
const ROUTE = "aws:ec2/route:Route";
const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";
type Program = Parameters<Mutation["apply"]>[0];

function route(p: Program, inputs: Record<string, unknown>): void {
  p.add(ROUTE, "extra", { routeTableId: partsOf(p).privateTable.id, ...inputs });
}

function peering(p: Program): { id: unknown } {
  return p.add("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", "partner", {
    vpcId: partsOf(p).vpc.id,
    peerVpcId: "vpc-0fedcba9876543210",
  });
}

export const mutations: Mutation[] = [
  {
    id: "B01",
    title: "default route of the private table to the internet gateway",
    expect: PRIVATE,
    apply: (p) => route(p, { destinationCidrBlock: ANYWHERE, gatewayId: partsOf(p).internet.id }),
  },
  {
    id: "B01-halves",
    title: "two half routes to the internet gateway",
    expect: PRIVATE,
    apply(p) {
      route(p, { destinationCidrBlock: "0.0.0.0/1", gatewayId: partsOf(p).internet.id });
      p.add(ROUTE, "extra2", {
        routeTableId: partsOf(p).privateTable.id,
        destinationCidrBlock: "128.0.0.0/1",
        gatewayId: partsOf(p).internet.id,
      });
    },
  },
  {
    id: "B01-one-office",
    title: "a route for one network to the internet gateway",
    expect: PRIVATE,
    apply: (p) => route(p, { destinationCidrBlock: "203.0.113.0/24", gatewayId: partsOf(p).internet.id }),
  },
  {
    id: "B01-literal",
    title: "a literal internet gateway",
    expect: PRIVATE,
    apply: (p) => route(p, { destinationCidrBlock: ANYWHERE, gatewayId: "igw-0123456789abcdef0" }),
  },
  {
    id: "B01-unknown",
    title: "a gateway that is not known",
    expect: PRIVATE,
    verdict: "unknown",
    apply: (p) => route(p, { destinationCidrBlock: ANYWHERE, gatewayId: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }),
  },
  {
    id: "B02",
    title: "inline route to the internet gateway",
    expect: PRIVATE,
    apply: (p) => p.set(partsOf(p).privateTable, { routes: [{ cidrBlock: ANYWHERE, gatewayId: partsOf(p).internet.id }] }),
  },
  {
    id: "B02-unknown",
    title: "inline routes that are not known",
    expect: PRIVATE,
    verdict: "unknown",
    apply: (p) => p.set(partsOf(p).privateTable, { routes: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }),
  },
  {
    id: "B03",
    title: "the private subnet on the public table",
    expect: PRIVATE,
    apply(p) {
      const { privateSubnet, publicTable } = partsOf(p);
      const last = privateSubnet.urn.split("::").pop() ?? "";
      for (const link of p.findAll(ASSOCIATION, last)) p.remove(link);
      p.add(ASSOCIATION, "moved", { subnetId: privateSubnet.id, routeTableId: publicTable.id });
    },
  },
  {
    id: "B03-main",
    title: "the private subnet falls back to a public main table",
    expect: PRIVATE,
    apply(p) {
      const { privateSubnet, publicTable, vpc } = partsOf(p);
      const last = privateSubnet.urn.split("::").pop() ?? "";
      for (const link of p.findAll(ASSOCIATION, last)) p.remove(link);
      p.add("aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation", "main", { vpcId: vpc.id, routeTableId: publicTable.id });
    },
  },
  {
    id: "B03-main-route",
    title: "a route to the Internet in the VPC's main table, and no association",
    expect: PRIVATE,
    apply(p) {
      const { privateSubnet, internet, vpc } = partsOf(p);
      const last = privateSubnet.urn.split("::").pop() ?? "";
      for (const link of p.findAll(ASSOCIATION, last)) p.remove(link);
      p.add(ROUTE, "extra", { routeTableId: vpc.out("mainRouteTableId"), destinationCidrBlock: ANYWHERE, gatewayId: internet.id });
    },
  },
  {
    id: "B03-literal",
    title: "the private subnet on a table that is not part of the program",
    expect: PRIVATE,
    verdict: "unknown",
    apply(p) {
      const { privateSubnet } = partsOf(p);
      const last = privateSubnet.urn.split("::").pop() ?? "";
      for (const link of p.findAll(ASSOCIATION, last)) p.remove(link);
      p.add(ASSOCIATION, "moved", { subnetId: privateSubnet.id, routeTableId: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" });
    },
  },
  {
    id: "B06",
    title: "::/0 to the internet gateway",
    expect: PRIVATE,
    apply: (p) => route(p, { destinationIpv6CidrBlock: "::/0", gatewayId: partsOf(p).internet.id }),
  },
  {
    id: "B06-long",
    title: "the same in another spelling",
    expect: PRIVATE,
    apply: (p) => route(p, { destinationIpv6CidrBlock: "0:0:0:0:0:0:0:0/0", gatewayId: partsOf(p).internet.id }),
  },
  {
    id: "B09",
    title: "peering and a route to it",
    expect: OTHER,
    apply: (p) => route(p, { destinationCidrBlock: "10.9.0.0/16", vpcPeeringConnectionId: peering(p).id }),
  },
  {
    id: "B09-inline",
    title: "the same, inline",
    expect: OTHER,
    apply: (p) => p.set(partsOf(p).privateTable, { routes: [{ cidrBlock: "10.9.0.0/16", vpcPeeringConnectionId: peering(p).id }] }),
  },
  {
    id: "B09-transit",
    title: "a transit gateway and a route to it",
    expect: OTHER,
    apply(p) {
      const { vpc, privateSubnet } = partsOf(p);
      const hub = p.add("aws:ec2transitgateway/transitGateway:TransitGateway", "hub", {});
      p.add("aws:ec2transitgateway/vpcAttachment:VpcAttachment", "hub", {
        transitGatewayId: hub.id,
        vpcId: vpc.id,
        subnetIds: [privateSubnet.id],
      });
      route(p, { destinationCidrBlock: "10.0.0.0/8", transitGatewayId: hub.id });
    },
  },
  {
    id: "B11",
    title: "VPN gateway and route propagation",
    expect: OTHER,
    apply(p) {
      const { vpc, privateTable } = partsOf(p);
      const vpn = p.add("aws:ec2/vpnGateway:VpnGateway", "office", { vpcId: vpc.id });
      p.add("aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation", "office", {
        vpnGatewayId: vpn.id,
        routeTableId: privateTable.id,
      });
    },
  },
  {
    id: "B11-inline",
    title: "propagatingVgws of the private table",
    expect: OTHER,
    apply(p) {
      const vpn = p.add("aws:ec2/vpnGateway:VpnGateway", "office", { vpcId: partsOf(p).vpc.id });
      p.set(partsOf(p).privateTable, { propagatingVgws: [vpn.id] });
    },
  },
  {
    id: "B11-static",
    title: "a static route to the VPN gateway",
    expect: OTHER,
    apply(p) {
      const vpn = p.add("aws:ec2/vpnGateway:VpnGateway", "office", { vpcId: partsOf(p).vpc.id });
      route(p, { destinationCidrBlock: "192.168.0.0/16", gatewayId: vpn.id });
    },
  },
  {
    id: "B11-client",
    title: "a client VPN into the private subnet",
    expect: "backend-not-published",
    apply: (p) =>
      void p.add("aws:ec2clientvpn/networkAssociation:NetworkAssociation", "staff", {
        clientVpnEndpointId: "cvpn-endpoint-0123456789abcdef0",
        subnetId: partsOf(p).privateSubnet.id,
      }),
  },
  {
    id: "B12",
    title: "PrivateLink over a network load balancer, for everybody",
    expect: "backend-not-published",
    apply(p) {
      const balancer = p.add("aws:lb/loadBalancer:LoadBalancer", "inner", {
        internal: true,
        loadBalancerType: "network",
        subnets: [partsOf(p).privateSubnet.id],
      });
      p.add("aws:ec2/vpcEndpointService:VpcEndpointService", "offer", {
        acceptanceRequired: false,
        networkLoadBalancerArns: [balancer.arn],
        allowedPrincipals: ["*"],
      });
    },
  },
  {
    id: "B12-account",
    title: "PrivateLink for one account, over a balancer of the backend",
    expect: "backend-not-published",
    apply(p) {
      const { privateSubnet, backend, vpc, port } = partsOf(p);
      const balancer = p.add("aws:lb/loadBalancer:LoadBalancer", "inner", {
        internal: true,
        loadBalancerType: "network",
        subnets: [privateSubnet.id],
      });
      const pool = p.add("aws:lb/targetGroup:TargetGroup", "inner", { port, protocol: "TCP", vpcId: vpc.id });
      p.add("aws:lb/listener:Listener", "inner", {
        loadBalancerArn: balancer.arn,
        port,
        protocol: "TCP",
        defaultActions: [{ type: "forward", targetGroupArn: pool.arn }],
      });
      p.add("aws:lb/targetGroupAttachment:TargetGroupAttachment", "inner", { targetGroupArn: pool.arn, targetId: backend.id, port });
      p.add("aws:ec2/vpcEndpointService:VpcEndpointService", "offer", {
        acceptanceRequired: true,
        networkLoadBalancerArns: [balancer.arn],
        allowedPrincipals: ["arn:aws:iam::444455556666:root"],
      });
    },
  },
  {
    id: "B-benign-peering-public",
    title: "peering with a route in the public table alone",
    expect: [],
    apply: (p) =>
      void p.add(ROUTE, "extra", {
        routeTableId: partsOf(p).publicTable.id,
        destinationCidrBlock: "10.9.0.0/16",
        vpcPeeringConnectionId: peering(p).id,
      }),
  },
  {
    id: "B-benign-nat",
    title: "a managed NAT gateway for one more block",
    expect: [],
    apply(p) {
      const address = p.add("aws:ec2/eip:Eip", "nat-more", { domain: "vpc" });
      const nat = p.add("aws:ec2/natGateway:NatGateway", "nat-more", { subnetId: partsOf(p).publicSubnet.id, allocationId: address.id });
      route(p, { destinationCidrBlock: "198.51.100.0/24", natGatewayId: nat.id });
    },
  },
  {
    id: "B-benign-no-table",
    title: "the private subnet on the VPC's own main table, which leads nowhere",
    expect: [],
    apply(p) {
      const last = partsOf(p).privateSubnet.urn.split("::").pop() ?? "";
      for (const link of p.findAll(ASSOCIATION, last)) p.remove(link);
    },
  },
];
