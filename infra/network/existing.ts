import * as pulumi from "@pulumi/pulumi";
import type { ExistingNetworkConfig } from "../config/types";
import { isKnown, type NetworkFacts, type SubnetAnswer } from "./facts";
import type { NetworkIds } from "./vpc";

export interface ExistingNetworkArgs {
  readonly existing: ExistingNetworkConfig;
  readonly facts: NetworkFacts;
}

/** A resource that nobody registers, as AWS showed it: what the policy pack judges in place of one of the program. */
export interface LookedUp {
  readonly type: string;
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/**
 * A VPC and subnets that are there already. Nothing of it is made or changed; the input `lookedUp` shows the policy pack what AWS answered at this run
 * (policies/core/looked-up.ts).
 */
export class ExistingNetwork extends pulumi.ComponentResource implements NetworkIds {
  readonly vpcId: pulumi.Output<string>;
  readonly publicSubnetIds: pulumi.Output<string>[];
  readonly balancerSubnetIds: pulumi.Output<string>[];
  readonly privateSubnetIds: pulumi.Output<string>[];
  readonly s3PrefixListId: pulumi.Output<string>;

  constructor(name: string, { existing, facts }: ExistingNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ml-gateway:infra:ExistingNetwork", name, { lookedUp: lookedUp(facts) }, opts);
    const { prefixList } = facts;
    this.vpcId = pulumi.output(existing.vpcId);
    this.publicSubnetIds = [pulumi.output(existing.gatewaySubnetId)];
    this.balancerSubnetIds = (existing.balancerSubnets ?? []).map(({ id }) => pulumi.output(id));
    this.privateSubnetIds = existing.webserverSubnetIds.map((id) => pulumi.output(id));
    this.s3PrefixListId = pulumi.output(prefixList !== undefined && isKnown(prefixList) ? prefixList : "");
    this.registerOutputs({ vpcId: this.vpcId, publicSubnetIds: this.publicSubnetIds, privateSubnetIds: this.privateSubnetIds });
  }
}

/** By type, so that what is shown twice (a table of two subnets) is there once. */
function lookedUp({ vpc, gateway, webservers, balancers }: NetworkFacts): LookedUp[] {
  const all = [
    ...(isKnown(vpc)
      ? [{ type: "aws:ec2/vpc:Vpc", id: vpc.id, properties: { enableDnsSupport: vpc.dnsSupport, enableDnsHostnames: vpc.dnsHostnames } }]
      : []),
    ...[gateway, ...webservers, ...balancers].flatMap(subnetResources),
  ];
  return [...new Map(all.map((one) => [one.id, one])).values()];
}

function subnetResources({ subnet, table }: SubnetAnswer): LookedUp[] {
  // A subnet without its routes would be taken for one with none.
  if (!isKnown(subnet) || !isKnown(table)) return [];
  const { id, vpcId, zone: availabilityZone, cidr: cidrBlock, givesPublicIpv4: mapPublicIpOnLaunch } = subnet;
  const properties = { vpcId, availabilityZone, cidrBlock, mapPublicIpOnLaunch, assignIpv6AddressOnCreation: subnet.givesIpv6 };
  const routes = table.routes.map(({ destination, field, via }) => ({ ...destinationOf(destination), [field]: via }));
  return [
    { type: "aws:ec2/subnet:Subnet", id, properties },
    { type: "aws:ec2/routeTable:RouteTable", id: table.id, properties: { vpcId, routes } },
    {
      type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
      id: `${id}/${table.id}`,
      properties: { subnetId: id, routeTableId: table.id },
    },
  ];
}

function destinationOf(destination: string): Record<string, string> {
  if (destination.startsWith("pl-")) return { destinationPrefixListId: destination };
  return destination.includes(":") ? { ipv6CidrBlock: destination } : { cidrBlock: destination };
}
