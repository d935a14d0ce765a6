/** The files of a local tar. */
import { MOST_TEXT, TOO_MUCH } from "./members";
import type { Members } from "./members";
import { tarEntries } from "./tar-entries";
import type { TarEntry } from "./tar-entries";

const BROKEN = "is no complete tar";

/** @returns why not all of it could be read */
export function readTar(bytes: Buffer, members: Members): string | undefined {
  const entries = tarEntries(bytes);
  let step = entries.next();
  for (; step.done !== true; step = entries.next()) {
    if (!members.hasRoom()) return TOO_MUCH;
    if (!step.value.extension) add(step.value, members);
  }
  return step.value === "broken" ? BROKEN : undefined;
}

function add({ name, type, content }: TarEntry, members: Members): void {
  if (type === "5") return;
  const clean = name.replace(/^(\.\/)+/u, "");
  if (type === "0" || type === "\0" || type === "7") members.file(clean, content.length <= MOST_TEXT ? content : undefined);
  else members.closed(clean, type === "1" || type === "2" ? "is a link inside a tar" : "is no regular file");
}
