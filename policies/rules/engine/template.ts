/** CloudFormation templates, JSON or YAML: which of their resources may change what the checklist is about. */
import { fieldsOf as fields, LONGEST, readTemplate } from "../../core/template/read";
import { reachesGuards } from "./packages";

const MOST_DEEP = 50;

/** By what a harmless type lets others in, or gets into the network. */
const DOORS =
  /^(policy|policies|policyDocument|resourcePolicy|resourcePolicyDocument|accessPolicies|accessPolicy|principals?|vpcConfig(uration)?|vpcOptions|subnetIds?|securityGroups?|securityGroupIds?|executionRoleArn|iamRoleArn)$/i;

/**
 * The end of a sentence that begins with the stack's name; undefined where the template changes nothing of this kind.
 * @param evaluated names of its resources that policies evaluate as such (core/template)
 */
export function doubtOfTemplate(text: string, evaluated: ReadonlySet<string> = new Set()): string | undefined {
  if (text.length > LONGEST) return "has a template that is too long to be read";
  const read = readTemplate(text);
  const resources = read === undefined ? undefined : fields(read.Resources);
  if (read === undefined || resources === undefined) return "has a template that cannot be read";
  if (transforms(read, 0)) return "has a template that macros change before it is used";
  const open: string[] = [];
  for (const [name, given] of Object.entries(resources)) {
    const type = fields(given)?.Type;
    if (typeof type !== "string") return `has a template whose resource "${name}" cannot be read`;
    if (evaluated.has(name)) continue;
    const door = doorOf(type, fields(given)?.Properties);
    if (reachesGuards(type)) open.push(type);
    else if (door !== undefined) open.push(`${type} with ${door}`);
  }
  return open.length > 0 ? `makes ${[...new Set(open)].slice(0, 4).join(", ")} by a template` : undefined;
}

/** The property by which a type that is harmless alone opens something. */
export function doorOf(type: string, properties: unknown): string | undefined {
  return reachesGuards(type) ? undefined : keysOf(properties, 0).find((key) => DOORS.test(key));
}

const inside = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as readonly unknown[]) : Object.values(fields(value) ?? {});

/** `Transform` at the top, `Fn::Transform` or `Fn::ForEach` anywhere: what is made is not what stands there. */
function transforms(value: unknown, depth: number): boolean {
  if (depth > MOST_DEEP) return true;
  const own = Object.keys(fields(value) ?? {});
  return (
    own.some((key) => /^Fn::(Transform|ForEach)/.test(key) || (depth === 0 && key === "Transform")) ||
    inside(value).some((inner) => transforms(inner, depth + 1))
  );
}

const keysOf = (value: unknown, depth: number): string[] =>
  depth > MOST_DEEP ? [] : [...Object.keys(fields(value) ?? {}), ...inside(value).flatMap((inner) => keysOf(inner, depth + 1))];
