/**
 * The services of @pulumi/aws that the program uses. The package's own index loads the enumerations of every service there
 * is, 300 files at each start.
 */
import { Certificate } from "@pulumi/aws/acm/certificate";
import { CertificateValidation } from "@pulumi/aws/acm/certificateValidation";
import { Group } from "@pulumi/aws/autoscaling/group";
import { Policy } from "@pulumi/aws/autoscaling/policy";
import { getResource } from "@pulumi/aws/cloudcontrol/getResource";
import { Dashboard } from "@pulumi/aws/cloudwatch/dashboard";
import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup";
import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm";
import * as ec2 from "@pulumi/aws/ec2";
import { InstanceConnectEndpoint } from "@pulumi/aws/ec2transitgateway/instanceConnectEndpoint";
import { getAvailabilityZones } from "@pulumi/aws/getAvailabilityZones";
import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";
import * as iam from "@pulumi/aws/iam";
import { getKey } from "@pulumi/aws/kms/getKey";
import { HealthCheck } from "@pulumi/aws/route53/healthCheck";
import { Listener } from "@pulumi/aws/lb/listener";
import { LoadBalancer } from "@pulumi/aws/lb/loadBalancer";
import { TargetGroup } from "@pulumi/aws/lb/targetGroup";
import { TargetGroupAttachment } from "@pulumi/aws/lb/targetGroupAttachment";
import { Record as DnsRecord } from "@pulumi/aws/route53/record";
import { Zone } from "@pulumi/aws/route53/zone";
import * as s3 from "@pulumi/aws/s3";
import { Parameter } from "@pulumi/aws/ssm/parameter";
import { Topic } from "@pulumi/aws/sns/topic";
import { TopicSubscription } from "@pulumi/aws/sns/topicSubscription";
import type * as types from "@pulumi/aws/types";
import * as vpc from "@pulumi/aws/vpc";

/** Only of what stacks with a load balancer have: the whole of both services is a hundred files more. */
const lb = { Listener, LoadBalancer, TargetGroup, TargetGroupAttachment };
const route53 = { Record: DnsRecord, Zone };
const acm = { Certificate, CertificateValidation };
/** Of what a fleet has. */
const autoscaling = { Group, Policy };
const ssm = { Parameter };

export { acm, autoscaling, ec2, getAvailabilityZones, getCallerIdentity, getKey, getResource, iam, lb, route53, s3, ssm, vpc };
/** Of services of which the program uses one or two resources, these alone. */
export { Dashboard, HealthCheck, InstanceConnectEndpoint, LogGroup, MetricAlarm, Topic, TopicSubscription };
export type { types };
