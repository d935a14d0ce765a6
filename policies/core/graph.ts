/** Building a Graph out of resources, and finding resources in it by type. */
import { lookedUp } from "./looked-up";
import { once } from "./once";
import { templated } from "./template";
import type { Graph, Resource } from "./types";

/** A later resource of the same URN replaces an earlier one, as in a deployment. */
export function makeGraph(resources: readonly Resource[], secretsMarked: boolean): Graph {
  const byUrn = new Map<string, Resource>();
  for (const resource of resources) byUrn.set(resource.urn, resource);
  const key = ({ type, id }: Pick<Resource, "type" | "id">): string | undefined =>
    type.startsWith("aws:s3/") ? `${type} ${id ?? ""}` : id;
  const ids = new Set(resources.map(key));
  // What the program has a resource for is judged by that. Parts of a bucket have its name as their id.
  for (const found of resources.flatMap(lookedUp)) if (!ids.has(key(found))) byUrn.set(found.urn, makeResource(found));
  for (const found of [...byUrn.values()].flatMap((resource) => templated(resource).made))
    if (!byUrn.has(found.urn)) byUrn.set(found.urn, makeResource(found));
  return { resources: [...byUrn.values()], byUrn, secretsMarked };
}

/** A resource with the empty values filled in; for loaders and tests. */
export function makeResource(given: Partial<Resource> & { readonly urn: string; readonly type: string }): Resource {
  return {
    name: nameOfUrn(given.urn),
    custom: true,
    inputs: {},
    outputs: {},
    dependencies: [],
    propertyDependencies: {},
    options: {},
    ...given,
  };
}

/** The logical name: what follows the fourth `::` of `urn:pulumi:stack::project::types::name` (a name may hold `::` itself). */
export function nameOfUrn(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** Does a type token fit? A string has to be equal, a pattern has to match. */
export function fitsType(type: string, wanted: string | RegExp): boolean {
  return typeof wanted === "string" ? type === wanted : wanted.test(type);
}

const typeIndexes = new WeakMap<Graph, Map<string, Resource[]>>();

function typeIndex(graph: Graph): Map<string, Resource[]> {
  const known = typeIndexes.get(graph);
  if (known) return known;
  const index = new Map<string, Resource[]>();
  for (const resource of graph.resources) {
    const list = index.get(resource.type);
    if (list) list.push(resource);
    else index.set(resource.type, [resource]);
  }
  typeIndexes.set(graph, index);
  return index;
}

/** By pattern: each stands in one place of the program and is asked for by many rules. */
const patternIndex = once((_: Graph) => new Map<RegExp, readonly Resource[]>());

/** All resources of a type (exact token, or pattern without the `g` flag), in registration order within each type. */
export function ofType(graph: Graph, wanted: string | RegExp): Resource[] {
  const index = typeIndex(graph);
  if (typeof wanted === "string") return [...(index.get(wanted) ?? [])];
  const answers = patternIndex(graph);
  const found = answers.get(wanted) ?? [...index].filter(([type]) => wanted.test(type)).flatMap(([, resources]) => resources);
  answers.set(wanted, found);
  return [...found];
}

export { once };
