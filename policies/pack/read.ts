/**
 * Reads what the policy SDK hands to a policy into Values. Its property bags are proxies whose `get` throws at an
 * unknown value (and the SDK then drops the rest of the policy) and hides secret marks. A property's descriptor is not
 * trapped: it has the raw value, with the unknown mark and, in a remediation, the SDK's Secret object.
 */
import * as pulumi from "@pulumi/pulumi";
import { Secret as SdkSecret } from "@pulumi/policy";
import { Asset, Secret, Unknown } from "../core/types";
import type { Props, Value } from "../core/types";
import { isProps } from "../core/values";
import { decode } from "../graph/wire";

/** The properties of a resource, whatever proxies lie around them. */
export async function readProps(bag: object): Promise<Props> {
  const props: Props = {};
  for (const key of Object.keys(bag)) {
    const raw: unknown = Object.getOwnPropertyDescriptor(bag, key)?.value;
    if (raw !== undefined) props[key] = await readRaw(raw);
  }
  return props;
}

async function readRaw(raw: unknown): Promise<Value> {
  if (raw instanceof SdkSecret) return new Secret(await readRaw(raw.value));
  if (Array.isArray(raw)) return Promise.all(raw.map(readRaw));
  if (pulumi.asset.Asset.isInstance(raw) || pulumi.asset.Archive.isInstance(raw)) return readAsset(raw);
  if (typeof raw === "object" && raw !== null) return readProps(raw);
  return decode(raw);
}

/** Assets hold their content as promises. */
async function readAsset(raw: object): Promise<Asset> {
  if (raw instanceof pulumi.asset.StringAsset) return new Asset("text", await raw.text);
  if (raw instanceof pulumi.asset.FileAsset) return new Asset("file", await raw.path);
  if (raw instanceof pulumi.asset.RemoteAsset) return new Asset("uri", await raw.uri);
  if (raw instanceof pulumi.asset.FileArchive) return new Asset("archive", await raw.path);
  if (raw instanceof pulumi.asset.RemoteArchive) return new Asset("archive", await raw.uri);
  return new Asset("archive", undefined);
}

/** Puts the secret marks of `marked` on the same places of `plain`: what is a secret there is one here. */
export function withMarks(plain: Value, marked: Value | undefined): Value {
  if (marked instanceof Secret) return plain instanceof Secret || plain === null ? plain : new Secret(plain);
  if (Array.isArray(plain) && Array.isArray(marked)) return plain.map((item, index) => withMarks(item, marked[index]));
  if (isProps(plain) && isProps(marked)) return propsWithMarks(plain, marked);
  return plain;
}

export function propsWithMarks(plain: Props, marked: Props): Props {
  return Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, withMarks(value, marked[key])]));
}

/** A text that is equal for equal values only; for telling whether a graph is still the same. */
export function fingerprint(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (item instanceof Object && !Array.isArray(item) ? tagged(item) : item));
}

function tagged(item: object): object {
  if (item instanceof Map) return { map: [...(item as Map<unknown, unknown>)] };
  return item instanceof Unknown || item instanceof Asset ? { ...item, is: item.constructor.name } : item;
}
