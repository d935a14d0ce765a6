/** How the steps reach the hosts: what contradicts it, and what nothing reads. Pure. */
import { isGroup } from "./values";
import { hasExisting, isRefused, type Context } from "./value-rules";

export function way(context: Context): string[] {
  const { project, sections } = context;
  const { access } = sections as { access?: unknown };
  const network = (sections.network ?? {}) as { egress?: unknown };
  const { localPort } = (sections.ssh ?? {}) as { localPort?: number };
  const tunnels = access === "ssm" || access === "instance-connect";
  const { egress, mode } = (sections.backend ?? {}) as { egress?: unknown; mode?: unknown };
  const gateways = isGroup((sections.gateway as { fleet?: unknown } | undefined)?.fleet);
  const https = Array.isArray(egress) && egress.some((one) => isGroup(one) && (one as { port?: unknown }).port === 443);
  return [
    ...(tunnels && mode === "fleet" && !gateways
      ? [
          `${project}:access: found ${access}, and backend.mode is fleet, whose hosts set themselves up and have no tunnel; with a fleet port 22 of the gateway stays open to gateway.sshFrom. Set access to ssh, or backend.mode to single`,
        ]
      : []),
    ...(access === "none" && !gateways && !isRefused(context, "gateway.fleet")
      ? [
          `${project}:access: found none, and the gateway is one host, which the steps set up by logging in; set access to ssh, ssm or instance-connect, or give gateway.fleet, whose hosts set themselves up`,
        ]
      : []),
    ...(localPort !== undefined && !tunnels
      ? [
          `${project}:ssh.localPort: found ${localPort}, and with access ${String(access)} no port of this machine leads to a host; remove it, or set access to ssm or instance-connect`,
        ]
      : []),
    ...(access === "ssm" && hasExisting({ sections }) && network.egress === "none" && !https
      ? [
          `${project}:access: found ssm, and the backend has no way to Systems Manager: network.egress is none, and no endpoint is made in a network of others. Name the interface endpoints (ssm, ssmmessages) that are there in backend.egress, with port 443 and their security group, or set access to instance-connect`,
        ]
      : []),
  ];
}

/** Nobody reaches port 22 then, so what was allowed says nothing. */
export function wayNotices({ project, sections }: Pick<Context, "project" | "sections">): string[] {
  const { access } = sections as { access?: string };
  const { sshFrom } = (sections.gateway ?? {}) as { sshFrom?: unknown };
  const given = Array.isArray(sshFrom) && JSON.stringify(sshFrom) !== JSON.stringify(["0.0.0.0/0"]);
  return [
    ...(access !== "ssh" && access !== undefined && given
      ? [
          `${project}:gateway.sshFrom: nothing reads it while access is ${access}: port 22 is open to no address; remove it, or set access to ssh`,
        ]
      : []),
    ...(access === "none" ? keysUnread(project, sections) : []),
  ];
}

function keysUnread(project: string, sections: Context["sections"]): string[] {
  const files = (sections.ssh ?? {}) as Readonly<Record<string, unknown>>;
  const given = [
    ...["sshPrivateKey", "sshPreviousPrivateKey"].filter((key) => sections[key] !== undefined),
    ...["privateKeyFile", "previousPrivateKeyFile"].filter((key) => files[key] !== undefined).map((key) => `ssh.${key}`),
  ];
  return given.map((key) => `${project}:${key}: nothing reads it while access is none: no host knows an SSH key; remove it`);
}
