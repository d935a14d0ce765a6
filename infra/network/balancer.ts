import * as aws from "../aws";
import * as pulumi from "@pulumi/pulumi";
import { tags } from "../naming";
import type { BackendId } from "../release/types";
import { balancerInputs, drained, targetInputs, type LoadBalancerArgs } from "./load-balancer";

/** A host behind it. */
export interface Backend {
  readonly id: BackendId;
  readonly instance: aws.ec2.Instance;
}

/** Its subnets are private ones. */
export interface BalancerArgs extends LoadBalancerArgs {
  /** Name by which the VPC knows the backend. */
  readonly host: string;
  /** Of the load balancer, and of nginx on the backend. */
  readonly port: number;
  /** Hosts by their names; a fleet registers its hosts by itself. */
  readonly backends: readonly Backend[];
}

/** What a fleet registers with, and what CloudWatch calls it. */
export interface Targets {
  readonly arn: pulumi.Output<string>;
  /** As metrics have it, `targetgroup/NAME/ID`. */
  readonly suffix: pulumi.Output<string>;
  /** Of the load balancer, `app/NAME/ID`. */
  readonly balancerSuffix: pulumi.Output<string>;
}

/**
 * An internal application load balancer in front of the backend, and the backend's name in the VPC, which leads to it. The gateway forwards to
 * that name, as it does without a load balancer.
 */
export class Balancer extends pulumi.ComponentResource {
  /** Of the load balancer itself. */
  readonly dnsName: pulumi.Output<string>;
  readonly targets: Targets;

  constructor(
    private readonly name: string,
    args: BalancerArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("ml-gateway:infra:Balancer", name, {}, opts);
    const parent = { parent: this };
    const balancer = new aws.lb.LoadBalancer(
      `${name}-lb`,
      {
        ...balancerInputs(args, "webserver"),
        internal: true,
        // What the gateway's nginx has written of its client is not to be written again.
        xffHeaderProcessingMode: "preserve",
      },
      parent,
    );
    const slowStart = Math.min(900, Math.max(30, args.health.startSeconds));
    const targets = new aws.lb.TargetGroup(`${name}-targets`, { ...targetInputs(args, args.port, "webserver"), slowStart }, parent);
    const listener = new aws.lb.Listener(
      `${name}-listener`,
      {
        loadBalancerArn: balancer.arn,
        port: args.port,
        protocol: "HTTP",
        defaultActions: [{ type: "forward", targetGroupArn: targets.arn }],
        tags: tags("webserver"),
      },
      parent,
    );
    const attachments = args.backends.map((backend) => this.attachment(backend, targets.arn, args));
    const zone = new aws.route53.Zone(
      `${name}-zone`,
      { name: args.host, comment: "The backend's name for the gateway", vpcs: [{ vpcId: args.vpcId }], tags: tags("webserver") },
      parent,
    );
    // Last: whoever is led there by the name finds a target.
    new aws.route53.Record(
      `${name}-record`,
      {
        zoneId: zone.zoneId,
        name: args.host,
        type: "A",
        aliases: [{ name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: false }],
      },
      { parent: this, dependsOn: [listener, ...attachments] },
    );
    this.dnsName = balancer.dnsName;
    this.targets = { arn: targets.arn, suffix: targets.arnSuffix, balancerSuffix: balancer.arnSuffix };
    this.registerOutputs({ dnsName: this.dnsName });
  }

  private attachment({ id, instance }: Backend, targetGroupArn: pulumi.Input<string>, { port, limits }: BalancerArgs): pulumi.Resource {
    const name = `${this.name}-${id}`;
    const drain = drained(name, instance.id, limits, this);
    const inputs = { targetGroupArn, targetId: instance.id, port };
    return new aws.lb.TargetGroupAttachment(name, inputs, { parent: this, dependsOn: [drain] });
  }
}
