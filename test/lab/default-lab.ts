/** A gateway and a backend as the architecture has them, without running the program: for work on steps and for fault tests. */
import { readFileSync } from "node:fs";
import type { Lab, LabOptions, NewHost } from "./lab";
import { createLab } from "./lab";
import type { Rule } from "./topology";
import { PUBLIC_PREFIX } from "./topology";

const ANYWHERE = { cidr: "0.0.0.0/0" } as const;
const tcp = (direction: Rule["direction"], port: number, peer: Rule["peer"]): Rule => ({
  direction,
  protocol: "tcp",
  fromPort: port,
  toPort: port,
  peer,
});
const everywhere: Rule = { direction: "egress", protocol: "-1", peer: ANYWHERE };

/** The security groups of the architecture; the gateway takes 80, 443 and NTP from the backend's subnet, because it is its NAT. */
export const defaultGroups: Readonly<Record<string, readonly Rule[]>> = {
  gateway: [
    ...[22, 80, 443].map((port) => tcp("ingress", port, ANYWHERE)),
    { direction: "ingress", protocol: "udp", fromPort: 123, toPort: 123, peer: { cidr: "10.0.101.0/24" } },
    everywhere,
  ],
  backend: [tcp("ingress", 22, { group: "gateway" }), tcp("ingress", 9000, { group: "gateway" }), everywhere],
};

export interface DefaultLabOptions extends LabOptions {
  /** MiB for each machine. @default no limit */
  readonly memoryMiB?: number;
  /** GiB of disk for each machine. @default this machine's own disk */
  readonly diskGiB?: number;
  /** First boot of both machines. @default none */
  readonly userData?: string;
}

export const GATEWAY_ADDRESS = `${PUBLIC_PREFIX}.10`;
export const BACKEND_ADDRESS = "10.0.101.10";

/** Boots both machines and waits until ssh answers. The lab's own key opens both, for the user `ubuntu`. */
export async function createDefaultLab(name: string, options: DefaultLabOptions = {}): Promise<Lab> {
  const lab = await createLab(name, options);
  await lab.update((state) => ({ ...state, groups: defaultGroups }));
  const common = { availabilityZone: `${lab.state().region}a`, memoryMiB: options.memoryMiB, diskGiB: options.diskGiB };
  const gateway: NewHost = {
    ...{ name: "gateway", subnet: "10.0.1.0/24", address: "10.0.1.10", publicAddress: GATEWAY_ADDRESS, groups: ["gateway"], ...common },
    ...{ sourceDestCheck: false, egress: { via: "internet" }, s3Endpoint: true, instanceProfile: "gateway" },
  };
  const backend: NewHost = {
    ...{ name: "backend", subnet: "10.0.101.0/24", address: BACKEND_ADDRESS, groups: ["backend"], ...common },
    ...{ sourceDestCheck: true, egress: { via: "host", host: "gateway" }, s3Endpoint: true, instanceProfile: "backend" },
  };
  const boot = { userData: options.userData ?? "", publicKey: readFileSync(`${lab.state().privateKeyFile}.pub`, "utf8") };
  await Promise.all([gateway, backend].map((host) => lab.addHost(host, boot)));
  await Promise.all([lab.ready("gateway"), lab.ready("backend")]);
  return lab;
}
