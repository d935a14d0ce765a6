/**
 * What machines run at their first boot, wherever it stands: at an instance, or in what Auto Scaling and spot fleets launch from (launch templates and
 * configurations, launch specifications). Nobody logs in to those machines, so the user data is all of their set-up.
 */
import { ofType } from "../core/graph";
import { needs } from "../core/references";
import { matches } from "../core/select";
import { UNKNOWN } from "../core/types";
import type { Graph, Props, Resource, Settings, Value } from "../core/types";
import { asArray, asProps, isAbsent } from "../core/values";
import { TEMPLATE, templatesOf } from "../graph/network/launch";
import { networkOf } from "../graph/network/model";

export type Role = "backend" | "gateway";

export const INSTANCE = /^(aws:ec2\/(instance:Instance|spotInstanceRequest:SpotInstanceRequest)|aws-native:ec2:Instance)$/u;
const NATIVE = /^aws-native:(ec2:LaunchTemplate|autoscaling:LaunchConfiguration)$/u;
const GROUP = /^aws:(autoscaling\/group:Group|ec2\/(fleet:Fleet|spotFleetRequest:SpotFleetRequest))$/u;
const SPOT_FLEET = /^aws:ec2\/spotFleetRequest:SpotFleetRequest$/u;

/** User data, and where it stands. */
export interface Boot {
  readonly resource: Resource;
  /** The property: `launchSpecifications[0].userData`. */
  readonly part: string;
  readonly value: Value | undefined;
  /** EC2 takes it in base64 only. */
  readonly encoded: boolean;
  /** It may stand in a launch template that is not part of the program. */
  readonly elsewhere?: true;
}

/** Machines that are launched from one description. */
export interface Launched {
  readonly key: string;
  readonly name: string;
  readonly resource: Resource;
  readonly boot: Boot | undefined;
  readonly role?: Role;
}

/** The user data of an instance: its own, else that of the launch template that it names. */
export function bootOfInstance(graph: Graph, instance: Resource): Boot | undefined {
  const own = bootIn(instance, instance.inputs, "");
  if (own !== undefined) return own;
  const named = templatesOf(graph, instance, ["launchTemplate"]);
  const [template] = named?.certain ?? [];
  if (named === undefined || template !== undefined) return template && bootOfTemplate(template);
  return bootElsewhere(instance, "launchTemplate");
}

const bootElsewhere = (resource: Resource, part: string): Boot => ({ resource, part, value: UNKNOWN, encoded: false, elsewhere: true });

/** Everything else that machines are launched from. A template that only instances name is evaluated with these. */
export function launchedOf(graph: Graph, settings: Settings): Launched[] {
  const templates = [...ofType(graph, TEMPLATE), ...ofType(graph, NATIVE)].filter((one) => !one.external && !isOfInstances(graph, one));
  const fleets = ofType(graph, SPOT_FLEET).filter((one) => !one.external);
  return [
    ...templates.map((resource): Launched => ({
      key: resource.urn,
      name: resource.name,
      resource,
      boot: bootOfTemplate(resource),
      ...roleOf(graph, settings, resource),
    })),
    ...fleets.flatMap((resource) => specifications(graph, settings, resource)),
    ...ofType(graph, GROUP).flatMap((resource) => ofForeignTemplate(graph, settings, resource)),
  ];
}

/** A group whose template is not part of the program. */
function ofForeignTemplate(graph: Graph, settings: Settings, resource: Resource): Launched[] {
  const [part] = FROM.filter((key) => !isAbsent(resource.inputs[key]));
  if (part === undefined || resource.external || templatesOf(graph, resource, FROM)?.certain.length !== 0) return [];
  return [{ key: resource.urn, name: resource.name, resource, boot: bootElsewhere(resource, part), ...roleOf(graph, settings, resource) }];
}

function specifications(graph: Graph, settings: Settings, resource: Resource): Launched[] {
  return (asArray(resource.inputs.launchSpecifications) ?? []).map((item, index) => {
    const path = `launchSpecifications[${String(index)}]`;
    const found = bootIn(resource, asProps(item) ?? {}, `${path}.`);
    const boot = found && { ...found, encoded: true };
    return {
      key: `${resource.urn} ${path}`,
      name: resource.name,
      resource,
      boot,
      ...roleOf(graph, settings, resource, asProps(item)?.tags),
    };
  });
}

function bootOfTemplate(template: Resource): Boot | undefined {
  const data = asProps(template.inputs.launchTemplateData);
  const boot = data ? bootIn(template, data, "launchTemplateData.") : bootIn(template, template.inputs, "");
  // The launch configurations of the provider `aws` alone take a plain text, and encode it.
  return boot && { ...boot, encoded: boot.encoded || !template.type.startsWith("aws:ec2/launchConfiguration:") };
}

function bootIn(resource: Resource, props: Props, path: string): Boot | undefined {
  const key = (["userData", "userDataBase64"] as const).find((one) => !isAbsent(props[one]));
  return key && { resource, part: `${path}${key}`, value: props[key], encoded: key === "userDataBase64" };
}

function isOfInstances(graph: Graph, template: Resource): boolean {
  const users = graph.resources.filter((one) => one.custom && needs(one).has(template.urn));
  const isUsed = (one: Resource): boolean =>
    INSTANCE.test(one.type) && templatesOf(graph, one, ["launchTemplate"])?.certain[0] === template;
  return users.some(isUsed) && users.every((one) => INSTANCE.test(one.type) || !LAUNCHES.test(one.type));
}

/** What may launch machines from a template; steps and outputs that only name it do not. */
const LAUNCHES = /^(?!pulumi:|command:|random:|tls:|local:)/u;

/** By its tags, by those of the group that launches from it, or by the security group that its machines carry. */
function roleOf(graph: Graph, settings: Settings, resource: Resource, tags?: Value): { role?: Role } {
  const { roles } = settings;
  const hosts = networkOf(graph, settings).hosts.filter(
    (host) => host.resource === resource || templatesOf(graph, host.resource, FROM)?.certain.includes(resource) === true,
  );
  const plays = (selector: Settings["roles"]["backendInstances"]): boolean =>
    [resource, ...(asProps(tags) ? [{ ...resource, inputs: { tags: tags ?? null } }] : [])].some(
      (one) => matches(graph, selector, one) === true,
    );
  if (plays(roles.backendInstances) || hosts.some(({ backend }) => backend === "role")) return { role: "backend" };
  if (plays(roles.gatewayInstances) || hosts.some(({ gateway }) => gateway)) return { role: "gateway" };
  return hosts.some(({ backend }) => backend === "carries") ? { role: "backend" } : {};
}

const FROM = ["launchTemplate", "launchConfiguration", "mixedInstancesPolicy", "launchTemplateConfig", "launchTemplateConfigs"];
