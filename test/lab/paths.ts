/** Where things lie: what may be kept in the repository's cache, what lives only as long as a lab in /run. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

export const repositoryRoot = resolve(__dirname, "../..");
/** Image, wheels and tools (kept), and the machines' disks (removed by `down`). */
export const cacheDir = join(repositoryRoot, ".cache/hosts");
/** Sockets, logs and state of running labs; empty after a restart of this machine, like the labs themselves. */
export const runRoot = "/run/ml-gateway-hosts";

export const runDir = (lab: string): string => join(runRoot, lab);
export const diskDir = (lab: string): string => join(cacheDir, "labs", lab);

/** First 12 hex digits of the SHA-256 of the parts. */
export function digest(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex").slice(0, 12);
}

/**
 * A directory of the cache that is made once: `make` fills a private directory that is renamed when complete,
 * so a process that dies half-way leaves nothing that looks finished, and two at once do not disturb each other.
 */
export async function cached(name: string, make: (directory: string) => Promise<void>): Promise<string> {
  const final = join(cacheDir, name);
  if (existsSync(final)) return final;
  mkdirSync(cacheDir, { recursive: true });
  const partial = `${final}.part-${process.pid}`;
  await make(partial);
  if (existsSync(final)) rmSync(partial, { recursive: true });
  else renameSync(partial, final);
  return final;
}
