/** Which ports of which protocol a rule speaks of, and whether that includes a given TCP port. */
import type { Value } from "../../core/types";
import { asNumber, asString, isAbsent, isUnknown, reveal } from "../../core/values";

export type Answer = "yes" | "no" | "maybe";

export interface Traffic {
  /** Protocol number, -1 for all of them, `undefined` where it is not known. */
  readonly protocol: number | undefined;
  /** First and last port; `undefined` where not known. Protocols without ports have 0 to 65535. */
  readonly from: number | undefined;
  readonly to: number | undefined;
}

const NUMBERS: Readonly<Record<string, number>> = { all: -1, any: -1, icmp: 1, tcp: 6, udp: 17, icmpv6: 58, ipv6icmp: 58, "ipv6-icmp": 58 };
export const TCP = 6;
export const UDP = 17;
const LAST_PORT = 65535;

/** Reads protocol and ports as AWS does: -1 means all, numbers equal names, and ports count for TCP and UDP alone. */
export function traffic(protocol: Value | undefined, from: Value | undefined, to: Value | undefined): Traffic {
  const number = protocolNumber(protocol);
  if (number !== undefined && number !== TCP && number !== UDP) return { protocol: number, from: 0, to: LAST_PORT };
  const [first, last] = [bound(from, 0), bound(to, LAST_PORT)];
  if (first !== undefined && last !== undefined && first > last) return { protocol: number, from: last, to: first };
  return { protocol: number, from: first, to: last };
}

function protocolNumber(protocol: Value | undefined): number | undefined {
  if (isUnknown(protocol)) return undefined;
  if (isAbsent(protocol)) return -1;
  const number = asNumber(protocol);
  if (number !== undefined) return number;
  return NUMBERS[(asString(protocol) ?? "").trim().toLowerCase()];
}

/** A port; absent and -1 mean no limit on this side. */
function bound(value: Value | undefined, fallback: number): number | undefined {
  if (isUnknown(value)) return undefined;
  const number = asNumber(reveal(value));
  return number === undefined || number < 0 ? fallback : number;
}

/** Does it let packets to this port of this protocol (TCP unless said) through? */
export function covers({ protocol, from, to }: Traffic, port: number, of: number = TCP): Answer {
  if (protocol === -1) return "yes";
  if (protocol !== undefined && protocol !== of) return "no";
  if ((from !== undefined && from > port) || (to !== undefined && to < port)) return "no";
  return protocol === undefined || from === undefined || to === undefined ? "maybe" : "yes";
}

/** For messages: `tcp 8000-9999`. */
export function describeTraffic({ protocol, from, to }: Traffic): string {
  if (protocol === -1) return "all traffic";
  const name =
    protocol === undefined
      ? "an unknown protocol"
      : ({ 6: "tcp", 17: "udp", 1: "icmp", 58: "icmpv6" }[protocol] ?? `protocol ${String(protocol)}`);
  if (protocol !== undefined && protocol !== TCP && protocol !== UDP) return name;
  if (from === undefined || to === undefined) return `${name}, ports not known`;
  if (from === 0 && to === LAST_PORT) return `${name}, all ports`;
  return from === to ? `${name} ${String(from)}` : `${name} ${String(from)}-${String(to)}`;
}

/** The number of ports a TCP or UDP rule spans. */
export function span({ from, to }: Traffic): number {
  return (to ?? LAST_PORT) - (from ?? 0) + 1;
}
