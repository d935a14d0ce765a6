import type { Finding, Graph, Policy, Resource, Settings, Value } from "../../core/types";
import { asProps, asString, isAbsent, isUnknown, leaves } from "../../core/values";
import { templated } from "../../core/template";
import { unmodelled } from "../../graph/closed-world";
import type { Unmodelled } from "../../graph/closed-world";
import type { Thing } from "../../graph/closed-world/guarded";
import { associationsOf } from "../../shell/associations";
import { runsCommands } from "./commands-on-hosts";
import { HARMLESS_PACKAGES, reachesGuards } from "./packages";
import { doorOf, doubtOfTemplate } from "./template";

const FIX = "use the typed resource of the aws provider, so that the other policies can evaluate it";

export const policy: Policy = {
  id: "judgeable-resources",
  severity: "high",
  control: "PACK-1",
  tags: ["engine"],
  description:
    "Networks, machines, roles and buckets are made by resources that this pack can check, not by another provider or a template that is not read, and nothing receives the backend, its network, groups, role or keys, the gateway's group or the models bucket in a property that the pack does not understand.",
  why: "A template, another provider or a new kind of resource can open a port or a bucket that no policy sees; silence about it would read as a pass. Of CloudFormation templates in the program the common types are read as resources (policies/core/template). What is understood is listed with a reason in policies/graph/closed-world.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: 'new aws.cloudformation.Stack("extra", { templateUrl: "https://..." });',
  good: 'new aws.vpc.SecurityGroupIngressRule("service", { ... });',
  evaluate(graph, settings) {
    const alone = graph.resources.filter((resource) => resource.custom && !resource.external).flatMap((one) => check(graph, one, settings));
    const said = new Set(alone.map(({ urn }) => urn));
    const followed = associationsOf(graph);
    const { receivers, own } = unmodelled(graph, settings);
    const open = receivers.filter(({ resource: { urn } }) => !said.has(urn) && !followed.has(urn));
    return [...alone, ...unclear(open), ...own.map(unclearOwn)];
  },
};

/** Something guarded goes where nobody looks: one finding a resource. */
function unclear(receipts: readonly Unmodelled[]): Finding[] {
  const byResource = new Map<Resource, Unmodelled[]>();
  for (const receipt of receipts) byResource.set(receipt.resource, [...(byResource.get(receipt.resource) ?? []), receipt]);
  return [...byResource].map(([{ urn, name, type }, all]) => {
    const what = [...new Set(all.map(({ property, thing }) => `${thing.what} ("${thing.resource.name}") in ${property}`))];
    return {
      verdict: "unknown",
      urn,
      message: `Cannot tell what "${name}" (${type}) does with ${what.join(", ")}: no policy evaluates that, so it may open or publish what it receives. Take it away, or read what it does and exempt this finding with the reason.`,
    };
  });
}

function unclearOwn({ thing, property }: { readonly thing: Thing; readonly property: string }): Finding {
  const { urn, name } = thing.resource;
  return {
    verdict: "unknown",
    urn,
    message: `Cannot tell what the property ${property} does to ${thing.what} ("${name}"): no policy evaluates it, so it may open it. Take it away, or read what it does and exempt this finding with the reason.`,
  };
}

function check(graph: Graph, resource: Resource, { home }: Settings): Finding[] {
  const why = associationsOf(graph).has(resource.urn) ? undefined : (doubt(resource) ?? mounts(resource, home));
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

/** Another provider that is handed files of the hosts: a container with the service's home, a daemon with a key. */
function mounts({ type, inputs }: Resource, home: string): string | undefined {
  if (/^(aws|command|pulumi|pulumi-\w+):/.test(type)) return undefined;
  const path = leaves(Object.values(inputs))
    .map((leaf) => asString(leaf))
    .find((text) => text !== undefined && isHostPath(text, home));
  return path === undefined ? undefined : `is given ${path}`;
}

const isHostPath = (text: string, home: string): boolean =>
  text.startsWith("/") &&
  text.length < 300 &&
  (text === home || text.startsWith(`${home}/`) || /^\/(home|etc|root|var\/run\/docker\.sock)?\/?$/.test(text));

/** What the resource may change unseen; undefined where nothing. */
function doubt(resource: Resource): string | undefined {
  const { type, inputs } = resource;
  const [name = ""] = type.split(":");
  if (name === "aws") return within(resource);
  if (type.startsWith("pulumi:providers:aws")) return provider(inputs);
  // Dynamic providers have a policy of their own (no-dynamic-provider).
  if (/^(pulumi|command)$/.test(name) || /^pulumi-(nodejs|python|dotnet|go|java|yaml)$/.test(name)) return undefined;
  if (name === "aws-native" || name === "awscc") {
    if (/:cloudformation:(Stack|StackSet)$/i.test(type)) return template(inputs.templateBody, inputs.templateUrl);
    if (reachesGuards(nativeType(type))) return `makes ${nativeType(type)} by another provider`;
    const door = doorOf(nativeType(type), inputs);
    return door === undefined ? undefined : `makes ${nativeType(type)} with ${door} by another provider`;
  }
  if (name === "kubernetes") return published(resource);
  return HARMLESS_PACKAGES.has(name) ? undefined : `comes from the package "${name}", whose reach is not known`;
}

/** Settings of a provider by which its requests still go to AWS, and are the ones that are evaluated here. */
const PROVIDER = new Set(
  (
    "region profile allowedAccountIds forbiddenAccountIds defaultTags ignoreTags assumeRoles assumeRole assumeRoleWithWebIdentity maxRetries retryMode tokenBucketRateLimiterCapacity version " +
    "pluginDownloadURL skipCredentialsValidation skipMetadataApiCheck skipRegionValidation skipRequestingAccountId useFipsEndpoint useDualstackEndpoint s3UsePathStyle s3UsEast1RegionalEndpoint " +
    "stsRegion accessKey secretKey token sharedConfigFiles sharedCredentialsFiles ec2MetadataServiceEndpointMode noProxy userAgents tagPolicyCompliance"
  ).split(" "),
);

/** A provider that talks to something else than AWS's endpoints: what it makes there is not what is evaluated here. */
function provider(inputs: Resource["inputs"]): string | undefined {
  const given = Object.entries(inputs)
    .filter(([name]) => !PROVIDER.has(name) && !name.startsWith("__"))
    .filter(([, value]) =>
      leaves(value).some((leaf) => leaf !== null && !/^(\[\]|false|\{\}|)$/.test(asString(leaf) ?? JSON.stringify(leaf) ?? "")),
    );
  const [first] = given.map(([name]) => name);
  if (first === undefined) return undefined;
  return first === "endpoints"
    ? "sends its requests to endpoints of its own"
    : `has the setting ${first}, by which its requests may go elsewhere`;
}

/** A cluster makes load balancers of AWS for what is published in it, and leads them to any address. */
function published({ type, inputs }: Resource): string | undefined {
  const made = type.replace(/^kubernetes:/, "");
  if (/^core\/v1:(Endpoints|EndpointsPatch)$|:EndpointSlice$/.test(made)) return "leads a service of a cluster to addresses";
  if (/:Service(Patch)?$/.test(made) && asString(asProps(inputs.spec)?.type) === "LoadBalancer")
    return "makes a load balancer by a cluster";
  return /:(Ingress|Gateway)$/.test(made) ? "publishes a service of a cluster" : undefined;
}

/** Resources of the aws provider that carry others, or commands for hosts, inside. */
function within(resource: Resource): string | undefined {
  const { type, inputs } = resource;
  if (/^aws:cloudformation\/(stack|stackSet):/.test(type))
    return template(inputs.templateBody, inputs.templateUrl, templated(resource).read);
  if (/^aws:cloudformation\/cloudFormationType:/.test(type)) return "registers code of its own that CloudFormation runs";
  if (/^aws:cloudformation\/stack(SetInstance|Instances):/.test(type))
    return (resource.propertyDependencies.stackSetName ?? []).length > 0 ? undefined : "makes stacks of a template that is kept elsewhere";
  if (/^aws:cloudcontrol\/resource:/.test(type)) {
    if (templated(resource).whole) return undefined;
    const made = asString(inputs.typeName);
    if (made === undefined || reachesGuards(made)) return `makes ${made ?? "a resource of unknown type"} through Cloud Control`;
    const door = doorOf(made, stated(inputs.desiredState));
    return door === undefined ? undefined : `makes ${made} with ${door} through Cloud Control`;
  }
  if (/^aws:(servicecatalog\/provisionedProduct|serverlessrepository\/cloudFormationStack):/.test(type))
    return "makes a product whose template is kept elsewhere";
  if (/^aws:s3control\/accessGrant(s?\w*)?:/.test(type)) return "grants rights on objects beside the bucket's own policy";
  return runsCommands(resource);
}

function template(body: Value | undefined, url: Value | undefined, evaluated?: ReadonlySet<string>): string | undefined {
  const text = asString(body);
  if (text !== undefined) return doubtOfTemplate(text, evaluated);
  if (isAbsent(body) && isAbsent(url)) return undefined;
  return isUnknown(body) ? "has a template that is not known yet" : "has a template that is kept elsewhere";
}

/** Cloud Control takes the properties as JSON; of what cannot be read every text counts as the name of one. */
function stated(value: Value | undefined): unknown {
  const text = asString(value);
  try {
    return text === undefined ? { policy: true } : JSON.parse(text);
  } catch {
    return { policy: true };
  }
}

/** `aws-native:ec2:SecurityGroup` -> `AWS::EC2::SecurityGroup`. */
function nativeType(type: string): string {
  const [, service = "", name = ""] = type.split(":");
  const part = service.split("/")[0] ?? "";
  return `AWS::${part.length <= 3 ? part.toUpperCase() : part.charAt(0).toUpperCase() + part.slice(1)}::${name}`;
}
