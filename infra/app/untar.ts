/** A tar archive of an application as its entries. Pure. */
import { tarEntries } from "../../policies/graph/local/tar-entries";
import type { TarEntry } from "../../policies/graph/local/tar-entries";

export interface Archived {
  /** Without `./` in front and without `/` at the end. */
  readonly path: string;
  readonly kind: "file" | "folder" | "link" | "other";
  readonly content: Buffer;
  /** Where a symbolic link leads. */
  readonly link: string;
}

const KINDS: Readonly<Record<string, Archived["kind"]>> = { "0": "file", "\0": "file", "7": "file", "5": "folder", "2": "link" };

/** @returns undefined when this is no whole tar: the two empty blocks at the end belong to it, and an archive that was cut off has none */
export function untar(data: Buffer): Archived[] | undefined {
  const found: Archived[] = [];
  const entries = tarEntries(data);
  let step = entries.next();
  for (; step.done !== true; step = entries.next()) if (!step.value.extension) found.push(archived(step.value));
  return step.value === "ended" ? found : undefined;
}

function archived({ name, type, content, link }: TarEntry): Archived {
  const kind = KINDS[type] === "file" && name.endsWith("/") ? "folder" : (KINDS[type] ?? "other");
  return { path: name.replace(/^(\.\/+)+|\/+$/g, ""), kind, content, link };
}
