/**
 * Reading values without mistaking "unknown" for "absent". Absent (undefined, null), unknown (UNKNOWN) and known are
 * three different things: ask `isUnknown` before falling back to a default.
 */
import { Asset, Secret, UNKNOWN, Unknown } from "./types";
import type { Props, Value } from "./types";

/** The value inside a secret mark; other values as they are. Only the outermost marks are taken off. */
export function reveal(value: Value | undefined): Value | undefined {
  let inner = value;
  while (inner instanceof Secret) inner = inner.value;
  return inner;
}

/** True for a value that is not known yet, and for a secret whose content is not at hand. */
export function isUnknown(value: Value | undefined): boolean {
  return reveal(value) instanceof Unknown;
}

/** True where nothing was given at all. */
export function isAbsent(value: Value | undefined): value is null | undefined {
  const inner = reveal(value);
  return inner === undefined || inner === null;
}

/** True where the value, or anything inside it, is not known yet. */
export function containsUnknown(value: Value | undefined): boolean {
  return anyLeaf(value, (leaf) => leaf instanceof Unknown);
}

/** True where the value, or anything inside it, is marked as secret. */
export function containsSecret(value: Value | undefined): boolean {
  if (value instanceof Secret) return true;
  return children(value).some(containsSecret);
}

/** The string, if it is one and known. */
export function asString(value: Value | undefined): string | undefined {
  const inner = reveal(value);
  return typeof inner === "string" ? inner : undefined;
}

/** The boolean, if it is known. Providers accept "true" and "false" too, so these count. */
export function asBoolean(value: Value | undefined): boolean | undefined {
  const inner = reveal(value);
  if (typeof inner === "boolean") return inner;
  if (inner === "true") return true;
  return inner === "false" ? false : undefined;
}

/** The number, if it is known. Decimal strings count, as they do for the provider. */
export function asNumber(value: Value | undefined): number | undefined {
  const inner = reveal(value);
  if (typeof inner === "number") return inner;
  return typeof inner === "string" && /^-?\d+(\.\d+)?$/.test(inner) ? Number(inner) : undefined;
}

/** The elements, if it is a list; elements may be unknown one by one. */
export function asArray(value: Value | undefined): Value[] | undefined {
  const inner = reveal(value);
  return Array.isArray(inner) ? inner : undefined;
}

/** The object's properties, if it is a plain object; properties may be unknown one by one. */
export function asProps(value: Value | undefined): Props | undefined {
  const inner = reveal(value);
  return isProps(inner) ? inner : undefined;
}

export function isProps(value: Value | undefined): value is Props {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Unknown) &&
    !(value instanceof Secret) &&
    !(value instanceof Asset)
  );
}

/** The values directly inside a list, an object or a secret mark. */
export function children(value: Value | undefined): Value[] {
  if (value instanceof Secret) return [value.value];
  if (Array.isArray(value)) return value;
  if (value instanceof Asset) return Object.values(value.members ?? {});
  return isProps(value) ? Object.values(value) : [];
}

/** All values without further values inside (strings, numbers, unknown, assets ...), depth first, secret marks taken off. */
export function leaves(value: Value | undefined): Value[] {
  const found: Value[] = [];
  anyLeaf(value, (leaf) => {
    found.push(leaf);
    return false;
  });
  return found;
}

/** Does any leaf satisfy the test? Stops at the first one that does. */
export function anyLeaf(value: Value | undefined, test: (leaf: Value) => boolean): boolean {
  if (value === undefined) return false;
  if (value instanceof Secret) return anyLeaf(value.value, test);
  if (Array.isArray(value)) return value.some((item) => anyLeaf(item, test));
  if (isProps(value)) return Object.values(value).some((item) => anyLeaf(item, test));
  return test(value);
}

/** The value as text, secrets in clear: two values have the same text only if they are the same, marks included. For digests; never print it. */
export function exactText(value: Value | undefined): string {
  if (value === undefined) return "undefined";
  if (value instanceof Unknown) return "unknown";
  if (value instanceof Secret) return `secret(${exactText(value.value)})`;
  if (value instanceof Asset) return `asset(${JSON.stringify([value.kind, value.content, value.opened])}${exactText(value.members)})`;
  if (Array.isArray(value)) return `[${value.map(exactText).join()}]`;
  if (!isProps(value)) return JSON.stringify(value);
  const items = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${exactText(item)}`);
  return `{${items.join()}}`;
}

/** Visits every leaf with its path (`ingress[0].cidrBlocks[1]`) and whether it is below a secret mark. */
export function walkLeaves(
  value: Value | undefined,
  visit: (leaf: Value, path: string, secret: boolean) => void,
  path = "",
  secret = false,
): void {
  if (value === undefined) return;
  if (value instanceof Secret) walkLeaves(value.value, visit, path, true);
  else if (Array.isArray(value)) value.forEach((item, index) => walkLeaves(item, visit, `${path}[${String(index)}]`, secret));
  else if (isProps(value))
    for (const [key, item] of Object.entries(value)) walkLeaves(item, visit, path === "" ? key : `${path}.${key}`, secret);
  else visit(value, path, secret);
}

/**
 * A property as the resource will have it: the input where one is given, else the output (a default the provider
 * filled in, present in an exported stack only).
 */
export function propertyOf(resource: { readonly inputs: Props; readonly outputs: Props }, key: string): Value | undefined {
  const input = resource.inputs[key];
  return isAbsent(input) ? resource.outputs[key] : input;
}

export { UNKNOWN };
