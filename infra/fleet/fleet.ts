import * as aws from "../aws";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { VolumeKey } from "../hosts/instance";
import { hostProfile, type Statement } from "../hosts/role";
import type { HostConfig, IamConfig } from "../config/types";
import { tags } from "../naming";
import { readTemplate } from "../release/templates";
import type { Targets } from "../network/balancer";
import type { HostRole } from "../release/types";
import type { FleetBundle } from "./bundle";
import { firstBoot, VERSION_TAG } from "./first-boot";
import { CAPACITY_TIMEOUT, graceSeconds, refreshPreferences, SET_UP_SECONDS, warmUpSeconds, type FleetConfig } from "./limits";
import { FLEET, type FleetNames } from "./names";

export interface FleetArgs {
  /** Of its hosts; a gateway's have a public address. */
  readonly role: HostRole;
  readonly region: string;
  /** Of the credentials, where the configuration names one. */
  readonly profile?: string;
  readonly names: FleetNames;
  readonly config: FleetConfig;
  readonly machine: Pick<HostConfig, "instanceType" | "rootVolumeGiB" | "ami">;
  /** Image for a first launch; followed later only when the configuration names it. */
  readonly image: string;
  /** Of gateways public ones, else private ones. */
  readonly subnetIds: pulumi.Input<string>[];
  /** Security group of the hosts. */
  readonly groupId: pulumi.Input<string>;
  /** @default none: nobody logs in */
  readonly keyName?: pulumi.Input<string>;
  readonly statements: readonly Statement[];
  readonly volumeKey?: VolumeKey;
  readonly iam?: IamConfig;
  /** The engine may not delete the group. */
  readonly protect: boolean;
  /** Name of the model bucket, which the bundle lies in as well. */
  readonly bucketName: string;
  /** The same, from the bucket itself. */
  readonly bucket: pulumi.Input<string>;
  readonly bundle: FleetBundle;
  /** The text of fleetSecrets(). */
  readonly secrets: pulumi.Output<string>;
  /** Where the hosts are registered. */
  readonly targets: Targets;
  /**
   * Whose word replaces a host: the load balancer's, or EC2's alone, which asks whether the machine runs. The latter where health says how other hosts
   * are: their outage would take all of these away.
   * @default "ELB"
   */
  readonly replacedBy?: "ELB" | "EC2";
  /** The longest that a start may take, seconds. */
  readonly startSeconds: number;
  /** What has to be there before a host can set itself up: the way out, the models. */
  readonly ready: readonly pulumi.Resource[];
}

/** Root device of Canonical's images. */
const ROOT_DEVICE = "/dev/sda1";

/**
 * Hosts that set themselves up, in an Auto Scaling group behind a load balancer. A release is a new version of the launch template and an instance
 * refresh: each new host has to serve before an old one leaves, and whatever goes wrong brings the version before back. The numbered version, the fixed
 * image and the group's own template, which stays as it is until then, are what AWS asks for to do that
 * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-rollback.html).
 */
export class Fleet extends pulumi.ComponentResource {
  readonly groupName: string;

  constructor(
    private readonly name: string,
    private readonly args: FleetArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(FLEET, name, {}, opts);
    this.groupName = args.names.group;
    const bundle = this.storedBundle();
    const parameter = new aws.ssm.Parameter(
      `${name}-secrets`,
      {
        name: args.names.parameter,
        type: "SecureString",
        value: args.secrets,
        // The standard tier, which is free, as long as 4 KiB are enough.
        tier: "Intelligent-Tiering",
        description: "The .env of the hosts, and the login of the package index",
        tags: tags(args.role === "backend" ? "webserver-secrets" : "gateway-secrets"),
      },
      { parent: this },
    );
    const { profile, policy } = hostProfile(name, args, this);
    const template = this.template(profile, parameter.version);
    const alarm = args.config.errorShare < 1 ? this.alarm() : undefined;
    const ready = [...args.ready, bundle, ...(policy === undefined ? [] : [policy])];
    const group = this.group(template, ready);
    this.refresh(template, alarm, group);
    if (args.config.max > args.config.min) this.tracking(group);
    this.registerOutputs({ groupName: this.groupName });
  }

  /** Kept when the next one takes its place: a refresh that goes back starts hosts of the version before. */
  private storedBundle(): aws.s3.BucketObjectv2 {
    const { key, bytes } = this.args.bundle;
    return new aws.s3.BucketObjectv2(
      `${this.name}-bundle`,
      { bucket: this.args.bucket, key, contentBase64: bytes.toString("base64"), contentType: "application/gzip" },
      { parent: this, retainOnDelete: true },
    );
  }

  private template(profile: aws.iam.InstanceProfile, version: pulumi.Output<number>): aws.ec2.LaunchTemplate {
    const { args } = this;
    const { machine, volumeKey, names } = args;
    const key = volumeKey?.followed === false ? ["blockDeviceMappings[0].ebs.kmsKeyId"] : [];
    return new aws.ec2.LaunchTemplate(
      `${this.name}-template`,
      {
        imageId: args.image,
        instanceType: machine.instanceType,
        keyName: args.keyName,
        iamInstanceProfile: { arn: profile.arn },
        userData: this.userData(names),
        metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1, instanceMetadataTags: "enabled" },
        networkInterfaces: [
          {
            deviceIndex: 0,
            associatePublicIpAddress: String(args.role === "gateway"),
            securityGroups: [args.groupId],
            deleteOnTermination: "true",
          },
        ],
        blockDeviceMappings: [
          {
            deviceName: ROOT_DEVICE,
            ebs: {
              volumeType: "gp3",
              volumeSize: machine.rootVolumeGiB,
              encrypted: "true",
              ...(volumeKey === undefined ? {} : { kmsKeyId: volumeKey.arn }),
              deleteOnTermination: "true",
            },
          },
        ],
        tagSpecifications: [
          // A changed secret is a new version of the template as well, and one that goes back brings its own.
          { resourceType: "instance", tags: { ...tags(args.role, args.role), [VERSION_TAG]: pulumi.interpolate`${version}` } },
          { resourceType: "volume", tags: tags(args.role, args.role) },
        ],
        tags: tags(args.role, args.role),
      },
      // A newer image of Ubuntu is no release, as for a single host.
      { parent: this, ignoreChanges: [...(machine.ami === undefined ? ["imageId"] : []), ...key] },
    );
  }

  /** Plain and known before anything is there, so that it can be looked at. */
  private userData({ group, parameter, hook }: FleetNames): string {
    const { role, region, bucketName: bucket, bundle } = this.args;
    const text = firstBoot({
      role,
      ...{ region, bucket, bundleKey: bundle.key, bundleSha256: bundle.sha256 },
      secrets: { parameter },
      hook: { group, name: hook },
    });
    return Buffer.from(text).toString("base64");
  }

  private group(template: aws.ec2.LaunchTemplate, ready: readonly pulumi.Resource[]): InstanceType<typeof aws.autoscaling.Group> {
    const { args } = this;
    const { names, config } = args;
    const warmUp = warmUpSeconds(args.startSeconds);
    return new aws.autoscaling.Group(
      `${this.name}-group`,
      {
        name: names.group,
        minSize: config.min,
        maxSize: config.max,
        vpcZoneIdentifiers: args.subnetIds,
        launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
        targetGroupArns: [args.targets.arn],
        healthCheckType: args.replacedBy ?? "ELB",
        healthCheckGracePeriod: graceSeconds(args.startSeconds),
        defaultInstanceWarmup: warmUp,
        // There from the first host on, which a resource of its own would not be.
        initialLifecycleHooks: [
          {
            name: names.hook,
            lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
            heartbeatTimeout: SET_UP_SECONDS,
            defaultResult: "ABANDON",
          },
        ],
        // Whatever takes the place of a host is there first.
        instanceMaintenancePolicy: { minHealthyPercentage: 100, maxHealthyPercentage: 110 },
        ...(config.warmPool === 0 ? {} : { warmPool: { poolState: "Stopped", minSize: config.warmPool } }),
        minElbCapacity: config.min,
        waitForCapacityTimeout: CAPACITY_TIMEOUT,
        // Those of what it launches are the template's.
        tags: Object.entries(tags(names.group, args.role)).map(([key, value]) => ({ key, value, propagateAtLaunch: false })),
      },
      // A later version comes by a refresh, which sets it when it has succeeded.
      { parent: this, dependsOn: [...ready], protect: args.protect, ignoreChanges: ["launchTemplate.version"] },
    );
  }

  /**
   * As a step of the deployment: it ends when all hosts have the new version, or fails when they have gone back. Where they have it already it does
   * nothing, so other preferences, which run it as well, count from the next release on.
   */
  private refresh(
    template: aws.ec2.LaunchTemplate,
    alarm: InstanceType<typeof aws.MetricAlarm> | undefined,
    group: InstanceType<typeof aws.autoscaling.Group>,
  ): void {
    const { region, profile, config, startSeconds } = this.args;
    const version = template.latestVersion.apply(String);
    const environment = {
      FLEET_REGION: region,
      FLEET_GROUP: group.name,
      FLEET_TEMPLATE: template.id,
      FLEET_VERSION: version,
      FLEET_PREFERENCES: pulumi.output(alarm?.name).apply((name) => JSON.stringify(refreshPreferences(config, startSeconds, name))),
      ...(profile === undefined ? {} : { AWS_PROFILE: profile }),
    };
    new command.local.Command(
      `${this.name}-refresh`,
      {
        create: readTemplate("fleet/refresh.sh"),
        environment,
        triggers: [version],
        logging: command.local.Logging.Stderr,
        addPreviousOutputInEnv: false,
      },
      { parent: this },
    );
  }

  private tracking(group: InstanceType<typeof aws.autoscaling.Group>): void {
    const { targets, config } = this.args;
    new aws.autoscaling.Policy(
      `${this.name}-requests`,
      {
        autoscalingGroupName: group.name,
        policyType: "TargetTrackingScaling",
        targetTrackingConfiguration: {
          predefinedMetricSpecification: {
            predefinedMetricType: "ALBRequestCountPerTarget",
            resourceLabel: pulumi.interpolate`${targets.balancerSuffix}/${targets.suffix}`,
          },
          targetValue: config.requestsPerTarget,
        },
      },
      { parent: this },
    );
  }

  /** Silence is no error: without requests there are no answers. */
  private alarm(): InstanceType<typeof aws.MetricAlarm> {
    const { targets, config } = this.args;
    const dimensions = { LoadBalancer: targets.balancerSuffix, TargetGroup: targets.suffix };
    const metric = (id: string, metricName: string): object => ({
      id,
      metric: { namespace: "AWS/ApplicationELB", metricName, dimensions, period: 60, stat: "Sum" },
    });
    return new aws.MetricAlarm(
      `${this.name}-errors`,
      {
        metricQueries: [
          { id: "share", expression: "IF(requests > 0, errors / requests, 0)", label: "share of answers with 5xx", returnData: true },
          metric("errors", "HTTPCode_Target_5XX_Count") as { id: string },
          metric("requests", "RequestCount") as { id: string },
        ],
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        threshold: config.errorShare,
        evaluationPeriods: 2,
        alarmDescription: "Hosts of the fleet answer with 5xx; a release that is under way goes back",
        treatMissingData: "notBreaching",
        tags: tags(`${this.name}-errors`),
      },
      { parent: this },
    );
  }
}
