/** Folders that keep others out. */
import type { Files } from "./files";
import { parentOf } from "./paths";

/** Some folder above the path ends without any right for group and others. */
export function isSheltered(files: Files, path: string): boolean {
  for (let folder = parentOf(path); folder.length > 1; folder = parentOf(folder)) {
    const entries = files.entries.get(folder)?.filter((e) => e.kind !== "absent");
    if (entries && entries.length > 0 && entries.every((e) => (e.mode.may & 0o011) === 0)) return true;
    if (!folder.includes("/")) return false;
  }
  return false;
}
