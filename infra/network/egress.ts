import * as aws from "../aws";
import * as pulumi from "@pulumi/pulumi";
import type { Egress } from "../config/types";
import { tags } from "../naming";

export interface PrivateEgressArgs {
  readonly kind: Egress;
  readonly routeTableId: pulumi.Input<string>;
  /** Interface of the gateway instance; the backend's egress with `gateway`, which needs that there is one. */
  readonly gatewayInterfaceId?: pulumi.Input<string>;
  /** Public subnet for the NAT gateway; used with `managed`. */
  readonly publicSubnetId: pulumi.Input<string>;
  /** What the gateway does before it passes packets of others; used with `gateway`. A route that stands leads elsewhere until then. */
  readonly ready?: readonly pulumi.Resource[];
}

/**
 * The default route of the private subnets: through the gateway instance, through a managed NAT gateway, or none. From one to the other the route is
 * changed in place (ReplaceRoute), once what it leads to is there: with `managed` the gateway's instance, which stops passing packets, comes behind
 * this component (stack.ts), with `gateway` this component comes behind the step by which the gateway begins to.
 */
export class PrivateEgress extends pulumi.ComponentResource {
  constructor(name: string, args: PrivateEgressArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ml-gateway:infra:PrivateEgress", name, {}, opts);
    const parent = { parent: this };
    const route = { routeTableId: args.routeTableId, destinationCidrBlock: "0.0.0.0/0" };
    if (args.kind === "gateway") {
      const inputs = { ...route, networkInterfaceId: args.gatewayInterfaceId ?? "" };
      new aws.ec2.Route(`${name}-default`, inputs, { ...parent, dependsOn: [...(args.ready ?? [])] });
    }
    if (args.kind === "managed") {
      const address = new aws.ec2.Eip(`${name}-nat`, { domain: "vpc", tags: tags("nat") }, parent);
      const nat = new aws.ec2.NatGateway(
        `${name}-nat`,
        { subnetId: args.publicSubnetId, allocationId: address.id, tags: tags("nat") },
        parent,
      );
      new aws.ec2.Route(`${name}-default`, { ...route, natGatewayId: nat.id }, parent);
    }
    this.registerOutputs({});
  }
}
