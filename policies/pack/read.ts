/**
 * Reads what the policy SDK hands to a policy into Values. Its property bags are proxies whose `get` throws at an
 * unknown value (and the SDK then drops the rest of the policy) and hides secret marks. A property's descriptor is not
 * trapped: it has the raw value, with the unknown mark and, in a remediation, the SDK's Secret object.
 */
import * as pulumi from "@pulumi/pulumi";
import { Secret as SdkSecret } from "@pulumi/policy";
import { Asset, Secret, UNKNOWN } from "../core/types";
import type { Props, Value } from "../core/types";
import { isProps } from "../core/values";
import { openArchive, openFile } from "../graph/local/open";
import { decode, isBookkeeping } from "../graph/wire";

/** The properties of a resource, whatever proxies lie around them. */
export async function readProps(bag: object): Promise<Props> {
  const assets: Promise<void>[] = [];
  const props = readBag(bag, assets, "top");
  if (assets.length > 0) await Promise.all(assets);
  return props;
}

/** @param assets gets a promise for each asset, which is put in its place once its content is there */
function readBag(bag: object, assets: Promise<void>[], depth: "top" | "nested"): Props {
  const props: Props = {};
  for (const key of Object.keys(bag)) {
    const raw: unknown = Object.getOwnPropertyDescriptor(bag, key)?.value;
    if (raw !== undefined && !isBookkeeping(key, raw, depth)) props[key] = readRaw(raw, assets, (value) => (props[key] = value));
  }
  return props;
}

function readRaw(raw: unknown, assets: Promise<void>[], replace: (value: Value) => void): Value {
  if (typeof raw !== "object" || raw === null) return decode(raw);
  if (Array.isArray(raw)) {
    const list: Value[] = raw.map((item, index) => readRaw(item, assets, (value) => (list[index] = value)));
    return list;
  }
  if (raw instanceof SdkSecret)
    return new Secret(
      readRaw(raw.value, assets, (value) => {
        replace(new Secret(value));
      }),
    );
  if (!isAsset(raw)) return readBag(raw, assets, "nested");
  assets.push(
    readAsset(raw).then((asset) => {
      replace(open(asset));
    }),
  );
  return UNKNOWN;
}

/** An asset or an archive. */
export function isAsset(raw: object): boolean {
  return pulumi.asset.Asset.isInstance(raw) || pulumi.asset.Archive.isInstance(raw);
}

/** With what a file or an archive of this machine holds. Not part of `readAsset`, by which the same stack is known a hundred times. */
function open(asset: Asset): Asset {
  if (asset.members) {
    const members = Object.entries(asset.members).map(([name, part]) => [name, part instanceof Asset ? open(part) : part] as const);
    return new Asset(asset.kind, asset.content, Object.fromEntries(members));
  }
  if (asset.content === undefined) return asset;
  if (asset.kind === "file") return openFile(asset.content);
  return asset.kind === "archive" && !/^[a-z][a-z0-9+.-]*:\/\//iu.test(asset.content) ? openArchive(asset.content) : asset;
}

/** Assets hold their content as promises. */
export async function readAsset(raw: object): Promise<Asset> {
  if (raw instanceof pulumi.asset.StringAsset) return new Asset("text", await raw.text);
  if (raw instanceof pulumi.asset.FileAsset) return new Asset("file", await raw.path);
  if (raw instanceof pulumi.asset.RemoteAsset) return new Asset("uri", await raw.uri);
  if (raw instanceof pulumi.asset.FileArchive) return new Asset("archive", await raw.path);
  if (raw instanceof pulumi.asset.RemoteArchive) return new Asset("archive", await raw.uri);
  if (!(raw instanceof pulumi.asset.AssetArchive)) return new Asset("archive", undefined);
  const members = await Promise.all(Object.entries(await raw.assets).map(async ([name, part]) => [name, await readAsset(part)] as const));
  return new Asset("archive", undefined, Object.fromEntries(members));
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
