/** Networks, load balancers and what publishes them. */
import type { Entry } from "./entry";

const PART = "A part of the network itself: who reaches the backend is decided by its groups and routes, which are evaluated.";
const NOTES = "It reads or records traffic and settings; it forwards nothing.";

export const NETWORK: readonly Entry[] = [
  {
    types: "ec2/route: ec2/routeTable: ec2/defaultRouteTable:",
    properties: "*",
    modelled: "private-subnet-is-private private-subnet-no-other-network forwarding-only-on-gateway",
  },
  { types: "ec2/routeTableAssociation: ec2/mainRouteTableAssociation:", properties: "*", modelled: "private-subnet-is-private" },
  { types: "ec2/vpcBlockPublicAccessExclusion:", properties: "*", modelled: "private-subnet-is-private" },
  { types: "ec2/vpnGatewayRoutePropagation:", properties: "*", modelled: "private-subnet-no-other-network" },
  {
    types: "ec2/vpnGateway: ec2/vpnGatewayAttachment:",
    properties: "vpcId",
    harmless: "A VPN reaches a subnet by its route table alone, which is evaluated.",
  },
  {
    types: "ec2/vpcPeeringConnection:",
    properties: "vpcId peerVpcId",
    harmless: "A peering reaches a subnet by its route table alone, which is evaluated.",
  },
  {
    types: "ec2transitgateway/vpcAttachment:",
    properties: "vpcId",
    harmless:
      "A transit gateway reaches a VPC by its route tables, which are evaluated; an attachment in a private subnet is reported by subnetIds.",
  },
  {
    types: "ec2/internetGateway: ec2/internetGatewayAttachment: ec2/carrierGateway: ec2/egressOnlyInternetGateway:",
    properties: "vpcId",
    harmless: "A gateway opens a subnet by its route table alone, which is evaluated.",
  },
  { types: "ec2/natGateway:", properties: "subnetId vpcId", harmless: "A NAT gateway passes no connection from outside." },
  {
    types: "ec2/subnet: ec2/defaultSubnet:",
    properties: "vpcId",
    modelled: "private-subnet-is-private private-subnet-gives-no-public-address",
  },
  {
    types: "ec2/securityGroup: ec2/defaultSecurityGroup:",
    properties: "vpcId ingress egress",
    modelled: "service-port-only-from-gateway backend-ssh-only-from-gateway default-group-closed",
  },
  {
    types: "ec2/securityGroupRule: vpc/securityGroupIngressRule: vpc/securityGroupEgressRule:",
    properties: "*",
    modelled: "service-port-only-from-gateway backend-ssh-only-from-gateway backend-no-public-ingress backend-egress-limited",
  },
  {
    types: "ec2/vpcSecurityGroupRulesExclusive:",
    properties: "securityGroupId ingressRuleIds egressRuleIds",
    harmless: "It removes rules that the program does not name.",
  },
  { types: "vpc/securityGroupVpcAssociation:", properties: "*", modelled: "group-stays-in-vpc" },
  {
    types: "ec2/networkAcl: ec2/networkAclRule: ec2/networkAclAssociation: ec2/defaultNetworkAcl:",
    properties: "*",
    modelled: "acl-keeps-service-port-closed",
  },
  {
    types: "ec2/vpcDhcpOptionsAssociation: ec2/vpcIpv4CidrBlockAssociation: ec2/vpcIpv6CidrBlockAssociation: ec2/subnetCidrReservation:",
    properties: "vpcId subnetId",
    harmless: PART,
  },
  {
    types: "ec2/flowLog:",
    properties: "vpcId subnetId eniId logDestination iamRoleArn",
    harmless: "It records who connects, not what is sent.",
  },
  {
    types: "ec2/networkInsightsPath: ec2/networkInsightsAnalysis: ec2/networkInsightsAccessScope: cloudwatch/internetMonitor:",
    properties: "*",
    harmless: NOTES,
  },
  {
    types: "ec2/vpcEndpoint:",
    properties: "vpcId subnetIds subnetConfigurations routeTableIds policy",
    harmless: "It leads from the network to a service, and nothing back; groups on it are evaluated as a host's are.",
  },
  { types: "ec2/vpcEndpoint:", properties: "securityGroupIds", modelled: "backend-in-private-subnet" },
  {
    types: "ec2/vpcEndpointRouteTableAssociation: ec2/vpcEndpointSubnetAssociation: ec2/vpcEndpointPolicy:",
    properties: "routeTableId subnetId vpcEndpointId policy",
    harmless: "An endpoint leads from the network to a service, and nothing back.",
  },
  { types: "ec2/networkInterface:", properties: "*", modelled: "backend-in-private-subnet backend-groups gateway-group-only-on-gateway" },
  {
    types: "ec2/networkInterfaceAttachment: ec2/networkInterfaceSecurityGroupAttachment:",
    properties: "*",
    modelled: "backend-in-private-subnet backend-groups gateway-group-only-on-gateway",
  },
  { types: "ec2/networkInterfacePermission: ec2/trafficMirrorSession:", properties: "*", modelled: "backend-not-published" },
  { types: "ec2/eip: ec2/eipAssociation:", properties: "*", modelled: "backend-no-public-address" },
  { types: "cloudfront/vpcOrigin:", properties: "*", modelled: "backend-not-published" },
  {
    types: "globalaccelerator/endpointGroup: globalaccelerator/customRoutingEndpointGroup:",
    properties: "endpointConfigurations",
    modelled: "backend-not-published",
  },
  { types: "apigateway/vpcLink:", properties: "targetArn", modelled: "backend-not-published" },
  { types: "apigatewayv2/vpcLink:", properties: "securityGroupIds", modelled: "gateway-group-only-on-gateway" },
  { types: "apigatewayv2/vpcLink:", properties: "subnetIds", harmless: "A link reaches what an integration names, which is evaluated." },
  { types: "apigatewayv2/integration:", properties: "integrationUri", modelled: "backend-not-published" },
  { types: "apigateway/integration:", properties: "integrationTarget", modelled: "backend-not-published" },
  {
    types: "vpclattice/targetGroupAttachment: vpclattice/resourceConfiguration: vpclattice/resourceGateway:",
    properties: "target resourceConfigurationDefinition subnetIds",
    modelled: "backend-not-published",
  },
  {
    types: "verifiedaccess/endpoint:",
    properties: "networkInterfaceOptions loadBalancerOptions cidrOptions",
    modelled: "backend-not-published",
  },
  {
    types: "ec2clientvpn/networkAssociation: ec2transitgateway/instanceConnectEndpoint:",
    properties: "subnetId",
    modelled: "backend-not-published",
  },
  {
    types: "ec2transitgateway/instanceConnectEndpoint:",
    properties: "securityGroupIds",
    modelled: "backend-not-published backend-ssh-only-from-gateway ssh-closed-behind-tunnel",
  },
  { types: "ram/resourceAssociation:", properties: "resourceArn", modelled: "backend-not-published group-stays-in-vpc" },
  {
    types: "lb/loadBalancer: elb/loadBalancer:",
    properties: "securityGroups",
    modelled: "gateway-group-only-on-gateway service-port-only-from-gateway",
  },
  {
    types: "lb/loadBalancer: elb/loadBalancer:",
    properties: "subnets subnetMappings",
    harmless: "What a load balancer leads to is evaluated by its targets.",
  },
  { types: "elb/loadBalancer:", properties: "instances", modelled: "backend-not-load-balanced-publicly service-port-only-from-gateway" },
  { types: "lb/targetGroup:", properties: "vpcId", harmless: PART },
  {
    types: "lb/targetGroupAttachment: elb/attachment:",
    properties: "*",
    modelled: "backend-not-load-balanced-publicly service-port-only-from-gateway",
  },
  {
    types: "lb/loadBalancer: elb/loadBalancer:",
    properties: "accessLogs connectionLogs healthCheckLogs",
    harmless: "Logs are written to a prefix of the bucket; nothing is read.",
  },
  {
    types:
      "route53/zone: route53/zoneAssociation: route53/vpcAssociationAuthorization: route53/resolverRuleAssociation: route53/resolverQueryLogConfigAssociation: route53/resolverFirewallRuleGroupAssociation: route53/resolverDnsSecConfig: route53/resolverConfig: route53/resolverFirewallConfig:",
    properties: "vpcs vpcId resourceId",
    harmless: "Names inside the network; a name opens no way.",
  },
  {
    types: "route53/resolverEndpoint:",
    properties: "ipAddresses securityGroupIds",
    harmless: "It asks and answers for names, and opens no connection to hosts.",
  },
  { types: "route53/record:", properties: "records", harmless: "A name for a private address; a name opens no way." },
  {
    types: "servicediscovery/instance: servicediscovery/privateDnsNamespace:",
    properties: "attributes vpc",
    harmless: "A name for a private address; what publishes the name is evaluated.",
  },
];
