/**
 * Which resource a property points at, and what is attached to a resource: by id, ARN or name where known, by dependency where not.
 * Certain, possible and stranger: see README.md in this folder.
 */
import { ofType } from "../core/references";
import { fitsType } from "../core/graph";
import { Unknown } from "../core/types";
import type { Graph, Resource, Value } from "../core/types";
import { asProps, asString, leaves, reveal } from "../core/values";

/** What is joined to: the type of the targets, and the properties that hold their physical name. */
export interface Kind {
  readonly type: RegExp;
  readonly names: readonly string[];
}

export interface Targets {
  readonly certain: readonly Resource[];
  /** Any of these may be meant: names or ids that decide are not known yet. */
  readonly possible: readonly Resource[];
  /** True where something is named that no resource of this program explains. */
  readonly stranger: boolean;
}

/** The resources of a kind that a value (default: the whole property) names. */
export function targetsOf(
  graph: Graph,
  from: Resource,
  property: string,
  kind: Kind,
  value: Value | undefined = from.inputs[property],
): Targets {
  const found = leaves(value)
    .filter((leaf) => leaf instanceof Unknown || (typeof leaf === "string" && leaf !== ""))
    .map((leaf) =>
      typeof leaf === "string" ? byName(graph, from, property, kind, leaf, 0) : byDependency(graph, from, property, kind, 0),
    );
  const certain = [...new Set(found.flatMap((targets) => targets.certain))];
  return {
    certain,
    possible: [...new Set(found.flatMap((targets) => targets.possible))].filter((target) => !certain.includes(target)),
    stranger: found.some((targets) => targets.stranger),
  };
}

const STRANGER: Targets = { certain: [], possible: [], stranger: true };

function byName(graph: Graph, from: Resource, property: string, kind: Kind, text: string, depth: number): Targets {
  const { named, nameless } = directory(graph, kind);
  const known = named.get(text) ?? named.get(bareName(text));
  if (known) return { certain: known, possible: [], stranger: false };
  // Outputs flow from the target, whose own name this source does not show.
  const flows = dependencies(graph, from, property).filter((source) => fitsType(source.type, kind.type) && nameless.has(source));
  if (flows.length > 0) return several(flows);
  const passed = passedOn(graph, from, property, kind, depth);
  if (passed.certain.length > 0) return passed;
  const name = bareName(text);
  const possible = [...nameless].filter((target) => target.id === undefined && name.startsWith(autoName(target)));
  return { certain: [], possible, stranger: true };
}

/** Through resources that pass the name on (`bucket: versioning.bucket`) as well. */
function byDependency(graph: Graph, from: Resource, property: string, kind: Kind, depth: number): Targets {
  const sources = dependencies(graph, from, property);
  const direct = sources.filter((source) => fitsType(source.type, kind.type));
  if (direct.length > 0) return several(direct);
  if (sources.length === 0) return { ...STRANGER, possible: ofType(graph, kind.type) };
  return passedOn(graph, from, property, kind, depth);
}

/** What the resources that flow into the property name by the same property themselves. */
function passedOn(graph: Graph, from: Resource, property: string, kind: Kind, depth: number): Targets {
  if (depth >= 4) return STRANGER;
  const passed = dependencies(graph, from, property).map((source): Targets => {
    const value = reveal(source.inputs[property]);
    if (value instanceof Unknown) return byDependency(graph, source, property, kind, depth + 1);
    return typeof value === "string" ? byName(graph, source, property, kind, value, depth + 1) : STRANGER;
  });
  const certain = [...new Set(passed.flatMap((targets) => targets.certain))];
  return certain.length === 1
    ? { certain, possible: [], stranger: false }
    : { certain: [], possible: certain, stranger: certain.length === 0 };
}

function several(found: readonly Resource[]): Targets {
  return found.length === 1 ? { certain: found, possible: [], stranger: false } : { certain: [], possible: found, stranger: false };
}

function dependencies(graph: Graph, from: Resource, property: string): Resource[] {
  return (from.propertyDependencies[property] ?? []).map((urn) => graph.byUrn.get(urn)).filter((found) => found !== undefined);
}

interface Directory {
  readonly named: ReadonlyMap<string, Resource[]>;
  /** Targets whose physical name is not known. */
  readonly nameless: ReadonlySet<Resource>;
}
const directories = new WeakMap<Graph, Map<string, Directory>>();

function directory(graph: Graph, kind: Kind): Directory {
  return cached(directories, graph, kind.type.source, () => {
    const named = new Map<string, Resource[]>();
    const nameless = new Set<Resource>();
    for (const target of ofType(graph, kind.type)) {
      for (const name of namesOf(target, kind)) named.set(name, [...(named.get(name) ?? []), target]);
      if (!kind.names.some((key) => asString(target.inputs[key]) ?? asString(target.outputs[key]))) nameless.add(target);
    }
    return { named, nameless };
  });
}

/** Every known name of a resource: id, URN, ARN and the physical names among inputs and outputs. */
function namesOf(target: Resource, kind: Kind): string[] {
  const texts = [
    target.urn,
    target.id,
    ...["id", "arn", ...kind.names].flatMap((key) => [asString(target.inputs[key]), asString(target.outputs[key])]),
  ];
  return [...new Set(texts.filter((text): text is string => text !== undefined && text !== ""))];
}

/** What a physical name begins with when Pulumi makes it up. */
function autoName(target: Resource): string {
  return asString(target.inputs.bucketPrefix) ?? asString(target.inputs.namePrefix) ?? target.name;
}

/** The last part of an ARN: `arn:aws:s3:::name`, `arn:aws:iam::1:role/path/name`. */
function bareName(text: string): string {
  return text.startsWith("arn:") ? (text.split(/[:/]/).pop() ?? text) : text;
}

export interface Attached {
  readonly certain: readonly Resource[];
  /** May be attached: what they name is not known yet. */
  readonly possible: readonly Resource[];
}
const NOTHING: Attached = { certain: [], possible: [] };
const attachments = new WeakMap<Graph, Map<string, Map<Resource, { certain: Resource[]; possible: Resource[] }>>>();

/** Resources of a type whose `property` names the target. */
export function attachedTo(graph: Graph, target: Resource, type: RegExp, property: string, kind: Kind): Attached {
  const index = cached(attachments, graph, `${type.source} ${property} ${kind.type.source}`, () => {
    const found = new Map<Resource, { certain: Resource[]; possible: Resource[] }>();
    const entry = (key: Resource): { certain: Resource[]; possible: Resource[] } => {
      const known = found.get(key) ?? { certain: [], possible: [] };
      found.set(key, known);
      return known;
    };
    for (const resource of ofType(graph, type)) {
      const targets = targetsOf(graph, resource, property, kind);
      for (const one of targets.certain) entry(one).certain.push(resource);
      for (const one of targets.possible) entry(one).possible.push(resource);
    }
    return found;
  });
  return index.get(target) ?? NOTHING;
}

function cached<T>(store: WeakMap<Graph, Map<string, T>>, graph: Graph, key: string, make: () => T): T {
  const byKey = store.get(graph) ?? new Map<string, T>();
  store.set(graph, byKey);
  const known = byKey.get(key);
  if (known !== undefined) return known;
  const made = make();
  byKey.set(key, made);
  return made;
}

/** Nested properties as a list: providers take one object or a list of one. */
export function blocks(value: Value | undefined): Value[] {
  const inner = reveal(value);
  if (inner === undefined || inner === null) return [];
  if (Array.isArray(inner)) return inner;
  return asProps(inner) || inner instanceof Unknown ? [inner] : [];
}
