/** From the engine's view of a stack to a Graph, built once for all policies of one request. */
import type { PolicyResource, PolicyResourceOptions, StackValidationArgs } from "@pulumi/policy";
import { makeGraph, makeResource } from "../core/graph";
import type { Graph, NotShown, Props, Resource, Value } from "../core/types";
import { asString, isUnknown } from "../core/values";
import { inferIds } from "./infer-ids";
import { propsWithMarks, readProps } from "./read";
import type { Recorded, Recorder } from "./recorder";
import { sameStack } from "./same-stack";

/** The engine's protocol has no such option, and the SDK takes the marks off outputs. */
export const NOT_SHOWN: readonly NotShown[] = ["retainOnDelete", "outputSecretMarks"];
const STACK = "pulumi:pulumi:Stack";

/** Reads the resources of a request and says which graph they are; the same object as long as nothing has changed. */
export type GraphReader = (args: StackValidationArgs) => Promise<Graph>;

export function makeGraphReader(recorder: Recorder): GraphReader {
  let last: { readonly resources: readonly PolicyResource[]; readonly graph: Graph } | undefined;
  return async ({ resources }) => {
    // The graph, and what policies derive from it, is kept for the other policies of the request.
    if (last && !recorder.fresh() && (await sameStack(last.resources, resources))) return last.graph;
    const seen = await Promise.all(resources.map(readResource));
    last = { resources, graph: graphOf(seen, recorder.take()) };
    return last.graph;
  };
}

async function readResource(resource: PolicyResource): Promise<Resource> {
  const props = await readProps(resource.props);
  const id = idOf(props);
  return makeResource({
    urn: resource.urn,
    type: resource.type,
    name: resource.name,
    // The engine does not say; what has a provider is no component.
    custom: resource.type !== STACK && (resource.provider !== undefined || isProviderToken(resource.type)),
    ...(resource.parent ? { parent: resource.parent.urn } : {}),
    ...(resource.provider ? { provider: resource.provider.urn } : {}),
    ...(id === undefined ? {} : { id }),
    outputs: props,
    dependencies: resource.dependencies.map((dependency) => dependency.urn),
    propertyDependencies: Object.fromEntries(
      Object.entries(resource.propertyDependencies).map(([key, list]) => [key, list.map((dependency) => dependency.urn)]),
    ),
    options: optionsOf(resource.opts),
  });
}

export function optionsOf(opts: PolicyResourceOptions): Resource["options"] {
  return { protect: opts.protect, ignoreChanges: opts.ignoreChanges, additionalSecretOutputs: opts.additionalSecretOutputs };
}

function graphOf(seen: readonly Resource[], records: ReadonlyMap<string, Recorded>): Graph {
  const resources = seen.map((resource) => {
    const record = records.get(resource.urn);
    // Without a record (a stack evaluated from its state) the outputs are the inputs and what the provider added.
    if (!record) return { ...resource, inputs: resource.type === STACK ? {} : resource.outputs };
    return { ...resource, inputs: record.inputs, outputs: propsWithMarks(resource.outputs, record.inputs) };
  });
  const ids = inferIds(resources);
  const named = resources.map((resource) => {
    const id = resource.id ?? ids.get(resource.urn);
    return id === undefined ? resource : { ...resource, id };
  });
  const marked = seen.every(
    (resource) => !resource.custom || resource.type.startsWith("pulumi:providers:") || records.get(resource.urn)?.marked,
  );
  return { ...makeGraph(named, marked), notShown: NOT_SHOWN };
}

function idOf(props: Props): string | undefined {
  const id: Value | undefined = props.id;
  return isUnknown(id) ? undefined : asString(id);
}

/** `aws:ec2/vpc:Vpc` and `pulumi:providers:aws`; component tokens (`project:index:Name`, `awsx:ec2:Vpc`) have no slash. */
function isProviderToken(type: string): boolean {
  return /^[\w-]+:[\w.-]+\/\w+:\w+$/.test(type) || type.startsWith("pulumi:providers:");
}
