/** Tunnels for commands that run outside of Pulumi: any free port, one session a host, as long as the command runs. */
import type { StackConfig } from "../config/types";
import type { HostRole } from "../release/types";
import type { TunnelMode } from "../remote/session";
import { PATIENCE, Tunnel } from "../remote/tunnel";

/** Milliseconds. A deployed host is there; a session takes seconds. */
export const TUNNEL_PATIENCE = 75_000;

const open = new Map<HostRole, Promise<Tunnel>>();

/** @throws Error where the stack was not deployed with tunnels */
export function tunnelTo(
  role: HostRole,
  { access, region, profile }: Pick<StackConfig, "access" | "region" | "profile">,
  instanceIds: Readonly<Record<HostRole, string>> | undefined,
): Promise<Tunnel> {
  if (instanceIds === undefined) {
    return Promise.reject(new Error(`access is ${access}, and the outputs lack instanceIds: deploy the stack with it first`));
  }
  const found = open.get(role) ?? Tunnel.open({ name: role, port: 0, patience: { ...PATIENCE, first: 60_000, again: 60_000 } });
  open.set(role, found);
  return found.then((tunnel) => {
    tunnel.aim({ mode: access as TunnelMode, region, profile, instanceId: instanceIds[role] });
    return tunnel;
  });
}
