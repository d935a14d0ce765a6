import type { Finding, Policy, Resource, Value } from "../../core/types";
import { asString, isAbsent, isUnknown } from "../../core/values";
import { bodyTypes, HARMLESS_PACKAGES, reachesGuards } from "./packages";

const FIX = "use the typed resource of the aws provider, so that the other policies can evaluate it";

export const policy: Policy = {
  id: "judgeable-resources",
  severity: "high",
  control: "PACK-1",
  tags: ["engine"],
  description:
    "Networks, machines, roles and buckets are made by resources that this pack can check, not by another provider or a template.",
  why: "A template or another provider can open a port or a bucket that no policy sees; silence about it would read as a pass.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  local: true,
  bad: 'new aws.cloudformation.Stack("extra", { templateBody: "... AWS::EC2::SecurityGroupIngress ..." });',
  good: 'new aws.vpc.SecurityGroupIngressRule("service", { ... });',
  evaluate: (graph) => graph.resources.filter((resource) => resource.custom && !resource.external).flatMap(check),
};

function check(resource: Resource): Finding[] {
  const why = doubt(resource);
  return why === undefined
    ? []
    : [
        {
          verdict: "unknown",
          urn: resource.urn,
          message: `"${resource.name}" (${resource.type}) ${why}, which cannot be evaluated here: ${FIX}`,
        },
      ];
}

/** What the resource may change unseen; undefined where nothing. */
function doubt(resource: Resource): string | undefined {
  const { type, inputs } = resource;
  const [name = ""] = type.split(":");
  if (/^(pulumi|aws|command)$/.test(name) || name.startsWith("pulumi-")) return name === "aws" ? within(resource) : undefined;
  if (name === "aws-native" || name === "awscc") {
    if (/:cloudformation:(Stack|StackSet)$/i.test(type)) return template(inputs.templateBody, inputs.templateUrl);
    return reachesGuards(nativeType(type)) ? `makes ${nativeType(type)} by another provider` : undefined;
  }
  return HARMLESS_PACKAGES.has(name) ? undefined : `comes from the package "${name}", whose reach is not known`;
}

/** Resources of the aws provider that carry others, or commands for hosts, inside. */
function within({ type, inputs }: Resource): string | undefined {
  if (/^aws:cloudformation\/(stack|stackSet):/.test(type)) return template(inputs.templateBody, inputs.templateUrl);
  if (/^aws:cloudcontrol\/resource:/.test(type)) {
    const made = asString(inputs.typeName);
    return made === undefined || reachesGuards(made) ? `makes ${made ?? "a resource of unknown type"} through Cloud Control` : undefined;
  }
  if (/^aws:(servicecatalog\/provisionedProduct|serverlessrepository\/cloudFormationStack):/.test(type))
    return "makes a product whose template is kept elsewhere";
  if (
    /^aws:ssm\/association:/.test(type) &&
    /^AWS-(Run(Shell|PowerShell)Script|RunRemoteScript|RunDocument|Apply\w+|ConfigureAWSPackage)$/.test(asString(inputs.name) ?? "")
  )
    return "runs scripts on hosts";
  return undefined;
}

function template(body: Value | undefined, url: Value | undefined): string | undefined {
  const text = asString(body);
  if (text !== undefined) {
    const types = bodyTypes(text).filter(reachesGuards);
    return types.length > 0 ? `makes ${types.slice(0, 4).join(", ")} by a template` : undefined;
  }
  if (isAbsent(body) && isAbsent(url)) return undefined;
  return isUnknown(body) ? "has a template that is not known yet" : "has a template that is kept elsewhere";
}

/** `aws-native:ec2:SecurityGroup` -> `AWS::EC2::SecurityGroup`. */
function nativeType(type: string): string {
  const [, service = "", name = ""] = type.split(":");
  const part = service.split("/")[0] ?? "";
  return `AWS::${part.length <= 3 ? part.toUpperCase() : part.charAt(0).toUpperCase() + part.slice(1)}::${name}`;
}
