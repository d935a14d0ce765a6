/** What the internal and the public load balancer have in common: both send HTTP to nginx on hosts, and their times follow from the limits of requests. */
import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { tags } from "../naming";
import { balancerTimes } from "../release/balancer";
import type { Health, HttpLimits } from "../release/types";

export interface LoadBalancerArgs {
  readonly vpcId: pulumi.Input<string>;
  /** Of two zones at least. */
  readonly subnetIds: pulumi.Input<string>[];
  readonly groupId: pulumi.Input<string>;
  readonly health: Health;
  readonly limits: HttpLimits;
}

/** @param tag Name of what stands behind it */
export function balancerInputs({ subnetIds, groupId, limits }: LoadBalancerArgs, tag: string) {
  return {
    loadBalancerType: "application",
    securityGroups: [groupId],
    subnets: subnetIds,
    idleTimeout: balancerTimes(limits).idleSeconds,
    preserveHostHeader: true,
    dropInvalidHeaderFields: true,
    tags: tags(tag),
  };
}

/** @param port of nginx */
export function targetInputs({ vpcId, health, limits }: LoadBalancerArgs, port: number, tag: string) {
  return {
    vpcId,
    port,
    protocol: "HTTP",
    targetType: "instance",
    healthCheck: {
      path: health.path,
      port: "traffic-port",
      protocol: "HTTP",
      matcher: String(health.status),
      interval: 10,
      timeout: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 3,
    },
    deregistrationDelay: balancerTimes(limits).deregistrationSeconds,
    tags: tags(tag),
  };
}

/**
 * A host that is taken away, or that another one replaces, goes while others serve. The provider deregisters it and does not wait until the requests
 * that it has begun are answered; this stands between attachment and instance in their order, and waits.
 */
export function drained(
  name: string,
  instanceId: pulumi.Input<string>,
  limits: HttpLimits,
  parent: pulumi.Resource,
): command.local.Command {
  return new command.local.Command(
    `${name}-drain`,
    {
      create: "true",
      delete: `sleep ${balancerTimes(limits).deregistrationSeconds}`,
      triggers: [instanceId],
      addPreviousOutputInEnv: false,
    },
    { parent },
  );
}
