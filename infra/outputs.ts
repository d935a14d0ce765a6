/** What `pulumi stack output` shows, in words: docs/outputs.md and README.md are made of it. An output without a row does not compile. Pure. */
import { table } from "./config/docs-words";
import type { StackOutputs } from "./stack";

export interface OutputRow {
  readonly kind: "text" | "object";
  readonly meaning: string;
  readonly use: string;
}

export const OUTPUTS: Readonly<Record<keyof StackOutputs, OutputRow>> = {
  gatewayAddress: {
    kind: "text",
    meaning: "public IPv4 address of the gateway; with `gateway.fleet` the name of the load balancer",
    use: "DNS, clients",
  },
  backendAddress: {
    kind: "text",
    meaning: "private IPv4 address of the backend, of several the first; with a fleet the name of its load balancer",
    use: "SSH over the gateway",
  },
  backendAddresses: {
    kind: "object",
    meaning: "private IPv4 addresses by the names of the backends (`backend`, `backend-2`, ...), with `backend.count` above 1",
    use: "SSH over the gateway, `npm run verify`",
  },
  healthUrl: { kind: "text", meaning: "address of the health endpoint, through both hosts", use: "monitoring" },
  sshGateway: {
    kind: "text",
    meaning: "command that logs in to the gateway; none with `gateway.fleet`",
    use: "`$(pulumi stack output sshGateway) -i KEYFILE`",
  },
  sshBackend: {
    kind: "text",
    meaning:
      "command that logs in to the backend, over the gateway; with a fleet ADDRESS stands for that of a host; none with `gateway.fleet`",
    use: "`$(pulumi stack output sshBackend)`",
  },
  sshBackends: {
    kind: "object",
    meaning: "the same for each backend by its name, with `backend.count` above 1",
    use: "`pulumi stack output sshBackends`",
  },
  sshKey: {
    kind: "text",
    meaning: "fingerprint of the key that opens the hosts; none with `gateway.fleet`",
    use: "compare: `ssh-keygen -l -f KEYFILE`",
  },
  instanceIds: {
    kind: "object",
    meaning: "ids of the instances by host, where `access` is not `ssh`",
    use: "`aws ssm start-session`, `npm run verify`",
  },
  hostKeys: {
    kind: "object",
    meaning: "host keys that the set-up is pinned to, by host; hosts of a fleet are not set up over SSH",
    use: "`known_hosts`, `npm run verify`",
  },
  balancerName: {
    kind: "text",
    meaning: "DNS name of the internal load balancer, with `backend.loadBalancer`",
    use: "`npm run repair`",
  },
  publicName: {
    kind: "text",
    meaning: "DNS name of the public load balancer, with `gateway.loadBalancer`",
    use: "a record of `domain`, where `dns.zone` is not given",
  },
  modelBucket: { kind: "text", meaning: "name of the bucket with models and backups", use: "`npm run models -- publish`" },
  modelRelease: { kind: "text", meaning: "release that the manifest names", use: "which models should serve" },
  verification: {
    kind: "object",
    meaning: "what each host said of itself at the last verify step; hosts of a fleet say it to their group",
    use: "CI, after `pulumi up`",
  },
};

export function outputsTable(): string[] {
  const rows = Object.entries(OUTPUTS).map(([name, { kind, meaning, use }]) => [`\`${name}\``, kind, meaning, use]);
  return table([["output", "kind", "what it is", "use"], ...rows]);
}

export function outputsPage(): string {
  return [
    "# Outputs",
    "",
    "What `pulumi stack output --stack NAME` shows. The names are stable: a change of one is a line in the changelog.",
    "`pulumi stack output NAME --stack STACK` prints one, `--json` prints all of them.",
    "",
    "This page is generated from `infra/outputs.ts` by `npm run docs`.",
    "",
    ...outputsTable(),
    "",
  ].join("\n");
}
