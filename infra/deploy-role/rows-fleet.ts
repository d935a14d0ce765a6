/**
 * A fleet: launch template, Auto Scaling group, scaling policy and parameter, read in the Terraform AWS provider (hashicorp/terraform-provider-aws). Auto
 * Scaling launches in the name of its service-linked role, and asks whether who makes the group may run instances of the template itself
 * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html).
 * Pure.
 */
import { interfaces, makes, lists, onKey, PASSES_ROLE, retags, uses, type Grant, type Limit, type Row } from "./grants";
import { describes as describesBalancers } from "./rows-balancer";

const SERVICE = "autoscaling";
const on = (limits: readonly Limit[], ...names: readonly string[]): Grant => ({
  actions: names.map((name) => `${SERVICE}:${name}`),
  // The middle part is an id that AWS makes.
  on: [`${SERVICE}:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{scalingGroup}`],
  limits,
});
const describes = (...names: readonly string[]): Grant => ({
  actions: names.map((name) => `${SERVICE}:Describe${name}`),
  on: ["*"],
  why: "Auto Scaling has no resource for what describes: groups of others are shown too",
});
const onParameter = (...names: readonly string[]): Grant => ({
  actions: names.map((name) => `ssm:${name}`),
  on: ["ssm:{region}:{account}:parameter/{parameter}"],
});

/** What EC2 would make of the template, which bears the stack's tag as its instances do. */
const LAUNCHES: readonly Grant[] = [
  ...makes("RunInstances", "instance", "volume"),
  uses("RunInstances", "subnet", "security-group", "key-pair", "launch-template"),
  interfaces("RunInstances"),
  {
    actions: ["ec2:RunInstances"],
    on: ["ec2:{region}::image/*"],
    equal: { "ec2:Owner": ["{imageOwner}"] },
    why: "the newest image of an owner is looked for, so its id is not fixed; the owner is",
  },
  onKey("ec2", "CreateGrant", "Decrypt", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo"),
  PASSES_ROLE,
];

export const FLEET_ROWS: Readonly<Record<string, Row>> = {
  "aws:ec2/launchTemplate:LaunchTemplate": {
    source: "ec2/ec2_launch_template",
    create: [...makes("CreateLaunchTemplate", "launch-template"), ...LAUNCHES],
    read: [lists("LaunchTemplates", "LaunchTemplateVersions")],
    update: [
      uses("CreateLaunchTemplateVersion", "launch-template"),
      uses("ModifyLaunchTemplate", "launch-template"),
      ...retags("launch-template"),
    ],
    delete: [uses("DeleteLaunchTemplate", "launch-template")],
  },
  "aws:autoscaling/group:Group": {
    source: "autoscaling/group",
    create: [
      on(["new"], "CreateAutoScalingGroup"),
      on(["own"], "PutLifecycleHook", "UpdateAutoScalingGroup", "PutWarmPool"),
      // Whether the first hosts are healthy is asked of the load balancer.
      describesBalancers("TargetHealth"),
    ],
    read: [describes("AutoScalingGroups", "WarmPool")],
    update: [
      on(["own"], "UpdateAutoScalingGroup", "StartInstanceRefresh"),
      on(["own"], "AttachLoadBalancerTargetGroups", "DetachLoadBalancerTargetGroups", "PutWarmPool", "DeleteWarmPool"),
      describes("InstanceRefreshes", "LoadBalancerTargetGroups"),
      on(["own", "marks"], "CreateOrUpdateTags"),
      on(["own", "keeps"], "DeleteTags"),
    ],
    delete: [on(["own"], "UpdateAutoScalingGroup", "SetInstanceProtection", "DeleteWarmPool", "DeleteAutoScalingGroup")],
  },
  "aws:autoscaling/policy:Policy": {
    source: "autoscaling/policy",
    create: [on(["own"], "PutScalingPolicy")],
    read: [describes("Policies")],
    update: [on(["own"], "PutScalingPolicy")],
    delete: [on(["own"], "DeletePolicy")],
  },
  "aws:ssm/parameter:Parameter": {
    source: "ssm/parameter",
    create: [onParameter("PutParameter", "AddTagsToResource")],
    read: [
      onParameter("GetParameter", "ListTagsForResource"),
      { actions: ["ssm:DescribeParameters"], on: ["*"], why: "SSM has no resource for it: it lists names and not values" },
    ],
    update: [onParameter("PutParameter", "AddTagsToResource", "RemoveTagsFromResource")],
    delete: [onParameter("DeleteParameter")],
  },
};
