/** One resource of the JSON that Pulumi writes (`deployment.resources[]`, `steps[].newState`) or that preview:offline writes. */
import { makeResource, nameOfUrn } from "../core/graph";
import { parsePosition } from "../core/source";
import type { Resource } from "../core/types";
import { decodeProps } from "./wire";

type Json = Readonly<Record<string, unknown>>;

/** @throws Error naming what is wrong with the resource at `place`. */
export function loadResource(json: unknown, place: string): Resource {
  const record = object(json, place);
  const urn = text(record.urn, `${place}.urn`);
  const type = text(record.type, `${place}.type`);
  if (!urn.startsWith("urn:pulumi:") || nameOfUrn(urn) === "")
    throw new Error(`${place}.urn: "${urn}" is not a URN (urn:pulumi:stack::project::type::name)`);
  const custom = record.custom !== false;
  // Only a custom resource has a provider that notes something: an output of the stack may have any name.
  const depth = custom ? "top" : "nested";
  return makeResource({
    urn,
    type,
    custom,
    ...(record.external === true ? { external: true } : {}),
    ...optionalText("parent", record.parent, place),
    ...optionalText("id", record.id, place),
    ...providerUrn(record.provider, place),
    inputs: decodeProps(optionalObject(record.inputs, `${place}.inputs`), depth),
    outputs: decodeProps(optionalObject(record.outputs, `${place}.outputs`), depth),
    dependencies: urns(record.dependencies, `${place}.dependencies`),
    propertyDependencies: propertyDependencies(record.propertyDependencies, `${place}.propertyDependencies`),
    ...position(record.sourcePosition),
    options: options(record, place),
  });
}

/** A position in a form that is not known is left out: it decides nothing. */
function position(given: unknown): Pick<Resource, "sourcePosition"> {
  const sourcePosition = parsePosition(given);
  return sourcePosition === undefined ? {} : { sourcePosition };
}

/** In an exported stack the options stand beside the other fields, in preview:offline under `options`. */
function options(record: Json, place: string): Resource["options"] {
  const given: Json = { ...record, ...optionalObject(record.options, `${place}.options`) };
  return {
    ...(typeof given.protect === "boolean" ? { protect: given.protect } : {}),
    ...(typeof given.retainOnDelete === "boolean" ? { retainOnDelete: given.retainOnDelete } : {}),
    ...(given.ignoreChanges === undefined ? {} : { ignoreChanges: urns(given.ignoreChanges, `${place}.ignoreChanges`) }),
    ...(given.additionalSecretOutputs === undefined
      ? {}
      : { additionalSecretOutputs: urns(given.additionalSecretOutputs, `${place}.additionalSecretOutputs`) }),
  };
}

/** `urn::id`, where the id is a UUID, the unknown mark or empty; only the URN counts here. */
function providerUrn(value: unknown, place: string): { provider?: string } {
  const given = optionalText("provider", value, place).provider;
  if (given === undefined) return {};
  const parts = given.split("::");
  return { provider: parts.length > 4 ? parts.slice(0, -1).join("::") : given };
}

function propertyDependencies(value: unknown, place: string): Record<string, readonly string[]> {
  const entries = Object.entries(optionalObject(value, place));
  return Object.fromEntries(entries.map(([key, list]) => [key, urns(list, `${place}.${key}`)]));
}

function urns(value: unknown, place: string): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Error(`${place}: expected a list of strings, found ${kind(value)}`);
  return value.map((item, index) => text(item, `${place}[${String(index)}]`));
}

function optionalText<K extends string>(key: K, value: unknown, place: string): { [P in K]?: string } {
  if (value === undefined || value === null || value === "") return {};
  return { [key]: text(value, `${place}.${key}`) } as { [P in K]?: string };
}

function text(value: unknown, place: string): string {
  if (typeof value !== "string" || value === "") throw new Error(`${place}: expected a text, found ${kind(value)}`);
  return value;
}

export function object(value: unknown, place: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error(`${place}: expected an object, found ${kind(value)}`);
  return value as Json;
}

function optionalObject(value: unknown, place: string): Json {
  return value === undefined || value === null ? {} : object(value, place);
}

export function kind(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (value === "") return "an empty text";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}
