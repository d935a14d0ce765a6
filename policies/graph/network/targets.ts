/**
 * What an id-valued place in a resource points at. Known ids are compared; unknown ones are joined by the dependencies
 * that Pulumi keeps for each top-level property. Works for places inside lists and objects too.
 */
import { ofType } from "../../core/graph";
import { dependenciesOf, resolveId } from "../../core/references";
import type { Graph, Resource, Value } from "../../core/types";
import { asArray, asString, isAbsent, isUnknown, propertyOf, reveal } from "../../core/values";

/** One place. Neither `is` nor `maybe` nor `literal`: unknown, and nothing in the program accounts for it. */
export interface Target {
  /** The resource it points at without doubt. */
  readonly is?: Resource;
  /** The resources it may point at. */
  readonly maybe: readonly Resource[];
  /** A known id that no resource of this graph is known to have. */
  readonly literal?: string;
}

/** A list of places. */
export type Targets = Listed<Resource>;

export interface Listed<T> {
  readonly certain: readonly T[];
  readonly maybe: readonly T[];
  readonly literals: readonly string[];
  /** True where something in the list is unknown and no resource of the type accounts for it. */
  readonly blind: boolean;
  /** True where no resource at all accounts for it: it may be anything, also something of this program. */
  readonly lost: boolean;
}

/** The property as declared; of a resource that is only read, as it was found. */
export function property(resource: Resource, key: string): Value | undefined {
  return resource.external === true ? propertyOf(resource, key) : resource.inputs[key];
}

/** Resolves one value somewhere inside the top-level property `key`. `undefined`: nothing is given. */
export function target(graph: Graph, resource: Resource, key: string, value: Value | undefined, type: string | RegExp): Target | undefined {
  if (isAbsent(value)) return undefined;
  if (isUnknown(value)) {
    const found = dependencies(graph, resource, key, type);
    return found.length === 1 ? { is: found[0], maybe: [] } : { maybe: found };
  }
  const id = asString(value);
  if (id === undefined) return { maybe: [] };
  if (id === "") return undefined;
  const found = resolveId(graph, id, type);
  if (found.length > 0) return { is: found[0], maybe: [] };
  return { maybe: withoutId(graph, type), literal: id };
}

/** Resolves a property that is one id. */
export function targetOf(graph: Graph, resource: Resource, key: string, type: string | RegExp): Target | undefined {
  return target(graph, resource, key, property(resource, key), type);
}

/** Resolves a property that is a list of ids. `undefined`: no list is given. */
export function targetsOf(graph: Graph, resource: Resource, key: string, type: string | RegExp): Targets | undefined {
  return targets(graph, resource, key, property(resource, key), type);
}

/** Resolves a list that stands somewhere inside the top-level property `key`. */
export function targets(
  graph: Graph,
  resource: Resource,
  key: string,
  value: Value | undefined,
  type: string | RegExp,
): Targets | undefined {
  if (isAbsent(value)) return undefined;
  const items = isUnknown(value) ? undefined : (asArray(value) ?? [reveal(value) as Value]);
  const certain: Resource[] = [];
  const literals: string[] = [];
  let unknowns = 0;
  for (const item of items ?? []) {
    if (isUnknown(item)) unknowns += 1;
    const id = asString(item);
    if (id === undefined || id === "") continue;
    const found = resolveId(graph, id, type)[0];
    if (found) certain.push(found);
    else literals.push(id);
  }
  const rest = dependencies(graph, resource, key, type).filter((found) => !certain.includes(found));
  // As many unknown elements as resources that flow in: each of them is in the list. An unknown list with one: the same.
  const joined = rest.length > 0 && (items === undefined ? rest.length === 1 : unknowns >= rest.length);
  const open = items === undefined || unknowns > 0;
  return {
    certain: unique(joined ? [...certain, ...rest] : certain),
    maybe: unique([...(open && !joined ? rest : []), ...(literals.length > 0 ? withoutId(graph, type) : [])]),
    literals,
    blind: open && rest.length === 0,
    lost: open && rest.length === 0 && !hasDependencies(graph, resource, key),
  };
}

/** Several lists as one. */
export function combine<T>(lists: readonly Listed<T>[]): Listed<T> {
  return {
    certain: unique(lists.flatMap(({ certain }) => certain)),
    maybe: unique(lists.flatMap(({ maybe }) => maybe)),
    literals: lists.flatMap(({ literals }) => literals),
    blind: lists.some(({ blind }) => blind),
    lost: lists.some(({ lost }) => lost),
  };
}

/** True where a place is unknown and no resource at all accounts for it. */
export function isLost(graph: Graph, resource: Resource, key: string, found: Target | undefined): boolean {
  const blind = found !== undefined && !found.is && found.maybe.length === 0 && found.literal === undefined;
  return blind && !hasDependencies(graph, resource, key);
}

function hasDependencies(graph: Graph, resource: Resource, key: string): boolean {
  return dependencies(graph, resource, key, /./).length > 0;
}

/** The resources of the type that flow into a property. Where the source keeps no such record: those the resource depends on at all. */
export function dependencies(graph: Graph, resource: Resource, key: string, type: string | RegExp): Resource[] {
  const own = dependenciesOf(graph, resource, key, type);
  if (own.length > 0 || Object.keys(resource.propertyDependencies).length > 0) return own;
  return dependenciesOf(graph, { ...resource, propertyDependencies: { [key]: resource.dependencies } }, key, type);
}

/**
 * True where an unknown value is accounted for by resources of other kinds: the id of a function is not known yet, but it
 * is no instance. What comes from another stack or from code of somebody's own may be anything.
 */
export function isElsewhere(graph: Graph, resource: Resource, key: string): boolean {
  const all = dependenciesOf(graph, resource, key).filter(({ type }) => !/^pulumi:providers:/.test(type));
  return all.length > 0 && all.every(({ type, custom }) => custom && !/^(pulumi:pulumi:StackReference|pulumi-nodejs:dynamic)/.test(type));
}

/** True where the place may be this resource, certainly or possibly. */
export function mayBe(found: Target | undefined, resource: Resource): boolean {
  return found !== undefined && (found.is === resource || found.maybe.includes(resource));
}

const idless = new WeakMap<Graph, Map<string, readonly Resource[]>>();

/** Resources of a type whose id is not known yet: a literal id may be theirs. */
function withoutId(graph: Graph, type: string | RegExp): readonly Resource[] {
  const byType = idless.get(graph) ?? new Map<string, readonly Resource[]>();
  idless.set(graph, byType);
  const known = byType.get(String(type));
  if (known) return known;
  const found = ofType(graph, type).filter((resource) => resource.id === undefined || resource.id === "");
  byType.set(String(type), found);
  return found;
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}
