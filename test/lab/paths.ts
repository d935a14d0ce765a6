/** Where things lie: what may be kept in the repository's cache, what lives only as long as a lab in /run. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, realpathSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { withLock } from "./lock";

export const repositoryRoot = resolve(__dirname, "../..");
/** `node -r` this: how every program of the project runs TypeScript. */
export const typescript = join(repositoryRoot, "tools/register.js");
/**
 * Belongs to this checkout alone and is part of every name outside of it (namespaces, control groups, /run): two checkouts, or two CI jobs on
 * one machine, have labs of the same name without meeting.
 */
export const checkout = checkoutKey(repositoryRoot);
/** Image, wheels and tools (kept), and the machines' disks (removed by `down`). */
export const cacheDir = join(repositoryRoot, ".cache/hosts");
/** Sockets, logs and state of this checkout's running labs; empty after a restart of this machine, like the labs themselves. */
export const runRoot = join("/run/ml-gateway-hosts", checkout);

export const runDir = (lab: string): string => join(runRoot, lab);
export const diskDir = (lab: string): string => join(cacheDir, "labs", lab);

/** @returns 8 hex digits of the SHA-256 of a directory's real path: the same by whatever link it is reached */
export function checkoutKey(directory: string): string {
  return digest(realpathSync(directory)).slice(0, 8);
}

/** First 12 hex digits of the SHA-256 of the parts. */
export function digest(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex").slice(0, 12);
}

/**
 * A directory of the cache that is made once: `make` fills a private directory that is renamed when complete, so a process that dies half-way
 * leaves nothing that looks finished. A second run of this checkout waits for the first instead of making the same again.
 */
export async function cached(name: string, make: (directory: string) => Promise<void>): Promise<string> {
  const final = join(cacheDir, name);
  if (existsSync(final)) return final;
  return withLock(`${final}.lock`, { doing: `making ${name}`, wait: true }, async () => {
    if (existsSync(final)) return final;
    // What a killed run left; a child of it that still writes there for a moment is why there is more than one try.
    for (const entry of readdirSync(cacheDir).filter((one) => one.startsWith(`${name}.part-`)))
      rmSync(join(cacheDir, entry), { recursive: true, force: true, maxRetries: 5 });
    const partial = `${final}.part-${process.pid}`;
    await make(partial);
    renameSync(partial, final);
    return final;
  });
}
