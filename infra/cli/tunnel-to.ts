/** Tunnels for commands that run outside of Pulumi: any free port, one session a host, as long as the command runs. */
import type { StackConfig } from "../config/types";
import type { HostId } from "../release/types";
import type { TunnelMode } from "../remote/session";
import { PATIENCE, Tunnel } from "../remote/tunnel";

/** Milliseconds. A deployed host is there; a session takes seconds. */
export const TUNNEL_PATIENCE = 75_000;

const open = new Map<HostId, Promise<Tunnel>>();

/** @throws Error where the stack was not deployed with tunnels */
export function tunnelTo(
  id: HostId,
  { access, region, profile }: Pick<StackConfig, "access" | "region" | "profile">,
  instanceIds: Readonly<Partial<Record<HostId, string>>> | undefined,
): Promise<Tunnel> {
  const instanceId = instanceIds?.[id];
  if (instanceId === undefined) {
    const lacking = instanceIds === undefined ? "instanceIds" : `the ${id} in instanceIds`;
    return Promise.reject(new Error(`access is ${access}, and the outputs lack ${lacking}: deploy the stack with it first`));
  }
  const found = open.get(id) ?? Tunnel.open({ name: id, port: 0, patience: { ...PATIENCE, first: 60_000, again: 60_000 } });
  open.set(id, found);
  return found.then((tunnel) => {
    tunnel.aim({ mode: access as TunnelMode, region, profile, instanceId });
    return tunnel;
  });
}
