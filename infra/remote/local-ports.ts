/** The ports of the operator's machine that lead to the hosts while an update runs. Pure. */
import { sha256 } from "../sha256";
import { HOST_IDS } from "../hosts/ids";
import type { HostId } from "../release/types";

export const LOOPBACK = "127.0.0.1";

/** Below those that systems give to outgoing connections: 32768 and up on Linux, 49152 and up elsewhere. */
const FIRST = 20_000;
/** One port a host. */
const BLOCK = HOST_IDS.length;
const BLOCKS = Math.floor(12_000 / BLOCK);

/**
 * They stand in the state as a part of each connection, so they follow from names alone: on every machine the same. Two stacks have a whole block in
 * common, or no port: what one of them uses is never a part of the other's. Those with one block in common cannot be updated at the same time on one
 * machine, and the second is told so (tunnels.ts).
 *
 * @param given `ssh.localPort`
 */
export function localPorts(project: string, stack: string, given?: number): Readonly<Record<HostId, number>> {
  const first = given ?? FIRST + BLOCK * (parseInt(sha256(`${project}/${stack}`).slice(0, 8), 16) % BLOCKS);
  return Object.fromEntries(HOST_IDS.map((id, index) => [id, first + index])) as Record<HostId, number>;
}
