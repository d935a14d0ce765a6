/** What is inside the archives that a program puts together (`new AssetArchive({ "bin/run.sh": new StringAsset(...) })`). */
import { Asset, Secret } from "./types";
import type { Value } from "./types";
import { reveal } from "./values";

/** One file, or one archive that is not opened, of an asset. */
export interface Part {
  /** Where it lies in the archive; empty where the asset is no archive. */
  readonly path: string;
  /** Undefined where it is not known. */
  readonly asset: Asset | undefined;
  readonly secret: boolean;
}

/** More than a program writes down; the rest counts as not known. */
const MOST_PARTS = 10_000;
const MOST_DEEP = 20;

/** The asset itself, or the parts of the archive, those of archives inside it as well. */
export function partsOf(asset: Asset): Part[] {
  const found: Part[] = [];
  add(found, asset, "", false, 0);
  return found;
}

function add(found: Part[], given: Value, path: string, marked: boolean, depth: number): void {
  const secret = marked || given instanceof Secret;
  const value = reveal(given);
  const asset = value instanceof Asset ? value : undefined;
  if (!asset?.members || depth > MOST_DEEP) {
    found.push({ path, asset: asset?.members ? undefined : asset, secret });
    return;
  }
  for (const [name, member] of Object.entries(asset.members)) {
    if (found.length >= MOST_PARTS) {
      if (found.length === MOST_PARTS) found.push({ path, asset: undefined, secret });
      return;
    }
    add(found, member, path === "" ? name : `${path}/${name}`, secret, depth + 1);
  }
}
