/** What a route may lead to, by the property that names it; `gatewayId` aside, which names gateways of several kinds. Imports nothing. */

/** Where packets go. `network` is any other network: a peer, a transit gateway, a VPN, a core network. */
export type Way = "internet" | "nat" | "egress-only" | "interface" | "network" | "endpoint" | "local" | "unknown";

export const ROUTE_TARGETS = {
  natGatewayId: "nat",
  egressOnlyGatewayId: "egress-only",
  networkInterfaceId: "interface",
  instanceId: "interface",
  vpcPeeringConnectionId: "network",
  transitGatewayId: "network",
  coreNetworkArn: "network",
  localGatewayId: "network",
  odbNetworkArn: "network",
  vpcEndpointId: "endpoint",
  carrierGatewayId: "internet",
} as const satisfies Readonly<Record<string, Way>>;
