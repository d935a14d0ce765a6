/** Machines and the templates they start from, in one form. */
import { ofType } from "../../core/references";
import type { Finding, Graph, Resource, Value } from "../../core/types";
import { asProps, asString, isAbsent, isUnknown } from "../../core/values";
import { blocks, targetsOf } from "../../graph/join";

const MACHINE = /^aws:ec2\/(instance|spotInstanceRequest):/;
const TEMPLATE_KIND = { type: /^aws:ec2\/launchTemplate:/, names: ["name"] };

/** Types whose registration can complete a violation of the policies beside this file (`Policy.early`). */
export const MACHINE_TYPES = /^aws:ec2\//;
export const DISK_TYPES = /^aws:(ec2|ebs)\//;
export const ROLE_TYPES = /^aws:(ec2|iam)\//;
export const MODEL_TYPES = /^aws:(ec2|iam|s3)\//;

/** Something that starts machines: an instance, or a template that something else starts them from. */
export interface Launch {
  readonly resource: Resource;
  /** `launchSpecifications[0] of ` where one resource has several. */
  readonly path: string;
  /**
   * A property as the program declares it: the machine's own, else its launch template's. What the cloud filled in does
   * not count, so that a preview and an exported stack get the same verdict.
   */
  readonly property: (key: string) => Value | undefined;
  /** The launch template it starts from, if any. */
  readonly template: Resource | undefined;
  /** The launch template is named, and is none of this program. */
  readonly strangeTemplate: boolean;
}

export function launches(graph: Graph): Launch[] {
  const machines = ofType(graph, MACHINE).map((resource) => machine(graph, resource));
  const templates = ofType(graph, TEMPLATE_KIND.type).filter((template) => startsMachines(graph, template));
  const configurations = ofType(graph, /^aws:ec2\/launchConfiguration:/);
  const fleets = ofType(graph, /^aws:ec2\/spotFleetRequest:/).flatMap((resource) =>
    blocks(resource.inputs.launchSpecifications).map((block, index): Launch => {
      const property = (key: string): Value | undefined => asProps(block)?.[key];
      return { resource, path: `launchSpecifications[${String(index)}] of `, property, template: undefined, strangeTemplate: false };
    }),
  );
  return [...machines, ...[...templates, ...configurations].map(plain), ...fleets].filter(({ resource }) => !resource.external);
}

function plain(resource: Resource): Launch {
  return { resource, path: "", property: (key) => resource.inputs[key], template: undefined, strangeTemplate: false };
}

function machine(graph: Graph, resource: Resource): Launch {
  const named = asProps(resource.inputs.launchTemplate);
  const found = named ? targetsOf(graph, resource, "launchTemplate", TEMPLATE_KIND, named.id ?? named.name) : undefined;
  const template = found?.certain[0];
  const property = (key: string): Value | undefined => {
    const own = resource.inputs[key];
    if (!isAbsent(own)) return own;
    return template?.inputs[key];
  };
  const strangeTemplate = template === undefined && (named !== undefined || isUnknown(resource.inputs.launchTemplate));
  return { resource, path: "", property, template, strangeTemplate };
}

/** A template is evaluated by itself unless only instances use it: they are evaluated with what they add to it. */
function startsMachines(graph: Graph, template: Resource): boolean {
  // Who uses it comes later.
  if (graph.partial === true) return false;
  const users = usersOf(graph).get(template.urn) ?? [];
  return users.length === 0 || users.some((user) => !MACHINE.test(user.type));
}

const users = new WeakMap<Graph, Map<string, Resource[]>>();

function usersOf(graph: Graph): Map<string, Resource[]> {
  const known = users.get(graph);
  if (known) return known;
  const index = new Map<string, Resource[]>();
  for (const resource of graph.resources) for (const urn of resource.dependencies) index.set(urn, [...(index.get(urn) ?? []), resource]);
  users.set(graph, index);
  return index;
}

/** `Instance "backend"`. */
export function label({ resource, path }: Pick<Launch, "resource" | "path">): string {
  return `${path}${resource.type.split(":").pop() ?? ""} "${resource.name}"`;
}

export function report(resource: Resource, verdict: Finding["verdict"], message: string): Finding {
  return { verdict, urn: resource.urn, message };
}

/** A block given as an object or as a list of one; what is unknown stays unknown. */
export function block(value: Value | undefined): Value | undefined {
  return blocks(value)[0];
}

export function text(value: Value | undefined): string {
  return asString(value) ?? "not set";
}
