/** What is inside the archives that a program puts together (`new AssetArchive({ "bin/run.sh": new StringAsset(...) })`) or sends from a folder. */
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

/** The text of a StringAsset or of a file that was read; undefined where it is not known. */
export const textOfAsset = (asset: Asset | undefined): string | undefined => (asset?.kind === "text" ? asset.content : asset?.opened?.text);

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
  // What could not be read of it may be anything.
  if (asset.opened?.why !== undefined) found.push({ path, asset: new Asset("archive", asset.content, undefined, asset.opened), secret });
}
