/** The list of a backup, as templates/steps/backup.sh writes it, and the objects that it names. Pure. */
import { backupPrefix } from "../../../infra/hosts/permissions";
import type { BackendId } from "../../../infra/release/types";

export interface Stored {
  readonly kind: "model" | "published" | "data" | "logs" | "releases";
  readonly sha256: string;
  readonly size: number;
  readonly name: string;
  /** In the bucket, or below the folder. */
  readonly key: string;
}

export interface BackupList {
  /** As the host wrote it, such as 2026-11-27T03:10:00Z. */
  readonly at: string;
  /** The release that served then. */
  readonly release: string;
  readonly objects: readonly Stored[];
}

/** Behind what all keys of the stack begin with (`models.existing.prefix`). `own` is where the host's backups lie. */
const KEYS: Readonly<Record<Stored["kind"], (own: string, sha: string, name: string) => string>> = {
  model: (own, sha, name) => `${own}models/${sha}/${name}`,
  published: (_own, sha, name) => `models/${sha}/${name}`,
  data: (own, _sha, name) => `${own}data/${name}`,
  logs: (own, _sha, name) => `${own}logs/${name}`,
  releases: (own, _sha, name) => `${own}releases/${name}`,
};

const isKind = (word: string): word is Stored["kind"] => Object.hasOwn(KEYS, word);

/** A name becomes a part of a path here: nothing in it leads elsewhere. */
function stored(line: string, own: string): Stored | undefined {
  const [kind = "", sha256 = "", size = "", ...words] = line.split(" ");
  const name = words.join(" ");
  if (!isKind(kind) || !/^[0-9a-f]{64}$/.test(sha256) || !/^\d{1,15}$/.test(size)) return undefined;
  if (name === "" || name.startsWith(".") || /[/\\\0]/.test(name)) return undefined;
  return { kind, sha256, size: Number(size), name, key: KEYS[kind](own, sha256, name) };
}

/**
 * @param host whose backup it is
 * @param where for the message
 * @throws Error with every line that cannot be read
 */
export function parseList(text: string, host: BackendId, where: string): BackupList {
  const own = backupPrefix(host);
  const [first = "", ...rest] = text.split("\n").filter((line) => line !== "");
  const head = /^backup (\S+) (\S+)$/.exec(first);
  if (head === null)
    throw new Error(`${where}: found no list of a backup; its first line has to be "backup TIME RELEASE", as the host writes it`);
  const bad = rest.flatMap((line, index) => (stored(line, own) === undefined ? [`line ${index + 2}: ${line.slice(0, 120)}`] : []));
  if (bad.length > 0)
    throw new Error(`${where}: found lines that name no object of a backup, so it is damaged or of another version:\n${bad.join("\n")}`);
  const [, at = "", link = ""] = head;
  return { at, release: link.replace(/^releases\//, ""), objects: rest.flatMap((line) => stored(line, own) ?? []) };
}
