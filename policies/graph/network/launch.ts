/** What a launch template or launch configuration says of the hosts made from it. */
import { ofType } from "../../core/graph";
import type { Graph, Resource } from "../../core/types";
import { asArray, asProps, asString, isUnknown } from "../../core/values";
import * as kinds from "./kinds";
import { BLIND, INSTANCE_FIELDS, readInterfaceResource, nestedTargets, readInterface, topProps } from "./network-interface";
import type { NetworkInterface } from "./network-interface";
import { combine, property, target, targetsOf } from "./targets";
import type { Targets } from "./targets";

export const TEMPLATE = /^aws:ec2\/(launchTemplate:LaunchTemplate|launchConfiguration:LaunchConfiguration)$/;

/** The network interfaces of a template: those that it lists, or one for what is at its top. */
export function templateInterfaces(graph: Graph, template: Resource): NetworkInterface[] {
  const props = topProps(template);
  const interfaces = asArray(props.networkInterfaces) ?? [];
  const top = open(readInterface(graph, template, props, INSTANCE_FIELDS));
  if (isUnknown(props.networkInterfaces))
    return [{ ...top, path: "networkInterfaces", subnets: BLIND, groups: { ...BLIND, lost: true }, publicIp: "unknown" }];
  if (interfaces.length === 0) return [top];
  return interfaces.map((item, index): NetworkInterface => {
    const path = `networkInterfaces[${String(index)}]`;
    const inner = asProps(item);
    if (!inner) return { ...top, path, subnets: BLIND, groups: BLIND, publicIp: "unknown" };
    const networkInterface = open(readInterface(graph, template, inner, INSTANCE_FIELDS, path, "networkInterfaces"));
    const card = target(graph, template, "networkInterfaces", inner.networkInterfaceId, kinds.NETWORK_INTERFACE);
    if (card) return card.is ? readInterfaceResource(graph, card.is) : { ...networkInterface, subnets: BLIND, groups: BLIND };
    return networkInterface.groups === "open" ? { ...networkInterface, groups: top.groups } : networkInterface;
  });
}

/** What a template leaves out is for the launch to say. */
function open(networkInterface: NetworkInterface): NetworkInterface {
  return {
    ...networkInterface,
    subnets: networkInterface.subnets === "default-vpc" ? "open" : networkInterface.subnets,
    groups: networkInterface.groups === "default" ? "open" : networkInterface.groups,
  };
}

/** The templates that a host is made from, named by id or by name anywhere inside these properties. `undefined`: none is named. */
export function templatesOf(graph: Graph, resource: Resource, keys: readonly string[]): Targets | undefined {
  const given = keys
    .map((key) => {
      const value = property(resource, key);
      const single = asString(value) !== undefined || isUnknown(value);
      return single ? targetsOf(graph, resource, key, TEMPLATE) : nestedTargets(graph, resource, key, TEMPLATE_NAMES, TEMPLATE);
    })
    .filter((list) => list !== undefined);
  if (given.length === 0) return undefined;
  const all = combine(given);
  const named = ofType(graph, TEMPLATE).filter((template) => all.literals.includes(asString(template.inputs.name) ?? ""));
  return named.length === 0 ? all : { ...all, certain: [...new Set([...all.certain, ...named])], maybe: [], literals: [] };
}

const TEMPLATE_NAMES = /^(id|name|launchTemplateId|launchTemplateName)$/;
