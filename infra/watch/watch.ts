import * as aws from "../aws";
import * as pulumi from "@pulumi/pulumi";
import { tags } from "../naming";
import type { HostRole } from "../release/types";

export interface WatchArgs {
  readonly region: string;
  /** Name of the dashboard; unique in the account. */
  readonly dashboard: string;
  readonly emails: readonly string[];
  readonly hosts: Readonly<Record<HostRole, HostDimension>>;
  /** What clients reach, and how. */
  readonly endpoint: { readonly address: pulumi.Input<string>; readonly path: string; readonly domain?: string; readonly host?: string };
}

/** What EC2's metrics call an instance, or all instances of a group together. */
type HostDimension = { readonly InstanceId: pulumi.Input<string> } | { readonly AutoScalingGroupName: string };

/** Where Route 53 keeps its metrics, whatever the stack's region. */
const ROUTE_53_REGION = "us-east-1";
const MINUTE = 60;

interface Metric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Record<string, pulumi.Input<string>>;
  readonly statistic: "Average" | "Maximum" | "Minimum";
}

interface Threshold {
  readonly comparisonOperator: "GreaterThanOrEqualToThreshold" | "LessThanThreshold";
  readonly threshold: number;
  readonly period: number;
  readonly evaluationPeriods: number;
  readonly alarmDescription: string;
}

/**
 * Alarms on what AWS measures without an agent on the hosts, told to a topic: health through both hosts as seen from outside, and each instance's
 * own checks and processor. A metric that stops is an alarm as well: a host that was stopped reports nothing.
 */
export class Watch extends pulumi.ComponentResource {
  readonly topicArn: pulumi.Output<string>;

  constructor(
    private readonly name: string,
    private readonly args: WatchArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("ml-gateway:infra:Watch", name, {}, opts);
    const topic = this.topic(`${name}-topic`, args.region);
    this.topicArn = topic;
    // An alarm tells topics of its own region alone.
    const healthTopic = args.region === ROUTE_53_REGION ? topic : this.topic(`${name}-health-topic`, ROUTE_53_REGION);
    const health = this.healthMetric();
    this.alarm("health", health, HEALTH, healthTopic, ROUTE_53_REGION);
    for (const role of ["gateway", "backend"] as const) {
      this.alarm(`${role}-status`, ec2("StatusCheckFailed", "Maximum", args.hosts[role]), STATUS, topic, args.region);
      this.alarm(`${role}-processor`, ec2("CPUUtilization", "Average", args.hosts[role]), PROCESSOR, topic, args.region);
    }
    const dashboardBody = pulumi
      .all([health.dimensions.HealthCheckId, pulumi.output(args.hosts.gateway), pulumi.output(args.hosts.backend)])
      .apply(([check, gateway, backend]) => JSON.stringify({ widgets: widgets(args.region, check ?? "", { gateway, backend }) }));
    new aws.Dashboard(`${name}-dashboard`, { dashboardName: args.dashboard, dashboardBody }, { parent: this });
    this.registerOutputs({ topicArn: this.topicArn });
  }

  private topic(key: string, region: string): pulumi.Output<string> {
    const elsewhere = region === this.args.region ? {} : { region };
    const topic = new aws.Topic(key, { tags: tags("alarms"), ...elsewhere }, { parent: this });
    for (const endpoint of this.args.emails) {
      new aws.TopicSubscription(`${key}-${endpoint}`, { topic: topic.arn, protocol: "email", endpoint, ...elsewhere }, { parent: this });
    }
    return topic.arn;
  }

  /** Behind a redirect to HTTPS, port 80 says nothing about the service. */
  private healthMetric(): Metric {
    const { address, path, domain, host } = this.args.endpoint;
    const how =
      domain === undefined
        ? { type: "HTTP", port: 80, ...(host === undefined ? {} : { fqdn: host.replace(/:\d+$/, "") }) }
        : { type: "HTTPS", port: 443, fqdn: domain, enableSni: true };
    const check = new aws.HealthCheck(
      `${this.name}-health`,
      { ...how, ipAddress: address, resourcePath: path, requestInterval: 30, failureThreshold: 3, tags: tags("health") },
      { parent: this },
    );
    return { namespace: "AWS/Route53", metricName: "HealthCheckStatus", statistic: "Minimum", dimensions: { HealthCheckId: check.id } };
  }

  private alarm(key: string, metric: Metric, threshold: Threshold, topic: pulumi.Output<string>, region: string): void {
    const elsewhere = region === this.args.region ? {} : { region };
    new aws.MetricAlarm(
      `${this.name}-${key}`,
      { ...metric, ...threshold, ...elsewhere, treatMissingData: "breaching", alarmActions: [topic], okActions: [topic], tags: tags(key) },
      { parent: this },
    );
  }
}

const HEALTH: Threshold = {
  ...{ comparisonOperator: "LessThanThreshold", threshold: 1, period: MINUTE, evaluationPeriods: 2 },
  alarmDescription: "The health path does not answer through gateway and backend, as seen from outside",
};
const STATUS: Threshold = {
  ...{ comparisonOperator: "GreaterThanOrEqualToThreshold", threshold: 1, period: MINUTE, evaluationPeriods: 2 },
  alarmDescription: "EC2 cannot reach the instance, or it is stopped",
};
const PROCESSOR: Threshold = {
  ...{ comparisonOperator: "GreaterThanOrEqualToThreshold", threshold: 90, period: 5 * MINUTE, evaluationPeriods: 3 },
  alarmDescription: "The processor has been busy for a quarter of an hour",
};

function ec2(metricName: string, statistic: Metric["statistic"], host: HostDimension): Metric {
  return { namespace: "AWS/EC2", metricName, statistic, dimensions: { ...host } };
}

/** Three graphs in a row; 24 units are the whole width. */
function widgets(region: string, check: string, hosts: Readonly<Record<HostRole, object>>): object[] {
  const perHost = (metric: string): string[][] =>
    (["gateway", "backend"] as const).map((role) => ["AWS/EC2", metric, ...(Object.entries(hosts[role])[0] as [string, string])]);
  const graphs = [
    { title: "Health", region: ROUTE_53_REGION, stat: "Minimum", metrics: [["AWS/Route53", "HealthCheckStatus", "HealthCheckId", check]] },
    { title: "Processor, per cent", region, stat: "Average", metrics: perHost("CPUUtilization") },
    { title: "Bytes in", region, stat: "Sum", metrics: perHost("NetworkIn") },
  ];
  return graphs.map((properties, index) => ({
    type: "metric",
    x: index * 8,
    y: 0,
    width: 8,
    height: 6,
    properties: { ...properties, period: 300 },
  }));
}
