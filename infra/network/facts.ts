/** What AWS answered about a network that is there already, as plain values, and what is decided of it. */
import type { ROUTE_TARGETS } from "../../policies/graph/network/route-targets";
import type { Egress, ExistingNetworkConfig } from "../config/types";

/** Where packets go, by the kind of what a route names. */
export type RouteKind = "internet" | "nat" | "egress-only" | "network" | "interface" | "endpoint" | "other";

export interface RouteFacts {
  /** An IPv4 or IPv6 block, or the id of a prefix list. */
  readonly destination: string;
  readonly kind: RouteKind;
  /** The property of a route that names what it leads to. */
  readonly field: keyof typeof ROUTE_TARGETS | "gatewayId";
  /** Id of what it leads to. */
  readonly via: string;
}

export interface TableFacts {
  readonly id: string;
  /** The subnet names none, so the VPC's main one applies. */
  readonly main: boolean;
  readonly routes: readonly RouteFacts[];
}

export interface SubnetFacts {
  readonly id: string;
  readonly vpcId: string;
  readonly zone: string;
  /** Empty for a subnet that has IPv6 alone. */
  readonly cidr: string;
  readonly ipv6Only: boolean;
  readonly givesPublicIpv4: boolean;
  readonly givesIpv6: boolean;
  /** Addresses that nobody has yet. */
  readonly free: number;
}

export interface VpcFacts {
  readonly id: string;
  /** Account; another one where the VPC is shared. */
  readonly owner: string;
  readonly dnsSupport: boolean;
  readonly dnsHostnames: boolean;
  /** `default`, or `dedicated` and `host`, which cost more. */
  readonly tenancy: string;
}

export interface NatFacts {
  readonly id: string;
  readonly state: string;
  /** `private` leads to other networks, not to the Internet. */
  readonly connectivity: string;
}

export interface EndpointFacts {
  readonly id: string;
  readonly tableIds: readonly string[];
  /** JSON of a policy. */
  readonly policy: string;
}

/** Not there; or nobody knows, and why. */
export type Asked<T> = T | "absent" | { readonly unknown: string };

export interface SubnetAnswer {
  readonly subnet: Asked<SubnetFacts>;
  readonly table: Asked<TableFacts>;
}

export interface NetworkFacts {
  readonly vpc: Asked<VpcFacts>;
  readonly gateway: SubnetAnswer;
  readonly webservers: readonly SubnetAnswer[];
  /** Of a public load balancer; none where there is no such thing. */
  readonly balancers: readonly SubnetAnswer[];
  /** Those that default routes of the private subnets lead to, by id. */
  readonly nats: ReadonlyMap<string, Asked<NatFacts>>;
  /** Gateway endpoint of S3. */
  readonly endpoint: Asked<EndpointFacts>;
  /** Managed prefix list of S3; asked for with `network.egress: none` alone. */
  readonly prefixList?: Asked<string>;
  /** Groups of `backend.egress`, and the VPC of each. */
  readonly groups: ReadonlyMap<string, Asked<string>>;
}

export interface Examined {
  readonly project: string;
  readonly region: string;
  readonly account: string;
  readonly existing: ExistingNetworkConfig;
  readonly egress: Egress;
  /** An internal load balancer stands in the private subnets. */
  readonly balanced: boolean;
  /** Gateways are a fleet, in the subnets of the public load balancer. @default false */
  readonly gateways?: boolean;
  /** Nothing of this stack is there yet. */
  readonly first: boolean;
  /** The public load balancer is not there yet. */
  readonly firstFront: boolean;
  readonly bucketName: string;
}

export interface Verdict {
  /** What would fail, or open what has to be closed. */
  readonly problems: readonly string[];
  /** What works and should be known, and what could not be looked at. */
  readonly warnings: readonly string[];
}

/** A subnet with the key that names it. */
export interface Named {
  readonly key: string;
  readonly id: string;
  /** What stands in it first of all. */
  readonly of: "gateway" | "webserver" | "balancer";
  /** A load balancer stands in it: perhaps beside the gateway, or beside the backend. */
  readonly balanced: boolean;
  readonly subnet: Asked<SubnetFacts>;
  readonly table: Asked<TableFacts>;
}

export function isKnown<T>(asked: Asked<T>): asked is T {
  return asked !== "absent" && whyUnknown(asked) === undefined;
}

/** Why nobody knows; undefined where AWS has answered. */
export function whyUnknown(asked: Asked<unknown>): string | undefined {
  return typeof asked === "object" && asked !== null && "unknown" in asked ? String(asked.unknown) : undefined;
}

/** Everything that nobody knows, and why, in words; undefined where AWS has answered all of it. */
export function unanswered(
  questions: readonly (readonly [what: string, answer: Asked<unknown>])[],
): { what: string; why: string } | undefined {
  const open = questions.flatMap(([what, answer]) => {
    const why = whyUnknown(answer);
    return why === undefined ? [] : [{ what, why }];
  });
  if (open.length === 0) return undefined;
  return { what: open.map(({ what }) => what).join(", "), why: [...new Set(open.map(({ why }) => why))].join("; ") };
}
