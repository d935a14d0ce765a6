/** Type tokens of the AWS provider, by what they mean for the network. Older module names of the same type are included. */
export const VPC = /^aws:ec2\/(vpc:Vpc|defaultVpc:DefaultVpc)$/;
export const DEFAULT_VPC = "aws:ec2/defaultVpc:DefaultVpc";
export const SUBNET = /^aws:ec2\/(subnet:Subnet|defaultSubnet:DefaultSubnet)$/;
export const DEFAULT_SUBNET = "aws:ec2/defaultSubnet:DefaultSubnet";
export const ROUTE_TABLE = /^aws:ec2\/(routeTable:RouteTable|defaultRouteTable:DefaultRouteTable)$/;
/** What a route table id may come from: a table, or a VPC for its main table. */
export const TABLE_OR_VPC = /^aws:ec2\/(routeTable:RouteTable|defaultRouteTable:DefaultRouteTable|vpc:Vpc|defaultVpc:DefaultVpc)$/;
export const ROUTE = "aws:ec2/route:Route";
export const INTERNET_GATEWAY = /^aws:ec2\/(internetGateway:InternetGateway|carrierGateway:CarrierGateway)$/;
export const VPN_GATEWAY = "aws:ec2/vpnGateway:VpnGateway";
/** What `gatewayId` of a route may name. */
export const GATEWAY =
  /^aws:ec2\/(internetGateway:InternetGateway|carrierGateway:CarrierGateway|vpnGateway:VpnGateway|natGateway:NatGateway|egressOnlyInternetGateway:EgressOnlyInternetGateway)$/;

export const SECURITY_GROUP = /^aws:ec2\/(securityGroup:SecurityGroup|defaultSecurityGroup:DefaultSecurityGroup)$/;
/** What a group id may come from: a group, or a VPC for its default group. */
export const GROUP_OR_VPC =
  /^aws:ec2\/(securityGroup:SecurityGroup|defaultSecurityGroup:DefaultSecurityGroup|vpc:Vpc|defaultVpc:DefaultVpc)$/;
export const DEFAULT_SECURITY_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
export const PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList";

export const INSTANCE = /^aws:ec2\/(instance:Instance|spotInstanceRequest:SpotInstanceRequest)$/;
export const NETWORK_INTERFACE = "aws:ec2/networkInterface:NetworkInterface";
/** What an interface id may come from: an interface, or an instance for its primary one. */
export const INTERFACE_OR_INSTANCE =
  /^aws:ec2\/(networkInterface:NetworkInterface|instance:Instance|spotInstanceRequest:SpotInstanceRequest)$/;
export const LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
export const LAUNCH_CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration";
export const EIP = "aws:ec2/eip:Eip";

export const LOAD_BALANCER = /^aws:(lb|alb|elasticloadbalancingv2|applicationloadbalancing)\/loadBalancer:LoadBalancer$/;
export const TARGET_GROUP = /^aws:(lb|alb|elasticloadbalancingv2|applicationloadbalancing)\/targetGroup:TargetGroup$/;
export const LISTENER = /^aws:(lb|alb|elasticloadbalancingv2|applicationloadbalancing)\/listener:Listener$/;
export const CLASSIC_LOAD_BALANCER = /^aws:(elb|elasticloadbalancing)\/loadBalancer:LoadBalancer$/;

/** Which ports of a Lightsail machine are open: it has no security group. */
export const LIGHTSAIL_PORTS = /^aws:lightsail\/instancePublicPorts:InstancePublicPorts$/;
