/** Values of a template: what its functions come to, where that is known, and which resources flow into it. */
import { UNKNOWN } from "../types";
import type { Resource, Value } from "../types";
import { asArray, asProps, asString, containsUnknown, isAbsent } from "../values";
import { fieldsOf } from "./read";
import type { Fields } from "./read";

/** AWS's own templates nest about ten levels. */
const DEEPEST = 50;

export interface Scope {
  readonly stack: Resource;
  readonly parameters: Fields;
  /** URNs of the resources that are read, by their names in the template. */
  readonly urns: ReadonlyMap<string, string>;
}

/** Stands among the flows of a value that the account, the region or the stack itself decides: no resource is known to. */
export const ANYTHING = "";

/** @param flows takes up the URNs of what flows into the value */
export function valueOf(scope: Scope, given: unknown, flows: Set<string>, depth = 0): Value {
  if (depth > DEEPEST) return UNKNOWN;
  if (given === null || given === undefined) return null;
  if (typeof given === "string" || typeof given === "number" || typeof given === "boolean") return given;
  if (Array.isArray(given)) return given.map((item) => valueOf(scope, item, flows, depth + 1)).filter((item) => item !== null);
  const fields = fieldsOf(given) ?? {};
  const [[name, argument] = ["", undefined], ...more] = Object.entries(fields);
  if (more.length === 0 && (name === "Ref" || name.startsWith("Fn::"))) return called(scope, name, argument, flows, depth + 1);
  return Object.fromEntries(Object.entries(fields).map(([key, inner]) => [key, valueOf(scope, inner, flows, depth + 1)]));
}

function called(scope: Scope, name: string, argument: unknown, flows: Set<string>, depth: number): Value {
  if (name === "Ref" && typeof argument === "string") return named(scope, argument, flows);
  if (name === "Fn::GetAtt") {
    const [of = ""] = Array.isArray(argument) ? (argument as unknown[]).map(String) : String(argument).split(".");
    flows.add(scope.urns.get(of) ?? scope.stack.urn);
    return UNKNOWN;
  }
  if (name === "Fn::Sub") return filled(scope, argument, flows, depth);
  if (name === "Fn::Join") {
    const [separator, parts] = asArray(valueOf(scope, argument, flows, depth)) ?? [];
    const texts = asArray(parts)?.map(asString) ?? [undefined];
    return typeof separator === "string" && texts.every((text) => text !== undefined) ? texts.join(separator) : UNKNOWN;
  }
  // What comes from elsewhere (ImportValue), out of a table or by a choice may be anything: nothing of the program is known to flow into it.
  if (/^Fn::(GetAZs|Cidr|Length)$/.test(name)) flows.add(scope.stack.urn);
  return UNKNOWN;
}

function named({ stack, parameters, urns }: Scope, name: string, flows: Set<string>): Value {
  if (name === "AWS::NoValue") return null;
  if (name === "AWS::Partition") return "aws";
  const urn = urns.get(name);
  const declared = fieldsOf(parameters[name]);
  if (urn !== undefined || declared === undefined) {
    flows.add(urn ?? (name.startsWith("AWS::") ? ANYTHING : stack.urn));
    return UNKNOWN;
  }
  const all = stack.inputs.parameters;
  const given = asProps(all)?.[name] ?? (isAbsent(all) || asProps(all) ? undefined : UNKNOWN);
  const value = given ?? declared.Default;
  if (value === undefined || (given !== undefined && containsUnknown(given))) {
    for (const flow of stack.propertyDependencies.parameters ?? []) flows.add(flow);
    return UNKNOWN;
  }
  const type = typeof declared.Type === "string" ? declared.Type : "String";
  // The name of a parameter of Systems Manager, not its value.
  if (type.startsWith("AWS::SSM::")) return UNKNOWN;
  const text = asText(value);
  if (text === undefined) return UNKNOWN;
  return /^(CommaDelimitedList|List<)/.test(type) ? text.split(",").map((part) => part.trim()) : text;
}

const asText = (value: unknown): string | undefined =>
  typeof value === "number" || typeof value === "boolean" ? String(value) : asString(value as Value);

/** `${Name}`, `${Name.Attribute}` and `${!literal}` in a text. */
function filled(scope: Scope, argument: unknown, flows: Set<string>, depth: number): Value {
  const [text, own] = Array.isArray(argument) ? (argument as unknown[]) : [argument];
  if (typeof text !== "string") return UNKNOWN;
  const words = fieldsOf(own) ?? {};
  let open = false;
  const made = text.replace(/\$\{([^}]{0,200})\}/g, (_, name: string) => {
    if (name.startsWith("!")) return `\${${name.slice(1)}}`;
    const value =
      name in words
        ? valueOf(scope, words[name], flows, depth)
        : name.includes(".") && !name.includes("::")
          ? called(scope, "Fn::GetAtt", name, flows, depth)
          : named(scope, name, flows);
    if (typeof value === "string" || typeof value === "number") return String(value);
    open = true;
    return "";
  });
  return open ? UNKNOWN : made;
}
