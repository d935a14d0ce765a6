/**
 * Is a stack that the engine shows the one that it showed before? The SDK unpacks every resource anew for every policy, so the same stack
 * comes a hundred times in other objects. To compare them costs a part of what reading them costs: their texts are the request's own.
 */
import type { PolicyResource } from "@pulumi/policy";
import { isAsset, readAsset } from "./read";

/** @param assets gets what can only be compared once its content is there */
type Pairs = [object, object][];

export async function sameStack(a: readonly PolicyResource[], b: readonly PolicyResource[]): Promise<boolean> {
  const assets: Pairs = [];
  if (a.length !== b.length || !a.every((resource, index) => sameResource(resource, b[index], assets))) return false;
  const same = await Promise.all(assets.map(async ([x, y]) => JSON.stringify(await readAsset(x)) === JSON.stringify(await readAsset(y))));
  return same.every(Boolean);
}

function sameResource(a: PolicyResource, b: PolicyResource | undefined, assets: Pairs): boolean {
  return (
    b !== undefined &&
    a.urn === b.urn &&
    a.type === b.type &&
    a.name === b.name &&
    a.parent?.urn === b.parent?.urn &&
    a.provider?.urn === b.provider?.urn &&
    sameUrns(a.dependencies, b.dependencies) &&
    samePropertyDependencies(a.propertyDependencies, b.propertyDependencies) &&
    sameValue(a.opts, b.opts, assets) &&
    sameValue(a.props, b.props, assets)
  );
}

function sameUrns(a: readonly PolicyResource[], b: readonly PolicyResource[] = []): boolean {
  return a.length === b.length && a.every(({ urn }, index) => urn === b[index]?.urn);
}

function samePropertyDependencies(a: PolicyResource["propertyDependencies"], b: PolicyResource["propertyDependencies"]): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => sameUrns(a[key] ?? [], b[key]));
}

/** As `readProps` would see them: the SDK's proxies throw where a value is unknown, a descriptor does not. */
function sameValue(a: unknown, b: unknown, assets: Pairs): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameValue(item, b[index], assets));
  if (isAsset(a) || isAsset(b)) {
    assets.push([a, b]);
    return isAsset(a) && isAsset(b);
  }
  const keys = Object.keys(a);
  const others = Object.keys(b);
  return keys.length === others.length && keys.every((key, index) => key === others[index] && sameValue(raw(a, key), raw(b, key), assets));
}

const raw = (bag: object, key: string): unknown => Object.getOwnPropertyDescriptor(bag, key)?.value;
