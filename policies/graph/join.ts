/** Does a property of one resource mean another one? By id, ARN or name where known, by dependency where not. */
import { fitsType } from "../core/graph";
import { Unknown } from "../core/types";
import type { Graph, Resource, Value } from "../core/types";
import { asProps, asString, leaves, reveal } from "../core/values";

export type Join = "yes" | "no" | "maybe";

/** What is joined to: the type of the targets, and the inputs that hold their physical name. */
export interface Kind {
  readonly type: RegExp;
  readonly names: readonly string[];
}

/**
 * Compares one value (default: the whole property) with one target. A literal that is no known name of the target may
 * still be it while the target's physical name is not known; auto-naming begins it with the logical name.
 */
export function joins(
  graph: Graph,
  from: Resource,
  property: string,
  target: Resource,
  kind: Kind,
  value: Value | undefined = from.inputs[property],
): Join {
  const answers = leaves(value).map((leaf) => {
    if (leaf instanceof Unknown) return byDependency(graph, from, property, target, kind, 0);
    return typeof leaf === "string" ? byName(graph, from, property, target, kind, leaf) : "no";
  });
  if (answers.includes("yes")) return "yes";
  return answers.includes("maybe") ? "maybe" : "no";
}

function byName(graph: Graph, from: Resource, property: string, target: Resource, kind: Kind, text: string): Join {
  const known = namesOf(target, kind);
  const name = bareName(text);
  if (known.some((own) => own === text || own === name)) return "yes";
  if (target.id !== undefined || kind.names.some((key) => asString(target.inputs[key]) !== undefined)) return "no";
  const flows = (from.propertyDependencies[property] ?? []).filter((urn) => fitsType(graph.byUrn.get(urn)?.type ?? "", kind.type));
  if (flows.includes(target.urn)) return flows.length === 1 ? "yes" : "maybe";
  if (flows.length > 0) return "no";
  const prefix = asString(target.inputs.bucketPrefix) ?? asString(target.inputs.namePrefix) ?? target.name;
  return name.startsWith(prefix) ? "maybe" : "no";
}

/** Through resources that pass the name on (`bucket: versioning.bucket`) as well. */
function byDependency(graph: Graph, from: Resource, property: string, target: Resource, kind: Kind, depth: number): Join {
  const sources = (from.propertyDependencies[property] ?? []).map((urn) => graph.byUrn.get(urn)).filter((found) => found !== undefined);
  const direct = sources.filter((source) => fitsType(source.type, kind.type));
  if (direct.includes(target)) return direct.length === 1 ? "yes" : "maybe";
  if (direct.length > 0) return "no";
  const passed = depth < 4 ? sources.map((source) => passedOn(graph, source, property, target, kind, depth)) : [];
  if (passed.includes("yes")) return "yes";
  return sources.length === 0 || passed.includes("maybe") ? "maybe" : "no";
}

function passedOn(graph: Graph, source: Resource, property: string, target: Resource, kind: Kind, depth: number): Join {
  const value = reveal(source.inputs[property]);
  if (value instanceof Unknown) return byDependency(graph, source, property, target, kind, depth + 1);
  return typeof value === "string" ? byName(graph, source, property, target, kind, value) : "no";
}

/** Every known name of a resource: id, URN, ARN and the physical names among inputs and outputs. */
export function namesOf(target: Resource, kind: Kind): string[] {
  const keys = ["id", "arn", ...kind.names];
  const texts = [target.urn, target.id, ...keys.flatMap((key) => [asString(target.inputs[key]), asString(target.outputs[key])])];
  return [...new Set(texts.filter((text): text is string => text !== undefined && text !== ""))];
}

/** The last part of an ARN: `arn:aws:s3:::name`, `arn:aws:iam::1:role/path/name`. */
function bareName(text: string): string {
  return text.startsWith("arn:") ? (text.split(/[:/]/).pop() ?? text) : text;
}

/** Nested properties as a list: providers take one object or a list of one. */
export function blocks(value: Value | undefined): Value[] {
  const inner = reveal(value);
  if (inner === undefined || inner === null) return [];
  if (Array.isArray(inner)) return inner;
  return asProps(inner) || inner instanceof Unknown ? [inner] : [];
}
