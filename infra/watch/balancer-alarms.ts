/** Alarms on what AWS measures of a stack's load balancers, as data. Pure. */
import type { Measure, Threshold } from "./host-alarms";

export const BALANCER_NAMESPACE = "AWS/ApplicationELB";

/** The public one in front of the gateway, and the internal one in front of the backend. */
export const BALANCERS = ["front", "balancer"] as const;
export type BalancerId = (typeof BALANCERS)[number];

/** As people call it. */
export const BALANCER_TITLES: Readonly<Record<BalancerId, string>> = { front: "Public load balancer", balancer: "Internal load balancer" };

export interface BalancerAlarm extends Measure, Threshold {
  readonly key: string;
  /** Its dimensions: AWS knows hosts by their target group. */
  readonly of: "balancer" | "targets";
}

/**
 * Names, and what AWS reports when: "CloudWatch metrics for your Application Load Balancer" of its guide. 5xx of its own are reported where there are
 * some, hosts that are not healthy as long as they are asked for health.
 */
export function balancerAlarms(id: BalancerId): BalancerAlarm[] {
  const over = "GreaterThanOrEqualToThreshold";
  return [
    {
      ...{ key: `${id}-errors`, of: "balancer", metricName: "HTTPCode_ELB_5XX_Count", statistic: "Sum", comparisonOperator: over },
      ...{ threshold: 10, period: 300, evaluationPeriods: 1, treatMissingData: "notBreaching" },
      alarmDescription: `${BALANCER_TITLES[id]}: it answers with 5xx of its own, because no host is reached, or none answers in time`,
    },
    {
      ...{ key: `${id}-targets`, of: "targets", metricName: "UnHealthyHostCount", statistic: "Maximum", comparisonOperator: over },
      ...{ threshold: 1, period: 60, evaluationPeriods: 3, treatMissingData: "breaching" },
      alarmDescription: `${BALANCER_TITLES[id]}: a host behind it does not answer health, or none is asked`,
    },
  ];
}
