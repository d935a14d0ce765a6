/** Area A: the backend gets a public address, or stands where it would. */
import { ANYWHERE, HEALTHY, ingress, ownInterface, partsOf } from "../network/parts";
import type { Mutation } from "./frame";

const NO_ADDRESS = "backend-no-public-address";
const PLACE = "backend-in-private-subnet";
const SUBNET = "private-subnet-gives-no-public-address";
const CARD = "aws:ec2/networkInterface:NetworkInterface";
const LAUNCH = "aws:ec2/launchTemplate:LaunchTemplate";

/** A launch template that carries the backend's group. */
function template(p: Parameters<Mutation["apply"]>[0], inputs: Record<string, unknown> = {}): { id: unknown } {
  const { backendGroup } = partsOf(p);
  const own = { imageId: HEALTHY.ami, instanceType: "t3.micro", metadataOptions: HEALTHY.metadataOptions };
  return p.add(LAUNCH, "workers", { ...own, vpcSecurityGroupIds: [backendGroup.id], ...inputs });
}

export const mutations: Mutation[] = [
  {
    id: "A01",
    title: "associatePublicIpAddress on the backend",
    expect: NO_ADDRESS,
    apply: (p) => ownInterface(p, { associatePublicIpAddress: true }),
  },
  { id: "A01-text", title: "the same as text", expect: NO_ADDRESS, apply: (p) => ownInterface(p, { associatePublicIpAddress: "true" }) },
  {
    id: "A01-beside-card",
    title: "the same beside a given interface",
    expect: NO_ADDRESS,
    apply(p) {
      const { privateSubnet, backendGroup, backend } = partsOf(p);
      const card = p.add(CARD, "given", { subnetId: privateSubnet.id, securityGroups: [backendGroup.id] });
      const networkInterfaces = [{ deviceIndex: 0, networkInterfaceId: card.id }];
      p.set(backend, { subnetId: undefined, vpcSecurityGroupIds: undefined, networkInterfaces, associatePublicIpAddress: true });
    },
  },
  {
    id: "A01-unknown",
    title: "associatePublicIpAddress not known",
    expect: NO_ADDRESS,
    verdict: "unknown",
    apply: (p) => ownInterface(p, { associatePublicIpAddress: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }),
  },
  {
    id: "A01-spot",
    title: "a spot instance as a second backend, with an address",
    expect: NO_ADDRESS,
    apply(p) {
      const { privateSubnet, backendGroup } = partsOf(p);
      const place = { subnetId: privateSubnet.id, vpcSecurityGroupIds: [backendGroup.id], associatePublicIpAddress: true };
      p.add("aws:ec2/spotInstanceRequest:SpotInstanceRequest", "cheap", { ...HEALTHY, ...place });
    },
  },
  {
    id: "A01-template",
    title: "the address comes from the instance's launch template",
    expect: NO_ADDRESS,
    apply(p) {
      const made = template(p, { networkInterfaces: [{ associatePublicIpAddress: "true" }] });
      ownInterface(p, { launchTemplate: { id: made.id, version: "$Latest" }, associatePublicIpAddress: undefined });
    },
  },
  {
    id: "A01-template-name",
    title: "the launch template is named by its name",
    expect: NO_ADDRESS,
    apply(p) {
      template(p, { name: "workers-template", networkInterfaces: [{ associatePublicIpAddress: true }] });
      ownInterface(p, { launchTemplate: { name: "workers-template" }, associatePublicIpAddress: undefined });
    },
  },
  {
    id: "A02",
    title: "mapPublicIpOnLaunch on the subnet, nothing said on the instance",
    expect: NO_ADDRESS,
    apply(p) {
      p.set(partsOf(p).privateSubnet, { mapPublicIpOnLaunch: true });
      ownInterface(p, { associatePublicIpAddress: undefined });
    },
  },
  {
    id: "A03",
    title: "mapPublicIpOnLaunch on the private subnet alone",
    expect: SUBNET,
    apply: (p) => p.set(partsOf(p).privateSubnet, { mapPublicIpOnLaunch: true }),
  },
  {
    id: "A03-unknown",
    title: "mapPublicIpOnLaunch not known",
    expect: SUBNET,
    verdict: "unknown",
    apply: (p) => p.set(partsOf(p).privateSubnet, { mapPublicIpOnLaunch: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }),
  },
  {
    id: "A04",
    title: "Eip with instance = backend",
    expect: NO_ADDRESS,
    apply: (p) => void p.add("aws:ec2/eip:Eip", "debug", { domain: "vpc", instance: partsOf(p).backend.id }),
  },
  {
    id: "A04-interface",
    title: "Eip on the backend's primary interface",
    expect: NO_ADDRESS,
    apply(p) {
      const { backend, card } = partsOf(p);
      p.add("aws:ec2/eip:Eip", "debug", { domain: "vpc", networkInterface: card ? card.id : backend.out("primaryNetworkInterfaceId") });
    },
  },
  {
    id: "A05",
    title: "Eip and EipAssociation by instanceId",
    expect: NO_ADDRESS,
    apply(p) {
      const address = p.add("aws:ec2/eip:Eip", "debug", { domain: "vpc" });
      p.add("aws:ec2/eipAssociation:EipAssociation", "debug", { allocationId: address.id, instanceId: partsOf(p).backend.id });
    },
  },
  {
    id: "A05-literal",
    title: "EipAssociation by a literal instance id",
    expect: NO_ADDRESS,
    verdict: "unknown",
    apply(p) {
      const address = p.add("aws:ec2/eip:Eip", "debug", { domain: "vpc" });
      p.add("aws:ec2/eipAssociation:EipAssociation", "debug", {
        allocationId: address.id,
        instanceId: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
      });
    },
  },
  {
    id: "A05-card",
    title: "EipAssociation with a second interface of the backend",
    expect: NO_ADDRESS,
    apply(p) {
      const { privateSubnet, backendGroup, backend } = partsOf(p);
      const card = p.add(CARD, "second", {
        subnetId: privateSubnet.id,
        securityGroups: [backendGroup.id],
        attachments: [{ instance: backend.id, deviceIndex: 1 }],
      });
      const address = p.add("aws:ec2/eip:Eip", "debug", { domain: "vpc" });
      p.add("aws:ec2/eipAssociation:EipAssociation", "debug", { allocationId: address.id, networkInterfaceId: card.id });
    },
  },
  {
    id: "A08",
    title: "second interface in the public subnet",
    expect: PLACE,
    apply(p) {
      const { publicSubnet, backendGroup, backend } = partsOf(p);
      const card = p.add(CARD, "second", { subnetId: publicSubnet.id, securityGroups: [backendGroup.id] });
      p.add("aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment", "second", {
        instanceId: backend.id,
        networkInterfaceId: card.id,
        deviceIndex: 1,
      });
    },
  },
  {
    id: "A08-other-group",
    title: "second interface in the public subnet, with another group",
    expect: PLACE,
    apply(p) {
      const { publicSubnet, backend, vpc } = partsOf(p);
      const group = p.add("aws:ec2/securityGroup:SecurityGroup", "other", { vpcId: vpc.id });
      const card = p.add(CARD, "second", { subnetId: publicSubnet.id, securityGroups: [group.id] });
      p.add("aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment", "second", {
        instanceId: backend.id,
        networkInterfaceId: card.id,
        deviceIndex: 1,
      });
    },
  },
  {
    id: "A08-primary",
    title: "the backend is given an interface in the public subnet",
    expect: PLACE,
    apply(p) {
      const { publicSubnet, backendGroup, backend } = partsOf(p);
      const card = p.add(CARD, "moved", { subnetId: publicSubnet.id, securityGroups: [backendGroup.id] });
      const gone = {
        subnetId: undefined,
        vpcSecurityGroupIds: undefined,
        associatePublicIpAddress: undefined,
        networkInterfaces: undefined,
      };
      p.set(backend, { ...gone, primaryNetworkInterface: { networkInterfaceId: card.id } });
    },
  },
  {
    id: "A09",
    title: "the backend in the public subnet",
    expect: PLACE,
    apply: (p) => ownInterface(p, { subnetId: partsOf(p).publicSubnet.id }),
  },
  {
    id: "A09-untagged",
    title: "the backend in a further subnet on the public table",
    expect: [PLACE, "private-subnet-is-private"],
    apply(p) {
      const { vpc, publicTable } = partsOf(p);
      const subnet = p.add("aws:ec2/subnet:Subnet", "more", { vpcId: vpc.id, cidrBlock: "10.0.9.0/24" });
      p.add("aws:ec2/routeTableAssociation:RouteTableAssociation", "more", { subnetId: subnet.id, routeTableId: publicTable.id });
      ownInterface(p, { subnetId: subnet.id });
    },
  },
  {
    id: "A09-literal",
    title: "the backend in a subnet that is not part of the program",
    expect: PLACE,
    verdict: "unknown",
    apply: (p) => ownInterface(p, { subnetId: "subnet-0123456789abcdef0" }),
  },
  {
    id: "A12",
    title: "assignIpv6AddressOnCreation on the private subnet",
    expect: SUBNET,
    apply: (p) => p.set(partsOf(p).privateSubnet, { assignIpv6AddressOnCreation: true, ipv6CidrBlock: "2600:1f18:abcd:ef00::/64" }),
  },
  {
    id: "A12-native",
    title: "the private subnet is IPv6 only",
    expect: SUBNET,
    apply: (p) => p.set(partsOf(p).privateSubnet, { ipv6Native: true, ipv6CidrBlock: "2600:1f18:abcd:ef00::/64" }),
  },
  {
    id: "A12-count",
    title: "the backend asks for an IPv6 address",
    expect: NO_ADDRESS,
    apply: (p) => ownInterface(p, { ipv6AddressCount: 1 }),
  },
  {
    id: "A12-list",
    title: "the backend is given an IPv6 address",
    expect: NO_ADDRESS,
    apply: (p) => ownInterface(p, { ipv6Addresses: ["2600:1f18::5"] }),
  },
  { id: "A14", title: "the backend without subnetId", expect: PLACE, apply: (p) => ownInterface(p, { subnetId: undefined }) },
  {
    id: "A15",
    title: "a second instance in the public subnet with the backend's group",
    expect: PLACE,
    apply(p) {
      const { publicSubnet, backendGroup } = partsOf(p);
      p.add("aws:ec2/instance:Instance", "debug", { ...HEALTHY, subnetId: publicSubnet.id, vpcSecurityGroupIds: [backendGroup.id] });
    },
  },
  {
    id: "A15-attached",
    title: "the same, the group put on by an attachment",
    expect: PLACE,
    apply(p) {
      const { publicSubnet, backendGroup, vpc } = partsOf(p);
      const group = p.add("aws:ec2/securityGroup:SecurityGroup", "other", { vpcId: vpc.id });
      const debug = p.add("aws:ec2/instance:Instance", "debug", { ...HEALTHY, subnetId: publicSubnet.id, vpcSecurityGroupIds: [group.id] });
      const link = "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment";
      p.add(link, "debug", { securityGroupId: backendGroup.id, networkInterfaceId: debug.out("primaryNetworkInterfaceId") });
    },
  },
  {
    id: "A15-service",
    title: "a container service with a public address and the backend's group",
    expect: NO_ADDRESS,
    apply(p) {
      const { publicSubnet, backendGroup } = partsOf(p);
      const networkConfiguration = { subnets: [publicSubnet.id], securityGroups: [backendGroup.id], assignPublicIp: true };
      p.add("aws:ecs/service:Service", "copy", { desiredCount: 1, networkConfiguration });
    },
  },
  {
    id: "A16",
    title: "the backend in an adopted default subnet",
    expect: PLACE,
    apply(p) {
      const subnet = p.add("aws:ec2/defaultSubnet:DefaultSubnet", "adopted", { availabilityZone: "us-east-1a" });
      ownInterface(p, { subnetId: subnet.id, associatePublicIpAddress: undefined });
    },
  },
  {
    id: "A16-vpc",
    title: "the backend in a subnet of the adopted default VPC",
    expect: [PLACE, "private-subnet-is-private"],
    apply(p) {
      const vpc = p.add("aws:ec2/defaultVpc:DefaultVpc", "adopted", {});
      const subnet = p.add("aws:ec2/subnet:Subnet", "adopted", { vpcId: vpc.id, cidrBlock: "172.31.200.0/24" });
      ownInterface(p, { subnetId: subnet.id });
    },
  },
  {
    id: "A19",
    title: "a CloudFront VPC origin on the backend",
    expect: "backend-not-published",
    apply(p) {
      const { backend, port } = partsOf(p);
      const vpcOriginEndpointConfig = { name: "api", arn: backend.arn, httpPort: port, httpsPort: 443, originProtocolPolicy: "http-only" };
      p.add("aws:cloudfront/vpcOrigin:VpcOrigin", "api", { vpcOriginEndpointConfig });
    },
  },
  {
    id: "A21",
    title: "a scaling group with the backend's group in the public subnet",
    expect: PLACE,
    apply(p) {
      const made = template(p);
      const launchTemplate = { id: made.id, version: "$Latest" };
      p.add("aws:autoscaling/group:Group", "workers", {
        minSize: 1,
        maxSize: 3,
        launchTemplate,
        vpcZoneIdentifiers: [partsOf(p).publicSubnet.id],
      });
    },
  },
  {
    id: "A21-mixed",
    title: "the same by a mixed instances policy",
    expect: PLACE,
    apply(p) {
      const made = template(p);
      const mixedInstancesPolicy = { launchTemplate: { launchTemplateSpecification: { launchTemplateId: made.id, version: "$Latest" } } };
      p.add("aws:autoscaling/group:Group", "workers", {
        minSize: 1,
        maxSize: 3,
        mixedInstancesPolicy,
        vpcZoneIdentifiers: [partsOf(p).publicSubnet.id],
      });
    },
  },
  {
    id: "A21-configuration",
    title: "the same by a launch configuration, with public addresses",
    expect: NO_ADDRESS,
    apply(p) {
      const { privateSubnet, backendGroup } = partsOf(p);
      const own = { imageId: HEALTHY.ami, instanceType: "t3.micro", metadataOptions: HEALTHY.metadataOptions };
      const made = p.add("aws:ec2/launchConfiguration:LaunchConfiguration", "workers", {
        ...own,
        securityGroups: [backendGroup.id],
        associatePublicIpAddress: true,
      });
      p.add("aws:autoscaling/group:Group", "workers", {
        minSize: 1,
        maxSize: 3,
        launchConfiguration: made.id,
        vpcZoneIdentifiers: [privateSubnet.id],
      });
    },
  },
  {
    id: "A21-fleet",
    title: "an EC2 fleet of the backend's template in the public subnet",
    expect: PLACE,
    apply(p) {
      const launchTemplateSpecification = { launchTemplateId: template(p).id, version: "$Latest" };
      const launchTemplateConfigs = [{ launchTemplateSpecification, overrides: [{ subnetId: partsOf(p).publicSubnet.id }] }];
      p.add("aws:ec2/fleet:Fleet", "workers", {
        launchTemplateConfigs,
        targetCapacitySpecification: { defaultTargetCapacityType: "spot", totalTargetCapacity: 2 },
      });
    },
  },
  {
    id: "A21-zones",
    title: "a scaling group that names zones in place of subnets",
    expect: PLACE,
    apply: (p) =>
      void p.add("aws:autoscaling/group:Group", "workers", {
        minSize: 1,
        maxSize: 3,
        launchTemplate: { id: template(p).id },
        availabilityZones: ["us-east-1a"],
      }),
  },
  {
    id: "A-benign-gateway-address",
    title: "an elastic address for the gateway",
    expect: [],
    apply: (p) => void p.add("aws:ec2/eip:Eip", "front", { domain: "vpc", instance: partsOf(p).gateway.id }),
  },
  {
    id: "A-benign-other-instance",
    title: "a public instance with groups of its own",
    expect: [],
    apply(p) {
      const { publicSubnet, vpc } = partsOf(p);
      const group = p.add("aws:ec2/securityGroup:SecurityGroup", "other", {
        vpcId: vpc.id,
        ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: [ANYWHERE] }],
        egress: [],
      });
      p.add("aws:ec2/instance:Instance", "status-page", {
        ...HEALTHY,
        subnetId: publicSubnet.id,
        vpcSecurityGroupIds: [group.id],
        associatePublicIpAddress: true,
      });
    },
  },
  {
    id: "A-benign-second-card",
    title: "a second interface in the private subnet",
    expect: [],
    apply(p) {
      const { privateSubnet, backendGroup, backend } = partsOf(p);
      const card = p.add(CARD, "second", { subnetId: privateSubnet.id, securityGroups: [backendGroup.id] });
      p.add("aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment", "second", {
        instanceId: backend.id,
        networkInterfaceId: card.id,
        deviceIndex: 1,
      });
    },
  },
  {
    id: "A-benign-monitoring",
    title: "a further group on the backend that opens a port to a group of the program",
    expect: [],
    apply(p) {
      const { backend, backendGroup, vpc, card } = partsOf(p);
      const watcher = p.add("aws:ec2/securityGroup:SecurityGroup", "watcher", { vpcId: vpc.id });
      const watched = p.add("aws:ec2/securityGroup:SecurityGroup", "watched", { vpcId: vpc.id });
      ingress(p, { securityGroupId: watched.id, fromPort: 9100, toPort: 9100, referencedSecurityGroupId: watcher.id });
      if (card) p.set(card, { securityGroups: [backendGroup.id, watched.id] });
      else p.set(backend, { vpcSecurityGroupIds: [backendGroup.id, watched.id] });
    },
  },
];
