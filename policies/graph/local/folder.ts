/** The files of a local folder, as Pulumi reads it: links to files are followed, links to folders and `.pulumi` are left out. */
import { opendirSync, realpathSync } from "node:fs";
import type { Dirent } from "node:fs";
import { join, sep } from "node:path";
import { MOST_TEXT, TOO_MUCH } from "./members";
import type { Members } from "./members";
import { isFolder, readRegular } from "./read";

/** @returns why not all of it could be read */
export function readFolder(root: string, members: Members): string | undefined {
  const real = realpathSync(root);
  const waiting = [""];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    let directory;
    try {
      directory = opendirSync(join(real, folder));
    } catch {
      members.closed(folder === "" ? "." : folder, "may not be read by this user");
      continue;
    }
    try {
      for (let entry = directory.readSync(); entry; entry = directory.readSync()) {
        if (!members.hasRoom()) return TOO_MUCH;
        if (entry.name === ".pulumi") continue;
        const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
        if (entry.isDirectory()) waiting.push(name);
        else add(real, name, entry, members);
      }
    } finally {
      directory.closeSync();
    }
  }
  return undefined;
}

function add(root: string, name: string, entry: Dirent, members: Members): void {
  let place = join(root, name);
  if (entry.isSymbolicLink()) {
    try {
      place = realpathSync(place);
    } catch {
      members.closed(name, "is a link that leads nowhere");
      return;
    }
    if (isFolder(place)) return;
    if (!place.startsWith(`${root}${sep}`)) {
      members.closed(name, "is a link out of the folder, which is not followed");
      return;
    }
  }
  const read = readRegular(place, MOST_TEXT);
  if (read === undefined) return;
  if ("bytes" in read) members.file(name, read.bytes);
  else if (read.large) members.file(name, undefined);
  else members.closed(name, read.why);
}
