/**
 * The services of @pulumi/aws that the program uses. The package's own index loads the enumerations of every service there
 * is, 300 files at each start.
 */
import { Dashboard } from "@pulumi/aws/cloudwatch/dashboard";
import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm";
import * as ec2 from "@pulumi/aws/ec2";
import { getAvailabilityZones } from "@pulumi/aws/getAvailabilityZones";
import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";
import * as iam from "@pulumi/aws/iam";
import { getKey } from "@pulumi/aws/kms/getKey";
import { HealthCheck } from "@pulumi/aws/route53/healthCheck";
import * as s3 from "@pulumi/aws/s3";
import { Topic } from "@pulumi/aws/sns/topic";
import { TopicSubscription } from "@pulumi/aws/sns/topicSubscription";
import type * as types from "@pulumi/aws/types";
import * as vpc from "@pulumi/aws/vpc";

export { ec2, getAvailabilityZones, getCallerIdentity, getKey, iam, s3, vpc };
/** Of services of which the program uses one or two resources, these alone. */
export { Dashboard, HealthCheck, MetricAlarm, Topic, TopicSubscription };
export type { types };
