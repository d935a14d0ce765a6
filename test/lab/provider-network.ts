/** What the EC2 resources of a program mean for a lab: subnets, routes, groups and addresses. Pure. */
import type { Properties } from "../../infra/offline/engine";
import type { Egress, Host, LabState, Rule } from "./topology";
import { PUBLIC_PREFIX, SERVICES } from "./topology";

/** A resource that the program registered, by its AWS id. */
export interface Ec2Resource {
  readonly type: string;
  readonly id: string;
  readonly inputs: Properties;
}

export const TYPES = {
  vpc: "aws:ec2/vpc:Vpc",
  subnet: "aws:ec2/subnet:Subnet",
  route: "aws:ec2/route:Route",
  association: "aws:ec2/routeTableAssociation:RouteTableAssociation",
  endpoint: "aws:ec2/vpcEndpoint:VpcEndpoint",
  ingress: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  egress: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  elasticIp: "aws:ec2/eip:Eip",
  elasticIpAssociation: "aws:ec2/eipAssociation:EipAssociation",
  instance: "aws:ec2/instance:Instance",
  balancer: "aws:lb/loadBalancer:LoadBalancer",
} as const;

const ofType = (resources: readonly Ec2Resource[], type: string): readonly Ec2Resource[] => resources.filter((one) => one.type === type);

/** Interface id of an instance: this provider derives one from the other. */
export const interfaceOf = (instanceId: string): string => instanceId.replace(/^i-/, "eni-");
/** The managed prefix list of S3 in every region here. */
export const S3_PREFIX_LIST = "pl-63a5400a";

function routeTableOf(subnet: string, resources: readonly Ec2Resource[]): string | undefined {
  return ofType(resources, TYPES.association).find((one) => one.inputs.subnetId === subnet)?.inputs.routeTableId as string | undefined;
}

/** @param instances instance id -> host name */
function egressOf(table: string | undefined, resources: readonly Ec2Resource[], instances: ReadonlyMap<string, string>): Egress {
  const route = ofType(resources, TYPES.route).find(
    (one) => one.inputs.routeTableId === table && one.inputs.destinationCidrBlock === "0.0.0.0/0",
  );
  if (route === undefined) return { via: "none" };
  if (route.inputs.gatewayId !== undefined) return { via: "internet" };
  if (route.inputs.natGatewayId !== undefined) return { via: "managed" };
  const next = [...instances].find(([id]) => interfaceOf(id) === route.inputs.networkInterfaceId || id === route.inputs.instanceId);
  return next === undefined ? { via: "none" } : { via: "host", host: next[1] };
}

function ruleOf(resource: Ec2Resource): Rule {
  const { cidrIpv4, referencedSecurityGroupId, prefixListId, ipProtocol, fromPort, toPort } = resource.inputs;
  const peer =
    cidrIpv4 !== undefined
      ? { cidr: String(cidrIpv4) }
      : prefixListId !== undefined
        ? { s3: true as const }
        : { group: String(referencedSecurityGroupId) };
  const protocol = String(ipProtocol);
  if (!["tcp", "udp", "icmp", "-1"].includes(protocol))
    throw new Error(`security group rule ${resource.id}: the local hosts know no protocol "${protocol}"`);
  if (referencedSecurityGroupId === undefined && cidrIpv4 === undefined && prefixListId === undefined) {
    throw new Error(`security group rule ${resource.id}: the local hosts know cidrIpv4, referencedSecurityGroupId and prefixListId`);
  }
  const direction = resource.type === TYPES.ingress ? "ingress" : "egress";
  return {
    direction,
    protocol: protocol as Rule["protocol"],
    fromPort: fromPort as number | undefined,
    toPort: toPort as number | undefined,
    peer,
  };
}

export function groupsOf(resources: readonly Ec2Resource[]): Record<string, Rule[]> {
  const groups: Record<string, Rule[]> = {};
  for (const type of [TYPES.ingress, TYPES.egress]) {
    for (const resource of ofType(resources, type)) {
      const group = String(resource.inputs.securityGroupId);
      groups[group] = [...(groups[group] ?? []), ruleOf(resource)];
    }
  }
  return groups;
}

export function subnetOf(id: string, resources: readonly Ec2Resource[]): Properties {
  const subnet = ofType(resources, TYPES.subnet).find((one) => one.id === id);
  if (subnet === undefined) throw new Error(`subnet "${id}" was not registered by the program`);
  return subnet.inputs;
}

/** The address behind an allocation id, above those that instances get by themselves. */
export const elasticAddress = (allocation: string): string => `${PUBLIC_PREFIX}.${128 + (parseInt(allocation.slice(-4), 16) % 100)}`;

/** The Elastic IP that was given to an instance, if one was. */
function elasticIpOf(instanceId: string, resources: readonly Ec2Resource[]): string | undefined {
  const association = ofType(resources, TYPES.elasticIpAssociation).find(
    (one) => one.inputs.instanceId === instanceId || one.inputs.networkInterfaceId === interfaceOf(instanceId),
  );
  const own = ofType(resources, TYPES.elasticIp).find((one) => one.inputs.instance === instanceId);
  const allocation = (association?.inputs.allocationId as string | undefined) ?? own?.id;
  return allocation === undefined ? undefined : elasticAddress(allocation);
}

/** Whether what was the address of a host is that of another one by now. Two hosts at one address would be reached by chance. */
function movedFrom(resources: readonly Ec2Resource[], instances: readonly string[]): (host: Host) => boolean {
  const owners = new Map(instances.map((id) => [elasticIpOf(id, resources), id]));
  return ({ publicAddress, instanceId }) => publicAddress !== undefined && (owners.get(publicAddress) ?? instanceId) !== instanceId;
}

/** The internal load balancer stands where the services are. */
const internalGroups = (resources: readonly Ec2Resource[]): readonly string[] =>
  ofType(resources, TYPES.balancer)
    .filter(({ inputs }) => inputs.internal === true)
    .flatMap(({ inputs }) => (inputs.securityGroups ?? []) as string[]);

/** What a test has put there. */
const otherBalancers = ({ balancers = {} }: LabState): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(balancers).filter(([, address]) => address !== SERVICES.address));

/** The lab as all registered resources together want it; hosts that the program has not registered yet stay as they are. */
export function deriveLab(state: LabState, resources: readonly Ec2Resource[]): LabState {
  const instances = new Map(Object.values(state.hosts).map((host) => [host.instanceId, host.name]));
  const moved = movedFrom(resources, [...instances.keys()]);
  const hosts = Object.values(state.hosts).map((known): Host => {
    const host = moved(known) ? { ...known, publicAddress: undefined } : known;
    const instance = ofType(resources, TYPES.instance).find((one) => one.id === host.instanceId)?.inputs;
    if (instance === undefined) return host;
    const table = routeTableOf(String(instance.subnetId), resources);
    const endpoints = ofType(resources, TYPES.endpoint).filter((one) => String(one.inputs.serviceName).endsWith(".s3"));
    return {
      ...host,
      publicAddress: elasticIpOf(host.instanceId, resources) ?? host.publicAddress,
      sourceDestCheck: instance.sourceDestCheck !== false,
      groups: (instance.vpcSecurityGroupIds ?? []) as string[],
      egress: egressOf(table, resources, instances),
      s3Endpoint: endpoints.some((one) => ((one.inputs.routeTableIds ?? []) as string[]).includes(table ?? "")),
    };
  });
  const vpc = ofType(resources, TYPES.vpc)[0];
  return {
    ...state,
    cidr: (vpc?.inputs.cidrBlock as string | undefined) ?? state.cidr,
    hosts: Object.fromEntries(hosts.map((host) => [host.name, host])),
    groups: groupsOf(resources),
    balancers: { ...otherBalancers(state), ...Object.fromEntries(internalGroups(resources).map((group) => [group, SERVICES.address])) },
  };
}
