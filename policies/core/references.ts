/**
 * Which resources a property points at. Known ids are compared; unknown ones are joined by `propertyDependencies`,
 * which Pulumi keeps for each top-level input, at a first preview as well as in an exported stack.
 */
import { fitsType, ofType, once } from "./graph";
import { Unknown } from "./types";
import type { Graph, Resource, Value } from "./types";
import { asString, leaves } from "./values";

export { ofType };

export interface References {
  /** Resources the property points at without doubt. */
  readonly certain: Resource[];
  /** Resources that may be meant: several flow into one unknown value, so any of them may be the one. */
  readonly possible: Resource[];
  /**
   * False where the property holds something not explained by `certain`: an unknown value nobody accounts for, or a
   * literal id that belongs to no resource (of the wanted type) in this graph.
   */
  readonly complete: boolean;
}

/** Outputs that name the resource they stand on; other outputs (`vpcId` of a subnet) name somebody else. */
const OWN_NAMES =
  /^(id|arn|name|bucket|keyName|allocationId|associationId|publicIp|privateIp|publicDns|privateDns|dnsName|primaryNetworkInterfaceId|(default|main)[A-Z]\w*Id)$/;

const indexes = new WeakMap<Graph, Map<string, Resource[]>>();

/** From every known id, ARN or name to the resources that carry it. */
function identities(graph: Graph): Map<string, Resource[]> {
  const known = indexes.get(graph);
  if (known) return known;
  const index = new Map<string, Resource[]>();
  const note = (key: string, resource: Resource): void => {
    const list = index.get(key);
    if (!list) index.set(key, [resource]);
    else if (list[list.length - 1] !== resource) list.push(resource);
  };
  for (const resource of graph.resources) {
    note(resource.urn, resource);
    if (resource.id !== undefined && resource.id !== "") note(resource.id, resource);
    for (const [key, value] of Object.entries(resource.outputs)) {
      const text = OWN_NAMES.test(key) ? asString(value) : undefined;
      if (text !== undefined && text !== "") note(text, resource);
    }
  }
  indexes.set(graph, index);
  return index;
}

/** The resources (of the wanted type) that carry this id, ARN, URN or physical name. */
export function resolveId(graph: Graph, id: string, type?: string | RegExp): Resource[] {
  const found = identities(graph).get(id) ?? [];
  return type === undefined ? [...found] : found.filter((resource) => fitsType(resource.type, type));
}

/** The resources (of the wanted type) whose outputs flow into a top-level property, in any way. */
export function dependenciesOf(graph: Graph, resource: Resource, property: string, type?: string | RegExp): Resource[] {
  return unique((resource.propertyDependencies[property] ?? []).map((urn) => graph.byUrn.get(urn))).filter(
    (found) => type === undefined || fitsType(found.type, type),
  );
}

/** The URNs of all that a resource waits for. */
export const needs = once(
  (resource: Resource): ReadonlySet<string> => new Set([...resource.dependencies, ...Object.values(resource.propertyDependencies).flat()]),
);

/**
 * Resolves a top-level property. An unknown value with exactly one dependency of the wanted type is certain; so is a
 * list with as many unknown elements as dependencies (`[a.id, b.id]`). Several dependencies in one unknown value are
 * only possible.
 */
export function referenced(graph: Graph, resource: Resource, property: string, type?: string | RegExp): References {
  return resolveValue(graph, resource.inputs[property], dependenciesOf(graph, resource, property, type), type);
}

/**
 * The same for a value at hand (a nested one, for example), with the resources that flow into the property around it.
 * Give only the dependencies of the wanted type.
 */
export function resolveValue(
  graph: Graph,
  value: Value | undefined,
  dependencies: readonly Resource[],
  type?: string | RegExp,
): References {
  const certain: Resource[] = [];
  let unknowns = 0;
  let strangers = 0;
  for (const leaf of leaves(value)) {
    if (leaf instanceof Unknown) unknowns += 1;
    else if (typeof leaf === "string" && leaf !== "") {
      const found = resolveId(graph, leaf, type);
      if (found.length === 0) strangers += 1;
      certain.push(...found);
    }
  }
  // Beside an unknown value any dependency may be meant; beside a literal of nobody, only one whose id is not at hand.
  const rest = dependencies.filter((dependency) => !certain.includes(dependency) && (unknowns > 0 || dependency.id === undefined));
  const places = unknowns + strangers;
  const joined = places > 0 && (rest.length === 1 || rest.length === unknowns || rest.length === places);
  return {
    certain: unique(joined ? [...certain, ...rest] : certain),
    possible: unique(joined || places === 0 ? [] : rest),
    complete: places === 0 || rest.length === places,
  };
}

function unique(resources: readonly (Resource | undefined)[]): Resource[] {
  return [...new Set(resources.filter((resource): resource is Resource => resource !== undefined))];
}
