/** The resources of a CloudFormation template, and what Cloud Control makes, as the aws provider would register them: policies evaluate them like any other. */
import { once } from "../once";
import { UNKNOWN } from "../types";
import type { Props, Resource, Value } from "../types";
import { asArray, asProps, asString } from "../values";
import { KINDS } from "./kinds";
import type { Field, KindOfTemplate } from "./kinds";
import { fieldsOf, readTemplate } from "./read";
import type { Fields } from "./read";
import { ANYTHING, valueOf } from "./values";
import type { Scope } from "./values";

/** CloudFormation takes 500. */
const MOST_RESOURCES = 500;
/** What such a resource may say beside its properties. A `Condition` leaves open whether it is there at all. */
const BESIDE = /^(Type|Properties|DependsOn|DeletionPolicy|UpdateReplacePolicy|Metadata)$/;

type Made = Pick<Resource, "urn" | "type" | "within" | "parent" | "inputs" | "dependencies" | "propertyDependencies">;

export interface Templated {
  readonly made: readonly Made[];
  /** Names, in the template, of the resources that are read whole. */
  readonly read: ReadonlySet<string>;
  /** Are these all of the template's resources? */
  readonly whole: boolean;
}

const NONE: Templated = { made: [], read: new Set(), whole: false };

/** The one resource that Cloud Control makes, as a template would name it. */
const ALONE = "resource";

/** Only what stands in the program itself is read: templates that are kept elsewhere, or that macros change, are not. */
export function templated(stack: Resource): Templated {
  if (stack.external === true || !(stack.type.startsWith("aws:cloudformation/stack:") || isCloudControl(stack))) return NONE;
  return readOf(stack);
}

const isCloudControl = ({ type }: Resource): boolean => type.startsWith("aws:cloudcontrol/resource:");

/** For messages: where a resource stands that a template or Cloud Control makes. */
export const placeInTemplate = (stack: Resource | undefined, name: string): string =>
  stack !== undefined && isCloudControl(stack) ? "Through Cloud Control" : `In the template, "${name}"`;

function templateOf(stack: Resource): Fields | undefined {
  const text = asString(isCloudControl(stack) ? stack.inputs.desiredState : stack.inputs.templateBody);
  const read = text === undefined ? undefined : readTemplate(text);
  if (!isCloudControl(stack)) return read;
  return read && { Resources: { [ALONE]: { Type: asString(stack.inputs.typeName) ?? "", Properties: read } } };
}

const readOf = once((stack: Resource): Templated => {
  const template = templateOf(stack);
  const resources = fieldsOf(template?.Resources);
  if (template === undefined || resources === undefined || "Transform" in template) return NONE;
  const all = Object.entries(resources).slice(0, MOST_RESOURCES);
  const known = all.filter(([, given]) => isRead(given));
  const urns = new Map(known.map(([name]) => [name, `${stack.urn}/${name}`]));
  const scope: Scope = { stack, parameters: fieldsOf(template.Parameters) ?? {}, urns };
  const made = known.flatMap(([name, given]) => {
    const { Type, Properties } = fieldsOf(given) ?? {};
    const kind = KINDS[String(Type)];
    return kind ? madeOf(scope, kind, urns.get(name) ?? "", fieldsOf(Properties) ?? {}) : [];
  });
  return { made, read: new Set(urns.keys()), whole: known.length === Object.keys(resources).length };
});

/** Is the type known, and every property that it is given? */
function isRead(given: unknown): boolean {
  const fields = fieldsOf(given) ?? {};
  const kind = KINDS[String(fields.Type)];
  return kind !== undefined && Object.keys(fields).every((key) => BESIDE.test(key)) && knows(kind, fields.Properties ?? {});
}

function knows({ fields, parts = {}, needs = [] }: KindOfTemplate, properties: unknown): boolean {
  const given = fieldsOf(properties);
  return (
    given !== undefined &&
    needs.every((name) => name in given) &&
    Object.entries(given).every(([name, value]) => {
      const part = parts[name];
      if (part) return Array.isArray(value) && value.every((item) => knows(part.kind, item));
      const field = fields[name];
      return field !== undefined && (typeof field === "string" || !("fields" in field) || fits(field.fields, value));
    })
  );
}

/** A function in the place of a block is not followed. */
const fits = (fields: Readonly<Record<string, Field>>, value: unknown): boolean =>
  (Array.isArray(value) ? (value as unknown[]) : [value]).every((item) => {
    const block = fieldsOf(item);
    return block !== undefined && Object.keys(block).every((name) => name in fields);
  });

function madeOf(scope: Scope, kind: KindOfTemplate, urn: string, properties: Fields): Made[] {
  const { each } = kind;
  const list = each === undefined ? undefined : properties[each];
  if (each !== undefined && Array.isArray(list))
    return list.map((item, index) => resourceOf(scope, kind, `${urn}/${String(index)}`, { ...properties, [each]: item as unknown }));
  const parts = Object.entries(kind.parts ?? {}).flatMap(([name, { kind: inner, owner, always = [] }]) => {
    const items = properties[name] === undefined ? always : (properties[name] as unknown[]);
    return items.map((item, index): Made => {
      const part = resourceOf(scope, inner, `${urn}/${name}-${String(index)}`, fieldsOf(item) ?? {});
      return {
        ...part,
        inputs: { ...part.inputs, [owner]: UNKNOWN },
        dependencies: [...part.dependencies, urn],
        propertyDependencies: { ...part.propertyDependencies, [owner]: [urn] },
      };
    });
  });
  return [resourceOf(scope, kind, urn, properties), ...parts];
}

function resourceOf(scope: Scope, kind: KindOfTemplate, urn: string, properties: Fields): Made {
  const inputs: Props = {};
  const propertyDependencies: Record<string, readonly string[]> = {};
  for (const [name, given] of Object.entries(properties)) {
    const field = kind.fields[name];
    if (field === undefined) continue;
    const to = typeof field === "string" ? field : field.to;
    const flows = new Set<string>();
    const value = translated(field, valueOf(scope, given, flows));
    if (value !== null) inputs[to] = value;
    // A text put together from the account's number or the region may name anything, also something of the program.
    if (flows.has(ANYTHING)) flows.clear();
    if (flows.size > 0) propertyDependencies[to] = [...flows];
  }
  return {
    urn,
    type: kind.type,
    within: scope.stack.urn,
    parent: scope.stack.urn,
    inputs,
    dependencies: [...new Set(Object.values(propertyDependencies).flat())],
    propertyDependencies,
  };
}

function translated(field: Field, value: Value): Value {
  if (typeof field === "string") return value;
  if ("fields" in field) {
    const renamed = (block: Value): Value =>
      Object.fromEntries(
        Object.entries(asProps(block) ?? {}).map(([name, inner]) => {
          const own = field.fields[name] ?? name;
          return [typeof own === "string" ? own : own.to, translated(own, inner)];
        }),
      );
    return Array.isArray(value) ? value.map(renamed) : renamed(value);
  }
  if (field.as === "first") return Array.isArray(value) ? (value[0] ?? null) : value;
  return tagsOf(value);
}

/** `[{ Key, Value }]` -> `{ key: value }`. */
const tagsOf = (value: Value): Value =>
  Object.fromEntries(
    (asArray(value) ?? []).flatMap((item) => {
      const { Key, Value: text } = asProps(item) ?? {};
      return typeof Key === "string" && text !== undefined ? [[Key, text]] : [];
    }),
  );
