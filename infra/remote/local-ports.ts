/** The ports of the operator's machine that lead to the hosts while an update runs. Pure. */
import { sha256 } from "../sha256";
import type { HostId } from "../release/types";

export const LOOPBACK = "127.0.0.1";

/** Below those that systems give to outgoing connections: 32768 and up on Linux, 49152 and up elsewhere. */
const FIRST = 20_000;
const PAIRS = 6000;

/**
 * They stand in the state as a part of each connection, so they follow from names alone: on every machine the same, and others for another stack.
 *
 * @param given `ssh.localPort`
 */
export function localPorts(project: string, stack: string, given?: number): Readonly<Record<HostId, number>> {
  const gateway = given ?? FIRST + 2 * (parseInt(sha256(`${project}/${stack}`).slice(0, 8), 16) % PAIRS);
  return { gateway, backend: gateway + 1, "backend-2": gateway + 2, "backend-3": gateway + 3 };
}
