/** Resources that may change who reaches what, and whose content this model does not read. */
import type { Graph, Resource, Value } from "../../core/types";
import { asString, isAbsent, isUnknown } from "../../core/values";
import { property } from "./targets";

export interface Unreadable {
  readonly resource: Resource;
  /** What stands in it, as far as it shows. */
  readonly what: string;
}

/** CloudFormation types that decide, or may decide, who reaches what. Custom resources and nested stacks may do anything. */
const RISKY =
  /^(AWS::(EC2|ElasticLoadBalancing(V2)?|AutoScaling|CloudFormation|GlobalAccelerator|CloudFront|ApiGateway(V2)?|VpcLattice|ECS|EKS|Lambda|Batch|RDS|Serverless|NetworkManager|RAM|NetworkFirewall|Lightsail|ElasticBeanstalk|AppRunner)::|Custom::|AWS::Serverless)/;
/** Types of that kind that decide nothing of it. */
const HARMLESS =
  /^AWS::(EC2::(KeyPair|Volume|VolumeAttachment|PlacementGroup|FlowLog|CapacityReservation|DHCPOptions|VPCDHCPOptionsAssociation|SnapshotBlockPublicAccess|EIP$)|Lambda::(Permission|Version|Alias|LayerVersion|LayerVersionPermission|EventInvokeConfig)|AutoScaling::(ScalingPolicy|ScheduledAction|LifecycleHook)|RDS::(DBParameterGroup|DBClusterParameterGroup|OptionGroup|DBSubnetGroup)|ECS::(Cluster|TaskDefinition)|CloudFormation::(WaitConditionHandle|WaitCondition|Macro|PublicTypeVersion))/;

/** Native types of aws-native that are read elsewhere. */
const READ = /^aws-native:ec2:(SecurityGroupIngress|SecurityGroupEgress|SecurityGroupVpcAssociation)$/;
const STACKS =
  /^(aws:cloudformation\/(stack:Stack|stackSet:StackSet)|aws:serverlessrepository\/cloudFormationStack:CloudFormationStack|aws-native:cloudformation:(Stack|StackSet)|aws:servicecatalog\/provisionedProduct:ProvisionedProduct)$/;

export function unreadable(graph: Graph): Unreadable[] {
  const parents = new Set(graph.resources.map(({ parent }) => parent));
  return graph.resources.flatMap((resource): Unreadable[] => {
    const what = read(resource, parents.has(resource.urn));
    return what === undefined ? [] : [{ resource, what }];
  });
}

function read(resource: Resource, hasChildren: boolean): string | undefined {
  const { type } = resource;
  if (STACKS.test(type)) return templateContent(resource);
  if (type === "aws:cloudcontrol/resource:Resource") return typeName(property(resource, "typeName"));
  if (type.startsWith("aws-native:") && !READ.test(type)) return nativeContent(type);
  // A component's children are judged by themselves; one that shows none hides what it makes.
  return /^awsx:/.test(type) && !resource.custom && !hasChildren ? "what it creates does not show" : undefined;
}

function nativeContent(type: string): string | undefined {
  const [, service = "", name = ""] = type.split(":");
  const found = SERVICES[service.toLowerCase()];
  return found !== undefined && isRisky(`AWS::${found}::${name}`) ? `AWS::${found}::${name}` : undefined;
}

const SERVICES: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ...[
      "EC2",
      "ElasticLoadBalancing",
      "ElasticLoadBalancingV2",
      "AutoScaling",
      "GlobalAccelerator",
      "CloudFront",
      "ApiGateway",
      "ApiGatewayV2",
    ],
    ...[
      "VpcLattice",
      "ECS",
      "EKS",
      "Lambda",
      "Batch",
      "RDS",
      "NetworkManager",
      "RAM",
      "NetworkFirewall",
      "Lightsail",
      "AppRunner",
      "CloudFormation",
    ],
  ].map((service) => [service.toLowerCase(), service]),
);

function typeName(value: Value | undefined): string | undefined {
  const name = asString(value);
  if (name === undefined) return "a type that is not known yet";
  return isRisky(name) ? name : undefined;
}

function isRisky(name: string): boolean {
  return RISKY.test(name) && !HARMLESS.test(name);
}

/** The types that a template's text names. A template that cannot be read may hold anything. */
function templateContent(resource: Resource): string | undefined {
  const body = property(resource, "templateBody") ?? property(resource, "template");
  const text = asString(body);
  if (text === undefined)
    return isAbsent(body) ? "a template kept elsewhere" : isUnknown(body) ? "a template that is not known yet" : "a template";
  const types = [...new Set(text.match(/\b(AWS::[A-Za-z0-9]+::[A-Za-z0-9]+|Custom::[\w@-]+|AWS::Serverless-[\w-]+)/g) ?? [])];
  const risky = types.filter(isRisky);
  if (types.length === 0) return "a template without types that can be read";
  return risky.length === 0 ? undefined : risky.join(", ");
}
