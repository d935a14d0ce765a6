/** Topics, alarms, health checks and dashboards, read in the Terraform AWS provider (hashicorp/terraform-provider-aws). Pure. */
import type { GraphResource } from "../offline/engine";
import { DRIFT_METRIC } from "../watch/drift-alarms";
import type { Grant, Row } from "./grants";

/** @param place in braces the name, which Pulumi makes of the resource's */
const on = (service: string, place: string, ...actions: readonly string[]): Grant => ({
  actions: actions.map((name) => `${service}:${name}`),
  on: [`${service}:${place}`],
});
const onTopic = (...actions: readonly string[]): Grant => on("sns", "{own}:{account}:{topic}", ...actions);
const onAlarm = (...actions: readonly string[]): Grant => on("cloudwatch", "{own}:{account}:alarm:{self}", ...actions);
const onDashboard = (...actions: readonly string[]): Grant => on("cloudwatch", ":{account}:dashboard/{dashboard}", ...actions);

/**
 * IAM calls a group of logs by its ARN alone where tags are concerned, and with ":*" behind it for all other actions ("LogGroup", `arn` and `logGroupArn`,
 * in the API reference of CloudWatch Logs).
 */
const tagsLogs = (...actions: readonly string[]): Grant => on("logs", "{region}:{account}:log-group:{logGroup}", ...actions);
const onLogs = (...actions: readonly string[]): Grant => on("logs", "{region}:{account}:log-group:{logGroup}:*", ...actions);

const CHECK = "the id of a health check is made by Route 53, and it has no condition on tags: checks of other stacks are among them";
const onCheck = (...actions: readonly string[]): Grant => ({ ...on("route53", "::healthcheck/*", ...actions), why: CHECK });

export const WATCH_ROWS: Readonly<Record<string, Row>> = {
  "aws:sns/topic:Topic": {
    source: "sns/topic",
    create: [onTopic("CreateTopic", "TagResource", "SetTopicAttributes")],
    read: [onTopic("GetTopicAttributes", "ListTagsForResource")],
    update: [onTopic("SetTopicAttributes", "TagResource", "UntagResource")],
    delete: [onTopic("DeleteTopic")],
  },
  "aws:sns/topicSubscription:TopicSubscription": {
    source: "sns/topic_subscription",
    create: [onTopic("Subscribe")],
    read: [onTopic("GetSubscriptionAttributes")],
    update: [onTopic("SetSubscriptionAttributes")],
    delete: [onTopic("Unsubscribe")],
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    source: "cloudwatch/metric_alarm",
    create: [onAlarm("PutMetricAlarm", "TagResource")],
    read: [onAlarm("DescribeAlarms", "ListTagsForResource")],
    update: [onAlarm("PutMetricAlarm", "TagResource", "UntagResource")],
    delete: [onAlarm("DeleteAlarms")],
  },
  "aws:cloudwatch/dashboard:Dashboard": {
    source: "cloudwatch/dashboard",
    create: [onDashboard("PutDashboard")],
    read: [onDashboard("GetDashboard")],
    update: [onDashboard("PutDashboard")],
    delete: [onDashboard("DeleteDashboards")],
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    source: "logs/group",
    create: [onLogs("CreateLogGroup", "PutRetentionPolicy"), tagsLogs("TagResource")],
    read: [
      {
        ...{ actions: ["logs:DescribeLogGroups"], on: ["*"] },
        why: "AWS has no resource for it: a group is looked for by the beginning of its name",
      },
      tagsLogs("ListTagsForResource"),
    ],
    update: [onLogs("PutRetentionPolicy", "AssociateKmsKey", "DisassociateKmsKey"), tagsLogs("TagResource", "UntagResource")],
    delete: [onLogs("DeleteLogGroup")],
  },
  "aws:route53/healthCheck:HealthCheck": {
    source: "route53/health_check",
    create: [
      { actions: ["route53:CreateHealthCheck"], on: ["*"], why: "AWS has no resource for a health check that is not there yet" },
      onCheck("ChangeTagsForResource"),
    ],
    read: [onCheck("GetHealthCheck", "ListTagsForResource")],
    update: [onCheck("UpdateHealthCheck", "ChangeTagsForResource")],
    delete: [onCheck("DeleteHealthCheck")],
  },
};

/** What the nightly check sends, with the role of previews, where there are alarms on it. */
export function driftGrants(resources: readonly Pick<GraphResource, "inputs">[]): Grant[] {
  const namespaces = resources.flatMap(({ inputs: { metricName, namespace } }) =>
    metricName === DRIFT_METRIC && typeof namespace === "string" ? [namespace] : [],
  );
  const why = "CloudWatch has no resource for metrics: the namespace of the stack limits it";
  return [...new Set(namespaces)].map((namespace) => ({
    ...{ actions: ["cloudwatch:PutMetricData"], on: ["*"], equal: { "cloudwatch:namespace": [namespace] }, why },
  }));
}
