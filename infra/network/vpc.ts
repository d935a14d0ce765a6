import * as aws from "../aws";
import * as pulumi from "@pulumi/pulumi";
import type { NetworkConfig } from "../config/types";
import { s3EndpointService } from "../external-names";
import { partition, tags } from "../naming";

/** What a network is made of: `cidr`, `availabilityZones`, and for each zone a block of `gatewaySubnets` and of `webserverSubnets`. */
export type NetworkLayout = Pick<NetworkConfig, "cidr" | "availabilityZones" | "gatewaySubnets" | "webserverSubnets">;

/** What {@link Network} needs. */
export interface NetworkArgs {
  /** Blocks and zones; the n-th subnet lies in the n-th zone. */
  readonly config: NetworkLayout;
  /** Region of the VPC, which the S3 endpoint is named after. */
  readonly region: string;
  /** Physical name of the model bucket, the only one that hosts may write to through the S3 endpoint. */
  readonly bucketName: string;
}

/** What the other components need of a network, whoever made it. */
export interface NetworkIds extends pulumi.Resource {
  readonly vpcId: pulumi.Output<string>;
  readonly publicSubnetIds: pulumi.Output<string>[];
  /** Those of the public ones in which a public load balancer stands. */
  readonly balancerSubnetIds: pulumi.Output<string>[];
  readonly privateSubnetIds: pulumi.Output<string>[];
  readonly s3PrefixListId: pulumi.Output<string>;
}

/**
 * VPC, one public and one private subnet a zone, internet gateway, route tables and the S3 gateway endpoint. The private table gets no
 * default route here: what leads out of it is a choice of its own (egress.ts).
 */
export class Network extends pulumi.ComponentResource implements NetworkIds {
  /** Id of the VPC. */
  readonly vpcId: pulumi.Output<string>;
  /** In the order of the zones; the gateway stands in the first. */
  readonly publicSubnetIds: pulumi.Output<string>[];
  /** All public ones. */
  readonly balancerSubnetIds: pulumi.Output<string>[];
  /** In the order of the zones; nothing in them has a public address. */
  readonly privateSubnetIds: pulumi.Output<string>[];
  /** Table of the private subnets, without a default route. */
  readonly privateRouteTableId: pulumi.Output<string>;
  /** Managed prefix list of S3 in this region. */
  readonly s3PrefixListId: pulumi.Output<string>;

  /** @param name begins the names of all that belongs to it. */
  constructor(
    private readonly name: string,
    args: NetworkArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("ml-gateway:infra:Network", name, {}, opts);
    const parent = { parent: this };
    const { config } = args;
    const vpc = new aws.ec2.Vpc(
      `${name}-vpc`,
      { cidrBlock: config.cidr, enableDnsSupport: true, enableDnsHostnames: true, tags: tags("ml-vpc") },
      parent,
    );
    // Whoever forgets to name a group gets this one: it lets nothing in and nothing out.
    new aws.ec2.DefaultSecurityGroup(`${name}-default-sg`, { vpcId: vpc.id, ingress: [], egress: [], tags: tags("default-empty") }, parent);
    const internet = new aws.ec2.InternetGateway(`${name}-internet`, { vpcId: vpc.id, tags: tags("internet") }, parent);
    const publicTable = new aws.ec2.RouteTable(`${name}-public`, { vpcId: vpc.id, tags: tags("public") }, parent);
    new aws.ec2.Route(
      `${name}-public-default`,
      { routeTableId: publicTable.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: internet.id },
      parent,
    );
    const privateTable = new aws.ec2.RouteTable(`${name}-private`, { vpcId: vpc.id, tags: tags("private") }, parent);
    const endpoint = new aws.ec2.VpcEndpoint(
      `${name}-s3`,
      {
        vpcId: vpc.id,
        serviceName: s3EndpointService(args.region),
        vpcEndpointType: "Gateway",
        routeTableIds: [publicTable.id, privateTable.id],
        policy: endpointPolicy(args),
        tags: tags("s3"),
      },
      parent,
    );
    this.vpcId = vpc.id;
    this.publicSubnetIds = this.subnets("gateway", config.gatewaySubnets, config.availabilityZones, vpc, publicTable);
    this.balancerSubnetIds = this.publicSubnetIds;
    this.privateSubnetIds = this.subnets("webserver", config.webserverSubnets, config.availabilityZones, vpc, privateTable);
    this.privateRouteTableId = privateTable.id;
    this.s3PrefixListId = endpoint.prefixListId;
    this.registerOutputs({ vpcId: this.vpcId, publicSubnetIds: this.publicSubnetIds, privateSubnetIds: this.privateSubnetIds });
  }

  private subnets(
    kind: "gateway" | "webserver",
    blocks: readonly string[],
    zones: readonly string[],
    vpc: aws.ec2.Vpc,
    table: aws.ec2.RouteTable,
  ): pulumi.Output<string>[] {
    return zones.map((zone, index) => {
      const key = `${this.name}-${kind}-${zone}`;
      const subnet = new aws.ec2.Subnet(
        key,
        {
          vpcId: vpc.id,
          cidrBlock: blocks[index],
          availabilityZone: zone,
          // Addresses are given to the gateway alone, on its own interface, never to whatever comes to stand in a subnet.
          mapPublicIpOnLaunch: false,
          tags: tags(`${kind}-subnet-${index + 1}`, kind === "gateway" ? "public" : "private"),
        },
        { parent: this },
      );
      new aws.ec2.RouteTableAssociation(key, { subnetId: subnet.id, routeTableId: table.id }, { parent: this });
      return subnet.id;
    });
  }
}

/**
 * Reading stays open, because distributions keep package mirrors in S3 too and IAM decides about ours; writing is possible to our own bucket
 * alone, so that the endpoint is no way to carry data out.
 */
function endpointPolicy(args: NetworkArgs): string {
  const arn = `arn:${partition(args.region)}:s3:::${args.bucketName}`;
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Sid: "Read", Effect: "Allow", Principal: "*", Action: ["s3:GetObject", "s3:ListBucket"], Resource: "*" },
      { Sid: "WriteOwnBucket", Effect: "Allow", Principal: "*", Action: ["s3:PutObject", "s3:AbortMultipartUpload"], Resource: `${arn}/*` },
    ],
  });
}
