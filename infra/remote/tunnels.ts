/**
 * The tunnels of a running update. The program lives as long as the update does, because it waits for each resource that it has registered; so it
 * holds the ports that the steps connect to. `pulumi destroy` does not run it, and needs none: no step has a command for its end.
 */
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config/types";
import type { HostId } from "../release/types";
import { hostIds } from "../hosts/ids";
import { localPorts } from "./local-ports";
import type { TunnelMode } from "./session";
import { Tunnel } from "./tunnel";

/** What a host's port leads to. */
export interface Aim {
  readonly instanceId: string;
  /** Of instance-connect. */
  readonly endpointId?: string;
}

export interface Tunnels {
  /** Says which instance a port leads to, once it is known. */
  aim(id: HostId, aim: Aim): void;
}

type Settings = Pick<StackConfig, "project" | "stack" | "access" | "region" | "profile"> & {
  readonly backend: Pick<StackConfig["backend"], "mode" | "count">;
  readonly ssh?: { readonly localPort?: number };
};

/**
 * Takes a port for each host; nothing else is started until a step connects.
 *
 * @throws RunError where another process has one
 */
export async function openTunnels(config: Settings): Promise<Tunnels> {
  const { project, stack, region, profile, ssh } = config;
  const mode = config.access as TunnelMode;
  const ports = localPorts(project, stack, ssh?.localPort);
  const ids = hostIds(config);
  const open = (name: HostId): Promise<Tunnel> =>
    Tunnel.open({
      name,
      port: ports[name],
      say: (text) => void pulumi.log.info(`${project}:access ${mode}: ${text}`),
      fail: (reason) => void pulumi.log.error(`${project}:access ${mode}: the ${name} cannot be reached: ${reason}`),
    });
  const opened = await Promise.allSettled(ids.map(open));
  const tunnels = new Map(opened.flatMap((one, index) => (one.status === "fulfilled" ? [[ids[index], one.value] as const] : [])));
  if (tunnels.size < ids.length) {
    for (const tunnel of tunnels.values()) tunnel.close();
    const why = opened.flatMap((one) => (one.status === "rejected" ? [(one.reason as Error).message] : []));
    throw new pulumi.RunError(
      `${project}:ssh.localPort: ${why.join("; ")}. End it (lsof ${ids.map((id) => `-i :${ports[id]}`).join(" ")} shows which), or choose another port: pulumi config set --stack ${stack} --path 'ssh.localPort' PORT`,
    );
  }
  return { aim: (id, aim) => tunnels.get(id)?.aim({ mode, region, profile, ...aim }) };
}
