/** What a lab consists of, as data, and the addresses of its fixed parts. */
import type { Os } from "../../infra/external-names";
import { checkout } from "./paths";

export interface Rule {
  readonly direction: "ingress" | "egress";
  /** "-1" means every protocol and port. */
  readonly protocol: "tcp" | "udp" | "icmp" | "-1";
  readonly fromPort?: number;
  readonly toPort?: number;
  /** Who is at the other end: a CIDR, a security group of this lab, or S3 (the prefix list). */
  readonly peer: { readonly cidr: string } | { readonly group: string } | { readonly s3: true };
}

/** Where packets to the outside go: the internet gateway, a host that forwards, a managed NAT gateway, or nowhere. */
export type Egress = { readonly via: "internet" | "managed" | "none" } | { readonly via: "host"; readonly host: string };

export interface Host {
  readonly name: string;
  /** What it boots. */
  readonly os: Os;
  /** Position in the lab, from 0: names its routing table. */
  readonly index: number;
  readonly instanceId: string;
  readonly subnet: string;
  readonly address: string;
  readonly availabilityZone: string;
  readonly publicAddress?: string;
  readonly sourceDestCheck: boolean;
  readonly groups: readonly string[];
  readonly egress: Egress;
  /** S3 by the gateway endpoint of its subnet, without a way to the outside. */
  readonly s3Endpoint: boolean;
  readonly instanceProfile?: string;
  /** That the instance metadata shows. @default none */
  readonly tags?: Readonly<Record<string, string>>;
  /** MiB; enforced by the memory cgroup. @default unlimited */
  readonly memoryMiB?: number;
  /** GiB; a file system of this size holds what the machine writes. @default this machine's own disk */
  readonly diskGiB?: number;
}

export interface LabState {
  readonly name: string;
  /** False while it is being made: a crash then leaves something to take away, not to use. */
  readonly ready: boolean;
  readonly diskDir: string;
  readonly cidr: string;
  readonly region: string;
  /** What a machine boots when nothing else is said. */
  readonly os: Os;
  /** Root file systems that are ready, and the version of their Python ("3.11"). */
  readonly images: Readonly<Partial<Record<Os, { readonly directory: string; readonly python: string }>>>;
  /** Directory that the machines install Python packages from. */
  readonly wheelhouse: string;
  readonly privateKeyFile: string;
  readonly hosts: Readonly<Record<string, Host>>;
  readonly groups: Readonly<Record<string, readonly Rule[]>>;
  /** What stands in for a load balancer, by the security group that it is in. @default none */
  readonly balancers?: Readonly<Record<string, string>>;
  /** Interfaces whose every packet is dropped at the moment: hosts, or "operator". */
  readonly cut: readonly string[];
}

/** The operator stands for everything outside; these networks are reserved for documentation and tests. */
export const OPERATOR = { address: "198.51.100.10", gateway: "198.51.100.1", prefix: 24 } as const;
export const PUBLIC_PREFIX = "203.0.113";
export const MANAGED_NAT_ADDRESS = "203.0.113.250";
/** S3, the resolver and the instance metadata live together in one namespace. */
export const SERVICES = {
  address: "198.18.0.2",
  gateway: "198.18.0.1",
  prefix: 30,
  metadata: "169.254.169.254",
  resolver: "169.254.169.253",
} as const;

/** Dots, which no name may have, so that lab "a" with host "b-router" is not lab "a-h-b". */
export const namespaceOf = (lab: string, part: string): string => `mlgw.${checkout}.${lab}.${part}`;
/** @returns the lab that a namespace belongs to; undefined for those of other checkouts and of anything else on this machine */
export function labOfNamespace(namespace: string): string | undefined {
  const [prefix, owner, lab, part, ...more] = namespace.split(".");
  return prefix === "mlgw" && owner === checkout && part !== undefined && more.length === 0 ? lab : undefined;
}
/** A host's namespace; its interface in the router's bears the host's plain name. */
export const hostNamespace = (lab: string, host: string): string => namespaceOf(lab, `h-${host}`);

/** @throws when a name cannot serve as a file, namespace and interface name */
export function checkName(what: string, name: string): string {
  if (/^[a-z][a-z0-9-]{0,11}$/.test(name) && !["operator", "services", "lo", "router"].includes(name)) return name;
  throw new Error(
    `${what} "${name}": use 1-12 lower-case letters, digits and dashes, beginning with a letter (operator, services, router are taken).`,
  );
}

/** @throws when the lab has no image for the machine, which `provideOs` brings */
export function imageOf(state: LabState, { name, os }: Pick<Host, "name" | "os">): string {
  const image = state.images[os];
  if (image === undefined) throw new Error(`lab ${state.name} has no image of ${os} for ${name}.`);
  return image.directory;
}

/** First address of a subnet, where its router is. */
export function routerAddress(subnet: string): string {
  return addressAt(subnet, 1);
}

/** @param offset from the network's address, e.g. 10 in 10.0.1.0/24 is 10.0.1.10 */
export function addressAt(cidr: string, offset: number): string {
  const base = (cidr.split("/")[0] ?? "").split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0) + offset;
  return [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join(".");
}

export const prefixLength = (cidr: string): number => Number(cidr.split("/")[1]);
