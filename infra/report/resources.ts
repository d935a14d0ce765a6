/** The resources of any program as rows: what each is, where it is registered, and those of its properties that are known and harmless. Pure. */
import type { Graph, Resource, Value } from "../../policies/core/types";
import { describeTraffic, traffic } from "../../policies/graph/network/ports";
import { safeText } from "../diff/safe";
import type { ResourceRow } from "./types";

/** Properties whose values say what a resource is and never what it keeps to itself. All others stay out of a report. */
const HARMLESS = [
  "cidrBlock",
  "availabilityZone",
  "instanceType",
  "port",
  "cidrIpv4",
  "cidrIpv6",
  "destinationCidrBlock",
  "mapPublicIpOnLaunch",
  "associatePublicIpAddress",
  "serviceName",
  "vpcEndpointType",
  "engine",
  "engineVersion",
  "instanceClass",
  "allocatedStorage",
  "multiAz",
  "publiclyAccessible",
  "storageEncrypted",
  "loadBalancerType",
  "internal",
  "runtime",
  "memorySize",
  "timeout",
  "desiredCapacity",
  "minSize",
  "maxSize",
  "region",
  "key",
  "retentionInDays",
] as const;

const STACK = "pulumi:pulumi:Stack";
/** Components stand in components; a graph may hold circles. */
const DEPTH = 20;

export function resourceRows(graph: Graph): ResourceRow[] {
  return graph.resources.map((resource) => ({
    urn: resource.urn,
    name: safeText(resource.name),
    type: safeText(resource.type),
    component: componentOf(graph, resource),
    isComponent: !resource.custom,
    facts: [
      ...(resource.external === true ? ["only read, not managed"] : []),
      ...(resource.options.protect === true ? ["protected"] : []),
      ...(resource.options.retainOnDelete === true ? ["stays when the stack is destroyed"] : []),
      ...trafficOf(resource),
      ...factsOf(resource),
    ],
    ...(resource.sourcePosition === undefined ? {} : { source: resource.sourcePosition }),
  }));
}

function componentOf({ byUrn }: Graph, resource: Resource): string {
  const names: string[] = [];
  let at = resource.parent === undefined ? undefined : byUrn.get(resource.parent);
  while (at !== undefined && at.type !== STACK && names.length < DEPTH) {
    names.unshift(safeText(at.name));
    at = at.parent === undefined ? undefined : byUrn.get(at.parent);
  }
  return names.join(" / ");
}

/** `tcp 80` for a rule. */
function trafficOf({ inputs }: Resource): string[] {
  const protocol = inputs.ipProtocol ?? inputs.protocol;
  if (typeof protocol !== "string" || (inputs.fromPort === undefined && protocol !== "-1")) return [];
  return [safeText(describeTraffic(traffic(protocol, inputs.fromPort, inputs.toPort)))];
}

function factsOf({ inputs, custom }: Resource): string[] {
  if (!custom) return [];
  return HARMLESS.flatMap((name) => {
    const value = Object.hasOwn(inputs, name) ? text(inputs[name]) : "";
    return value === "" ? [] : [`${name} ${value}`];
  });
}

function text(value: Value | undefined): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? safeText(String(value)) : "";
}
