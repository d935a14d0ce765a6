/** Finding the resources that play a role: by tags, by logical name, URN or id. */
import { ofType, once } from "./graph";
import type { Graph, Props, Resource, Selector, Value } from "./types";
import { asProps, asString, isUnknown } from "./values";

export interface Selected {
  /** Resources that play the role. */
  readonly certain: Resource[];
  /** Resources that may play it: a tag that decides is not known yet. */
  readonly possible: Resource[];
}

/** The resources of a type that play a role for sure. A selector's names and its tags are two ways in: either suffices. */
export function selectRole(graph: Graph, selector: Selector, type: string | RegExp): Resource[] {
  return selectRoles(graph, selector, type).certain;
}

/** The same, with the doubtful ones apart. An empty selector selects nothing. */
export function selectRoles(graph: Graph, selector: Selector, type: string | RegExp): Selected {
  const certain: Resource[] = [];
  const possible: Resource[] = [];
  for (const resource of ofType(graph, type)) {
    const answer = matches(graph, selector, resource);
    if (answer === true) certain.push(resource);
    if (answer === undefined) possible.push(resource);
  }
  return { certain, possible };
}

/** A selector of the pack's own may name every bucket of a program. */
const namesOf = once((names: readonly string[]): ReadonlySet<string> => new Set(names));

/** True, false, or undefined where a tag that decides is not known. */
export function matches(graph: Graph, selector: Selector, resource: Resource): boolean | undefined {
  const names = selector.names && namesOf(selector.names);
  if (names && [resource.name, resource.urn, resource.id].some((name) => name !== undefined && names.has(name))) return true;
  if (resource.idOnly === true) return undefined;
  const wanted = Object.entries(selector.tags ?? {});
  if (wanted.length === 0) return false;
  const answers = wanted.map(([key, text]) => {
    const found = tagOf(graph, resource, key);
    return isUnknown(found) ? undefined : asString(found) === text;
  });
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

/** A tag's value: the resource's own, else from `tagsAll`, else the provider's default tags. Unknown where the own tags are. */
export function tagOf(graph: Graph, resource: Resource, key: string): Value | undefined {
  const own = resource.inputs.tags;
  if (isUnknown(own)) return own;
  const maps = [own, resource.inputs.tagsAll, resource.outputs.tags, resource.outputs.tagsAll, defaultTags(graph, resource)];
  for (const map of maps) {
    const found = asProps(map)?.[key];
    if (found !== undefined && found !== null) return found;
  }
  return undefined;
}

const providerIndexes = new WeakMap<Graph, readonly Resource[]>();

/** Default tags of the provider that creates the resource; without a provider reference, of the only aws provider there is. */
function defaultTags(graph: Graph, resource: Resource): Value | undefined {
  const providers = providerIndexes.get(graph) ?? ofType(graph, /^pulumi:providers:aws$/);
  providerIndexes.set(graph, providers);
  const provider =
    resource.provider === undefined ? (providers.length === 1 ? providers[0] : undefined) : graph.byUrn.get(resource.provider);
  const given = parsed(provider?.inputs.defaultTags);
  return isUnknown(given) ? given : parsed(asProps(given)?.tags);
}

/** Provider arguments that are objects travel as JSON text. */
function parsed(value: Value | undefined): Value | undefined {
  const text = asString(value);
  if (text === undefined || !text.startsWith("{")) return value;
  try {
    return JSON.parse(text) as Props;
  } catch {
    return value; // not JSON after all: the caller finds no tags in a string
  }
}
