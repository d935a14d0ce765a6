/** Files of the hosts that differ. Pure. */
import type { HostFile } from "../release/types";
import { lineDiff } from "./lines";

export interface FileChange {
  readonly host: HostFile["host"];
  readonly path: string;
  readonly change: "added" | "removed" | "changed";
  /** What of its place differs: `mode 0644 -> 0600`. */
  readonly about: readonly string[];
  /** Of a file whose text the program writes; secrets are masked in it. */
  readonly lines: readonly string[];
}

export function fileChanges(before: readonly HostFile[], after: readonly HostFile[]): FileChange[] {
  const key = ({ host, path }: HostFile): string => `${host} ${path}`;
  const old = new Map(before.map((file) => [key(file), file]));
  const now = new Set(after.map(key));
  const removed = before
    .filter((file) => !now.has(key(file)))
    .map(({ host, path }): FileChange => ({ host, path, change: "removed", about: [], lines: [] }));
  const others = after.flatMap((file): FileChange[] => {
    const then = old.get(key(file));
    const { host, path } = file;
    if (then === undefined) return [{ host, path, change: "added", about: [], lines: lineDiff("", file.content ?? "") }];
    const about = aboutOf(then, file);
    const lines = lineDiff(then.content ?? "", file.content ?? "");
    return about.length + lines.length === 0 ? [] : [{ host, path, change: "changed", about, lines }];
  });
  return [...removed, ...others];
}

function aboutOf(then: HostFile, now: HostFile): string[] {
  const fields = ["kind", "mode", "owner", "group", "target", "required"] as const;
  const facts = fields
    .filter((field) => then[field] !== now[field])
    .map((field) => `${field} ${String(then[field])} -> ${String(now[field])}`);
  const isText = then.content !== undefined && now.content !== undefined;
  return then.sha256 === now.sha256 || isText ? facts : [...facts, `sha256 ${short(then)} -> ${short(now)}`];
}

const short = ({ sha256 }: HostFile): string => sha256?.slice(0, 12) ?? "made on the host";
