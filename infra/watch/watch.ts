import * as aws from "../aws";
import * as pulumi from "@pulumi/pulumi";
import type { WatchConfig } from "../config/types";
import { tags } from "../naming";
import type { Targets } from "../network/balancer";
import { HOST_IDS, type OfHosts } from "../hosts/ids";
import type { HostId } from "../release/types";
import { BALANCER_NAMESPACE, balancerAlarms, BALANCERS, type BalancerId } from "./balancer-alarms";
import { dashboardBody, ROUTE_53_REGION } from "./dashboard";
import { DRIFT_ALARMS } from "./drift-alarms";
import { hostAlarms, type Measure, type Threshold } from "./host-alarms";
import { LOG_KINDS, logGroupOf, namespaceOf, type Named } from "./names";

export interface WatchArgs {
  readonly region: string;
  /** Whose metrics and logs these are; the dashboard is called so, too. */
  readonly of: Named;
  readonly config: WatchConfig;
  /** The backend makes backups. */
  readonly backups: boolean;
  /** The gateway has a certificate. */
  readonly tls: boolean;
  /** ARN of the key that encrypts the groups of logs. @default CloudWatch's own */
  readonly logKey?: string;
  readonly hosts: OfHosts<HostDimension>;
  /** Those that there are. */
  readonly balancers: Readonly<Partial<Record<BalancerId, Targets>>>;
  /** What clients reach, and how. Without an address it is asked by its name. */
  readonly endpoint: { readonly address?: pulumi.Input<string>; readonly path: string; readonly domain?: string; readonly host?: string };
}

/** What EC2's metrics call an instance, or all instances of a group together. */
type HostDimension = { readonly InstanceId: pulumi.Input<string> } | { readonly AutoScalingGroupName: string };

const MINUTE = 60;

interface Metric extends Measure {
  readonly namespace: string;
  /** @default none */
  readonly dimensions?: Record<string, pulumi.Input<string>>;
}

/**
 * Alarms, told to a topic: on health through both hosts as seen from outside, on each instance's own checks and processor, on load balancers, and on
 * what the hosts send themselves. A metric that stops is an alarm as well: a host that was stopped reports nothing. And the groups that take the hosts' logs.
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
    this.alarm("health", { ...health, ...HEALTH }, healthTopic, ROUTE_53_REGION);
    for (const [id, host] of this.hosts()) {
      this.alarm(`${id}-status`, { ...ec2("StatusCheckFailed", "Maximum", host), ...STATUS }, topic);
      this.alarm(`${id}-processor`, { ...ec2("CPUUtilization", "Average", host), ...PROCESSOR }, topic);
    }
    for (const [id, targets] of this.balancers()) this.balancerAlarms(id, targets, topic);
    if (args.config.metrics) this.hostAlarms(topic);
    if (args.config.logs) this.logs();
    for (const { key, ...alarm } of args.config.drift ? DRIFT_ALARMS : [])
      this.alarm(key, { ...alarm, namespace: namespaceOf(args.of) }, topic);
    this.dashboard(health.dimensions.HealthCheckId);
    this.registerOutputs({ topicArn: this.topicArn });
  }

  /** In the order in which they are shown. */
  private hosts(): (readonly [HostId, HostDimension])[] {
    return HOST_IDS.flatMap((id) => {
      const host = this.args.hosts[id];
      return host === undefined ? [] : [[id, host] as const];
    });
  }

  private balancers(): (readonly [BalancerId, Targets])[] {
    return BALANCERS.flatMap((id) => {
      const targets = this.args.balancers[id];
      return targets === undefined ? [] : [[id, targets] as const];
    });
  }

  private dashboard(check: pulumi.Input<string> | undefined): void {
    const { region, of, config, backups, tls } = this.args;
    const namespace = config.metrics ? namespaceOf(of) : undefined;
    const balancers = Object.fromEntries(
      this.balancers().map(([id, { balancerSuffix, suffix }]) => [id, { balancer: balancerSuffix, targets: suffix }] as const),
    );
    const body = pulumi
      .all([check, pulumi.output(Object.fromEntries(this.hosts())), pulumi.output(balancers)])
      .apply(([id, hosts, between]) => dashboardBody({ region, check: id ?? "", hosts, balancers: between, namespace, backups, tls }));
    // Unique in the account.
    const dashboardName = `${of.project}-${of.stack}`.replace(/[^\w-]/g, "-");
    new aws.Dashboard(`${this.name}-dashboard`, { dashboardName, dashboardBody: body }, { parent: this });
  }

  /** Before a host sends anything: its role may not make them. */
  private logs(): void {
    const { of, config, logKey } = this.args;
    for (const kind of LOG_KINDS) {
      new aws.LogGroup(
        `${this.name}-logs-${kind}`,
        { name: logGroupOf(of, kind), retentionInDays: config.logDays, kmsKeyId: logKey, tags: tags(`logs-${kind}`) },
        { parent: this },
      );
    }
  }

  private topic(key: string, region: string): pulumi.Output<string> {
    const elsewhere = region === this.args.region ? {} : { region };
    const topic = new aws.Topic(key, { tags: tags("alarms"), ...elsewhere }, { parent: this });
    for (const endpoint of this.args.config.emails) {
      new aws.TopicSubscription(`${key}-${endpoint}`, { topic: topic.arn, protocol: "email", endpoint, ...elsewhere }, { parent: this });
    }
    return topic.arn;
  }

  /** Behind a redirect to HTTPS, port 80 says nothing about the service. */
  private healthMetric(): Metric & Required<Pick<Metric, "dimensions">> {
    const { address, path, domain, host } = this.args.endpoint;
    const how =
      domain === undefined
        ? { type: "HTTP", port: 80, ...(host === undefined ? {} : { fqdn: host.replace(/:\d+$/, "") }) }
        : { type: "HTTPS", port: 443, fqdn: domain, enableSni: true };
    const check = new aws.HealthCheck(
      `${this.name}-health`,
      {
        ...how,
        ...(address === undefined ? {} : { ipAddress: address }),
        resourcePath: path,
        requestInterval: 30,
        failureThreshold: 3,
        tags: tags("health"),
      },
      { parent: this },
    );
    return { namespace: "AWS/Route53", metricName: "HealthCheckStatus", statistic: "Minimum", dimensions: { HealthCheckId: check.id } };
  }

  private hostAlarms(topic: pulumi.Output<string>): void {
    const { of, config } = this.args;
    for (const { key, host, ...measured } of hostAlarms(config.thresholds, { ...this.args, hosts: this.hosts().map(([id]) => id) })) {
      this.alarm(key, { ...measured, namespace: namespaceOf(of), dimensions: { Host: host } }, topic);
    }
  }

  private balancerAlarms(id: BalancerId, { balancerSuffix, suffix }: Targets, topic: pulumi.Output<string>): void {
    for (const { key, of, ...measured } of balancerAlarms(id)) {
      const dimensions = { LoadBalancer: balancerSuffix, ...(of === "targets" ? { TargetGroup: suffix } : {}) };
      this.alarm(key, { ...measured, namespace: BALANCER_NAMESPACE, dimensions }, topic);
    }
  }

  private alarm(key: string, alarm: Metric & Threshold, topic: pulumi.Output<string>, region = this.args.region): void {
    const elsewhere = region === this.args.region ? {} : { region };
    const told = { alarmActions: [topic], okActions: [topic], tags: tags(key) };
    new aws.MetricAlarm(`${this.name}-${key}`, { ...alarm, ...elsewhere, ...told }, { parent: this });
  }
}

const HEALTH: Threshold = {
  ...{ comparisonOperator: "LessThanThreshold", threshold: 1, period: MINUTE, evaluationPeriods: 2 },
  treatMissingData: "breaching",
  alarmDescription: "The health path does not answer through gateway and backend, as seen from outside",
};
const STATUS: Threshold = {
  ...{ comparisonOperator: "GreaterThanOrEqualToThreshold", threshold: 1, period: MINUTE, evaluationPeriods: 2 },
  treatMissingData: "breaching",
  alarmDescription: "EC2 cannot reach the instance, or it is stopped",
};
const PROCESSOR: Threshold = {
  ...{ comparisonOperator: "GreaterThanOrEqualToThreshold", threshold: 90, period: 5 * MINUTE, evaluationPeriods: 3 },
  treatMissingData: "breaching",
  alarmDescription: "The processor has been busy for a quarter of an hour",
};

function ec2(metricName: string, statistic: Metric["statistic"], host: HostDimension): Metric {
  return { namespace: "AWS/EC2", metricName, statistic, dimensions: { ...host } };
}
