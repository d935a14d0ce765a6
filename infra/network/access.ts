import * as aws from "../aws";
import * as pulumi from "@pulumi/pulumi";
import { ssmEndpointService } from "../external-names";
import { AGENT_ACTIONS } from "../hosts/permissions";
import { tags } from "../naming";

export interface InstanceConnectArgs {
  /** Private subnet that it stands in. */
  readonly subnetId: pulumi.Input<string>;
  readonly groupId: pulumi.Input<string>;
}

/** An EC2 Instance Connect Endpoint: whom IAM lets open a tunnel reaches port 22 of both hosts from inside the VPC. */
export class InstanceConnect extends pulumi.ComponentResource {
  readonly endpointId: pulumi.Output<string>;

  constructor(name: string, args: InstanceConnectArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ml-gateway:infra:InstanceConnect", name, {}, opts);
    const endpoint = new aws.InstanceConnectEndpoint(
      `${name}-endpoint`,
      // With the client's own address as the source, a rule that names the endpoint's group would let nobody in.
      { subnetId: args.subnetId, securityGroupIds: [args.groupId], preserveClientIp: false, tags: tags("ssh") },
      { parent: this },
    );
    this.endpointId = endpoint.id;
    this.registerOutputs({ endpointId: this.endpointId });
  }
}

export interface SsmEndpointsArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly region: string;
  /** The backend's. */
  readonly subnetId: pulumi.Input<string>;
  readonly groupId: pulumi.Input<string>;
}

/** The way of the hosts' agents to Systems Manager, where the private subnets have no other. */
export class SsmEndpoints extends pulumi.ComponentResource {
  constructor(name: string, args: SsmEndpointsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ml-gateway:infra:SsmEndpoints", name, {}, opts);
    for (const service of ["ssm", "ssmmessages"] as const) {
      new aws.ec2.VpcEndpoint(
        `${name}-${service}`,
        {
          vpcId: args.vpcId,
          serviceName: ssmEndpointService(args.region, service),
          vpcEndpointType: "Interface",
          subnetIds: [args.subnetId],
          securityGroupIds: [args.groupId],
          privateDnsEnabled: true,
          policy: agentOnly(service),
          tags: tags(service),
        },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}

function agentOnly(service: string): string {
  const actions = AGENT_ACTIONS.filter((action) => action.startsWith(`${service}:`));
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Sid: "Agent", Effect: "Allow", Principal: "*", Action: actions, Resource: "*" }],
  });
}
